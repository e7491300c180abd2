package catalog

import (
	"reflect"
	"slices"
	"unicode/utf8"

	"github.com/skein-db/skein/internal/schema"
)

// Respell returns live in the words of want wherever the two agree, so that a
// diff from the result to want names what really differs and nothing else.
// built is what Canonical made of want: a part of live agrees with a part of
// want if it equals the same part of built, because then one server printed
// both. What live has and want has not stays as it is, after the rest; order
// follows want.
//
// Where want leaves something open, live cannot disagree: views that someone
// else makes, WITH NO DATA, CONCURRENTLY, the name of a primary key that is
// declared on its column. Names longer than PostgreSQL's 63 bytes are found
// under their shortened form.
func Respell(live, built, want *schema.Schema) *schema.Schema {
	l, b, w := live.Clone(), built.Clone(), want.Clone()
	out := &schema.Schema{
		Schemas:   match(l.Schemas, b.Schemas, w.Schemas, func(s *string) any { return short(*s) }, whole[string]),
		Enums:     match(l.Enums, b.Enums, w.Enums, func(e *schema.Enum) any { return shortRef(e.Ref()) }, whole[schema.Enum]),
		Sequences: match(l.Sequences, b.Sequences, w.Sequences, func(q *schema.Sequence) any { return shortRef(q.Ref()) }, whole[schema.Sequence]),
		Roles:     match(l.Roles, b.Roles, w.Roles, func(r *schema.Role) any { return short(r.Name) }, whole[schema.Role]),
		Tables:    match(l.Tables, b.Tables, w.Tables, func(t *schema.Table) any { return shortRef(t.Ref()) }, respellTable),
		Policies: match(l.Policies, b.Policies, w.Policies, func(p *schema.LinkedPolicy) any {
			return [2]any{shortRef(onTable(p)), short(p.Name)}
		}, whole[schema.LinkedPolicy]),
		Views: match(l.Views, b.Views, w.Views, func(v *schema.View) any { return shortRef(v.Ref()) }, respellView),
	}
	return addExisting(out, w)
}

// addExisting takes over the views that someone else makes, also where live
// does not have them: they are not want's to create.
func addExisting(out, want *schema.Schema) *schema.Schema {
	have := map[schema.Ref]bool{}
	for _, v := range out.Views {
		have[v.Ref()] = true
	}
	for _, v := range want.Views {
		if v.Existing && !have[v.Ref()] {
			out.Views = append(out.Views, v)
		}
	}
	return out
}

// match pairs the elements of live with those of built and want that have the
// same key, and returns them merged in want's order, then those that only live
// has.
func match[T any](live, built, want []T, key func(*T) any, merge func(live, built, want *T) T) []T {
	index := func(items []T) map[any]*T {
		m := make(map[any]*T, len(items))
		for i := range items {
			m[key(&items[i])] = &items[i]
		}
		return m
	}
	lives, builts := index(live), index(built)
	var out []T
	for i := range want {
		k := key(&want[i])
		if l := lives[k]; l != nil {
			out = append(out, merge(l, builts[k], &want[i]))
			delete(lives, k)
		}
	}
	for i := range live {
		if lives[key(&live[i])] != nil {
			out = append(out, live[i])
		}
	}
	return out
}

// whole takes want's words for an element that agrees in everything.
func whole[T any](live, built, want *T) T {
	if built != nil && reflect.DeepEqual(live, built) {
		return *want
	}
	return *live
}

// named is whole for elements whose name may have been shortened: live keeps
// its own words, but goes by want's name.
func named[T any](name func(*T) *string) func(live, built, want *T) T {
	return func(live, built, want *T) T {
		out := whole(live, built, want)
		*name(&out) = *name(want)
		return out
	}
}

// agree returns want's word where live and built have the same.
func agree[T any](live, built, want T) T {
	if reflect.DeepEqual(live, built) {
		return want
	}
	return live
}

func respellTable(live, built, want *schema.Table) schema.Table {
	out := *live
	out.Name = want.Name
	if built == nil {
		return out
	}
	out.Columns = match(live.Columns, built.Columns, want.Columns,
		func(c *schema.Column) any { return short(c.Name) }, respellColumn)
	respellKey(&out, live, built, want)
	out.Indexes = match(live.Indexes, built.Indexes, want.Indexes,
		func(x *schema.Index) any { return short(x.Name) }, respellIndex)
	out.ForeignKeys = match(live.ForeignKeys, built.ForeignKeys, want.ForeignKeys,
		func(x *schema.ForeignKey) any { return short(x.Name) }, named(func(x *schema.ForeignKey) *string { return &x.Name }))
	out.Uniques = match(live.Uniques, built.Uniques, want.Uniques,
		func(x *schema.Unique) any { return short(x.Name) }, named(func(x *schema.Unique) *string { return &x.Name }))
	out.Checks = match(live.Checks, built.Checks, want.Checks,
		func(x *schema.Check) any { return short(x.Name) }, named(func(x *schema.Check) *string { return &x.Name }))
	out.Policies = match(live.Policies, built.Policies, want.Policies,
		func(x *schema.Policy) any { return short(x.Name) }, named(func(x *schema.Policy) *string { return &x.Name }))
	out.RLS = agree(live.RLS, built.RLS, want.RLS)
	return out
}

// respellIndex also agrees where only built is in no order: drizzle-kit, and
// with it Canonical, writes none for a key with an operator class, while a
// database may have been made with what want says.
func respellIndex(live, built, want *schema.Index) schema.Index {
	if built != nil && len(built.Columns) == len(want.Columns) {
		ordered := *built
		ordered.Columns = slices.Clone(built.Columns)
		for i, k := range want.Columns {
			if k.OpClass != "" && built.Method == "btree" {
				ordered.Columns[i].Asc, ordered.Columns[i].Nulls = k.Asc, k.Nulls
			}
		}
		if reflect.DeepEqual(*live, ordered) {
			built = &ordered
		}
	}
	return named(func(x *schema.Index) *string { return &x.Name })(live, built, want)
}

// respellColumn respells everything but the primary key.
func respellColumn(live, built, want *schema.Column) schema.Column {
	out := *live
	out.Name = want.Name
	if built == nil {
		return out
	}
	type typ struct{ name, schema string }
	t := agree(typ{live.Type, live.TypeSchema}, typ{built.Type, built.TypeSchema}, typ{want.Type, want.TypeSchema})
	out.Type, out.TypeSchema = t.name, t.schema
	out.NotNull = agree(live.NotNull, built.NotNull, want.NotNull)
	out.Default = agree(live.Default, built.Default, want.Default)
	out.Generated = agree(live.Generated, built.Generated, want.Generated)
	out.Identity = agree(live.Identity, built.Identity, want.Identity)
	return out
}

// respellKey takes want's form of the primary key if live has the same one.
// Want names it only where it declares it as a constraint.
func respellKey(out, live, built, want *schema.Table) {
	l, b := keyOf(live), keyOf(built)
	same := reflect.DeepEqual(l.Columns, b.Columns) && (l.Name == b.Name || len(want.PrimaryKeys) == 0)
	if !same {
		return
	}
	out.PrimaryKeys = want.PrimaryKeys
	for i := range out.Columns {
		w := want.Column(out.Columns[i].Name)
		out.Columns[i].PrimaryKey = w != nil && w.PrimaryKey
	}
}

// keyOf returns a table's primary key wherever it is declared; without a name
// where it is on the column.
func keyOf(t *schema.Table) schema.PrimaryKey {
	if len(t.PrimaryKeys) > 0 {
		return t.PrimaryKeys[0]
	}
	var key schema.PrimaryKey
	for _, c := range t.Columns {
		if c.PrimaryKey {
			key.Columns = append(key.Columns, c.Name)
		}
	}
	return key
}

func respellView(live, built, want *schema.View) schema.View {
	if want.Existing {
		return *want
	}
	out := *live
	out.Name = want.Name
	out.WithNoData = want.WithNoData
	if built == nil || live.Materialized != built.Materialized {
		return out
	}
	out.Definition = agree(live.Definition, built.Definition, want.Definition)
	if reflect.DeepEqual(live.Definition, built.Definition) {
		out.Columns = want.Columns // the query decides them; want may list none
	}
	out.With = agree(live.With, built.With, want.With)
	out.Tablespace = agree(live.Tablespace, built.Tablespace, want.Tablespace)
	out.Using = agree(live.Using, built.Using, want.Using)
	return out
}

// maxName is the longest name PostgreSQL keeps, in bytes.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
const maxName = 63

// short returns the name as PostgreSQL keeps it.
func short(name string) string {
	if len(name) <= maxName {
		return name
	}
	end := maxName
	for end > 0 && !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end]
}

func shortRef(r schema.Ref) schema.Ref {
	return schema.Ref{Schema: short(r.Schema), Name: short(r.Name)}
}
