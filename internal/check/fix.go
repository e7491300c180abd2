package check

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// Fixed is one thing that Fix mended.
type Fixed struct {
	Code      string `json:"code"` // of the finding that it answers
	File      string `json:"file"`
	Line      int    `json:"line,omitempty"`      // in the file as it is now
	Migration string `json:"migration,omitempty"` // the tag
	Message   string `json:"message"`             // what was done, one sentence
}

// Fix mends what is mechanical and safe, and says what it did: the times of
// entries that no database can have run, the missing snapshot of a last
// migration that changes no schema, a journal whose lines run together, and a
// write that was interrupted. Everything else is for a person. The folder is
// written as package history writes it, whole or not at all. Errors are of
// type *diag.Error.
func Fix(ctx context.Context, in Input) ([]Fixed, error) {
	fixed, err := finishWrite(in.Dir)
	if err != nil {
		return fixed, err
	}
	f, err := gather(ctx, in)
	if err != nil || f.history.JournalError != nil {
		return fixed, err
	}
	journal, said := f.mendJournal()
	changes, more, err := f.mendSnapshot()
	if err != nil {
		return fixed, err
	}
	if said = append(said, more...); len(said) == 0 {
		return fixed, nil
	}
	if err := f.history.Replace("what skein check --fix mends", journal, changes...); err != nil {
		return fixed, err
	}
	return append(fixed, said...), nil
}

// finishWrite completes a write that was interrupted.
func finishWrite(dir string) ([]Fixed, error) {
	h, err := history.Survey(dir)
	if err != nil || h.Interrupted == "" {
		return nil, err
	}
	if h, err = history.Open(dir); err != nil {
		return nil, err
	}
	return []Fixed{{Code: "write-interrupted", File: h.JournalFile(), Message: "completed the writing of " + h.Finished}}, nil
}

// mendJournal returns the journal as it should be, nil where it is.
func (f *facts) mendJournal() ([]byte, []Fixed) {
	h := f.history
	journal := *h.Journal
	journal.Entries = slices.Clone(h.Journal.Entries)
	var said []Fixed
	newest := int64(0)
	for i := range journal.Entries {
		e := &journal.Entries[i]
		// What was in order behind a wrong time may not be behind the right one.
		if f.restampable(i) || len(said) > 0 && e.When <= newest {
			was := e.When
			e.When = f.restamp(was, newest)
			said = append(said, Fixed{
				Code: whenCode(was, newest, f.now), Migration: e.Tag,
				Message: fmt.Sprintf("changed the when of entry %s from %d to %d%s", e.Tag, was, e.When, f.unlessRun()),
			})
		}
		if !absurd(e.When) {
			newest = max(newest, e.When)
		}
	}
	if len(said) == 0 && !journal.Folded() {
		return nil, nil
	}
	if journal.Folded() {
		said = append(said, Fixed{Code: "journal-layout", Message: "laid out the journal as drizzle-kit does, one value a line"})
	}
	text := journal.Canonical()
	if now, err := snapshot.DecodeJournal(h.JournalFile(), text); err == nil {
		for i, s := range said {
			said[i].Line = now.Line(slices.IndexFunc(now.Entries, func(e snapshot.Entry) bool { return e.Tag == s.Migration }), "when")
		}
	}
	for i := range said {
		said[i].File = h.JournalFile()
	}
	return text, said
}

// restamp returns the time for an entry whose own is wrong: in milliseconds
// what it says in another unit, no later than now, newer than all before.
func (f *facts) restamp(when, newest int64) int64 {
	switch {
	case when >= whenInMicroseconds*1000:
		when /= 1e6
	case when >= whenInMicroseconds:
		when /= 1000
	case absurd(when):
		when *= 1000
	}
	if when > f.now.Add(clockSkew).UnixMilli() {
		when = f.now.UnixMilli()
	}
	return max(when, newest+1)
}

// whenCode is the code of what is said of a time.
func whenCode(when, newest int64, now time.Time) string {
	switch {
	case absurd(when):
		return "when-unit"
	case when <= newest:
		return "when-order"
	case when > now.Add(clockSkew).UnixMilli():
		return "when-future"
	}
	return "when-order"
}

// unlessRun is what a person should know where the base is not known.
func (f *facts) unlessRun() string {
	if f.knownLanded() != nil {
		return ""
	}
	return "; if a database has run it already, take that back, since drizzle's migrator would run it again"
}

// mendSnapshot gives the last migration the snapshot that it lacks.
func (f *facts) mendSnapshot() ([]history.Change, []Fixed, error) {
	h := f.history
	i := len(h.Migrations) - 1
	if i < 0 || !f.snapshotMendable(i) {
		return nil, nil, nil
	}
	last, err := h.LastSnapshot()
	if err != nil {
		return nil, nil, err
	}
	next := snapshot.New(uuid.NewString(), snapshot.OriginID, &schema.Schema{})
	before := "of an empty schema"
	if last != nil {
		next = last.WithIDs(uuid.NewString(), last.ID)
		before = "with the content of " + filepath.Base(f.snapshots[len(f.snapshots)-1].path)
	}
	m := h.Migrations[i]
	change := history.Change{Path: path.Join("meta", filepath.Base(m.SnapshotFile)), Is: next.Encode()}
	return []history.Change{change}, []Fixed{{
		Code: "snapshot-missing", File: m.SnapshotFile, Migration: m.Entry.Tag,
		Message: fmt.Sprintf("wrote the missing snapshot of %s, %s", m.Entry.Tag, before),
	}}, nil
}

// fixHint adds to the hint of a finding that --fix mends it.
func fixHint(findings []finding.Finding) {
	for i := range findings {
		if f := &findings[i]; f.Fixable && f.Code != "journal-layout" {
			f.Hint = "skein check --fix mends this; by hand: " + f.Hint
		}
	}
}
