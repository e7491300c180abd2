package skein

import (
	"net/netip"
	"time"

	"github.com/skein-db/skein/internal/migrate"
)

// Event tells of progress: it is one of the types below. More may come, so a
// switch over them passes over what it does not know.
type Event interface{ event() }

// Started is the first event of a call of Migrate.
type Started struct{}

// Planned comes when the database was read. Host and Port are not known of a
// *sql.DB that is not over pgx.
type Planned struct {
	Steps    []Step // what is to be applied; empty where nothing is
	Report   *Report
	Host     string // a directory for a Unix socket
	Port     uint16
	Database string
}

// Waiting comes when another runner has the lock, and again every few seconds
// while it has.
type Waiting struct {
	Waited  time.Duration
	Holders []Session // empty where they may not be seen
}

// Session is somebody else's connection to the server.
type Session struct {
	PID         int // 0 for a prepared transaction
	User        string
	Application string
	Address     netip.Addr // not valid for a local socket
	Text        string     // all that is known of it in one line
}

// MigrationStarted comes before the first statement of a migration.
type MigrationStarted struct {
	Migration, File string
	Number, Total   int  // Number counts from 1
	OutOfOrder      bool // something newer is applied already
}

// StatementStarted comes when the server gets to a part of a migration file,
// mostly one statement.
type StatementStarted struct {
	Migration, File string
	Line            int
	Number, Total   int    // of the parts of the migration, from 1
	SQL             string // without the comments before it
}

// StatementEnded comes when that part is done. What fails has none: Retrying
// or MigrationEnded comes then.
type StatementEnded struct {
	Migration string
}

// Blocked comes while a statement waits for a lock, and again every few
// seconds while it does.
type Blocked struct {
	Migration string
	Waited    time.Duration
	By        []Session
}

// Retrying comes when a migration, or a statement that runs on its own, has
// ended for want of a lock and is tried again after the pause.
type Retrying struct {
	Migration   string
	Reason      string // PostgreSQL's message
	Number, Max int    // of the retry to come, from 1
	Pause       time.Duration
	By          []Session // who was in the way; empty where that was not seen
}

// Cleared comes when something was removed that an earlier attempt has left,
// an invalid index for example.
type Cleared struct {
	Migration, SQL string
}

// FoundDone comes when the catalog shows that a statement which an earlier run
// had begun came through.
type FoundDone struct {
	Migration, File string
	Line            int
	SQL             string
}

// Reconnected comes when the connection was lost while a migration was being
// committed, and a new one shows that it was.
type Reconnected struct {
	Migration string
}

// Notice is something PostgreSQL says without failing. Drivers other than pgx
// do not pass it on.
type Notice struct {
	Migration                       string
	Severity, Message, Detail, Hint string
}

// MigrationEnded comes when a migration is committed or has failed.
type MigrationEnded struct {
	Migration, File string
	Number, Total   int
	Took            time.Duration
	ByOthers        bool  // another runner has applied it meanwhile
	Err             error // nil when it is applied
}

// Ended is the last event of a call of Migrate.
type Ended struct {
	Result *Result
	Err    error
}

func (Started) event()          {}
func (Planned) event()          {}
func (Waiting) event()          {}
func (MigrationStarted) event() {}
func (StatementStarted) event() {}
func (StatementEnded) event()   {}
func (Blocked) event()          {}
func (Retrying) event()         {}
func (Cleared) event()          {}
func (FoundDone) event()        {}
func (Reconnected) event()      {}
func (Notice) event()           {}
func (MigrationEnded) event()   {}
func (Ended) event()            {}

// pass hands an event of the runner on. late are the migrations that come out
// of order.
func (r *run) pass(e migrate.Event, late map[string]bool) {
	switch e := e.(type) {
	case migrate.LockWait:
		found := holders(e.Holders)
		if len(found) > 0 {
			r.result.WaitedFor = found
		}
		r.tell(Waiting{Waited: e.Waited, Holders: found})
	case migrate.MigrationStart:
		r.tell(MigrationStarted{Migration: e.Tag, File: r.files[e.Tag], Number: e.Number, Total: e.Total, OutOfOrder: late[e.Tag]})
	case migrate.StatementStart:
		r.tell(StatementStarted{Migration: e.Tag, File: r.files[e.Tag], Line: e.Line, Number: e.Number, Total: e.Total, SQL: e.SQL})
	case migrate.StatementEnd:
		r.tell(StatementEnded{Migration: e.Tag})
	case migrate.Blocked:
		r.tell(Blocked{Migration: e.Tag, Waited: e.Waited, By: blockers(e.Blockers)})
	case migrate.Retry:
		r.tell(Retrying{Migration: e.Tag, Reason: e.Reason, Number: e.Number, Max: e.Max, Pause: e.Pause, By: blockers(e.Blockers)})
	case migrate.Cleared:
		r.tell(Cleared{Migration: e.Tag, SQL: e.SQL})
	case migrate.Found:
		r.tell(FoundDone{Migration: e.Tag, File: r.files[e.Tag], Line: e.Line, SQL: e.SQL})
	case migrate.Reconnected:
		r.tell(Reconnected{Migration: e.Tag})
	case migrate.Notice:
		r.tell(Notice{Migration: e.Tag, Severity: e.Severity, Message: e.Message, Detail: e.Detail, Hint: e.Hint})
	case migrate.MigrationEnd:
		r.tell(MigrationEnded{Migration: e.Tag, File: r.files[e.Tag], Number: e.Number, Total: e.Total, Took: e.Duration, ByOthers: e.ByOthers, Err: r.failed(e.Err)})
	}
}

func holders(from []migrate.Holder) (all []Session) {
	for _, h := range from {
		all = append(all, Session{PID: h.PID, User: h.User, Application: h.Application, Address: h.Address, Text: h.String()})
	}
	return all
}

func blockers(from []migrate.Blocker) (all []Session) {
	for _, b := range from {
		all = append(all, Session{PID: b.PID, User: b.User, Application: b.Application, Address: b.Address, Text: b.String()})
	}
	return all
}
