package inspect

// Each query gives one JSON value whose keys are those of the Go type that it
// is read into; what is null is left as it is. In lists $1 is the object's id.

// ours leaves out the system's schemas and those of temporary tables.
const ours = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`

// kindOf spells relkind.
const kindOf = `case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
	when 'm' then 'materialized view' when 'f' then 'foreign table' when 'S' then 'sequence' end`

// estimate is reltuples where there is one: it is -1 (before 14: 0 with no
// pages) until the table was vacuumed or analyzed once.
const estimate = `sum(case when p.reltuples > 0 or p.relpages > 0
	or p.reltuples = 0 and pg_catalog.current_setting('server_version_num')::int >= 140000 then p.reltuples end)::bigint`

// whole are the leaves of a partitioned table, or the table itself.
const whole = `(select c.oid as id union select relid from pg_catalog.pg_partition_tree(c.oid)) tree
	join pg_catalog.pg_class p on p.oid = tree.id`

const relationsQuery = `
select coalesce(json_agg(x order by x.schema, x.name), '[]') from (
	select n.nspname as schema, c.relname as name, ` + kindOf + ` as kind, sums.*,
		pg_catalog.obj_description(c.oid, 'pg_class') as comment
	from pg_catalog.pg_class c
	join pg_catalog.pg_namespace n on n.oid = c.relnamespace
	cross join lateral (
		select case when c.relkind <> 'v' then ` + estimate + ` end as rows,
			coalesce(sum(pg_catalog.pg_total_relation_size(p.oid)), 0)::bigint as size,
			coalesce(sum(pg_catalog.pg_indexes_size(p.oid)), 0)::bigint as "indexSize",
			coalesce(sum(s.n_dead_tup), 0)::bigint as "deadRows",
			max(greatest(s.last_vacuum, s.last_autovacuum)) as "lastVacuum",
			max(greatest(s.last_analyze, s.last_autoanalyze)) as "lastAnalyze"
		from ` + whole + `
		left join pg_catalog.pg_stat_all_tables s on s.relid = p.oid
	) sums
	where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and ` + ours + `
) x`

const namesQuery = `
select coalesce(json_agg(x order by x.schema, x.name), '[]') from (
	select n.nspname as schema, c.relname as name, ` + kindOf + ` as kind, pg_catalog.pg_table_is_visible(c.oid) as visible, c.oid::bigint as id
	from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
	where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and ` + ours + `
	union all
	select n.nspname, t.typname, 'enum', pg_catalog.pg_type_is_visible(t.oid), t.oid::bigint
	from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
	where t.typtype = 'e' and ` + ours + `
) x`

const objectQuery = `
select json_strip_nulls(row_to_json(x)) from (
	select pg_catalog.pg_get_userbyid(c.relowner) as owner,
		pg_catalog.obj_description(c.oid, 'pg_class') as comment,
		case when c.relkind <> 'v' then ` + estimate + ` end as rows,
		coalesce(sum(pg_catalog.pg_total_relation_size(p.oid)), 0)::bigint as size,
		coalesce(sum(pg_catalog.pg_indexes_size(p.oid)), 0)::bigint as "indexSize",
		coalesce(sum(pg_catalog.pg_total_relation_size(nullif(p.reltoastrelid, 0))), 0)::bigint as "toastSize",
		case when c.relkind in ('r', 'p', 'm') then (select json_build_object(
				'seqScans', coalesce(sum(s.seq_scan), 0), 'indexScans', coalesce(sum(s.idx_scan), 0),
				'inserted', coalesce(sum(s.n_tup_ins), 0), 'updated', coalesce(sum(s.n_tup_upd), 0), 'deleted', coalesce(sum(s.n_tup_del), 0),
				'liveRows', coalesce(sum(s.n_live_tup), 0), 'deadRows', coalesce(sum(s.n_dead_tup), 0),
				'lastVacuum', max(greatest(s.last_vacuum, s.last_autovacuum)), 'lastAnalyze', max(greatest(s.last_analyze, s.last_autoanalyze)))
			from (select c.oid as id union select relid from pg_catalog.pg_partition_tree(c.oid)) leaves
			join pg_catalog.pg_stat_all_tables s on s.relid = leaves.id) end as uses,
		case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid, true) end as definition,
		case when c.relforcerowsecurity and c.relrowsecurity then 'forced' when c.relrowsecurity then 'on' else 'off' end as "rowSecurity",
		(select i.inhparent::regclass::text from pg_catalog.pg_inherits i where i.inhrelid = c.oid and c.relispartition) as "partitionOf",
		pg_catalog.pg_get_expr(c.relpartbound, c.oid) as bound,
		case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end as "partitionKey",
		(select json_agg(i.inhparent::regclass::text order by i.inhseqno) from pg_catalog.pg_inherits i where i.inhrelid = c.oid and not c.relispartition) as inherits,
		(select json_agg(k.oid::regclass::text order by k.oid::regclass::text) from pg_catalog.pg_inherits i join pg_catalog.pg_class k on k.oid = i.inhrelid
			where i.inhparent = c.oid and not k.relispartition) as "inheritedBy"
	from pg_catalog.pg_class c
	cross join lateral ` + whole + `
	where c.oid = $1
	group by c.oid, c.relowner, c.relkind, c.relforcerowsecurity, c.relrowsecurity, c.relispartition, c.relpartbound
) x`

const enumQuery = `
select json_strip_nulls(row_to_json(x)) from (
	select pg_catalog.pg_get_userbyid(t.typowner) as owner, pg_catalog.obj_description(t.oid, 'pg_type') as comment,
		(select coalesce(json_agg(e.enumlabel order by e.enumsortorder), '[]') from pg_catalog.pg_enum e where e.enumtypid = t.oid) as values,
		(select coalesce(json_agg(u.name order by u.name), '[]') from (
			select c.oid::regclass::text || '.' || a.attname as name
			from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
			where a.atttypid in (t.oid, t.typarray) and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f')
		) u) as "usedBy"
	from pg_catalog.pg_type t where t.oid = $1
) x`

// A sequence's last value is in the sequence itself, and only those who may
// use it see it.
const sequenceQuery = `
select json_strip_nulls(row_to_json(x)) from (
	select pg_catalog.format_type(s.seqtypid, null) as type, s.seqstart as start, s.seqmin as minimum, s.seqmax as maximum,
		s.seqincrement as increment, s.seqcycle as cycle, s.seqcache as cache,
		case when pg_catalog.has_sequence_privilege(s.seqrelid, 'USAGE,SELECT') then pg_catalog.pg_sequence_last_value(s.seqrelid) end as last,
		(select d.refobjid::regclass::text || '.' || a.attname
			from pg_catalog.pg_depend d join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
			where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = s.seqrelid and d.deptype in ('a', 'i') limit 1) as "ownedBy"
	from pg_catalog.pg_sequence s where s.seqrelid = $1
) x`

const columnsQuery = `
select coalesce(json_agg(json_strip_nulls(row_to_json(x)) order by x.n), '[]') from (
	select a.attnum as n, a.attname as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "notNull",
		case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as "default",
		case when a.attgenerated <> '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as generated,
		case a.attidentity when 'a' then 'always' when 'd' then 'by default' end as identity,
		case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end as collation,
		pg_catalog.col_description(a.attrelid, a.attnum) as comment
	from pg_catalog.pg_attribute a
	join pg_catalog.pg_type t on t.oid = a.atttypid
	left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
	where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
) x`

const indexesQuery = `
select coalesce(json_agg(x order by x."primary" desc, x.name), '[]') from (
	select c.relname as name, pg_catalog.pg_get_indexdef(i.indexrelid) as definition, i.indisprimary as "primary", i.indisunique as "unique",
		i.indisvalid as valid, pg_catalog.pg_relation_size(i.indexrelid) as size, coalesce(s.idx_scan, 0) as scans,
		(select json_agg(a.attname order by k.n) from unnest(i.indkey) with ordinality k(attnum, n)
			left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum and k.attnum > 0 where k.n <= i.indnkeyatts) as columns,
		am.amname as method, pg_catalog.pg_get_expr(i.indpred, i.indrelid) as predicate
	from pg_catalog.pg_index i
	join pg_catalog.pg_class c on c.oid = i.indexrelid
	join pg_catalog.pg_am am on am.oid = c.relam
	left join pg_catalog.pg_stat_all_indexes s on s.indexrelid = i.indexrelid
	where i.indrelid = $1
) x`

// constraints are those for which a condition holds.
func constraints(which string) string {
	return `
select coalesce(json_agg(x order by x."table", x.name), '[]') from (
	select conname as name, conrelid::regclass::text as "table", pg_catalog.pg_get_constraintdef(oid, true) as definition, convalidated as validated
	from pg_catalog.pg_constraint where ` + which + `
) x`
}

var (
	foreignKeysQuery  = foreignKeys(`k.conrelid = $1`)
	referencedByQuery = foreignKeys(`k.confrelid = $1 and k.conparentid = 0`)
	checksQuery       = constraints(`contype in ('c', 'x') and conrelid = $1`)
)

// foreignKeys are those for which a condition on k holds.
func foreignKeys(which string) string {
	names := func(relation, columns string) string {
		return `(select json_agg(a.attname order by u.n) from unnest(` + columns + `) with ordinality u(attnum, n)
			join pg_catalog.pg_attribute a on a.attrelid = ` + relation + ` and a.attnum = u.attnum)`
	}
	table := func(id string) string {
		return `(select json_build_object('schema', n.nspname, 'name', c.relname)
			from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = ` + id + `)`
	}
	action := func(letter string) string {
		return `case ` + letter + ` when 'a' then 'no action' when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default' end`
	}
	return `
select coalesce(json_agg(x order by x."table", x.name), '[]') from (
	select k.conname as name, k.conrelid::regclass::text as "table", pg_catalog.pg_get_constraintdef(k.oid, true) as definition, k.convalidated as validated,
		` + table("k.conrelid") + ` as "from", ` + names("k.conrelid", "k.conkey") + ` as columns,
		` + table("k.confrelid") + ` as "to", ` + names("k.confrelid", "k.confkey") + ` as "references",
		` + action("k.confdeltype") + ` as "onDelete", ` + action("k.confupdtype") + ` as "onUpdate",
		exists (select 1 from pg_catalog.pg_index i where i.indrelid = k.conrelid and i.indisvalid and i.indpred is null and i.indkey[0] = any (k.conkey)) as indexed
	from pg_catalog.pg_constraint k where k.contype = 'f' and ` + which + `
) x`
}

const policiesQuery = `
select coalesce(json_agg(json_strip_nulls(row_to_json(x)) order by x.name), '[]') from (
	select polname as name, polpermissive as permissive,
		case polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' end as command,
		(select json_agg(case r when 0 then 'public' else pg_catalog.pg_get_userbyid(r) end) from unnest(polroles) r) as roles,
		pg_catalog.pg_get_expr(polqual, polrelid) as "using", pg_catalog.pg_get_expr(polwithcheck, polrelid) as "check"
	from pg_catalog.pg_policy where polrelid = $1
) x`

const triggersQuery = `
select coalesce(json_agg(x order by x.name), '[]') from (
	select tgname as name, pg_catalog.pg_get_triggerdef(oid, true) as definition, tgenabled <> 'D' as enabled
	from pg_catalog.pg_trigger where tgrelid = $1 and not tgisinternal
) x`

const partitionsQuery = `
select coalesce(json_agg(x order by x.name), '[]') from (
	select c.oid::regclass::text as name, pg_catalog.pg_get_expr(c.relpartbound, c.oid) as bound
	from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
	where i.inhparent = $1 and c.relispartition
) x`
