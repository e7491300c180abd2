package schematest

import (
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// Pair makes a schema and edits it.
func (g *Generator) Pair() *Pair { return g.Edit(g.Schema()) }

// Edit edits a schema, which is not changed. Several edits of one schema by
// one generator never make the same name twice.
func (g *Generator) Edit(s *schema.Schema) *Pair {
	from := s.Clone()
	e := &editor{Generator: g, pair: &Pair{From: from, Was: map[string]string{}}}
	g.s = from.Clone()
	n := 1 + g.IntN(6)
	if g.chance(20) {
		n += g.IntN(12)
	}
	for n > 0 {
		d := &edits[g.IntN(len(edits))]
		if len(g.s.Tables) == 0 {
			g.s.Tables = append(g.s.Tables, g.table())
		}
		if d.apply(e) {
			e.pair.Edits = append(e.pair.Edits, d.name)
			n--
		}
	}
	g.refreshViews()
	e.pair.To = g.s.Clone()
	return e.pair
}

// refreshViews gives columns of views the types that they have in the tables.
func (g *Generator) refreshViews() {
	types := map[string]schema.Column{}
	for _, t := range g.s.Tables {
		for _, c := range t.Columns {
			types[c.Name] = c
		}
	}
	for i := range g.s.Views {
		for j := range g.s.Views[i].Columns {
			c := &g.s.Views[i].Columns[j]
			c.Type, c.TypeSchema = types[c.Name].Type, types[c.Name].TypeSchema
		}
	}
}

// editor edits a generator's schema and remembers old names.
type editor struct {
	*Generator
	pair *Pair
}

// edit is one kind of change. apply reports false, and changes nothing, where
// there is nothing to apply it to.
type edit struct {
	name  string
	apply func(*editor) bool
}

var edits = slices.Concat(topEdits, tableEdits, columnEdits, partEdits)

// rename gives an object a new name wherever it is mentioned.
func (e *editor) rename(old, prefix string) {
	now := e.name(prefix)
	replace(e.s, old, now)
	e.pair.Was[now] = e.pair.Origin(old)
	delete(e.pair.Was, old)
}

// elsewhere returns another schema than the one named, if there is one.
func (e *editor) elsewhere(than string) (string, bool) {
	all := append([]string{schema.Public}, e.s.Schemas...)
	all = slices.DeleteFunc(all, func(s string) bool { return s == than })
	if len(all) == 0 {
		return "", false
	}
	return e.pick(all...), true
}

// choose returns a random element, or nil.
func choose[T any](e *editor, from []T) *T {
	if len(from) == 0 {
		return nil
	}
	return one(e.Generator, from)
}

// remove takes an element out of a list, by its address.
func remove[T any](list *[]T, x *T) {
	for i := range *list {
		if &(*list)[i] == x {
			*list = slices.Delete(*list, i, i+1)
			return
		}
	}
}

// on makes an edit of a random element of a list.
func on[T any](name string, list func(*editor) []T, apply func(*editor, *T) bool) edit {
	return edit{name, func(e *editor) bool {
		x := choose(e, list(e))
		return x != nil && apply(e, x)
	}}
}

func enums(e *editor) []schema.Enum         { return e.s.Enums }
func sequences(e *editor) []schema.Sequence { return e.s.Sequences }
func roles(e *editor) []schema.Role         { return e.s.Roles }
func tables(e *editor) []schema.Table       { return e.s.Tables }
func views(e *editor) []schema.View         { return e.s.Views }
func linked(e *editor) []schema.LinkedPolicy {
	return e.s.Policies
}
func schemas(e *editor) []string { return e.s.Schemas }

var topEdits = []edit{
	{"add schema", func(e *editor) bool { e.s.Schemas = append(e.s.Schemas, e.name("s")); return true }},
	on("rename schema", schemas, func(e *editor, s *string) bool { e.rename(*s, "s"); return true }),
	on("drop empty schema", schemas, func(e *editor, s *string) bool {
		if mentionsElsewhere(e.s, *s) {
			return false
		}
		remove(&e.s.Schemas, s)
		return true
	}),

	{"add enum", func(e *editor) bool { e.s.Enums = append(e.s.Enums, e.enum()); return true }},
	on("drop enum", enums, dropEnum),
	on("rename enum", enums, func(e *editor, x *schema.Enum) bool { e.rename(x.Name, "e"); return true }),
	on("move enum", enums, moveEnum),
	on("add enum value", enums, func(e *editor, x *schema.Enum) bool {
		x.Values = slices.Insert(x.Values, e.IntN(len(x.Values)+1), e.label())
		return true
	}),
	on("drop enum value", enums, dropEnumValue),
	on("reorder enum", enums, func(e *editor, x *schema.Enum) bool {
		slices.Reverse(x.Values)
		return len(x.Values) > 1
	}),

	{"add sequence", func(e *editor) bool { e.s.Sequences = append(e.s.Sequences, e.sequence()); return true }},
	on("drop sequence", sequences, func(e *editor, q *schema.Sequence) bool {
		name := q.Name
		remove(&e.s.Sequences, q)
		eachDefault(e.s, func(d **schema.Scalar) {
			if mentions(*d, name) {
				*d = nil
			}
		})
		return true
	}),
	on("rename sequence", sequences, func(e *editor, q *schema.Sequence) bool { e.rename(q.Name, "q"); return true }),
	on("alter sequence", sequences, func(e *editor, q *schema.Sequence) bool { q.SequenceOptions = e.options(); return true }),
	on("move sequence", sequences, func(e *editor, q *schema.Sequence) bool {
		s, ok := e.elsewhere(q.Schema)
		if ok {
			was, now := sqltext.QuoteIdent(q.Schema)+"."+sqltext.QuoteIdent(q.Name), sqltext.QuoteIdent(s)+"."+sqltext.QuoteIdent(q.Name)
			eachDefault(e.s, func(d **schema.Scalar) {
				(*d).Text = strings.ReplaceAll((*d).Text, was, now)
			})
			q.Schema = s
		}
		return ok
	}),

	{"add role", func(e *editor) bool { e.s.Roles = append(e.s.Roles, e.role()); return true }},
	on("drop role", roles, dropRole),
	on("rename role", roles, func(e *editor, r *schema.Role) bool { e.rename(r.Name, e.roles+"r"); return true }),
	on("alter role", roles, func(e *editor, r *schema.Role) bool {
		n := r.Name
		*r = e.role()
		r.Name = n
		return true
	}),

	{"add linked policy", func(e *editor) bool { e.s.Policies = append(e.s.Policies, e.linkedPolicy()); return true }},
	on("change linked policy", linked, func(e *editor, p *schema.LinkedPolicy) bool {
		switch name := p.Name; {
		case e.chance(30):
			remove(&e.s.Policies, p)
		case e.chance(30):
			e.rename(name, "p")
		default:
			*p = e.linkedPolicy()
			p.Name = name
		}
		return true
	}),

	{"add view", func(e *editor) bool { e.addView(); return true }},
	on("drop view", views, func(e *editor, v *schema.View) bool {
		name := v.Name
		remove(&e.s.Views, v)
		dropViews(e.s, name)
		return true
	}),
	on("rename view", views, func(e *editor, v *schema.View) bool { e.rename(v.Name, "v"); return true }),
	on("move view", views, func(e *editor, v *schema.View) bool {
		s, ok := e.elsewhere(v.Schema)
		if ok {
			dropViews(e.s, v.Name)
			if v = e.view(v.Name); v == nil {
				return false
			}
			v.Schema = s
		}
		return ok
	}),
	on("change view", views, func(e *editor, v *schema.View) bool {
		name := v.Name
		dropViews(e.s, name)
		e.setQuery(e.view(name))
		return true
	}),
	on("change view options", views, func(e *editor, v *schema.View) bool { e.setViewOptions(v); return true }),
	on("change kind of view", views, func(e *editor, v *schema.View) bool {
		v.Materialized = !v.Materialized
		e.setViewOptions(v)
		return true
	}),
}

// eachDefault visits every default that there is.
func eachDefault(s *schema.Schema, visit func(**schema.Scalar)) {
	for i := range s.Tables {
		for j := range s.Tables[i].Columns {
			if d := &s.Tables[i].Columns[j].Default; *d != nil {
				visit(d)
			}
		}
	}
}

// view finds a view again after others went.
func (e *editor) view(name string) *schema.View {
	for i := range e.s.Views {
		if e.s.Views[i].Name == name {
			return &e.s.Views[i]
		}
	}
	return nil
}

// mentionsElsewhere says whether anything but the list of schemas mentions one.
func mentionsElsewhere(s *schema.Schema, name string) bool {
	c := s.Clone()
	c.Schemas = nil
	return mentions(c, name)
}

// eachColumn visits the columns of an enum's type.
func (e *editor) eachColumn(x *schema.Enum, visit func(*schema.Table, *schema.Column)) {
	for i := range e.s.Tables {
		t := &e.s.Tables[i]
		for j := range t.Columns {
			c := &t.Columns[j]
			if base, _, _ := strings.Cut(c.Type, "["); base == x.Name && c.TypeSchema == x.Schema {
				visit(t, c)
			}
		}
	}
}

// dropEnum turns the columns of its type into text.
func dropEnum(e *editor, x *schema.Enum) bool {
	used := false
	e.eachColumn(x, func(t *schema.Table, c *schema.Column) {
		used = used || e.linked(c.Name)
	})
	if used {
		return false
	}
	e.eachColumn(x, func(t *schema.Table, c *schema.Column) {
		c.Type, c.TypeSchema, c.Default = "text"+c.Type[len(x.Name):], "", nil
	})
	remove(&e.s.Enums, x)
	return true
}

func moveEnum(e *editor, x *schema.Enum) bool {
	s, ok := e.elsewhere(x.Schema)
	if !ok {
		return false
	}
	e.eachColumn(x, func(t *schema.Table, c *schema.Column) { c.TypeSchema = s })
	x.Schema = s
	return true
}

// dropEnumValue also takes the value out of defaults.
func dropEnumValue(e *editor, x *schema.Enum) bool {
	if len(x.Values) < 2 {
		return false
	}
	i := e.IntN(len(x.Values))
	gone := strings.ReplaceAll(x.Values[i], "'", "''")
	x.Values = slices.Delete(x.Values, i, i+1)
	e.eachColumn(x, func(t *schema.Table, c *schema.Column) {
		if c.Default != nil && strings.Contains(c.Default.Text, gone) {
			c.Default = nil
		}
	})
	return true
}

func dropRole(e *editor, r *schema.Role) bool {
	name := r.Name
	remove(&e.s.Roles, r)
	leave := func(p *schema.Policy) {
		p.To = slices.DeleteFunc(p.To, func(to string) bool { return to == name })
		if len(p.To) == 0 {
			p.To = []string{"public"}
		}
	}
	for i := range e.s.Tables {
		for j := range e.s.Tables[i].Policies {
			leave(&e.s.Tables[i].Policies[j])
		}
	}
	for i := range e.s.Policies {
		leave(&e.s.Policies[i].Policy)
	}
	return true
}

// linked says whether a foreign key uses a column, on either side.
func (e *editor) linked(column string) bool {
	for _, t := range e.s.Tables {
		for _, f := range t.ForeignKeys {
			if slices.Contains(f.Columns, column) || slices.Contains(f.ToColumns, column) {
				return true
			}
		}
	}
	return false
}
