package migrate

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// The events by which a record came about without the migration being run, or
// went without anybody touching drizzle's table by hand.
const (
	eventBaselined = "baselined"      // recorded as applied after a look at the catalog
	eventMarked    = "marked applied" // a person says so
	eventUnmarked  = "marked pending"
	eventReverted  = "reverted"
)

// knownEvents are the events that say how a migration stands; the last of them
// counts.
func knownEvents() []string {
	forth, back := (&Step{}).events(), (&Step{undoes: &Entry{}}).events()
	return []string{
		forth.started, forth.committed, forth.failed, forth.done, back.started, back.committed, back.failed, back.done,
		eventBaselined, eventMarked, eventUnmarked,
	}
}

// Mark is a change of what is recorded other than by running a migration.
type Mark struct {
	// Event is "baselined", "marked applied", "marked pending" or "reverted".
	Event  string
	By     string // the role
	Person string // who that was, as far as the program could tell
	Reason string // "" for none
	At     time.Time
}

// markWords are the events as people say them.
var markWords = map[string]string{
	eventBaselined: "taken as applied (baseline)", eventMarked: "marked applied", eventUnmarked: "marked pending", eventReverted: "rolled back",
}

// String is the mark in one line.
func (m *Mark) String() string {
	who := m.By
	if m.Person != "" {
		who += " (" + m.Person + ")"
	}
	text := fmt.Sprintf("%s by %s at %s", markWords[m.Event], who, m.At.UTC().Format("2006-01-02 15:04 UTC"))
	if m.Reason != "" {
		text += ": " + m.Reason
	}
	return text
}

// readMarks fills in what the log says of entries beside their progress. A
// role that may not read the log is told nothing of it.
func (w *wire) readMarks(ctx context.Context, report *Report) error {
	if !report.Exists {
		return nil
	}
	rows, err := w.logOf(ctx, report)
	if isCode(err, codePrivilege) {
		return nil
	}
	if err != nil {
		return readError(Target{report.Target.Schema, logName}, err)
	}
	back := (&Step{undoes: &Entry{}}).events()
	for i := range report.Entries {
		e := &report.Entries[i]
		row, ok := rows[e.Migration.Entry.When]
		if !ok {
			continue
		}
		if !e.open() && (row.event == back.committed || row.event == back.started || row.event == back.failed && row.parts > 0) {
			e.Note, e.reversing = "rolled back in part; `skein down` goes on there", true
		}
		if row.stands(e) {
			e.Mark = row.mark()
		}
	}
	return nil
}

// stands says whether the row is the reason why the entry is as it is. Whoever
// else changed drizzle's table since left no event.
func (row logRow) stands(e *Entry) bool {
	switch row.event {
	case eventBaselined, eventMarked:
		return !e.open()
	case eventUnmarked, eventReverted:
		return e.open()
	}
	return false
}

func (row logRow) mark() *Mark {
	var d logDetails
	_ = json.Unmarshal([]byte(row.details), &d) // without them the rest is told
	return &Mark{Event: row.event, By: row.by, At: row.at, Person: d.Person, Reason: d.Reason}
}
