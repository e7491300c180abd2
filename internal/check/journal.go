package check

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/finding"
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

// whenNewer holds that every entry is newer than the one before: drizzle's
// migrator reads the newest applied time and skips what is not newer.
func whenNewer(f *facts) []finding.Finding {
	var out []finding.Finding
	for i := 1; i < len(f.history.Migrations); i++ {
		before, e := f.history.Migrations[i-1].Entry, f.history.Migrations[i].Entry
		if e.When > before.When {
			continue
		}
		out = append(out, f.entry(i, "when", finding.Finding{
			Code: "when-order", Severity: finding.Error,
			Message: fmt.Sprintf("entry %s is not newer than %s before it: drizzle's migrator skips it in silence on a database that has run the other",
				e.Tag, before.Tag),
			Hint: fmt.Sprintf("set its when to at least %d, unless a database has run it already", before.When+1),
		}))
	}
	return out
}
