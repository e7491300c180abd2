package replay

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diag"
)

// outsideSQL lists what a database may have and no snapshot can hold, but for
// what extensions bring along. Operands have equal types and functions their
// schema, so that nothing in public is called instead.
const outsideSQL = `
with spaces as (select n.oid, n.nspname from pg_catalog.pg_namespace n
  where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'drizzle')),
lent as (select d.classid, d.objid from pg_catalog.pg_depend d where d.deptype = 'e')
select 'extension', e.extname::text from pg_catalog.pg_extension e where e.extname <> 'plpgsql'
union all
select case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
  s.nspname || '.' || p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')'
from pg_catalog.pg_proc p join spaces s on s.oid = p.pronamespace
where not exists (select from lent l where l.classid = 'pg_catalog.pg_proc'::regclass and l.objid = p.oid)
union all
select 'trigger', s.nspname || '.' || c.relname || '.' || t.tgname
from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid join spaces s on s.oid = c.relnamespace
where not t.tgisinternal
union all
select 'event trigger', t.evtname::text from pg_catalog.pg_event_trigger t
union all
select case t.typtype when 'd' then 'domain' else 'type' end, s.nspname || '.' || t.typname
from pg_catalog.pg_type t join spaces s on s.oid = t.typnamespace
where (t.typtype in ('d', 'r') or t.typtype = 'c' and exists (
    select from pg_catalog.pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
  and not exists (select from lent l where l.classid = 'pg_catalog.pg_type'::regclass and l.objid = t.oid)
union all
select 'rule', s.nspname || '.' || c.relname || '.' || r.rulename
from pg_catalog.pg_rewrite r join pg_catalog.pg_class c on c.oid = r.ev_class join spaces s on s.oid = c.relnamespace
where r.rulename <> '_RETURN'
union all
select case when c.relispartition then 'partition' else 'foreign table' end, s.nspname || '.' || c.relname
from pg_catalog.pg_class c join spaces s on s.oid = c.relnamespace
where c.relkind = 'f' or c.relkind in ('r', 'p') and c.relispartition
union all
select 'publication', p.pubname::text from pg_catalog.pg_publication p
order by 1, 2`

// outsideOf lists the objects that are outside of the model.
func outsideOf(ctx context.Context, d *database) ([]Object, error) {
	rows, err := d.conn.Query(ctx, outsideSQL)
	if err == nil {
		var found []Object
		found, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (o Object, err error) {
			err = row.Scan(&o.Kind, &o.Name)
			return o, err
		})
		if err == nil {
			return found, nil
		}
	}
	return nil, &diag.Error{Kind: diag.Database, Err: err, Message: "the database's catalog could not be read: " + firstLine(err.Error()),
		Hint: "run it again"}
}

// notesOf makes objects of what the catalog's reader says about parts of
// tables that it cannot tell.
func notesOf(notes []catalog.Note) []Object {
	var out []Object
	for _, n := range notes {
		out = append(out, Object{Kind: "note", Name: n.Object, Note: n.Text})
	}
	return out
}
