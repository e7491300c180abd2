package catalog

import (
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// sequence is a sequence and what it serves.
type sequence struct {
	schema.Sequence
	literal  string // its name as pg_get_expr prints it inside nextval
	identity bool   // made for an identity column
	owner    oid    // the table it goes with, 0 for none
	used     bool   // part of a column that was read
}

// readSequences reads all of them and notes their owners.
func (a *assembly) readSequences() []*sequence {
	var out []*sequence
	for _, r := range a.answers.rows[askSequences] {
		s := &sequence{
			Sequence: schema.Sequence{Schema: r.text(0), Name: r.text(1), SequenceOptions: schema.SequenceOptions{
				Increment: r.text(3), Min: r.text(4), Max: r.text(5), Start: r.text(6), Cache: r.text(7), Cycle: r.yes(8),
			}},
			literal:  sqltext.QuoteLiteral(r.text(2)),
			identity: r.text(9) == "i",
		}
		out = append(out, s)
		if owner := (column{r.oid(10), r.number(11)}); owner.table != 0 {
			a.sequences[owner] = append(a.sequences[owner], s)
			s.owner = owner.table
		}
	}
	return out
}

// addSequences keeps those that are objects of their own: not an identity
// column's, not a serial column's, and in the schemas that are read.
func (a *assembly) addSequences(all []*sequence) {
	read := map[string]bool{}
	for _, r := range a.answers.rows[askSchemas] {
		read[r.text(0)] = true
	}
	for _, s := range all {
		if s.identity || s.used || !read[s.Schema] {
			continue
		}
		if s.owner != 0 && a.tables[s.owner] == nil {
			continue // goes with a table that is not read
		}
		a.result.Schema.Sequences = append(a.result.Schema.Sequences, s.Sequence)
	}
}
