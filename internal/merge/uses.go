package merge

import (
	"reflect"
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
			if used := slices.DeleteFunc(u.uses, func(o schema.Object) bool { return !gone[o] }); len(used) > 0 {
				m.missed(u, used, side.other())
			}
		}
	}
}

// missed asks about one such object and does what was decided: the object
// goes, or all that it uses stays. One reason is enough for a person to look.
func (m *merger) missed(u user, used []schema.Object, droppedBy Side) {
	d := Disagreement{Object: u.object, Uses: &used[0], DroppedBy: droppedBy}
	if droppedBy == Upstream {
		d.Local = u.says
	} else {
		d.Upstream = u.says
	}
	if m.disagree(d) == droppedBy {
		remove(m.out.Schema, u.object)
		return
	}
	for _, o := range used {
		restore(m.out.Schema, m.base, o)
	}
}

// user is an object that a side made or changed, with what it uses.
type user struct {
	object schema.Object
	says   string
	uses   []schema.Object
}

// dropped returns what is in base and not in now: what others could use.
func dropped(base, now *schema.Schema) map[schema.Object]bool {
	gone := map[schema.Object]bool{}
	for _, o := range usable(base) {
		gone[o] = true
	}
	for _, o := range usable(now) {
		delete(gone, o)
	}
	return gone
}

// usable lists what other objects can use.
func usable(s *schema.Schema) []schema.Object {
	var out []schema.Object
	for _, h := range s.Objects() {
		if !h.Part() && h.Kind != schema.KindPolicy || h.Kind == schema.KindColumn {
			out = append(out, h.Object)
		}
		if key := h.KeyColumns(); key != nil {
			out = append(out, uniqueKey(h.In, key))
		}
	}
	return out
}

// kindKey is of no object, but of what uniqueKey names.
const kindKey schema.Kind = "key"

// uniqueKey is the fact that columns are unique together, which a foreign key
// needs, whatever makes it so.
func uniqueKey(table schema.Ref, columns []string) schema.Object {
	columns = slices.Sorted(slices.Values(columns))
	return schema.Object{Kind: kindKey, In: table, Name: "(" + strings.Join(columns, ", ") + ")"}
}

// made lists the objects that now has and base has not, or not so.
func made(base, now *schema.Schema) []user {
	was := map[schema.Object]any{}
	for _, h := range base.Objects() {
		was[h.Object] = h.Value
	}
	f := finder{base}
	var out []user
	for _, h := range now.Objects() {
		uses := f.uses(h)
		if old, ok := was[h.Object]; len(uses) == 0 || ok && (onlyMade(h) || reflect.DeepEqual(old, h.Value)) {
			continue
		}
		out = append(out, user{h.Object, says(h.Value), uses})
	}
	return out
}

// onlyMade says of what an object uses from its creation on: a table's columns
// are objects of their own, and the values of an enum use nothing.
func onlyMade(h schema.Held) bool { return h.Kind == schema.KindTable || h.Kind == schema.KindEnum }

// finder finds what an object uses, of what base has.
type finder struct{ base *schema.Schema }

func (f finder) uses(h schema.Held) []schema.Object {
	var out []schema.Object
	if h.Part() {
		for _, text := range h.Expressions() {
			out = append(out, f.inText(h.In, text)...)
		}
		out = append(out, columnsOf(h.In, h.Columns())...)
	}
	for _, query := range h.Queries() {
		out = append(out, f.inQuery(query)...)
	}
	for _, role := range h.Roles() {
		out = append(out, schema.Object{Kind: schema.KindRole, Name: role})
	}
	switch v := h.Value.(type) {
	case *schema.Table, *schema.Enum:
		out = append(out, inSchema(h.In.Schema)...)
	case *schema.View:
		if v.Definition != nil { // else someone else makes it
			out = append(out, inSchema(h.In.Schema)...)
		}
	case *schema.Column:
		out = append(out, f.ofColumn(v)...)
	case *schema.ForeignKey:
		out = append(out, v.To().Object(schema.KindTable))
		out = append(append(out, columnsOf(v.To(), v.ToColumns)...), uniqueKey(v.To(), v.ToColumns))
	}
	return out
}

func inSchema(name string) []schema.Object {
	if name == schema.Public {
		return nil
	}
	return []schema.Object{{Kind: schema.KindSchema, Name: name}}
}

func columnsOf(table schema.Ref, names []string) []schema.Object {
	out := make([]schema.Object, len(names))
	for i, name := range names {
		out[i] = table.Column(name)
	}
	return out
}

func (f finder) ofColumn(c *schema.Column) []schema.Object {
	var out []schema.Object
	if enum, ok := c.Enum(); ok {
		out = append(out, enum.Object(schema.KindEnum))
	}
	if c.Default != nil && c.Default.Kind == schema.String {
		out = append(out, f.sequences(c.Default.Text)...)
	}
	return out
}

// sequences finds those whose name is in a default such as nextval('s').
func (f finder) sequences(text string) []schema.Object {
	var out []schema.Object
	for i := range f.base.Sequences {
		if s := &f.base.Sequences[i]; strings.Contains(strings.ToLower(text), "nextval") && strings.Contains(text, s.Name) {
			out = append(out, s.Ref().Object(schema.KindSequence))
		}
	}
	return out
}

// inText returns the columns of a table that an expression of it names. Names
// are read off the words, which finds too much rather than too little.
func (f finder) inText(table schema.Ref, text string) []schema.Object {
	was := f.base.Table(table)
	if was == nil {
		return nil
	}
	return columnsOf(table, named(was, sqltext.Names(text)))
}

// named are the columns of a table that have one of the names.
func named(t *schema.Table, names []string) []string {
	var out []string
	for _, c := range t.Columns {
		if slices.Contains(names, c.Name) {
			out = append(out, c.Name)
		}
	}
	return out
}

// inQuery returns the tables, views and columns that a query names, of those
// that base has.
func (f finder) inQuery(query string) []schema.Object {
	names := sqltext.Names(query)
	var out []schema.Object
	for i := range f.base.Tables {
		if t := &f.base.Tables[i]; slices.Contains(names, t.Name) {
			out = append(append(out, t.Ref().Object(schema.KindTable)), columnsOf(t.Ref(), named(t, names))...)
		}
	}
	for i := range f.base.Views {
		if v := &f.base.Views[i]; slices.Contains(names, v.Name) {
			out = append(out, v.Ref().Object(schema.KindView))
		}
	}
	return out
}
