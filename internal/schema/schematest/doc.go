// Package schematest makes random schemas that PostgreSQL accepts, random
// edits of them, rows that fit in, and shrinks a pair of schemas that shows a
// failure to a small one.
//
// A test that holds hand-written cases finds what its author thought of. The
// pairs made here meet in ways nobody thinks of: a renamed enum in an array
// column with a default, in a table that moves, under a view.
//
// Every name in a pair is unique across all kinds of objects, and expressions
// write names quoted. So a rename is a replacement over the whole value, and
// what mentions an object can be found without parsing SQL.
//
// The package touches neither disk nor database.
package schematest

import "github.com/skein-db/skein/internal/schema"

// Pair is a schema and what became of it.
type Pair struct {
	From, To *schema.Schema
	// Was has the old name of everything that To has under a new one. What is
	// not in it kept its name, or is new.
	Was map[string]string
	// Edits are the names of the edits that made To, in order.
	Edits []string
}

// Origin returns the name that an object of To has in From, if it is there.
func (p *Pair) Origin(name string) string {
	if old, ok := p.Was[name]; ok {
		return old
	}
	return name
}

// Clone returns a deep copy.
func (p *Pair) Clone() *Pair {
	return &Pair{From: p.From.Clone(), To: p.To.Clone(), Was: p.Was, Edits: p.Edits}
}
