// Package adopt finds out how far along its history a database is that has no
// record of it, by what is in its catalog: which prefix of the history it fits,
// how it differs, and what of that prefix no catalog can show.
//
// Nothing here changes a database. What is found is recorded by package
// migrate, after somebody said yes.
package adopt

import (
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// SchemaAfter returns what the snapshots say is there after the first n
// migrations: the last of theirs that there is. The file is "" before the
// first snapshot.
func SchemaAfter(h *history.History, n int) (s *schema.Schema, file string, err error) {
	for i := n - 1; i >= 0; i-- {
		if !HasOwn(h, i) {
			continue
		}
		snap, err := h.Snapshot(i)
		if err != nil {
			return nil, "", err
		}
		return &snap.Schema, h.Migrations[i].SnapshotFile, nil
	}
	return &schema.Schema{}, "", nil
}

// HasOwn says whether the i-th migration has a snapshot that was not written
// over by a later one: with the prefix "none" all share one file.
func HasOwn(h *history.History, i int) bool {
	m := h.Migrations[i]
	return m.HasSnapshot && (i+1 == len(h.Migrations) || h.Migrations[i+1].SnapshotFile != m.SnapshotFile)
}

// Statement is a statement of a migration that its snapshot does not tell of.
type Statement struct {
	SQL  string
	Line int  // in the file, from 1
	Rows bool // it is, or can be, about rows; else it makes something like a function
}

// Unheld returns the statements of a migration that no snapshot tells of.
func Unheld(m history.Migration) []Statement {
	var out []Statement
	for _, s := range Statements(m) {
		switch trace := snapshot.TraceOf(s.SQL); trace {
		case snapshot.Rows, snapshot.Other:
			s.Rows = trace == snapshot.Rows
			out = append(out, s)
		}
	}
	return out
}
