package diff

import (
	"github.com/skein-db/skein/internal/schema"
)

// The functions here spell schemas briefly. Each returns a part that build
// puts in its place.

type part func(*schema.Schema)

func build(parts ...part) *schema.Schema {
	s := &schema.Schema{}
	for _, p := range parts {
		p(s)
	}
	return s
}

func namespace(name string) part {
	return func(s *schema.Schema) { s.Schemas = append(s.Schemas, name) }
}

// ref reads "name" or "schema.name".
func ref(name string) schema.Ref {
	for i := range name {
		if name[i] == '.' {
			return schema.Ref{Schema: name[:i], Name: name[i+1:]}
		}
	}
	return schema.Ref{Schema: schema.Public, Name: name}
}

func enum(name string, values ...string) part {
	r := ref(name)
	return func(s *schema.Schema) {
		s.Enums = append(s.Enums, schema.Enum{Schema: r.Schema, Name: r.Name, Values: values})
	}
}

var plainSequence = schema.SequenceOptions{Increment: "1", Min: "1", Max: "100", Start: "1", Cache: "1"}

func sequence(name string, change ...func(*schema.SequenceOptions)) part {
	r := ref(name)
	q := schema.Sequence{Schema: r.Schema, Name: r.Name, SequenceOptions: plainSequence}
	for _, f := range change {
		f(&q.SequenceOptions)
	}
	return func(s *schema.Schema) { s.Sequences = append(s.Sequences, q) }
}

func role(name string, change ...func(*schema.Role)) part {
	r := schema.Role{Name: name, Inherit: true}
	for _, f := range change {
		f(&r)
	}
	return func(s *schema.Schema) { s.Roles = append(s.Roles, r) }
}

func linked(name, on string, change ...func(*schema.Policy)) part {
	p := makePolicy(name, change)
	return func(s *schema.Schema) {
		s.Policies = append(s.Policies, schema.LinkedPolicy{Policy: p, On: on, Schema: schema.Public})
	}
}

func view(name, query string, change ...func(*schema.View)) part {
	r := ref(name)
	v := schema.View{Schema: r.Schema, Name: r.Name, Definition: &query}
	for _, f := range change {
		f(&v)
	}
	return func(s *schema.Schema) { s.Views = append(s.Views, v) }
}

func materializedView(v *schema.View) { v.Materialized = true }

func with(name, text string, kind schema.ScalarKind) func(*schema.View) {
	return func(v *schema.View) {
		v.With = append(v.With, schema.Option{Name: name, Value: schema.Scalar{Kind: kind, Text: text}})
	}
}

type tablePart func(*schema.Table)

func table(name string, parts ...tablePart) part {
	r := ref(name)
	t := schema.Table{Schema: r.Schema, Name: r.Name}
	for _, p := range parts {
		p(&t)
	}
	return func(s *schema.Schema) { s.Tables = append(s.Tables, t) }
}

func rls(t *schema.Table) { t.RLS = true }

func column(name, typ string, change ...func(*schema.Column)) tablePart {
	c := schema.Column{Name: name, Type: typ}
	for _, f := range change {
		f(&c)
	}
	return func(t *schema.Table) { t.Columns = append(t.Columns, c) }
}

func notNull(c *schema.Column)    { c.NotNull = true }
func primaryKey(c *schema.Column) { c.PrimaryKey, c.NotNull = true, true }

func inSchema(name string) func(*schema.Column) {
	return func(c *schema.Column) { c.TypeSchema = name }
}

func def(text string) func(*schema.Column) {
	return func(c *schema.Column) { c.Default = &schema.Scalar{Text: text} }
}

func defNumber(text string) func(*schema.Column) {
	return func(c *schema.Column) { c.Default = &schema.Scalar{Kind: schema.Number, Text: text} }
}

func generated(as string) func(*schema.Column) {
	return func(c *schema.Column) { c.Generated = &schema.Generated{As: as, Type: "stored"} }
}

func identityColumn(kind, name string, change ...func(*schema.SequenceOptions)) func(*schema.Column) {
	id := schema.Identity{Type: kind, Name: name, Schema: schema.Public, SequenceOptions: plainSequence}
	for _, f := range change {
		f(&id.SequenceOptions)
	}
	return func(c *schema.Column) { c.Identity = &id }
}

func index(name string, keys ...schema.IndexColumn) tablePart { return indexWith(name, nil, keys...) }

func indexWith(name string, change func(*schema.Index), keys ...schema.IndexColumn) tablePart {
	x := schema.Index{Name: name, Columns: keys, Method: "btree"}
	if change != nil {
		change(&x)
	}
	return func(t *schema.Table) { t.Indexes = append(t.Indexes, x) }
}

func on(column string) schema.IndexColumn {
	return schema.IndexColumn{Expression: column, Asc: true, Nulls: "last"}
}

func foreignKey(name, column, to, toColumn string, actions ...string) tablePart {
	r := ref(to)
	f := schema.ForeignKey{Name: name, Columns: []string{column}, ToSchema: r.Schema, ToTable: r.Name, ToColumns: []string{toColumn},
		OnDelete: "no action", OnUpdate: "no action"}
	if len(actions) == 2 {
		f.OnDelete, f.OnUpdate = actions[0], actions[1]
	}
	return func(t *schema.Table) { t.ForeignKeys = append(t.ForeignKeys, f) }
}

func key(name string, columns ...string) tablePart {
	return func(t *schema.Table) {
		t.PrimaryKeys = append(t.PrimaryKeys, schema.PrimaryKey{Name: name, Columns: columns})
	}
}

func unique(name string, columns ...string) tablePart {
	return func(t *schema.Table) { t.Uniques = append(t.Uniques, schema.Unique{Name: name, Columns: columns}) }
}

func uniqueNulls(name string, columns ...string) tablePart {
	return func(t *schema.Table) {
		t.Uniques = append(t.Uniques, schema.Unique{Name: name, Columns: columns, NullsNotDistinct: true})
	}
}

func check(name, value string) tablePart {
	return func(t *schema.Table) { t.Checks = append(t.Checks, schema.Check{Name: name, Value: value}) }
}

func policy(name string, change ...func(*schema.Policy)) tablePart {
	p := makePolicy(name, change)
	return func(t *schema.Table) { t.Policies = append(t.Policies, p) }
}

func makePolicy(name string, change []func(*schema.Policy)) schema.Policy {
	p := schema.Policy{Name: name, As: "PERMISSIVE", For: "ALL", To: []string{"public"}}
	for _, f := range change {
		f(&p)
	}
	return p
}

func using(text string) func(*schema.Policy) { return func(p *schema.Policy) { p.Using = &text } }
func withCheck(text string) func(*schema.Policy) {
	return func(p *schema.Policy) { p.WithCheck = &text }
}
func forCommand(c string) func(*schema.Policy) { return func(p *schema.Policy) { p.For = c } }
func to(roles ...string) func(*schema.Policy)  { return func(p *schema.Policy) { p.To = roles } }
