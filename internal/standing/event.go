package standing

import (
	"time"

	"github.com/skein-db/skein/internal/migrate"
)

// Event is one event of a run, as JSON: what does not belong to its type is
// left out.
type Event struct {
	Type     string   `json:"type"`
	Tag      string   `json:"tag,omitempty"`
	Number   int      `json:"number,omitempty"` // from 1
	Total    int      `json:"total,omitempty"`
	Line     int      `json:"line,omitempty"`
	SQL      string   `json:"sql,omitempty"`
	Waited   float64  `json:"waited,omitempty"` // seconds
	Pause    float64  `json:"pause,omitempty"`  // seconds
	Took     float64  `json:"took,omitempty"`   // seconds
	Who      []string `json:"who,omitempty"`    // in the way, or holding the lock
	Reason   string   `json:"reason,omitempty"`
	Severity string   `json:"severity,omitempty"`
	Message  string   `json:"message,omitempty"`
	Detail   string   `json:"detail,omitempty"`
	Hint     string   `json:"hint,omitempty"`
	ByOthers bool     `json:"byOthers,omitempty"`
	Failed   bool     `json:"failed,omitempty"`
}

func seconds(d time.Duration) float64 { return d.Seconds() }

func blockers(all []migrate.Blocker) []string {
	var out []string
	for _, b := range all {
		out = append(out, b.String())
	}
	return out
}

// EventOf puts an event of a run into its shape.
func EventOf(event migrate.Event) Event {
	switch e := event.(type) {
	case migrate.LockWait:
		out := Event{Type: "lock_wait", Waited: seconds(e.Waited)}
		for _, h := range e.Holders {
			out.Who = append(out.Who, h.String())
		}
		return out
	case migrate.MigrationStart:
		return Event{Type: "migration_start", Tag: e.Tag, Number: e.Number, Total: e.Total}
	case migrate.StatementStart:
		return Event{Type: "statement_start", Tag: e.Tag, Number: e.Number, Total: e.Total, Line: e.Line, SQL: e.SQL}
	case migrate.StatementEnd:
		return Event{Type: "statement_end", Tag: e.Tag}
	case migrate.Blocked:
		return Event{Type: "blocked", Tag: e.Tag, Waited: seconds(e.Waited), Who: blockers(e.Blockers)}
	case migrate.Retry:
		return Event{Type: "retry", Tag: e.Tag, Number: e.Number, Total: e.Max, Pause: seconds(e.Pause), Reason: e.Reason, Who: blockers(e.Blockers)}
	case migrate.Cleared:
		return Event{Type: "cleared", Tag: e.Tag, SQL: e.SQL}
	case migrate.Found:
		return Event{Type: "found", Tag: e.Tag, Line: e.Line, SQL: e.SQL}
	case migrate.Reconnected:
		return Event{Type: "reconnected", Tag: e.Tag}
	case migrate.Notice:
		return Event{Type: "notice", Tag: e.Tag, Severity: e.Severity, Message: e.Message, Detail: e.Detail, Hint: e.Hint}
	case migrate.MigrationEnd:
		return Event{Type: "migration_end", Tag: e.Tag, Number: e.Number, Total: e.Total, Took: seconds(e.Duration), ByOthers: e.ByOthers, Failed: e.Err != nil}
	}
	return Event{Type: "unknown"}
}
