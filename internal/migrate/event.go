package migrate

import (
	"net/netip"
	"time"
)

// Event tells of progress; it is one of the types below. Events come in order
// and from the goroutine that called Apply, which goes on when the callback
// returns.
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
	Err           error // nil when it is applied
}

func (LockWait) event()       {}
func (MigrationStart) event() {}
func (StatementStart) event() {}
func (Notice) event()         {}
func (MigrationEnd) event()   {}
