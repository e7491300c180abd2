package check

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/snapshot"
)

// entry gives a finding the place of a key of the i-th entry of the journal.
func (f *facts) entry(i int, key string, found finding.Finding) finding.Finding {
	found.File, found.Line = f.history.JournalFile(), f.history.Journal.Line(i, key)
	return found
}

// tagAgrees compares the number in a tag with idx. Longer prefixes are times.
func tagAgrees(f *facts) []finding.Finding {
	var out []finding.Finding
	for i, m := range f.history.Migrations {
		prefix, _, _ := strings.Cut(m.Entry.Tag, "_")
		number, err := strconv.ParseUint(prefix, 10, 32)
		if err != nil || len(prefix) > 9 || int(number) == m.Entry.Idx {
			continue
		}
		out = append(out, f.entry(i, "idx", finding.Finding{
			Code: "tag-number", Severity: finding.Error,
			Message: fmt.Sprintf("entry %s has idx %d", m.Entry.Tag, m.Entry.Idx),
			Hint:    "the number in the tag, the idx and the snapshot's name belong together: give the migration the number of its place",
		}))
	}
	return out
}

func idxUnique(f *facts) []finding.Finding {
	var out []finding.Finding
	first := map[int]string{}
	for i, m := range f.history.Migrations {
		tag, taken := first[m.Entry.Idx]
		if !taken {
			first[m.Entry.Idx] = m.Entry.Tag
			continue
		}
		out = append(out, f.entry(i, "idx", finding.Finding{
			Code: "idx-duplicate", Severity: finding.Error,
			Message: fmt.Sprintf("entries %s and %s both have idx %d", tag, m.Entry.Tag, m.Entry.Idx),
			Hint:    "two branches each added a migration: generate the later one again on top of the other",
		}))
	}
	return out
}

func tagUnique(f *facts) []finding.Finding {
	var out []finding.Finding
	seen := map[string]bool{}
	for i, m := range f.history.Migrations {
		if seen[m.Entry.Tag] {
			out = append(out, f.entry(i, "tag", finding.Finding{
				Code: "tag-duplicate", Severity: finding.Error,
				Message: fmt.Sprintf("the journal has %s twice, so its SQL runs twice", m.Entry.Tag),
				Hint:    "remove one of the two entries",
			}))
		}
		seen[m.Entry.Tag] = true
	}
	return out
}

func idxContiguous(f *facts) []finding.Finding {
	var out []finding.Finding
	next := 0
	for i, m := range f.history.Migrations {
		if idx := m.Entry.Idx; idx > next {
			out = append(out, f.entry(i, "idx", finding.Finding{
				Code: "idx-gap", Severity: finding.Warning,
				Message: fmt.Sprintf("entry %s has idx %d where %d comes next", m.Entry.Tag, idx, next),
				Hint:    "if a migration was taken out, make sure that no database has run it",
			}))
		}
		next = max(next, m.Entry.Idx+1)
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
			Code: "when-order", Severity: finding.Error, Migration: e.Tag,
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
		var newest snapshot.Entry
		for i, m := range f.history.Migrations {
			if i == 0 || m.Entry.When > newest.When {
				newest = m.Entry
			} else if !yield(i, newest) {
				return
			}
		}
	}
}

func (f *facts) excepted(older, newer string) bool {
	return slices.ContainsFunc(f.in.Team.Check.Order, func(e config.Exception) bool { return e.Older == older && e.Newer == newer })
}

// exceptionsUsed finds reviewed exceptions of the order that match nothing, or
// no longer: they would hide the next accident.
func exceptionsUsed(f *facts) []finding.Finding {
	if f.history.JournalError != nil {
		return nil
	}
	pairs := map[[2]string]bool{}
	for i, newest := range f.inverted() {
		pairs[[2]string{f.history.Migrations[i].Entry.Tag, newest.Tag}] = true
	}
	var out []finding.Finding
	for _, e := range f.in.Team.Check.Order {
		if !pairs[[2]string{e.Older, e.Newer}] {
			out = append(out, finding.Finding{
				Code: "order-exception-unused", Severity: finding.Warning, File: f.in.Team.File, Line: e.Line,
				Message: fmt.Sprintf("the exception for %s and %s matches nothing: they are not in the journal, or in order", e.Older, e.Newer),
				Hint:    "remove it from check.order",
			})
		}
	}
	return out
}
