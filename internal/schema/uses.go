package schema

import "strings"

// What an object says of others. Texts are SQL; which names are in them is for
// those who read SQL.

// To returns the table that a foreign key is to.
func (f *ForeignKey) To() Ref {
	if f.ToSchema == "" {
		return Ref{Public, f.ToTable}
	}
	return Ref{f.ToSchema, f.ToTable}
}

// FullType is a column's type, with its schema in front unless that is Public.
func (c *Column) FullType() string { return Ref{c.TypeSchema, c.Type}.String() }

// Enum returns the enum that a column's values, or their elements, are of; ok is
// false for every other type.
func (c *Column) Enum() (enum Ref, ok bool) {
	name, _, _ := strings.Cut(c.Type, "[")
	return Ref{c.TypeSchema, name}, c.TypeSchema != ""
}

// Columns are the columns of its own table that a part of one lists.
func (h Held) Columns() []string {
	switch v := h.Value.(type) {
	case *Index:
		var out []string
		for _, c := range v.Columns {
			if !c.IsExpression {
				out = append(out, c.Expression)
			}
		}
		return out
	case *ForeignKey:
		return v.Columns
	case *PrimaryKey:
		return v.Columns
	case *Unique:
		return v.Columns
	}
	return nil
}

// Queries are the texts that may name whatever there is.
func (h Held) Queries() []string {
	var texts []*string
	switch v := h.Value.(type) {
	case *View:
		texts = []*string{v.Definition}
	case *Policy:
		texts = []*string{v.Using, v.WithCheck}
	case *LinkedPolicy:
		texts = []*string{v.Using, v.WithCheck}
	}
	var out []string
	for _, t := range texts {
		if t != nil {
			out = append(out, *t)
		}
	}
	return out
}

// Expressions are the texts in which a part of a table may name columns of that
// table without saying so.
func (h Held) Expressions() []string {
	switch v := h.Value.(type) {
	case *Check:
		return []string{v.Value}
	case *Index:
		var out []string
		if v.Where != "" {
			out = append(out, v.Where)
		}
		for _, c := range v.Columns {
			if c.IsExpression {
				out = append(out, c.Expression)
			}
		}
		return out
	case *Column:
		if v.Generated != nil {
			return []string{v.Generated.As}
		}
	}
	return h.Queries()
}

// Roles are those that a policy is for.
func (h Held) Roles() []string {
	switch v := h.Value.(type) {
	case *Policy:
		return v.To
	case *LinkedPolicy:
		return v.To
	}
	return nil
}

// KeyColumns are the columns that the object makes unique together, so that a
// foreign key can be to them; nil where it makes none so.
func (h Held) KeyColumns() []string {
	switch v := h.Value.(type) {
	case *Column:
		if v.PrimaryKey {
			return []string{v.Name}
		}
	case *PrimaryKey:
		return v.Columns
	case *Unique:
		return v.Columns
	case *Index:
		if columns := h.Columns(); v.Unique && v.Where == "" && len(columns) == len(v.Columns) {
			return columns
		}
	}
	return nil
}
