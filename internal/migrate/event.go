package migrate

import (
	"net/netip"
	"time"
)

// Event tells of progress; it is one of the types below. Events come one after
// the other, and the run goes on when the callback returns.
type Event interface{ event() }

// LockWait is sent when another runner holds the lock, and again every few
// seconds while it does.
type LockWait struct {
	Waited  time.Duration
	Holders []Holder // empty where they cannot be seen
}

// Holder is a session that holds the lock.
type Holder struct {
	PID         int
	User        string
	Application string
	Address     netip.Addr // not valid for a local socket
	Since       time.Time  // when its session began, by the server's clock
}

// MigrationStart is sent before the first statement of a migration.
type MigrationStart struct {
	Tag           string
	Number, Total int // Number counts from 1
}

// StatementStart is sent before a part of a migration file, mostly one
// statement, is sent to the server.
type StatementStart struct {
	Tag           string
	Number, Total int    // of the parts of the migration, from 1
	Line          int    // in the migration file
	SQL           string // without the comments before it
}

// StatementEnd is sent when what StatementStart told of last is done. There is
// none for what fails.
type StatementEnd struct {
	Tag string
}

// Blocked is sent while a statement waits for a lock, and again every few
// seconds while it does.
type Blocked struct {
	Tag      string
	Waited   time.Duration
	Blockers []Blocker // at least one
}

// Retry is sent when a transaction, or a statement that runs on its own, has
// ended for want of a lock and will be tried again. It has left nothing behind.
type Retry struct {
	Tag         string
	Reason      string // PostgreSQL's message
	Number, Max int    // of the retry to come, from 1
	Pause       time.Duration
	Blockers    []Blocker // who was in the way; empty where that was not seen
}

// Cleared is sent when what an earlier attempt has left was taken away, for
// example an invalid index.
type Cleared struct {
	Tag string
	SQL string
}

// Found is sent when the catalog shows that a statement which an earlier run
// had begun came through.
type Found struct {
	Tag  string
	Line int
	SQL  string
}

// Reconnected is sent when the connection was lost while a transaction was
// being committed, and a new one shows that it was.
type Reconnected struct {
	Tag string
}

// Notice is something PostgreSQL says without failing: RAISE NOTICE, a name
// that is cut off, a relation that exists already.
type Notice struct {
	Tag                             string
	Severity, Message, Detail, Hint string
}

// MigrationEnd is sent when a migration is committed or has failed.
type MigrationEnd struct {
	Tag           string
	Number, Total int
	Duration      time.Duration
	ByOthers      bool  // another runner has applied it
	Err           error // nil when it is applied
}

func (LockWait) event()       {}
func (MigrationStart) event() {}
func (StatementStart) event() {}
func (StatementEnd) event()   {}
func (Blocked) event()        {}
func (Retry) event()          {}
func (Cleared) event()        {}
func (Found) event()          {}
func (Reconnected) event()    {}
func (Notice) event()         {}
func (MigrationEnd) event()   {}
