package rows

import (
	"context"
	"slices"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/studio/pool"
)

// Ref names a table or view.
type Ref struct {
	Schema string `json:"schema"`
	Name   string `json:"name"`
}

// String is the name as people write it.
func (r Ref) String() string { return r.Schema + "." + r.Name }

// SQL is the name in SQL.
func (r Ref) SQL() string { return sqltext.QuoteIdent(r.Schema) + "." + sqltext.QuoteIdent(r.Name) }

// Shape is what has to be known of a table or view to read its rows.
type Shape struct {
	Ref
	OID     uint32    `json:"oid"`
	RelKind string    `json:"relkind"` // as pg_class has it
	Rows    float64   `json:"rows"`    // estimated, less than 0 where there is no estimate
	Blocks  int64     `json:"blocks"`
	Columns []*Column `json:"columns"`
	// Key are the columns that tell rows apart: the primary key, or a unique
	// index over columns that are never null. Without one, rows can be read
	// and not changed.
	Key     []string `json:"key"`
	Indexes []*Index `json:"indexes"`
	// Inherited is true for a table whose rows are partly those of tables that
	// inherit from it, which no key of its own tells apart.
	Inherited bool `json:"inherited"`
}

// Column is a column as far as reading and comparing goes.
type Column struct {
	Name      string   `json:"name"`
	Type      string   `json:"type"` // as people write it, with its modifier
	Cast      string   `json:"cast"` // what a value is cast to; a domain's is what it is made of
	TypeName  string   `json:"typname"`
	TypType   string   `json:"typtype"`
	Category  string   `json:"category"`
	NotNull   bool     `json:"notNull"`
	Default   *string  `json:"default"`
	Identity  string   `json:"identity"`  // "", "a" (always) or "d" (by default)
	Generated *string  `json:"generated"` // the expression of a generated column
	Sortable  bool     `json:"sortable"`
	Operators string   `json:"operators"` // schema of the type's operators, where that is not pg_catalog
	Element   *Element `json:"element"`   // of an array or a range
	Values    []string `json:"values"`    // of an enum, or an array of one
	Comment   *string  `json:"comment"`

	number int
}

// Element is the type of what is in an array or a range.
type Element struct {
	Cast     string `json:"cast"`
	TypeName string `json:"typname"`
	TypType  string `json:"typtype"`
	Category string `json:"category"`
}

// Index is an index as far as it gives an order or finds rows.
type Index struct {
	Name    string    `json:"name"`
	Columns []*string `json:"columns"` // null stands for an expression
	Method  string    `json:"method"`
	Unique  bool      `json:"unique"`
	Partial bool      `json:"partial"`
}

// Of reads what a table or view looks like. A name that is not there is a
// *diag.Error of kind Usage.
func Of(ctx context.Context, tx *pool.Tx, name Ref) (*Shape, error) {
	s := &Shape{Ref: name}
	found, err := tx.Ask(ctx, s, shapeQuery, &name.Schema, &name.Name)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, &diag.Error{Kind: diag.Usage, Message: "there is no table or view " + name.String(), Hint: "it may have been renamed or dropped: reload the list"}
	}
	for i, c := range s.Columns {
		c.number = i
	}
	return s, nil
}

// Column returns a column by its name, or an error that names it.
func (s *Shape) Column(name string) (*Column, error) {
	for _, c := range s.Columns {
		if c.Name == name {
			return c, nil
		}
	}
	return nil, &diag.Error{Kind: diag.Usage, Message: s.String() + " has no column " + name, Hint: "it may have been renamed or dropped: reload the table"}
}

// keyColumns are the columns of the key.
func (s *Shape) keyColumns() []*Column {
	var all []*Column
	for _, c := range s.Columns {
		if slices.Contains(s.Key, c.Name) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *Column) int { return slices.Index(s.Key, a.Name) - slices.Index(s.Key, b.Name) })
	return all
}

// physical says whether rows have a place (ctid) of their own in one file.
func (s *Shape) physical() bool { return (s.RelKind == "r" || s.RelKind == "m") && !s.Inherited }

// stored says whether rows have a place in one of several files.
func (s *Shape) stored() bool { return s.RelKind == "r" || s.RelKind == "p" }

// Updatable says whether values can be given to the column.
func (c *Column) Updatable() bool { return c.Generated == nil }

// The domain that a column may have is followed down to what it is made of:
// to compare with a value of the domain would hold the value to its checks.
// format_type with a modifier of -1 gives names that take any length, which
// without one it does not ("character" is one character).
var shapeQuery = `
select json_build_object('oid', c.oid::bigint, 'relkind', c.relkind, 'rows', c.reltuples, 'blocks', c.relpages,
	'inherited', c.relkind = 'r' and exists (select 1 from pg_catalog.pg_inherits h where h.inhparent = c.oid),
	'columns', (select coalesce(json_agg(x order by x.n), '[]') from (
		select a.attnum as n, a.attname as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
			pg_catalog.format_type(t.oid, -1) as cast, t.typname, t.typtype, t.typcategory as category,
			a.attnotnull as "notNull",
			case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as "default",
			case when a.attgenerated <> '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as generated,
			a.attidentity as identity,
			` + sortable("t.oid", "t.typtype", "t.typcategory", "t.typelem") + ` as sortable,
			coalesce((select n.nspname from pg_catalog.pg_opclass o
				join pg_catalog.pg_am am on am.oid = o.opcmethod and am.amname = 'btree'
				join pg_catalog.pg_amop p on p.amopfamily = o.opcfamily and p.amoplefttype = t.oid and p.amoprighttype = t.oid and p.amopstrategy = 1
				join pg_catalog.pg_operator op on op.oid = p.amopopr
				join pg_catalog.pg_namespace n on n.oid = op.oprnamespace and n.nspname <> 'pg_catalog'
				where o.opcdefault and o.opcintype = t.oid limit 1), '') as operators,
			case when e.oid is not null then json_build_object('cast', pg_catalog.format_type(e.oid, -1), 'typname', e.typname, 'typtype', e.typtype, 'category', e.typcategory) end as element,
			(select json_agg(l.enumlabel order by l.enumsortorder) from pg_catalog.pg_enum l where l.enumtypid in (t.oid, e.oid)) as values,
			pg_catalog.col_description(a.attrelid, a.attnum) as comment
		from pg_catalog.pg_attribute a
		cross join lateral (
			with recursive made as (
				select y.oid, y.typtype, y.typbasetype from pg_catalog.pg_type y where y.oid = a.atttypid
				union all select y.oid, y.typtype, y.typbasetype from made join pg_catalog.pg_type y on made.typtype = 'd' and y.oid = made.typbasetype
			) select z.* from made join pg_catalog.pg_type z on z.oid = made.oid where made.typtype <> 'd'
		) t
		left join pg_catalog.pg_range r on r.rngtypid = t.oid
		left join pg_catalog.pg_type e on e.oid = case when t.typcategory = 'A' then t.typelem else r.rngsubtype end
		left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
		where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
	) x),
	'key', (select (select json_agg(a.attname order by k.n) from unnest(i.indkey) with ordinality k(attnum, n)
				join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum where k.n <= i.indnkeyatts)
		from pg_catalog.pg_index i
		where i.indrelid = c.oid and (c.relkind <> 'r' or not exists (select 1 from pg_catalog.pg_inherits h where h.inhparent = c.oid))
			and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null and i.indexprs is null
			and not exists (select 1 from unnest(i.indkey) with ordinality k(attnum, n)
				left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
				where k.n <= i.indnkeyatts and (a.attnotnull is not true))
		order by i.indisprimary desc, i.indnkeyatts, i.indexrelid limit 1),
	'indexes', (select coalesce(json_agg(x order by x.name), '[]') from (
		select ic.relname as name, am.amname as method, i.indisunique as "unique", i.indpred is not null as partial,
			(select json_agg(a.attname order by k.n) from unnest(i.indkey) with ordinality k(attnum, n)
				left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum and k.attnum > 0 where k.n <= i.indnkeyatts) as columns
		from pg_catalog.pg_index i
		join pg_catalog.pg_class ic on ic.oid = i.indexrelid
		join pg_catalog.pg_am am on am.oid = ic.relam
		where i.indrelid = c.oid and i.indisvalid
	) x))
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')`

// sortable says in SQL whether a type has an order: an operator class of its
// own, or that of a type that it can be taken for, or one of the classes for
// every array, enum, range and composite type.
func sortable(oid, typtype, category, element string) string {
	own := func(id string) string {
		return `exists (select 1 from pg_catalog.pg_opclass o join pg_catalog.pg_am am on am.oid = o.opcmethod and am.amname = 'btree'
				where o.opcdefault and (o.opcintype = ` + id + ` or exists (select 1 from pg_catalog.pg_cast k
					where k.castsource = ` + id + ` and k.casttarget = o.opcintype and k.castmethod = 'b' and k.castcontext = 'i')))`
	}
	return `(` + typtype + ` in ('e', 'r', 'm') or ` + own(oid) + ` or ` + category + ` = 'A' and ` + element + ` <> 0 and
				(` + own(element) + ` or exists (select 1 from pg_catalog.pg_type s where s.oid = ` + element + ` and s.typtype in ('e', 'r', 'm'))))`
}
