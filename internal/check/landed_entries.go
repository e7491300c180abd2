package check

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/snapshot"
)

// landedJournal pairs the entries that landed with those that are there now.
type landedJournal struct {
	place   map[string]int // tag → index in the journal, of what landed and is there
	renamed map[int]string // index in the journal → tag under which it landed
	gone    []snapshot.Entry
	last    int // index of the last entry that landed, -1 for none
}

func (f *facts) landedJournal() landedJournal {
	j := landedJournal{place: map[string]int{}, renamed: map[int]string{}, last: -1}
	now := map[string]int{}
	free := map[int64]int{} // when → index of an entry that has not landed
	for i, m := range f.history.Migrations {
		if _, taken := now[m.Entry.Tag]; !taken {
			now[m.Entry.Tag] = i
		}
		if !f.landed[m.Entry.Tag] {
			free[m.Entry.When] = i
		}
	}
	for _, e := range f.in.Base.entries {
		i, there := now[e.Tag]
		if !there {
			// A tag that changed leaves the time as it was.
			if i, there = free[e.When]; there {
				delete(free, e.When)
				j.renamed[i] = e.Tag
			}
		}
		if !there {
			j.gone = append(j.gone, e)
			continue
		}
		j.place[e.Tag] = i
		j.last = max(j.last, i)
	}
	return j
}

func (f *facts) journalCompared() bool {
	return f.compared() && f.in.Base.err == nil && f.history.JournalError == nil
}

// landedEntriesKept finds entries that landed and have changed or are gone.
func landedEntriesKept(f *facts) []finding.Finding {
	if !f.journalCompared() {
		return nil
	}
	journal := f.landedJournal()
	var out []finding.Finding
	for _, e := range f.in.Base.entries {
		if i, there := journal.place[e.Tag]; there {
			if key, what := entryChange(e, f.history.Migrations[i].Entry); key != "" {
				out = append(out, f.entry(i, key, finding.Finding{
					Code: "landed-entry-changed", Severity: finding.Error, Migration: e.Tag,
					Message: fmt.Sprintf("the journal entry of %s was changed after it landed on %s: %s", e.Tag, f.in.Base.Revision, what),
					Hint:    f.entryHint(key),
				}))
			}
		}
	}
	for _, e := range journal.gone {
		out = append(out, finding.Finding{
			Code: "landed-entry-removed", Severity: finding.Error, File: f.history.JournalFile(), Migration: e.Tag,
			Message: fmt.Sprintf("the journal entry of %s landed on %s and is gone: new databases never run it", e.Tag, f.in.Base.Revision),
			Hint: fmt.Sprintf("bring the entry and its files back, as git show %s:%s has them; what it did is undone by a migration of its own",
				f.in.Base.short(), f.in.Base.full(journalName)),
		})
	}
	return out
}

// entryChange says what differs between an entry as it landed and as it is, and
// the key of the first such value.
func entryChange(before, now snapshot.Entry) (key, what string) {
	var all []string
	note := func(name string, old, new any) {
		if old != new {
			all = append(all, fmt.Sprintf("%s was %v and is %v", name, old, new))
			if key == "" {
				key = name
			}
		}
	}
	note("when", before.When, now.When)
	note("tag", before.Tag, now.Tag)
	note("idx", before.Idx, now.Idx)
	note("breakpoints", before.Breakpoints, now.Breakpoints)
	return key, strings.Join(all, ", ")
}

func (f *facts) entryHint(key string) string {
	hint := fmt.Sprintf("put back what git show %s:%s says", f.in.Base.short(), f.in.Base.full(journalName))
	switch key {
	case "when":
		return hint + "; databases that ran the migration have recorded that time"
	case "tag":
		return hint + ", and the names of its files"
	}
	return hint
}

// landedOrderKept finds entries that landed and stand in another order now.
func landedOrderKept(f *facts) []finding.Finding {
	if !f.journalCompared() {
		return nil
	}
	journal := f.landedJournal()
	var out []finding.Finding
	furthest, whose := -1, ""
	for _, e := range f.in.Base.entries {
		i, there := journal.place[e.Tag]
		if !there {
			continue
		}
		if i < furthest {
			out = append(out, f.entry(i, "tag", finding.Finding{
				Code: "landed-order", Severity: finding.Error, Migration: e.Tag,
				Message: fmt.Sprintf("entry %s stands before %s here, and landed after it on %s", e.Tag, whose, f.in.Base.Revision),
				Hint:    "put the entries back in the order in which they landed",
			}))
			continue
		}
		furthest, whose = i, e.Tag
	}
	return out
}

// appended holds that new entries stand behind all that landed.
func appended(f *facts) []finding.Finding {
	if !f.journalCompared() {
		return nil
	}
	journal := f.landedJournal()
	var out []finding.Finding
	for i, m := range f.history.Migrations {
		if _, renamed := journal.renamed[i]; f.landed[m.Entry.Tag] || renamed || i > journal.last {
			continue
		}
		last := f.history.Migrations[journal.last].Entry.Tag
		out = append(out, f.entry(i, "tag", finding.Finding{
			Code: "landed-inserted", Severity: finding.Error, Migration: m.Entry.Tag,
			Message: fmt.Sprintf("the new entry %s stands before %s, which has landed on %s: databases that ran that are past it", m.Entry.Tag, last, f.in.Base.Revision),
			Hint:    "move it to the end of the journal, with the next number and a newer when",
		}))
	}
	return out
}

// upstreamFree finds that the upstream has meanwhile got migrations which those
// of this branch will collide with in the merge.
func upstreamFree(f *facts) []finding.Finding {
	if !f.journalCompared() || len(f.in.Base.ahead) == 0 {
		return nil
	}
	parents := map[string]string{} // migration's tag → its snapshot's prevId
	for _, s := range f.chain() {
		parents[s.path] = s.head.PrevID
	}
	mine := f.newHere()
	for _, i := range mine {
		m := f.history.Migrations[i]
		for _, theirs := range f.in.Base.ahead {
			why := ""
			switch {
			case theirs.entry.Idx == m.Entry.Idx:
				why = fmt.Sprintf("has taken the number of %s meanwhile", m.Entry.Tag)
			case theirs.prevID != "" && m.HasSnapshot && parents[m.SnapshotFile] == theirs.prevID:
				why = fmt.Sprintf("has got a migration that starts from the same snapshot as %s", m.Entry.Tag)
			default:
				continue
			}
			return []finding.Finding{f.entry(i, "idx", finding.Finding{
				Code: "upstream-collision", Severity: finding.Warning, Migration: m.Entry.Tag,
				Message: fmt.Sprintf("%s %s: %s", f.in.Base.Revision, why, theirs.who()),
				Detail:  f.in.Base.aheadText(),
				Hint:    fmt.Sprintf("merge or rebase onto %s, then generate this branch's %s again behind it", f.in.Base.Revision, count(len(mine), "migration")),
			})}
		}
	}
	return nil
}

// count is "migration" or "3 migrations".
func count(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// newHere are the indexes of the migrations that are neither on the base nor,
// the same, on the upstream since.
func (f *facts) newHere() []int {
	theirs := map[string]string{}
	for _, a := range f.in.Base.ahead {
		theirs[a.entry.Tag] = a.sql
	}
	var out []int
	for i, m := range f.history.Migrations {
		sql, same := theirs[m.Entry.Tag]
		if !f.landed[m.Entry.Tag] && (!same || sql != m.SQL) {
			out = append(out, i)
		}
	}
	return out
}

// who is a migration with its author.
func (a *ahead) who() string {
	if a.commit == nil {
		return a.entry.Tag
	}
	return fmt.Sprintf("%s by %s, %s", a.entry.Tag, a.commit.Author, a.commit.Date.Format("2006-01-02"))
}

// aheadText lists what the upstream has got.
func (b *Base) aheadText() string {
	var lines []string
	for _, a := range b.ahead[:min(len(b.ahead), mostAuthors)] {
		line := a.who()
		if a.commit != nil {
			line += fmt.Sprintf(" (%s %s)", a.commit.ID[:min(12, len(a.commit.ID))], cut(a.commit.Subject))
		}
		lines = append(lines, line)
	}
	if more := len(b.ahead) - mostAuthors; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}
