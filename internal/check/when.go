package check

import (
	"fmt"
	"iter"
	"time"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/snapshot"
)

// Times of entries are milliseconds. What lies outside these bounds, 1973 and
// 5138, is a time in another unit.
const (
	whenInSeconds      = 1e9  // 2001, of a time in seconds
	whenInMilliseconds = 1e11 // 1973
	whenInMicroseconds = 1e14 // 5138
)

// clockSkew is by how much the clock of the machine that made a migration may
// be ahead of this one.
const clockSkew = 24 * time.Hour

// absurd reports whether a time is not in milliseconds. Small numbers were
// typed by hand, as a counter, and are in order or not like others.
func absurd(when int64) bool {
	return when >= whenInSeconds && when < whenInMilliseconds || when >= whenInMicroseconds
}

// whenUnit finds times in seconds or microseconds. They spoil the order of all
// that follow, so whenNewer leaves them out.
func whenUnit(f *facts) []finding.Finding {
	var out []finding.Finding
	for i, m := range f.history.Migrations {
		if !absurd(m.Entry.When) {
			continue
		}
		unit, effect := "seconds", "so that drizzle's migrator skips it in silence on every database that has run another"
		if m.Entry.When >= whenInMicroseconds {
			unit, effect = "a smaller unit", "so that drizzle's migrator skips all that follow, in silence, on every database that has run it"
		}
		out = append(out, f.entry(i, "when", finding.Finding{
			Code: "when-unit", Severity: finding.Error, Fixable: f.restampable(i),
			Message: fmt.Sprintf("the when of entry %s is not in milliseconds but looks like %s, %s", m.Entry.Tag, unit, effect),
			Hint:    "set it to milliseconds since 1970, later than the entry before, unless a database has run the migration already",
		}))
	}
	return out
}

// whenPast finds times to come: what is generated before then is older.
func whenPast(f *facts) []finding.Finding {
	var out []finding.Finding
	limit := f.now.Add(clockSkew).UnixMilli()
	for i, m := range f.history.Migrations {
		if m.Entry.When <= limit || absurd(m.Entry.When) {
			continue
		}
		out = append(out, f.entry(i, "when", finding.Finding{
			Code: "when-future", Severity: finding.Warning, Fixable: f.restampable(i),
			Message: fmt.Sprintf("the when of entry %s is %s, which is still to come: what drizzle-kit generates before then is older, and skipped by drizzle's migrator",
				m.Entry.Tag, time.UnixMilli(m.Entry.When).UTC().Format("2 January 2006 15:04 UTC")),
			Hint: "set it to the time at which the migration was made, unless a database has run it already",
		}))
	}
	return out
}

// whenNewer holds that every entry is newer than all before it: drizzle's
// migrator reads the newest applied time and skips what is not newer. Pairs that
// the team has looked at are left out.
func whenNewer(f *facts) []finding.Finding {
	var out []finding.Finding
	for i, newest := range f.inverted() {
		e := f.history.Migrations[i].Entry
		if f.excepted(e.Tag, newest.Tag) {
			continue
		}
		out = append(out, f.entry(i, "when", finding.Finding{
			Code: "when-order", Severity: finding.Error, Fixable: f.restampable(i),
			Message: fmt.Sprintf("entry %s is not newer than %s before it: drizzle's migrator skips it in silence on a database that has run the other",
				e.Tag, newest.Tag),
			Hint: fmt.Sprintf("set its when to at least %d, unless a database has run it already", newest.When+1),
		}))
	}
	return out
}

// inverted yields the index of every entry that is not newer than all before
// it, and the newest of those.
func (f *facts) inverted() iter.Seq2[int, snapshot.Entry] {
	return func(yield func(int, snapshot.Entry) bool) {
		var newest *snapshot.Entry
		for i := range f.history.Migrations {
			e := &f.history.Migrations[i].Entry
			switch {
			case absurd(e.When):
			case newest == nil || e.When > newest.When:
				newest = e
			case !yield(i, *newest):
				return
			}
		}
	}
}
