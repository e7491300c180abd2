package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/finding"
)

// entry gives a finding the place of a key of the i-th entry of the journal.
func (f *facts) entry(i int, key string, found finding.Finding) finding.Finding {
	found.File, found.Line = f.history.JournalFile(), f.history.Journal.Line(i, key)
	found.Migration = f.history.Migrations[i].Entry.Tag
	return found
}

// tagPrefix is what stands before the first "_" of a tag: a number, a time, or
// nothing where the config's prefix is "none". The snapshot is named by it.
func tagPrefix(tag string) string {
	prefix, _, _ := strings.Cut(tag, "_")
	return prefix
}

// tagAgrees compares the number in a tag with idx. Longer prefixes are times.
func tagAgrees(f *facts) []finding.Finding {
	var out []finding.Finding
	for i, m := range f.history.Migrations {
		prefix := tagPrefix(m.Entry.Tag)
		number, err := strconv.ParseUint(prefix, 10, 32)
		if prefix != "" && strings.Trim(prefix, "0123456789") != "" {
			out = append(out, f.entry(i, "tag", finding.Finding{
				Code: "tag-number", Severity: finding.Error,
				Message: fmt.Sprintf("the tag %s does not begin with a number, by which drizzle-kit finds its snapshot and the next number", m.Entry.Tag),
				Hint:    "give the migration the number of its place: in the tag, the SQL file's name and the snapshot's",
			}))
			continue
		}
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

// numberUnique finds two tags with one number, and so with one snapshot file
// between them. Those that share the idx too are idxUnique's to tell.
func numberUnique(f *facts) []finding.Finding {
	var out []finding.Finding
	first := map[string]int{}
	for i, m := range f.history.Migrations {
		prefix := tagPrefix(m.Entry.Tag)
		at, taken := first[prefix]
		if !taken {
			first[prefix] = i
			continue
		}
		other := f.history.Migrations[at].Entry
		if prefix == "" || other.Idx == m.Entry.Idx || other.Tag == m.Entry.Tag {
			continue
		}
		out = append(out, f.entry(i, "tag", finding.Finding{
			Code: "number-duplicate", Severity: finding.Error,
			Message: fmt.Sprintf("entries %s and %s have one number, and so one snapshot file between them", other.Tag, m.Entry.Tag),
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

// idxContiguous finds numbers that are missing, wherever in the journal the
// others stand.
func idxContiguous(f *facts) []finding.Finding {
	var out []finding.Finding
	have := []int{-1}
	for _, m := range f.history.Migrations {
		have = append(have, m.Entry.Idx)
	}
	slices.Sort(have)
	for i, m := range f.history.Migrations {
		idx := m.Entry.Idx
		at, _ := slices.BinarySearch(have, idx)
		if at == 0 || have[at-1] == idx-1 {
			continue
		}
		out = append(out, f.entry(i, "idx", finding.Finding{
			Code: "idx-gap", Severity: finding.Warning,
			Message: fmt.Sprintf("entry %s has idx %d where %d comes next", m.Entry.Tag, idx, have[at-1]+1),
			Hint:    "if a migration was taken out, make sure that no database has run it",
		}))
	}
	return out
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

// idxRising finds entries that do not stand in the order of their numbers.
func idxRising(f *facts) []finding.Finding {
	var out []finding.Finding
	for i := 1; i < len(f.history.Migrations); i++ {
		before, e := f.history.Migrations[i-1].Entry, f.history.Migrations[i].Entry
		if e.Idx >= before.Idx || f.landed[e.Tag] {
			continue // of one that landed, the comparison with the base tells
		}
		out = append(out, f.entry(i, "idx", finding.Finding{
			Code: "idx-order", Severity: finding.Error,
			Message: fmt.Sprintf("entry %s stands after %s in the journal, and so runs after it, although its idx is lower", e.Tag, before.Tag),
			Hint:    "put the entries in the order of idx, if no database has run them in this one",
		}))
	}
	return out
}

// journalFolded is about merges: two branches that each add an entry to one
// line always conflict, and git cannot show where.
func journalFolded(f *facts) []finding.Finding {
	if !f.history.Journal.Folded() {
		return nil
	}
	return []finding.Finding{{
		Code: "journal-layout", Severity: finding.Warning, File: f.history.JournalFile(), Fixable: true,
		Message: "the journal has several values on one line, so that branches which each add a migration change the same line",
		Hint:    "run skein check --fix: it lays the file out as drizzle-kit does, one value a line",
	}}
}
