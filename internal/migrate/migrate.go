// Package migrate applies a migrations folder to a database.
//
// drizzle's migrator remembers only the time of the newest migration, so it
// skips older ones in silence; it runs everything in one transaction and takes
// no lock. This package keeps drizzle's table as drizzle needs it and does the
// rest another way. An entry is applied when the table has its row, and
// pending otherwise, whatever its time. Each migration is a transaction of its
// own that also records it, so that it is in the database as a whole or not at
// all, also when this program, the server or the network dies. One runner
// works at a time; the others wait and find the work done.
//
// Some migrations are more than one transaction. A file may have a COMMIT in
// the middle; a statement such as CREATE INDEX CONCURRENTLY runs on its own,
// because PostgreSQL takes it in no transaction; an enum value that the file
// adds is committed before the file uses it. Each part is recorded, so that
// the next run goes on behind those that are done. BEGIN is of no effect.
// ROLLBACK, ABORT and PREPARE TRANSACTION are refused. Savepoints are fine.
//
// Nobody is kept waiting for long: see Options.LockTimeout.
//
// The package prints nothing. Errors are *diag.Error; progress goes to
// Options.OnEvent.
package migrate

import (
	"slices"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/sqltext"
)

// Target names the table in which applied migrations are recorded. Its zero
// value is drizzle's default, "drizzle"."__drizzle_migrations".
type Target struct {
	Schema, Table string
}

// orDefault fills what is not set with drizzle's defaults.
func (t Target) orDefault() Target {
	if t.Schema == "" {
		t.Schema = "drizzle"
	}
	if t.Table == "" {
		t.Table = "__drizzle_migrations"
	}
	return t
}

// String returns the table as SQL.
func (t Target) String() string {
	t = t.orDefault()
	return sqltext.QuoteIdent(t.Schema) + "." + sqltext.QuoteIdent(t.Table)
}

// State says how a journal entry or a row stands.
type State string

// The states. Unknown is a row's, the others are an entry's.
const (
	// StateApplied: the table has a row with the entry's hash and time.
	StateApplied State = "applied"
	// StatePending: the table has no row for the entry.
	StatePending State = "pending"
	// StateSkipped: pending, but a row as new or newer exists, so that drizzle's
	// migrator would skip the entry in silence.
	StateSkipped State = "skipped"
	// StateEdited: the table has the entry's row, but the entry was changed
	// after it was applied. It is not run again.
	StateEdited State = "edited"
	// StateUnknown: the table has a row that no entry explains.
	StateUnknown State = "unknown"
)

// Change says what was changed about an edited entry.
type Change string

// The changes.
const (
	// ChangeSQL: the row has the entry's time and the hash of another text.
	ChangeSQL Change = "sql"
	// ChangeWhen: the row has the entry's hash and a newer time, or none.
	ChangeWhen Change = "when"
)

// Row is a row of the target table.
type Row struct {
	ID   int64
	Hash string
	When *int64 // created_at in milliseconds since 1970, nil where it is null
}

// Entry is a journal entry and how the database stands to it.
type Entry struct {
	Migration  history.Migration
	State      State
	Row        *Row   // what an applied or edited entry was told by, else nil
	Duplicates []Row  // further rows that say the same
	Change     Change // for StateEdited
	Note       string // what is unusual about it, "" for nothing
	// Mark is how the entry came to be as it is where no run of Apply did that;
	// nil where one did, or nobody knows. Status fills it in.
	Mark *Mark

	progress  progress
	reversing bool // a part of its reverse was run
}

// open says whether the entry is still to be run.
func (e *Entry) open() bool { return e.State == StatePending || e.State == StateSkipped }

// Begun says that a part of the entry was run, or a part of its reverse, and
// not all of it.
func (e *Entry) Begun() bool {
	return e.progress.parts > 0 || e.progress.started != nil || e.progress.err != nil || e.reversing
}

// Report is how a database stands to a history.
type Report struct {
	Target  Target
	Exists  bool    // the target table exists
	Entries []Entry // in journal order
	Unknown []Row   // rows no entry explains, by id

	major int              // of the server
	log   map[int64]logRow // nil until it is read
}

// In returns the entries in one of the states, in journal order.
func (r *Report) In(states ...State) []Entry {
	var found []Entry
	for _, e := range r.Entries {
		if slices.Contains(states, e.State) {
			found = append(found, e)
		}
	}
	return found
}
