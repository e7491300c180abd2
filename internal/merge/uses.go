package merge

import (
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// uses finds what one side made that uses what the other side dropped. Nobody
// set one attribute twice there, and yet both together cannot be.
func (m *merger) uses() {
	for _, side := range []Side{Upstream, Local} {
		user, dropper := m.upstream, m.local
		if side == Local {
			user, dropper = m.local, m.upstream
		}
		gone := dropped(m.base, dropper)
		for o := range dropped(m.base, user) {
			delete(gone, o) // the user's side dropped it itself: a name read off the words, or its own mistake
		}
		if len(gone) == 0 {
			continue
		}
		for _, u := range made(m.base, user) {
			for _, used := range u.uses {
				if gone[used] {
					m.missed(u, used, side.other())
					break // one reason is enough for a person to look
				}
			}
		}
	}
}

// missed asks about one such object and does what was decided: the object
// goes, or what it uses stays.
func (m *merger) missed(u user, used Object, droppedBy Side) {
	d := Disagreement{Object: u.object, Uses: &used, DroppedBy: droppedBy}
	if droppedBy == Upstream {
		d.Local = u.says
	} else {
		d.Upstream = u.says
	}
	if m.disagree(d) == droppedBy {
		remove(m.out.Schema, u.object)
	} else {
		restore(m.out.Schema, m.base, used)
	}
}

// user is an object that a side made or changed, with what it uses.
type user struct {
	object Object
	says   string
	uses   []Object
}

// dropped returns what is in base and not in now: what others could use.
func dropped(base, now *schema.Schema) map[Object]bool {
	gone := map[Object]bool{}
	there := map[Object]bool{}
	for _, o := range usable(now) {
		there[o] = true
	}
	for _, o := range usable(base) {
		if !there[o] {
			gone[o] = true
		}
	}
	return gone
}

// usable lists what other objects can use.
func usable(s *schema.Schema) []Object {
	var out []Object
	for i := range s.Schemas {
		out = append(out, schemas.object(&s.Schemas[i]))
	}
	for i := range s.Enums {
		out = append(out, enums.object(&s.Enums[i]))
	}
	for i := range s.Sequences {
		out = append(out, sequences.object(&s.Sequences[i]))
	}
	for i := range s.Roles {
		out = append(out, roles.object(&s.Roles[i]))
	}
	for i := range s.Views {
		out = append(out, views.object(&s.Views[i]))
	}
	for i := range s.Tables {
		t := &s.Tables[i]
		out = append(out, tables.object(t))
		for j := range t.Columns {
			out = append(out, column(t.Ref(), t.Columns[j].Name))
		}
		for _, key := range keysOf(t) {
			out = append(out, uniqueKey(t.Ref(), key))
		}
	}
	return out
}

func column(table schema.Ref, name string) Object {
	return Object{Kind: "column", Table: table, Name: name}
}

// uniqueKey is the fact that columns are unique together, which a foreign key
// needs, whatever makes it so.
func uniqueKey(table schema.Ref, columns []string) Object {
	columns = slices.Sorted(slices.Values(columns))
	return Object{Kind: "key", Table: table, Name: "(" + strings.Join(columns, ", ") + ")"}
}

func keysOf(t *schema.Table) [][]string {
	var out [][]string
	for _, c := range t.Columns {
		if c.PrimaryKey {
			out = append(out, []string{c.Name})
		}
	}
	for _, k := range t.PrimaryKeys {
		out = append(out, k.Columns)
	}
	for _, u := range t.Uniques {
		out = append(out, u.Columns)
	}
	for _, i := range t.Indexes {
		if i.Unique && i.Where == "" && !slices.ContainsFunc(i.Columns, func(c schema.IndexColumn) bool { return c.IsExpression }) {
			var columns []string
			for _, c := range i.Columns {
				columns = append(columns, c.Expression)
			}
			out = append(out, columns)
		}
	}
	return out
}

// made lists the objects that now has and base has not, or not so.
func made(base, now *schema.Schema) []user {
	f := finder{base: base, now: now}
	for i := range now.Tables {
		f.table(&now.Tables[i], base.Table(now.Tables[i].Ref()))
	}
	for i := range now.Views {
		v := &now.Views[i]
		if v.Definition != nil && did(find(base.Views, views.object, v.Ref().String()), v, views.same) != Nothing {
			f.add(views.object(v), views.says(v), append(f.inQuery(*v.Definition), inSchema(v.Schema)...))
		}
	}
	for i := range now.Policies {
		p := &now.Policies[i]
		if did(find(base.Policies, linkedPolicies.object, linkedPolicies.object(p).Path()), p, linkedPolicies.same) != Nothing {
			f.add(linkedPolicies.object(p), linkedPolicies.says(p), append(f.inQuery(policyText(&p.Policy)), toRoles(&p.Policy)...))
		}
	}
	for i := range now.Enums {
		if e := &now.Enums[i]; find(base.Enums, enums.object, e.Ref().String()) == nil {
			f.add(enums.object(e), enums.says(e), inSchema(e.Schema))
		}
	}
	return f.found
}

func inSchema(name string) []Object {
	if name == schema.Public {
		return nil
	}
	return []Object{{Kind: "schema", Name: name}}
}

// finder gathers users.
type finder struct {
	base, now *schema.Schema
	found     []user
}

func (f *finder) add(o Object, says string, uses []Object) {
	if len(uses) > 0 {
		f.found = append(f.found, user{o, says, uses})
	}
}

// table adds the table and its parts. A new table's are all new.
func (f *finder) table(t, was *schema.Table) {
	if was == nil {
		was = &schema.Table{}
		f.add(tables.object(t), tables.says(t), inSchema(t.Schema))
	}
	p := parts{t.Ref()}
	add(f, was.Columns, t.Columns, p.columns(), func(c *schema.Column) []Object { return f.ofColumn(t, c) })
	add(f, was.Indexes, t.Indexes, p.indexes(), func(i *schema.Index) []Object {
		uses := f.inText(t, i.Where)
		for _, c := range i.Columns {
			if c.IsExpression {
				uses = append(uses, f.inText(t, c.Expression)...)
			} else {
				uses = append(uses, column(t.Ref(), c.Expression))
			}
		}
		return uses
	})
	add(f, was.ForeignKeys, t.ForeignKeys, p.foreignKeys(), func(k *schema.ForeignKey) []Object { return ofForeignKey(t, k) })
	add(f, was.PrimaryKeys, t.PrimaryKeys, p.primaryKeys(), func(k *schema.PrimaryKey) []Object { return columnsOf(t.Ref(), k.Columns) })
	add(f, was.Uniques, t.Uniques, p.uniques(), func(u *schema.Unique) []Object { return columnsOf(t.Ref(), u.Columns) })
	add(f, was.Checks, t.Checks, p.checks(), func(c *schema.Check) []Object { return f.inText(t, c.Value) })
	add(f, was.Policies, t.Policies, p.policies(), func(x *schema.Policy) []Object {
		return slices.Concat(f.inText(t, policyText(x)), f.inQuery(policyText(x)), toRoles(x))
	})
}

func add[T any](f *finder, was, now []T, k kind[T], uses func(*T) []Object) {
	for i := range now {
		o := k.object(&now[i])
		if did(find(was, k.object, o.Path()), &now[i], k.same) != Nothing {
			f.add(o, k.says(&now[i]), uses(&now[i]))
		}
	}
}

func columnsOf(table schema.Ref, names []string) []Object {
	out := make([]Object, len(names))
	for i, name := range names {
		out[i] = column(table, name)
	}
	return out
}

func (f *finder) ofColumn(t *schema.Table, c *schema.Column) []Object {
	var uses []Object
	if c.TypeSchema != "" {
		name, _, _ := strings.Cut(c.Type, "[")
		uses = append(uses, Object{Kind: "enum", Name: schema.Ref{Schema: c.TypeSchema, Name: name}.String()})
	}
	if c.Generated != nil {
		uses = append(uses, f.inText(t, c.Generated.As)...)
	}
	if c.Default != nil && c.Default.Kind == schema.String {
		uses = append(uses, f.sequences(c.Default.Text)...)
	}
	return uses
}

// sequences finds those whose name is in a default such as nextval('s').
func (f *finder) sequences(text string) []Object {
	var out []Object
	for i := range f.base.Sequences {
		if s := &f.base.Sequences[i]; strings.Contains(strings.ToLower(text), "nextval") && strings.Contains(text, s.Name) {
			out = append(out, sequences.object(s))
		}
	}
	return out
}

func ofForeignKey(t *schema.Table, k *schema.ForeignKey) []Object {
	to := schema.Ref{Schema: k.ToSchema, Name: k.ToTable}
	if to.Schema == "" {
		to.Schema = schema.Public
	}
	uses := append(columnsOf(t.Ref(), k.Columns), Object{Kind: "table", Name: to.String()})
	uses = append(uses, columnsOf(to, k.ToColumns)...)
	return append(uses, uniqueKey(to, k.ToColumns))
}

func toRoles(p *schema.Policy) []Object {
	var out []Object
	for _, role := range p.To {
		out = append(out, Object{Kind: "role", Name: role})
	}
	return out
}

func policyText(p *schema.Policy) string {
	text := ""
	for _, part := range []*string{p.Using, p.WithCheck} {
		if part != nil {
			text += " " + *part
		}
	}
	return text
}

// inText returns the columns of a table that an expression of it names. Names
// are read off the words, which finds too much rather than too little.
func (f *finder) inText(t *schema.Table, text string) []Object {
	was := f.base.Table(t.Ref())
	if text == "" || was == nil {
		return nil
	}
	var out []Object
	names := sqltext.Names(text)
	for _, c := range was.Columns {
		if slices.Contains(names, c.Name) {
			out = append(out, column(t.Ref(), c.Name))
		}
	}
	return out
}

// inQuery returns the tables, views and columns that a query names, of those
// that base has.
func (f *finder) inQuery(query string) []Object {
	names := sqltext.Names(query)
	var out []Object
	for i := range f.base.Tables {
		t := &f.base.Tables[i]
		if !slices.Contains(names, t.Name) {
			continue
		}
		out = append(out, tables.object(t))
		for _, c := range t.Columns {
			if slices.Contains(names, c.Name) {
				out = append(out, column(t.Ref(), c.Name))
			}
		}
	}
	for i := range f.base.Views {
		if v := &f.base.Views[i]; slices.Contains(names, v.Name) {
			out = append(out, views.object(v))
		}
	}
	return out
}
