package commute

import (
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/schema"
)

// used looks for what one side makes or changes that uses what the other takes
// away or makes otherwise. swapped says that user is the first side.
func (c *comparison) used(taker, user *side, swapped bool) {
	for _, gone := range taker.changes {
		loss := lossOf(gone)
		if loss == "" && gone.Kind != schema.KindColumn {
			continue
		}
		for _, x := range user.changes {
			if x.dropped() || x.Object == gone.Object {
				continue
			}
			relation, why := c.touch(taker, gone, loss, user, x)
			if why == "" {
				continue
			}
			a, b := describe(gone), doing(x)
			k := gone.Object
			if swapped {
				a, b = b, a
			}
			c.add(k, relation, a, b, why)
			c.told[x.Object] = true
		}
	}
}

// lossOf says what a change takes away, "" for nothing.
func lossOf(gone *change) string {
	switch {
	case gone.dropped():
		return "dropped"
	case rebuilt(gone):
		return "made anew"
	case gone.Kind == schema.KindColumn && !gone.created():
		if _, ok := gone.sets(typeAttribute); ok {
			return "given another type"
		}
	}
	return ""
}

// touch says what it means for x that gone changes; "" where nothing.
func (c *comparison) touch(taker *side, gone *change, loss string, user *side, x *change) (Relation, string) {
	if gone.Kind == schema.KindColumn && gone.created() {
		// A view that takes all columns has those it finds when it is made.
		if v, ok := x.after.Value.(*schema.View); ok && v.Definition != nil && diff.SelectsAll(*v.Definition, gone.In.Name) && taker.whole(gone) == gone {
			return Noted, "whether " + x.String() + " has the column depends on which side comes first"
		}
		return "", ""
	}
	if loss == "" || x.Part() && x.Table() == gone.Object || !uses(x, gone, user.schema, gone.before) {
		return "", ""
	}
	if whole := taker.whole(gone); whole != gone && (x.Part() && x.Table() == whole.Object || uses(x, whole, user.schema, whole.before)) {
		return "", "" // told of the table
	}
	if gone.Kind != schema.KindColumn || loss == "dropped" {
		return Conflict, x.String() + " uses what is " + loss
	}
	switch x.Kind {
	case schema.KindView, schema.KindPolicy, schema.KindColumn:
		// https://www.postgresql.org/docs/current/sql-altertable.html: the type of
		// a column that these use cannot be changed.
		return Conflict, "PostgreSQL changes no type of a column that a " + string(x.Kind) + " uses"
	case schema.KindIndex, schema.KindUnique, schema.KindPrimaryKey, schema.KindCheck:
		return Noted, x.String() + " has to go with the new type"
	}
	return "", "" // of foreign keys references looks at both ends
}

// uses reports whether what a side makes or sets of an object, in its schema s,
// uses what gone was before.
func uses(x, gone *change, s *schema.Schema, before *object) bool {
	o := x.after.Held
	if c, ok := o.Value.(*schema.Column); ok && !x.created() {
		o.Value = onlySet(x, c)
	}
	switch gone.Kind {
	case schema.KindSchema:
		return !o.Part() && o.In.Schema == gone.Name || refersTo(o, func(f *schema.ForeignKey) bool { return f.ToSchema == gone.Name }) ||
			typeIn(o, gone.Name) || slices.ContainsFunc(queries(o), func(q string) bool { return diff.Mentions(q, gone.Name) })
	case schema.KindTable:
		return refersTo(o, func(f *schema.ForeignKey) bool { return f.To() == gone.Ref() }) ||
			slices.ContainsFunc(queries(o), func(q string) bool { return diff.Mentions(q, gone.Name) })
	case schema.KindView:
		return slices.ContainsFunc(queries(o), func(q string) bool { return diff.Mentions(q, gone.Name) })
	case schema.KindColumn:
		return usesColumn(o, gone.Object, s)
	case schema.KindEnum:
		return usesEnum(o, gone.Object)
	case schema.KindSequence:
		c, ok := o.Value.(*schema.Column)
		return ok && c.Default != nil && strings.Contains(c.Default.Text, gone.Name)
	case schema.KindRole:
		return slices.Contains(o.Roles(), gone.Name)
	case schema.KindPrimaryKey, schema.KindUnique, schema.KindIndex:
		// Also where there is another key over the columns: which of them a foreign
		// key is bound to is PostgreSQL's choice.
		columns := before.KeyColumns()
		return columns != nil && refersTo(o, func(f *schema.ForeignKey) bool {
			return f.To() == gone.In && sameSet(f.ToColumns, columns)
		})
	}
	return false
}

// onlySet is a column with no more than what the change sets: what it had
// before is the other side's to care for.
func onlySet(x *change, c *schema.Column) *schema.Column {
	out := schema.Column{Name: c.Name}
	_, typed := x.sets(typeAttribute)
	if _, ok := x.sets(defaultAttribute); ok {
		out.Default, typed = c.Default, true
	}
	if typed {
		out.Type, out.TypeSchema = c.Type, c.TypeSchema
	}
	if _, ok := x.sets(generated); ok {
		out.Generated = c.Generated
	}
	return &out
}

func refersTo(o schema.Held, is func(*schema.ForeignKey) bool) bool {
	f, ok := o.Value.(*schema.ForeignKey)
	return ok && is(f)
}

// queries are the texts of an object that may name other tables.
func queries(o schema.Held) []string {
	if p, ok := o.Value.(*schema.LinkedPolicy); ok {
		return append(o.Queries(), p.On)
	}
	return o.Queries()
}

func usesColumn(o schema.Held, column schema.Object, s *schema.Schema) bool {
	mentions := func(sql string) bool { return diff.Mentions(sql, column.Name) }
	if o.Part() && o.In == column.In && (slices.Contains(o.Columns(), column.Name) || slices.ContainsFunc(o.Expressions(), mentions)) {
		return true
	}
	if refersTo(o, func(f *schema.ForeignKey) bool {
		return f.To() == column.In && slices.Contains(f.ToColumns, column.Name)
	}) {
		return true
	}
	if o.Part() && o.In == column.In {
		return false
	}
	others := func(name string) bool {
		return name != column.In.Name && slices.ContainsFunc(s.Tables, func(t schema.Table) bool { return t.Name == name })
	}
	return slices.ContainsFunc(queries(o), func(q string) bool { return diff.UsesColumn(q, column.In.Name, column.Name, others) })
}

func typeIn(o schema.Held, name string) bool {
	c, ok := o.Value.(*schema.Column)
	return ok && c.TypeSchema == name
}

func usesEnum(o schema.Held, e schema.Object) bool {
	if c, ok := o.Value.(*schema.Column); ok {
		enum, is := c.Enum()
		return is && enum == e.Ref()
	}
	return slices.ContainsFunc(o.Expressions(), func(sql string) bool { return diff.Mentions(sql, e.Name) })
}

func sameSet(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}
