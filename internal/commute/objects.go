package commute

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// kind is what an object is, as people call it.
type kind string

const (
	aSchema       kind = "schema"
	anEnum        kind = "enum"
	aSequence     kind = "sequence"
	aRole         kind = "role"
	aTable        kind = "table"
	aColumn       kind = "column"
	anIndex       kind = "index"
	aForeignKey   kind = "foreign key"
	aPrimaryKey   kind = "primary key"
	aUnique       kind = "unique constraint"
	aCheck        kind = "check"
	aPolicy       kind = "policy"
	aLinkedPolicy kind = "policy on another's table"
	aView         kind = "view"
)

// key says which object it is. in is the table of what belongs to one, else the
// schema of what lives in one.
type key struct {
	kind kind
	in   schema.Ref
	name string
}

// String is the object as people write it, such as "column users.email".
func (k key) String() string {
	at := k.name
	switch {
	case k.in.Name != "":
		at = k.in.String() + "." + k.name
	case k.in.Schema != "":
		at = schema.Ref{Schema: k.in.Schema, Name: k.name}.String()
	}
	return string(k.kind) + " " + at
}

// part reports whether the object belongs to a table.
func (k key) part() bool { return k.in.Name != "" }

// table is the key of the table that an object belongs to.
func (k key) table() key { return key{aTable, schema.Ref{Schema: k.in.Schema}, k.in.Name} }

// ref is the name of a table, view, enum or sequence.
func (k key) ref() schema.Ref { return schema.Ref{Schema: k.in.Schema, Name: k.name} }

// object is one thing of a schema, as attributes that can be compared.
type object struct {
	key
	attributes []attribute
	value      any // the pointer into the schema; a string for a schema
}

type attribute struct{ name, value string }

// text writes what a pointer points to, "none" for nil.
func text[T any](v *T) string {
	if v == nil {
		return "none"
	}
	return fmt.Sprint(*v)
}

func join(names []string) string { return "(" + strings.Join(names, ", ") + ")" }

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// objects lists all that a schema holds, each table before its parts.
func objects(s *schema.Schema) []object {
	var out []object
	add := func(k key, value any, attributes ...attribute) { out = append(out, object{k, attributes, value}) }
	for _, name := range s.Schemas {
		add(key{aSchema, schema.Ref{}, name}, name)
	}
	for i := range s.Enums {
		e := &s.Enums[i]
		add(key{anEnum, schema.Ref{Schema: e.Schema}, e.Name}, e, attribute{"values", join(e.Values)})
	}
	for i := range s.Sequences {
		q := &s.Sequences[i]
		add(key{aSequence, schema.Ref{Schema: q.Schema}, q.Name}, q, attribute{"options", fmt.Sprintf("%+v", q.SequenceOptions)})
	}
	for i := range s.Roles {
		r := &s.Roles[i]
		add(key{aRole, schema.Ref{}, r.Name}, r, attribute{"rights", fmt.Sprintf("%+v", *r)})
	}
	for i := range s.Tables {
		out = append(out, tableObjects(&s.Tables[i])...)
	}
	for i := range s.Policies {
		p := &s.Policies[i]
		add(key{aLinkedPolicy, schema.Ref{}, p.On + "." + p.Name}, p, attribute{"definition", policyText(&p.Policy)})
	}
	for i := range s.Views {
		v := &s.Views[i]
		add(key{aView, schema.Ref{Schema: v.Schema}, v.Name}, v, attribute{"definition", text(v.Definition)},
			attribute{"options", fmt.Sprint(v.Existing, v.Materialized, v.With, text(v.WithNoData), v.Tablespace, v.Using)})
	}
	return out
}

func policyText(p *schema.Policy) string {
	return fmt.Sprint(p.As, p.For, p.To, " USING ", text(p.Using), " WITH CHECK ", text(p.WithCheck))
}

func tableObjects(t *schema.Table) []object {
	in := t.Ref()
	out := []object{{key{aTable, schema.Ref{Schema: t.Schema}, t.Name}, []attribute{{"row level security", yesNo(t.RLS)}}, t}}
	add := func(k kind, name string, value any, attributes ...attribute) {
		out = append(out, object{key{k, in, name}, attributes, value})
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		value := "none"
		if c.Default != nil {
			value = c.Default.Text
		}
		add(aColumn, c.Name, c, attribute{typeAttribute, typeOf(c)}, attribute{notNull, yesNo(c.NotNull)},
			attribute{primaryKey, yesNo(c.PrimaryKey)}, attribute{defaultAttribute, value},
			attribute{generated, text(c.Generated)}, attribute{identity, text(c.Identity)})
	}
	for i := range t.PrimaryKeys {
		p := &t.PrimaryKeys[i]
		add(aPrimaryKey, p.Name, p, attribute{"columns", join(p.Columns)})
	}
	for i := range t.Uniques {
		u := &t.Uniques[i]
		add(aUnique, u.Name, u, attribute{"columns", join(u.Columns)}, attribute{"nulls distinct", yesNo(!u.NullsNotDistinct)})
	}
	for i := range t.ForeignKeys {
		f := &t.ForeignKeys[i]
		add(aForeignKey, f.Name, f, attribute{"columns", join(f.Columns)},
			attribute{"target", schema.Ref{Schema: f.ToSchema, Name: f.ToTable}.String() + join(f.ToColumns)},
			attribute{"on delete", orNone(f.OnDelete)}, attribute{"on update", orNone(f.OnUpdate)})
	}
	for i := range t.Indexes {
		x := &t.Indexes[i]
		add(anIndex, x.Name, x, attribute{"columns", fmt.Sprint(x.Columns)}, attribute{"unique", yesNo(x.Unique)},
			attribute{"where", orNone(x.Where)}, attribute{"method", fmt.Sprint(x.Method, x.With)})
	}
	for i := range t.Checks {
		add(aCheck, t.Checks[i].Name, &t.Checks[i], attribute{"expression", t.Checks[i].Value})
	}
	for i := range t.Policies {
		add(aPolicy, t.Policies[i].Name, &t.Policies[i], attribute{"definition", policyText(&t.Policies[i])})
	}
	return out
}

// The attributes of a column.
const (
	typeAttribute    = "type"
	notNull          = "not null"
	primaryKey       = "primary key"
	defaultAttribute = "default"
	generated        = "generated"
	identity         = "identity"
)

func typeOf(c *schema.Column) string {
	if c.TypeSchema == "" || c.TypeSchema == schema.Public {
		return c.Type
	}
	return c.TypeSchema + "." + c.Type
}

// change is what one side does to an object.
type change struct {
	key
	before, after *object     // nil where it is created or dropped
	changed       []attribute // new values of what is another than before
}

func (c *change) created() bool { return c.before == nil }
func (c *change) dropped() bool { return c.after == nil }

// sets returns the new value of an attribute that the change sets.
func (c *change) sets(name string) (value string, ok bool) {
	for _, a := range c.changed {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

// side is one of the two schemas that were made of the base.
type side struct {
	schema  *schema.Schema
	changes []*change // in the order of the new objects, then what is dropped
	by      map[key]*change
}

func newSide(base []object, to *schema.Schema) *side {
	s := &side{schema: to, by: map[key]*change{}}
	old := map[key]*object{}
	for i := range base {
		old[base[i].key] = &base[i]
	}
	kept := map[key]bool{}
	now := objects(to)
	for i := range now {
		after := &now[i]
		kept[after.key] = true
		before := old[after.key]
		if before == nil {
			s.add(&change{key: after.key, after: after})
			continue
		}
		c := &change{key: after.key, before: before, after: after}
		for j, a := range after.attributes {
			if a.value != before.attributes[j].value {
				c.changed = append(c.changed, a)
			}
		}
		if len(c.changed) > 0 {
			s.add(c)
		}
	}
	for i := range base {
		if !kept[base[i].key] {
			s.add(&change{key: base[i].key, before: &base[i]})
		}
	}
	return s
}

func (s *side) add(c *change) {
	s.changes = append(s.changes, c)
	s.by[c.key] = c
}

// whole returns the change that a part of a table goes along with: the table's
// creation or removal; else the change itself.
func (s *side) whole(c *change) *change {
	if !c.part() {
		return c
	}
	if t := s.by[c.table()]; t != nil && (t.created() || t.dropped()) {
		return t
	}
	return c
}

// parts are the changes to what belongs to a table.
func (s *side) parts(table key) []*change {
	var out []*change
	for _, c := range s.changes {
		if c.part() && c.table() == table {
			out = append(out, c)
		}
	}
	return out
}
