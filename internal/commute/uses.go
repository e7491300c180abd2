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
		if loss == "" && gone.kind != aColumn {
			continue
		}
		for _, x := range user.changes {
			if x.dropped() || x.key == gone.key {
				continue
			}
			relation, why := c.touch(taker, gone, loss, user, x)
			if why == "" {
				continue
			}
			a, b := describe(gone), doing(x)
			k := gone.key
			if swapped {
				a, b = b, a
			}
			c.add(k, relation, a, b, why)
			c.told[x.key] = true
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
	case gone.kind == aColumn && !gone.created():
		if _, ok := gone.sets(typeAttribute); ok {
			return "given another type"
		}
	}
	return ""
}

// touch says what it means for x that gone changes; "" where nothing.
func (c *comparison) touch(taker *side, gone *change, loss string, user *side, x *change) (Relation, string) {
	if gone.kind == aColumn && gone.created() {
		// A view that takes all columns has those it finds when it is made.
		if v, ok := x.after.value.(*schema.View); ok && v.Definition != nil && diff.SelectsAll(*v.Definition, gone.in.Name) && taker.whole(gone) == gone {
			return Noted, "whether " + x.String() + " has the column depends on which side comes first"
		}
		return "", ""
	}
	if loss == "" || x.part() && x.table() == gone.key || !uses(x, gone, user.schema, gone.before) {
		return "", ""
	}
	if whole := taker.whole(gone); whole != gone && (x.part() && x.table() == whole.key || uses(x, whole, user.schema, whole.before)) {
		return "", "" // told of the table
	}
	if gone.kind != aColumn || loss == "dropped" {
		return Conflict, x.String() + " uses what is " + loss
	}
	switch x.kind {
	case aView, aPolicy, aLinkedPolicy, aColumn:
		// https://www.postgresql.org/docs/current/sql-altertable.html: the type of
		// a column that these use cannot be changed.
		return Conflict, "PostgreSQL changes no type of a column that a " + string(x.kind) + " uses"
	case anIndex, aUnique, aPrimaryKey, aCheck:
		return Noted, x.String() + " has to go with the new type"
	}
	return "", "" // of foreign keys references looks at both ends
}

// uses reports whether what a side makes or sets of an object, in its schema s,
// uses what gone was before.
func uses(x, gone *change, s *schema.Schema, before *object) bool {
	o := x.after
	if c, ok := o.value.(*schema.Column); ok && !x.created() {
		o = &object{x.key, nil, onlySet(x, c)}
	}
	switch gone.kind {
	case aSchema:
		return !o.part() && o.in.Schema == gone.name || refersTo(o, func(f *schema.ForeignKey) bool { return f.ToSchema == gone.name }) ||
			typeIn(o, gone.name) || slices.ContainsFunc(queries(o), func(q string) bool { return diff.Mentions(q, gone.name) })
	case aTable:
		return refersTo(o, func(f *schema.ForeignKey) bool { return target(f) == gone.ref() }) ||
			slices.ContainsFunc(queries(o), func(q string) bool { return diff.Mentions(q, gone.name) })
	case aView:
		return slices.ContainsFunc(queries(o), func(q string) bool { return diff.Mentions(q, gone.name) })
	case aColumn:
		return usesColumn(o, gone.key, s)
	case anEnum:
		return usesEnum(o, gone.key)
	case aSequence:
		c, ok := o.value.(*schema.Column)
		return ok && c.Default != nil && strings.Contains(c.Default.Text, gone.name)
	case aRole:
		return slices.Contains(roles(o), gone.name)
	case aPrimaryKey, aUnique, anIndex:
		// Also where there is another key over the columns: which of them a foreign
		// key is bound to is PostgreSQL's choice.
		columns := keyColumns(before)
		return columns != nil && refersTo(o, func(f *schema.ForeignKey) bool {
			return target(f) == gone.in && sameSet(f.ToColumns, columns)
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

func target(f *schema.ForeignKey) schema.Ref {
	if f.ToSchema == "" {
		return schema.Ref{Schema: schema.Public, Name: f.ToTable}
	}
	return schema.Ref{Schema: f.ToSchema, Name: f.ToTable}
}

func refersTo(o *object, is func(*schema.ForeignKey) bool) bool {
	f, ok := o.value.(*schema.ForeignKey)
	return ok && is(f)
}

// queries are the texts of an object that may name other tables.
func queries(o *object) []string {
	var out []string
	add := func(texts ...*string) {
		for _, t := range texts {
			if t != nil {
				out = append(out, *t)
			}
		}
	}
	switch v := o.value.(type) {
	case *schema.View:
		add(v.Definition)
	case *schema.Policy:
		add(v.Using, v.WithCheck)
	case *schema.LinkedPolicy:
		add(&v.On, v.Using, v.WithCheck)
	}
	return out
}

// expressions are the texts of a part of a table that name its columns.
func expressions(o *object) []string {
	switch v := o.value.(type) {
	case *schema.Check:
		return []string{v.Value}
	case *schema.Index:
		out := []string{v.Where}
		for _, c := range v.Columns {
			if c.IsExpression {
				out = append(out, c.Expression)
			}
		}
		return out
	case *schema.Column:
		if v.Generated != nil {
			return []string{v.Generated.As}
		}
	}
	return queries(o)
}

// named are the columns that a part of a table lists.
func named(o *object) []string {
	switch v := o.value.(type) {
	case *schema.Index:
		var out []string
		for _, c := range v.Columns {
			if !c.IsExpression {
				out = append(out, c.Expression)
			}
		}
		return out
	case *schema.ForeignKey:
		return v.Columns
	case *schema.PrimaryKey:
		return v.Columns
	case *schema.Unique:
		return v.Columns
	}
	return nil
}

func usesColumn(o *object, column key, s *schema.Schema) bool {
	mentions := func(sql string) bool { return diff.Mentions(sql, column.name) }
	if o.part() && o.in == column.in && (slices.Contains(named(o), column.name) || slices.ContainsFunc(expressions(o), mentions)) {
		return true
	}
	if refersTo(o, func(f *schema.ForeignKey) bool {
		return target(f) == column.in && slices.Contains(f.ToColumns, column.name)
	}) {
		return true
	}
	if o.part() && o.in == column.in {
		return false
	}
	others := func(name string) bool {
		return name != column.in.Name && slices.ContainsFunc(s.Tables, func(t schema.Table) bool { return t.Name == name })
	}
	return slices.ContainsFunc(queries(o), func(q string) bool { return diff.UsesColumn(q, column.in.Name, column.name, others) })
}

func typeIn(o *object, name string) bool {
	c, ok := o.value.(*schema.Column)
	return ok && c.TypeSchema == name
}

func usesEnum(o *object, e key) bool {
	if c, ok := o.value.(*schema.Column); ok {
		bare, _, _ := strings.Cut(c.Type, "[")
		return bare == e.name && c.TypeSchema == e.in.Schema
	}
	return slices.ContainsFunc(expressions(o), func(sql string) bool { return diff.Mentions(sql, e.name) })
}

func roles(o *object) []string {
	switch v := o.value.(type) {
	case *schema.Policy:
		return v.To
	case *schema.LinkedPolicy:
		return v.To
	}
	return nil
}

// keyColumns are the columns of what a foreign key can refer to, nil for
// anything else.
func keyColumns(o *object) []string {
	if x, ok := o.value.(*schema.Index); ok && (!x.Unique || x.Where != "" || len(named(o)) != len(x.Columns)) {
		return nil
	}
	return named(o)
}

func sameSet(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}
