package catalog

import (
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// question is one query with its place in the script.
type question int

// The questions, in the order they are asked.
const (
	askSchemas question = iota
	askEnums
	askSequences
	askRoles
	askTables
	askColumns
	askConstraints
	askIndexes
	askPolicies
	askViews
	askViewUses
	questions // how many there are
)

// script returns all questions as one text for the simple protocol. Columns
// are read by position. Functions are named with their schema and operands have
// equal types, so that nothing in public can be called instead
// (https://www.postgresql.org/docs/current/typeconv-func.html).
//
// The catalogs are described in
// https://www.postgresql.org/docs/current/catalogs.html; everything used here
// is in PostgreSQL 13 to 18.
func script(o Options) string {
	fill := strings.NewReplacer(
		"{spaces}", spacesCTE(o.Schemas),
		"{rels}", relsCTE,
		"{linked}", refList(o.Linked),
		"{roles}", nameList(o.Roles),
	)
	var b strings.Builder
	for _, q := range []string{
		schemasSQL, enumsSQL, sequencesSQL, rolesSQL, tablesSQL, columnsSQL,
		constraintsSQL, indexesSQL, policiesSQL, viewsSQL, viewUsesSQL,
	} {
		b.WriteString(fill.Replace(q))
		b.WriteString(";\n")
	}
	return b.String()
}

// spacesCTE selects the schemas to read. PostgreSQL reserves names that begin
// with pg_.
func spacesCTE(names []string) string {
	where := `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`
	if len(names) > 0 {
		where += " and n.nspname in (" + nameList(names) + ")"
	}
	return "spaces as materialized (select n.oid, n.nspname from pg_catalog.pg_namespace n where " + where + ")"
}

// relsCTE selects tables and views, without partitions. Those of extensions
// are among them: only tablesSQL and viewsSQL leave them out, and what other
// questions say of them finds nobody.
const relsCTE = `rels as materialized (
  select c.oid, s.nspname, c.relname, c.relkind
  from pg_catalog.pg_class c join spaces s on s.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition)`

// ownedSQL leaves out what belongs to an extension.
const ownedSQL = ` and not exists (select from pg_catalog.pg_depend x
  where x.classid = 'pg_catalog.pg_class'::regclass and x.objid = c.oid and x.deptype = 'e')`

const schemasSQL = `with {spaces}
select s.nspname from spaces s
where not exists (select from pg_catalog.pg_depend x
  where x.classid = 'pg_catalog.pg_namespace'::regclass and x.objid = s.oid and x.deptype = 'e')`

const enumsSQL = `with {spaces}
select s.nspname, t.typname,
  array(select e.enumlabel::text from pg_catalog.pg_enum e where e.enumtypid = t.oid order by e.enumsortorder)
from pg_catalog.pg_type t join spaces s on s.oid = t.typnamespace
where t.typtype = 'e' and not exists (select from pg_catalog.pg_depend x
  where x.classid = 'pg_catalog.pg_type'::regclass and x.objid = t.oid and x.deptype = 'e')`

// sequencesSQL reads all schemas: an identity column's sequence may live
// outside the schemas that are read.
const sequencesSQL = `select n.nspname, c.relname, c.oid::regclass,
  s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache, s.seqcycle,
  coalesce(d.deptype, ''), coalesce(d.refobjid, 0), coalesce(d.refobjsubid, 0)
from pg_catalog.pg_sequence s
join pg_catalog.pg_class c on c.oid = s.seqrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid
  and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('i', 'a')
where true` + ownedSQL

const rolesSQL = `select r.rolname, r.rolcreatedb, r.rolcreaterole, r.rolinherit
from pg_catalog.pg_roles r where r.rolname in ({roles})`

const tablesSQL = `with {spaces}, {rels}
select c.oid, r.nspname, r.relname, c.relrowsecurity,
  array(select x.conname::text from pg_catalog.pg_constraint x where x.conrelid = c.oid and x.contype = 'x')
from rels r join pg_catalog.pg_class c on c.oid = r.oid
where c.relkind in ('r', 'p')` + ownedSQL

// columnsSQL gives an array's element type: e is the element where a column
// is an array (and not int2vector or the like, which only look like one).
const columnsSQL = `with {spaces}, {rels}
select a.attrelid, a.attnum, a.attname, a.attnotnull, a.attidentity, a.attgenerated,
  case when el.oid is null then 0 else greatest(a.attndims, 1) end,
  en.nspname, e.typname, e.typtype,
  en.nspname <> 'pg_catalog' and exists (select from pg_catalog.pg_depend x
    where x.classid = 'pg_catalog.pg_type'::regclass and x.objid = e.oid and x.deptype = 'e'),
  pg_catalog.format_type(e.oid, a.atttypmod), pg_catalog.format_type(e.oid, -1),
  pg_catalog.pg_get_expr(d.adbin, d.adrelid),
  case when r.relkind in ('r', 'p') and a.attcollation <> t.typcollation then
    (select cl.collname from pg_catalog.pg_collation cl where cl.oid = a.attcollation) end
from rels r
join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_type el on el.oid = t.typelem and el.typarray = t.oid
join pg_catalog.pg_type e on e.oid = coalesce(el.oid, t.oid)
join pg_catalog.pg_namespace en on en.oid = e.typnamespace
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
order by a.attrelid, a.attnum`

// constraintsSQL leaves out the copies of a foreign key that PostgreSQL keeps
// for each partition of its target. Key columns come as numbers, which
// columnsSQL has the names of, and as names where the target of a foreign key
// is not among what is read. indnullsnotdistinct is PostgreSQL 15's.
const constraintsSQL = `with {spaces}, {rels}
select c.conrelid, c.conname, c.contype, c.conkey::text[],
  fn.nspname, f.relname, c.confrelid, c.confkey::text[],
  case when c.contype = 'f' and c.confrelid not in (select oid from rels) then
    array(select a.attname::text from pg_catalog.unnest(c.confkey) with ordinality k (num, pos)
      join pg_catalog.pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.num order by k.pos) end,
  c.confdeltype, c.confupdtype,
  case when c.contype = 'c' then pg_catalog.pg_get_expr(c.conbin, c.conrelid) end,
  coalesce((select (pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean from pg_catalog.pg_index i
    where c.contype = 'u' and i.indexrelid = c.conindid), false),
  c.condeferrable, c.convalidated
from pg_catalog.pg_constraint c
join rels r on r.oid = c.conrelid
left join pg_catalog.pg_class f on f.oid = c.confrelid and c.contype = 'f'
left join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
where c.contype in ('p', 'u', 'f', 'c') and (c.contype <> 'f' or c.conparentid = 0::oid)`

// indexesSQL gives one row per key. An operator class is the default one if
// it is marked so and no other default fits the key's type more closely.
const indexesSQL = `with {spaces}, {rels}
select i.indrelid, i.indexrelid, ic.relname, am.amname, i.indisunique, i.indisvalid, i.indnatts > i.indnkeyatts,
  pg_catalog.pg_get_expr(i.indpred, i.indrelid), ic.reloptions::text[],
  a.attname, case when a.attname is null then pg_catalog.pg_get_indexdef(i.indexrelid, k.n, false) end,
  oc.opcname,
  oc.opcdefault and (oc.opcintype = coalesce(a.atttypid, ia.atttypid) or not exists (
    select from pg_catalog.pg_opclass o2 where o2.opcmethod = oc.opcmethod and o2.opcdefault
      and o2.opcintype = coalesce(a.atttypid, ia.atttypid))),
  ia.attoptions::text[],
  i.indoption[k.n - 1],
  case when i.indcollation[k.n - 1] <> coalesce(a.attcollation, it.typcollation) then
    (select pg_catalog.quote_ident(cl.collname) from pg_catalog.pg_collation cl where cl.oid = i.indcollation[k.n - 1]) end
from rels r
join pg_catalog.pg_index i on i.indrelid = r.oid
join pg_catalog.pg_class ic on ic.oid = i.indexrelid
join pg_catalog.pg_am am on am.oid = ic.relam
cross join lateral pg_catalog.generate_series(1, i.indnkeyatts) k (n)
join pg_catalog.pg_attribute ia on ia.attrelid = i.indexrelid and ia.attnum = k.n
join pg_catalog.pg_type it on it.oid = ia.atttypid
join pg_catalog.pg_opclass oc on oc.oid = i.indclass[k.n - 1]
left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k.n - 1] and a.attnum > 0
where not exists (select from pg_catalog.pg_constraint c
  where c.conrelid = i.indrelid and c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
order by i.indrelid, i.indexrelid, k.n`

const policiesSQL = `with {spaces}, {rels}
select p.polrelid, n.nspname, c.relname, p.polname, p.polcmd, p.polpermissive,
  array(select coalesce(g.rolname::text, 'public') from pg_catalog.unnest(p.polroles) r (id)
    left join pg_catalog.pg_roles g on g.oid = r.id),
  pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where p.polrelid in (select oid from rels) or (n.nspname::text, c.relname::text) in ({linked})`

const viewsSQL = `with {spaces}, {rels}
select c.oid, r.nspname, r.relname, c.relkind = 'm', pg_catalog.pg_get_viewdef(c.oid, false),
  c.reloptions::text[], sp.spcname, am.amname, c.relispopulated
from rels r
join pg_catalog.pg_class c on c.oid = r.oid
left join pg_catalog.pg_tablespace sp on sp.oid = c.reltablespace
left join pg_catalog.pg_am am on am.oid = c.relam
where c.relkind in ('v', 'm')` + ownedSQL

const viewUsesSQL = `with {spaces}, {rels}
select distinct w.ev_class, d.refobjid
from rels r
join pg_catalog.pg_rewrite w on w.ev_class = r.oid
join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
  and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> w.ev_class
join rels u on u.oid = d.refobjid and u.relkind in ('v', 'm')
where r.relkind in ('v', 'm')`

// nameList returns literals for IN (…), which must not be empty.
func nameList(names []string) string {
	if len(names) == 0 {
		return "null"
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = sqltext.QuoteLiteral(n)
	}
	return strings.Join(quoted, ", ")
}

// refList returns pairs of literals for IN (…), which must not be empty.
func refList(refs []schema.Ref) string {
	if len(refs) == 0 {
		return "(null, null)"
	}
	pairs := make([]string, len(refs))
	for i, r := range refs {
		pairs[i] = "(" + sqltext.QuoteLiteral(r.Schema) + ", " + sqltext.QuoteLiteral(r.Name) + ")"
	}
	return strings.Join(pairs, ", ")
}
