package schematest

import (
	"reflect"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// strs visits every string in v, which must be a pointer.
func strs(v reflect.Value, visit func(*string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			strs(v.Elem(), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			strs(v.Field(i), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			strs(v.Index(i), visit)
		}
	case reflect.String:
		visit(v.Addr().Interface().(*string))
	}
}

// mentions says whether the value that v points to has the name in it: as a
// string of its own, as the element of an array type, or quoted within SQL.
func mentions(v any, name string) bool {
	found := false
	quoted := sqltext.QuoteIdent(name)
	strs(reflect.ValueOf(v), func(s *string) {
		base, _, _ := strings.Cut(*s, "[")
		found = found || *s == name || base == name || strings.Contains(*s, quoted)
	})
	return found
}

// replace puts now where mentions finds old.
func replace(v any, old, now string) {
	was, quoted := sqltext.QuoteIdent(old), sqltext.QuoteIdent(now)
	strs(reflect.ValueOf(v), func(s *string) {
		base, _, _ := strings.Cut(*s, "[")
		switch {
		case *s == old:
			*s = now
		case base == old:
			*s = now + (*s)[len(base):]
		default:
			*s = strings.ReplaceAll(*s, was, quoted)
		}
	})
}

// without removes what mentions the name.
func without[T any](items []T, name string) []T {
	return slices.DeleteFunc(items, func(x T) bool { return mentions(&x, name) })
}

// dropColumn removes a column and all that mentions it.
func dropColumn(s *schema.Schema, t *schema.Table, name string) {
	t.Columns = slices.DeleteFunc(t.Columns, func(c schema.Column) bool { return c.Name == name })
	for _, c := range slices.Clone(t.Columns) {
		if mentions(&c, name) {
			dropColumn(s, t, c.Name)
		}
	}
	dropUses(s, t, name)
}

// dropUses removes all that mentions a column, but for columns.
func dropUses(s *schema.Schema, t *schema.Table, name string) {
	t.Indexes, t.PrimaryKeys, t.Uniques = without(t.Indexes, name), without(t.PrimaryKeys, name), without(t.Uniques, name)
	t.Checks, t.Policies = without(t.Checks, name), without(t.Policies, name)
	for i := range s.Tables {
		s.Tables[i].ForeignKeys = without(s.Tables[i].ForeignKeys, name)
	}
	dropViews(s, name)
}

// dropViews removes the views that mention a name, and those over them.
func dropViews(s *schema.Schema, name string) {
	for _, v := range slices.Clone(s.Views) {
		if v.Name == name || !mentions(&v, name) {
			continue
		}
		s.Views = slices.DeleteFunc(s.Views, func(x schema.View) bool { return x.Name == v.Name })
		dropViews(s, v.Name)
	}
}

// dropTable removes a table and all that mentions it.
func dropTable(s *schema.Schema, name string) {
	s.Tables = slices.DeleteFunc(s.Tables, func(t schema.Table) bool { return t.Name == name })
	for i := range s.Tables {
		s.Tables[i].ForeignKeys = without(s.Tables[i].ForeignKeys, name)
	}
	dropViews(s, name)
}

// dropTargets removes the foreign keys that point to a table and have no key
// there any more.
func dropTargets(s *schema.Schema, t *schema.Table) {
	for i := range s.Tables {
		s.Tables[i].ForeignKeys = slices.DeleteFunc(s.Tables[i].ForeignKeys, func(f schema.ForeignKey) bool {
			return f.ToTable == t.Name && !slices.ContainsFunc(keys(t), func(k []string) bool { return slices.Equal(k, f.ToColumns) })
		})
	}
}

// keys returns the columns of each key that a foreign key may point to.
func keys(t *schema.Table) [][]string {
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
	return out
}
