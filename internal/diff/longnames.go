package diff

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/schema"
)

// maxName is the length of names in bytes: PostgreSQL cuts longer ones
// (https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS).
const maxName = 63

// wholeChars cuts a text to at most n bytes without cutting a character.
func wholeChars(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}

// shorten writes names over 63 bytes as PostgreSQL would cut them.
func shorten(sql string) string {
	if len(sql) <= maxName {
		return sql
	}
	var b strings.Builder
	start := 0
	for i := 0; i < len(sql); {
		switch ch := sql[i]; {
		case ch == '\'':
			i = closing(sql, i+1, ch)
		case ch == '"':
			end := closing(sql, i+1, ch)
			if name := unquote(sql[i:end]); len(name) > maxName {
				b.WriteString(sql[start:i] + quote(wholeChars(name, maxName)))
				start = end
			}
			i = end
		case strings.HasPrefix(sql[i:], "--"):
			i = indexFrom(sql, i, "\n")
		case strings.HasPrefix(sql[i:], "/*"):
			i = indexFrom(sql, i+2, "*/")
		default:
			i++
		}
	}
	return b.String() + sql[start:]
}

func unquote(name string) string {
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(name, `"`), `"`), `""`, `"`)
}

// checkNames returns an error where two names of the schema, one of them too
// long, are one to PostgreSQL. Names that both were there before are no news.
func checkNames(from, to *schema.Schema) error {
	if !hasLongName(to) {
		return nil
	}
	before := namespaces(from)
	for space, names := range namespaces(to) {
		for short, all := range names {
			if len(all) < 2 || isSubset(all, before[space][short]) {
				continue
			}
			sort.Strings(all)
			return &diag.Error{
				Kind:    diag.Usage,
				Message: fmt.Sprintf("to PostgreSQL, which keeps %d bytes of a name, %s and %s in %s are the same: %q", maxName, all[0], all[1], space, short),
				Hint:    "give one of them a shorter name of its own",
			}
		}
	}
	return nil
}

func isSubset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

func hasLongName(s *schema.Schema) bool {
	long := false
	eachName(s, func(_, name string) { long = long || len(name) > maxName })
	return long
}

// namespaces returns the names of each space in which they have to differ, by
// what PostgreSQL keeps of them.
func namespaces(s *schema.Schema) map[string]map[string][]string {
	out := map[string]map[string][]string{}
	eachName(s, func(space, name string) {
		if out[space] == nil {
			out[space] = map[string][]string{}
		}
		short := wholeChars(name, maxName)
		if !slices.Contains(out[space][short], name) {
			out[space][short] = append(out[space][short], name)
		}
	})
	return out
}

// eachName visits the names with the space that each stands in: relations of a
// schema, types of a schema, and columns, constraints and policies of a table.
func eachName(s *schema.Schema, visit func(space, name string)) {
	for _, n := range s.Schemas {
		visit("schemas", n)
	}
	for _, r := range s.Roles {
		visit("roles", r.Name)
	}
	for _, e := range s.Enums {
		visit("types of schema "+e.Schema, e.Name)
	}
	for _, q := range s.Sequences {
		visit("relations of schema "+q.Schema, q.Name)
	}
	for _, v := range s.Views {
		visit("relations of schema "+v.Schema, v.Name)
	}
	for i := range s.Tables {
		eachNameOfTable(&s.Tables[i], visit)
	}
}

func eachNameOfTable(t *schema.Table, visit func(space, name string)) {
	relations, table := "relations of schema "+t.Schema, " of table "+t.Ref().String()
	visit(relations, t.Name)
	for i := range t.Columns {
		visit("columns"+table, t.Columns[i].Name)
		if id := t.Columns[i].Identity; id != nil {
			visit(relations, id.Name)
		}
	}
	for i := range t.Indexes {
		visit(relations, t.Indexes[i].Name)
	}
	for i := range t.Uniques {
		visit("constraints"+table, t.Uniques[i].Name)
		visit(relations, t.Uniques[i].Name)
	}
	for i := range t.PrimaryKeys {
		visit("constraints"+table, t.PrimaryKeys[i].Name)
		visit(relations, t.PrimaryKeys[i].Name)
	}
	for i := range t.ForeignKeys {
		visit("constraints"+table, t.ForeignKeys[i].Name)
	}
	for i := range t.Checks {
		visit("constraints"+table, t.Checks[i].Name)
	}
	for i := range t.Policies {
		visit("policies"+table, t.Policies[i].Name)
	}
}
