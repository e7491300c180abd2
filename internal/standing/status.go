package standing

import (
	"time"

	"github.com/skein-db/skein/internal/migrate"
)

// Status is how a database stands to a history: the JSON object of skein status.
type Status struct {
	Status   string  `json:"status"` // "up_to_date", "pending" or "attention"
	Database string  `json:"database"`
	Table    string  `json:"table"`
	Exists   bool    `json:"tableExists"`
	Counts   Counts  `json:"counts"`
	Entries  []Entry `json:"entries"`
	Unknown  []Row   `json:"unknown"`
}

// Counts are how many entries are in each state, and how many rows of the
// database no entry explains.
type Counts struct {
	Applied int `json:"applied"`
	Pending int `json:"pending"`
	Skipped int `json:"skipped"`
	Edited  int `json:"edited"`
	Moved   int `json:"moved"`
	Unknown int `json:"unknown"`
}

// Entry is a journal entry and how a database stands to it.
type Entry struct {
	Tag    string        `json:"tag"`
	File   string        `json:"file"`
	When   int64         `json:"when"`
	State  migrate.State `json:"state"`
	Change string        `json:"change,omitempty"`
	Note   string        `json:"note,omitempty"`
	Diff   string        `json:"diff,omitempty"` // of an edited one, from what was applied
	Mark   *Mark         `json:"mark,omitempty"`

	// Blob is what was applied, in git; "" where it is not known.
	Blob string `json:"-"`
}

// Mark is how an entry came to be as it is without being run.
type Mark struct {
	Event  string    `json:"event"`
	By     string    `json:"by"`
	Person string    `json:"person"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`

	line string
}

func newMark(m *migrate.Mark) *Mark {
	if m == nil {
		return nil
	}
	return &Mark{Event: m.Event, By: m.By, Person: m.Person, Reason: m.Reason, At: m.At, line: m.String()}
}

// String says it in a line; "" for an entry without a mark.
func (m *Mark) String() string {
	if m == nil {
		return ""
	}
	return m.line
}

// Row is a row of the migrations table that no entry explains.
type Row struct {
	ID   int64  `json:"id"`
	Hash string `json:"hash"`
	When *int64 `json:"when"`
}

// NewStatus puts a report into its shape. database is how messages name it.
func NewStatus(report *migrate.Report, database string) *Status {
	r := &Status{
		Database: database, Table: report.Target.String(), Exists: report.Exists,
		Entries: entries(report.Entries), Unknown: []Row{},
	}
	for _, row := range report.Unknown {
		r.Unknown = append(r.Unknown, Row{ID: row.ID, Hash: row.Hash, When: row.When})
	}
	r.Counts = Counts{
		Applied: len(report.In(migrate.StateApplied)), Pending: len(report.In(migrate.StatePending)),
		Skipped: len(report.In(migrate.StateSkipped)), Edited: len(report.In(migrate.StateEdited)),
		Moved: len(report.In(migrate.StateMoved)), Unknown: len(report.Unknown),
	}
	switch {
	case r.Counts.Skipped+r.Counts.Edited+r.Counts.Unknown > 0:
		r.Status = "attention"
	case r.Counts.Pending+r.Counts.Moved > 0:
		r.Status = "pending"
	default:
		r.Status = "up_to_date"
	}
	return r
}

func entries(entries []migrate.Entry) []Entry {
	out := []Entry{}
	for _, e := range entries {
		out = append(out, Entry{
			Tag: e.Migration.Entry.Tag, File: e.Migration.File, When: e.Migration.Entry.When,
			State: e.State, Change: string(e.Change), Note: e.Note, Mark: newMark(e.Mark),
		})
	}
	return out
}
