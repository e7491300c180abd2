package adopt

import (
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

func snapshotTells(sql string) bool { return snapshot.TraceOf(sql) == snapshot.Held }

// names are the objects of a schema, as people write them. To compare them
// tells less than to compare definitions, but needs no server.
type names map[string]bool

// maxName is the longest name that PostgreSQL keeps, in bytes.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
const maxName = 63

func (n names) add(kind string, parts ...string) {
	for i, p := range parts {
		parts[i] = p[:min(len(p), maxName)]
	}
	n[kind+" "+strings.Join(parts, ".")] = true
}

// namesOf lists what is in a schema. Primary keys and roles are left out: the
// name of a key is often PostgreSQL's, and roles belong to the server.
func namesOf(s *schema.Schema) names {
	n := names{}
	for i := range s.Tables {
		t := &s.Tables[i]
		ref := t.Ref().String()
		n.add("table", ref)
		for _, c := range t.Columns {
			n.add("column", ref, c.Name)
		}
		for _, x := range t.Indexes {
			n.add("index", ref, x.Name)
		}
		for _, x := range t.ForeignKeys {
			n.add("foreign key", ref, x.Name)
		}
		for _, x := range t.Uniques {
			n.add("unique", ref, x.Name)
		}
		for _, x := range t.Checks {
			n.add("check", ref, x.Name)
		}
		for _, x := range t.Policies {
			n.add("policy", ref, x.Name)
		}
	}
	for i := range s.Enums {
		n.add("enum", s.Enums[i].Ref().String())
		for _, v := range s.Enums[i].Values {
			n.add("value", s.Enums[i].Ref().String(), v)
		}
	}
	for i := range s.Sequences {
		n.add("sequence", s.Sequences[i].Ref().String())
	}
	for i := range s.Views {
		if !s.Views[i].Existing {
			n.add("view", s.Views[i].Ref().String())
		}
	}
	return n
}

// distance is how many names only one of the two has.
func distance(a, b names) int {
	both := 0
	for name := range a {
		if b[name] {
			both++
		}
	}
	return len(a) + len(b) - 2*both
}

// without returns the names that others lacks, sorted; of a table that it
// lacks, the table alone.
func (n names) without(others names) []string {
	var out []string
	for name := range n {
		if !others[name] && !n.partOf(name, others) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// partOf says whether the name is of a part of something that others lacks as
// a whole.
func (n names) partOf(name string, others names) bool {
	kind, object, _ := strings.Cut(name, " ")
	if kind == "foreign" { // key
		_, object, _ = strings.Cut(object, " ")
	}
	for at := range object {
		if object[at] != '.' {
			continue
		}
		for _, whole := range []string{"table " + object[:at], "enum " + object[:at]} {
			if n[whole] && !others[whole] {
				return true
			}
		}
	}
	return false
}
