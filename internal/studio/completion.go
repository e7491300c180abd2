package studio

import (
	"encoding/json"
	"net/http"

	"github.com/skein-db/skein/internal/studio/pool"
)

// completion answers with the words that an SQL editor may offer.
func (s *Server) completion(w http.ResponseWriter, r *http.Request) error {
	var words json.RawMessage
	err := s.pool.Read(r.Context(), readTimeout, func(tx *pool.Tx) error {
		_, err := tx.Ask(r.Context(), &words, completionQuery)
		return err
	})
	if err != nil {
		return err
	}
	return s.ok(w, words)
}

// Of the functions in pg_catalog those are left out that stand behind an
// operator or a type, and are called by nobody.
const completionQuery = `
select json_build_object(
	'searchPath', (select coalesce(json_agg(s), '[]') from unnest(pg_catalog.current_schemas(false)) s),
	'schemas', (select coalesce(json_agg(x order by x.name), '[]') from (
		select n.nspname as name, json_agg(json_build_object('name', c.relname,
			'kind', case c.relkind when 'p' then 'partitioned' when 'v' then 'view' when 'm' then 'matview' when 'f' then 'foreign' else case when c.relispartition then 'partition' else 'table' end end,
			'columns', (select coalesce(json_agg(json_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod)) order by a.attnum), '[]')
				from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)) order by c.relname) as objects
		from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
		group by n.nspname
	) x),
	'functions', (select coalesce(json_agg(x order by x.name, x.arguments), '[]') from (
		select case when n.nspname = 'pg_catalog' or pg_catalog.pg_function_is_visible(p.oid) then p.proname else n.nspname || '.' || p.proname end as name,
			pg_catalog.pg_get_function_arguments(p.oid) as arguments, pg_catalog.format_type(p.prorettype, null) as returns
		from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
		where n.nspname !~ '^pg_toast|^pg_temp' and n.nspname <> 'information_schema'
			and not (p.proargtypes::oid[] && '{internal,cstring}'::regtype[]::oid[])
			and p.prorettype not in ('internal'::regtype, 'cstring'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
			and (n.nspname <> 'pg_catalog' or p.proname !~ '^(binary_upgrade|_)' and not exists (select 1 from pg_catalog.pg_operator o where o.oprcode = p.oid)
				and not exists (select 1 from pg_catalog.pg_amproc k where k.amproc = p.oid) and not exists (select 1 from pg_catalog.pg_cast k where k.castfunc = p.oid))
	) x),
	'types', (select coalesce(json_agg(x.name order by x.name), '[]') from (
		select pg_catalog.format_type(t.oid, null) as name from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
		where t.typtype in ('b', 'd', 'e', 'r') and t.typcategory <> 'A' and n.nspname !~ '^pg_toast|^pg_temp' and n.nspname <> 'information_schema'
	) x),
	'enums', (select coalesce(json_agg(json_build_object('name', pg_catalog.format_type(t.oid, null),
			'values', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid)) order by t.typname), '[]')
		from pg_catalog.pg_type t where t.typtype = 'e'),
	'keywords', (select json_agg(upper(word) order by word) from pg_catalog.pg_get_keywords()))`
