package skein

import (
	"time"

	"github.com/skein-db/skein/internal/migrate"
)

// Result is what a call of Migrate did.
type Result struct {
	// Applied are the migrations that this call has committed, in order. All of
	// them stay when a later one fails.
	Applied []Applied
	// Moved are the tags that the database had run under the time that they had
	// before `skein resolve` renumbered them. Their rows have the new time now, and
	// nothing was run again.
	Moved []string
	// ByOthers are the tags that another runner has applied while this one waited.
	ByOthers []string
	// Waited is how long other runners were waited for, and WaitedFor who they
	// were, as far as that could be seen.
	Waited    time.Duration
	WaitedFor []Session
	Took      time.Duration // all of the call
}

// Applied is a migration that was committed.
type Applied struct {
	Migration string // the tag, "0042_brave_hero"
	File      string // its path in the file system
	// OutOfOrder: something newer was applied before it.
	OutOfOrder bool
	Took       time.Duration
}

// Step is one migration that Migrate would apply.
type Step struct {
	Migration  string // the tag
	File       string
	OutOfOrder bool // something newer is applied already
	Statements []Statement
	Notes      []string // what is unusual about it, for people
}

// Statement is one SQL statement of a migration.
type Statement struct {
	SQL  string
	Line int // in the file, from 1
	// Alone: PostgreSQL takes it in no transaction, so that it runs on its own.
	Alone bool
}

func stepsOf(plan *migrate.Pending) []Step {
	var steps []Step
	for _, s := range plan.Steps {
		step := Step{Migration: s.Migration.Entry.Tag, File: s.Migration.File, OutOfOrder: s.Skipped, Notes: s.Notes}
		for _, statement := range s.Statements {
			if !statement.Control { // BEGIN and COMMIT are not sent as they are
				step.Statements = append(step.Statements, Statement{SQL: statement.SQL, Line: statement.Line, Alone: statement.Alone})
			}
		}
		steps = append(steps, step)
	}
	return steps
}

// State says how an entry of the journal stands to the database.
type State string

// The states of an entry.
const (
	// StateApplied: the table has a row with its hash and time.
	StateApplied State = "applied"
	// StatePending: the table has no row for it.
	StatePending State = "pending"
	// StateSkipped: pending, and something newer is applied, so that drizzle's
	// migrator would skip it in silence. Migrate applies it.
	StateSkipped State = "skipped"
	// StateEdited: applied, and the file was changed afterwards. It is not run
	// again.
	StateEdited State = "edited"
	// StateMoved: applied under the time that it had before it was renumbered.
	// Migrate moves its row and runs nothing.
	StateMoved State = "moved"
)

// Report is how a database stands to the migrations.
type Report struct {
	Table      string // as SQL: "drizzle"."__drizzle_migrations"
	Migrations []Entry
	// Unknown are rows of the table that no migration explains. They are there
	// when the database is ahead of this program, after a roll-back of the
	// service for example, and no reason to stop.
	Unknown []Row
}

// Entry is a migration and how the database stands to it.
type Entry struct {
	Migration string // the tag
	File      string
	State     State
	Note      string // what is unusual about it, "" for nothing
}

// Row is a row of drizzle's table.
type Row struct {
	ID   int64
	Hash string
	When time.Time // the zero time where it is null
}

// Pending are the migrations that Migrate would apply.
func (r *Report) Pending() []Entry { return r.in(StatePending, StateSkipped) }

// Edited are the migrations whose files were changed after they were applied.
func (r *Report) Edited() []Entry { return r.in(StateEdited) }

func (r *Report) in(states ...State) (found []Entry) {
	for _, e := range r.Migrations {
		for _, state := range states {
			if e.State == state {
				found = append(found, e)
			}
		}
	}
	return found
}

func reportOf(from *migrate.Report) *Report {
	r := &Report{Table: from.Target.String()}
	for _, e := range from.Entries {
		r.Migrations = append(r.Migrations, Entry{Migration: e.Migration.Entry.Tag, File: e.Migration.File, State: State(e.State), Note: e.Note})
	}
	for _, row := range from.Unknown {
		unknown := Row{ID: row.ID, Hash: row.Hash}
		if row.When != nil {
			unknown.When = time.UnixMilli(*row.When)
		}
		r.Unknown = append(r.Unknown, unknown)
	}
	return r
}
