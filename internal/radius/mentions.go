package radius

import (
	"maps"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
)

// mentions are the names in a plan. Of a database with thousands of tables only
// those that a plan has to do with are looked at closely, and its words tell
// which these can be before it is parsed.
type mentions struct {
	names map[string]bool
	all   bool // it can have to do with tables that it does not name
}

// The words of statements that reach tables which they do not name: those with
// a column of a domain or type, those of a schema or database, those that point
// to one which is emptied. What a DO block or a function runs has names that
// are in no word.
var reaching = []string{"do", "domain", "schema", "database", "system", "vacuum", "analyze", "analyse", "cluster", "reindex", "truncate"}

func mentionsOf(texts []string) mentions {
	m := mentions{names: map[string]bool{}}
	for _, text := range texts {
		for _, name := range sqltext.Names(text) {
			m.names[name] = true
		}
	}
	m.all = slices.ContainsFunc(reaching, func(word string) bool { return m.names[word] }) || m.names["type"] && m.names["drop"] && m.names["cascade"]
	return m
}

// list is the names as SQL.
func (m mentions) list() string {
	var out []string
	for name := range m.names {
		out = append(out, sqltext.QuoteLiteral(name))
	}
	slices.Sort(out)
	return strings.Join(append(out, "''"), ",")
}

// tables are those that are named, by themselves or by an index, and their
// partitions and parents; joined are these with those that foreign keys join to
// them.
func (m mentions) tables(a *rowsRead) (named, joined []uint32) {
	wanted := map[uint32]bool{}
	for _, r := range a.relations {
		if m.all || m.names[r.text(2)] {
			wanted[r.oid(0)] = true
		}
	}
	for _, r := range a.links { // an index's table points to itself
		if r.oid(0) == r.oid(1) {
			wanted[r.oid(0)] = true
		}
	}
	for grown := true; grown; { // partitions of partitions
		before := len(wanted)
		join(wanted, a.parents)
		grown = len(wanted) > before
	}
	named = slices.Sorted(maps.Keys(wanted))
	join(wanted, a.links)
	return named, slices.Sorted(maps.Keys(wanted))
}

// join adds to a set what pairs join to those that are in it.
func join(set map[uint32]bool, pairs []row) {
	var found []uint32
	for _, r := range pairs {
		switch a, b := r.oid(0), r.oid(1); {
		case set[a]:
			found = append(found, b)
		case set[b]:
			found = append(found, a)
		}
	}
	for _, oid := range found {
		set[oid] = true
	}
}
