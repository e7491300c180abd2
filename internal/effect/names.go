package effect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skein-db/skein/internal/sqltree"
)

func compareNames(a, b sqltree.Name) int {
	return cmp.Or(strings.Compare(a.Schema, b.Schema), strings.Compare(a.Name, b.Name))
}

func sameColumns(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// refColumns are the columns that a foreign key points to: where it names
// none, those of the primary key.
func (st *State) refColumns(c *Constraint) []string {
	if len(c.RefColumns) > 0 {
		return c.RefColumns
	}
	if t := st.Table(c.RefTable); t != nil {
		for _, key := range t.Constraints {
			if key.Kind == sqltree.PrimaryKey {
				return key.Columns
			}
		}
	}
	return nil
}

// nameBytes is the length at which PostgreSQL cuts names.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
const nameBytes = 63

// CutName returns what PostgreSQL keeps of a name. The parser has cut the names
// of statements already; a schema has them as they were meant.
func CutName(name string) string {
	if len(name) <= nameBytes {
		return name
	}
	end := nameBytes
	for end > 0 && !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end]
}

func cutNames(names []string) []string {
	out := slices.Clone(names)
	for i := range out {
		out[i] = CutName(out[i])
	}
	return out
}

// constraintName is the name that PostgreSQL makes up for a constraint: of
// table, columns and kind, with a number where that is taken.
func (t *Table) constraintName(c sqltree.Constraint) string {
	ending := map[sqltree.ConstraintKind]string{
		sqltree.PrimaryKey: "pkey", sqltree.Unique: "key", sqltree.Check: "check", sqltree.ForeignKey: "fkey", sqltree.Exclude: "excl",
		sqltree.NotNull: "not_null",
	}[c.Kind]
	columns := c.Columns
	switch {
	case c.Kind == sqltree.PrimaryKey:
		columns = nil
	case c.Kind == sqltree.Check && c.Expr != nil:
		columns = nil // but for the one column that it mentions
		mentioned := map[string]bool{}
		for _, u := range c.Expr.Uses.Columns {
			mentioned[u.Name] = true
		}
		if len(mentioned) == 1 {
			columns = []string{c.Expr.Uses.Columns[0].Name}
		}
	}
	return t.freeName(strings.Join(columns, "_"), ending)
}

func (t *Table) indexName(keys []sqltree.IndexKey) string {
	var words []string
	for _, k := range keys {
		if k.Column == "" {
			k.Column = "expr"
			if uses := k.Expr.Uses.Functions; len(uses) > 0 {
				k.Column = uses[0].Name.Name
			}
		}
		words = append(words, k.Column)
	}
	return t.freeName(strings.Join(words, "_"), "idx")
}

func (t *Table) freeName(columns, ending string) string {
	for n := 0; ; n++ {
		label := ending
		if n > 0 {
			label = fmt.Sprint(ending, n)
		}
		name := joinName(t.Name.Name, columns, label)
		if t.Constraint(name) == nil && t.Index(name) == nil {
			return name
		}
	}
}

// joinName shortens the longer of the first two words until all fit.
func joinName(table, columns, label string) string {
	rest := nameBytes - len(label) - 1
	if columns != "" {
		rest--
	}
	for len(table)+len(columns) > rest {
		if len(table) > len(columns) {
			table = table[:len(table)-1]
		} else {
			columns = columns[:len(columns)-1]
		}
	}
	if columns != "" {
		table += "_" + columns
	}
	return table + "_" + label
}
