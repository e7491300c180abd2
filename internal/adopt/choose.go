package adopt

import (
	"fmt"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/migrate"
)

// Prefix returns how many migrations a person means by a tag; -1 where none is
// given.
func Prefix(report *migrate.Report, tags []string) (int, error) {
	if len(tags) == 0 {
		return -1, nil
	}
	i, err := Find(report, tags[0])
	if err != nil {
		return 0, err
	}
	if newer := Least(report); newer > i+1 {
		e := report.Entries[newer-1]
		return 0, &diag.Error{Kind: diag.Refused, File: e.Migration.File,
			Message: fmt.Sprintf("%s is recorded as applied and is behind %s, so the database cannot be at %s", e.Migration.Entry.Tag, tags[0], tags[0]),
			Hint:    "name that one or a later one; `skein mark TAG pending` takes a wrong record out; nothing was changed"}
	}
	return i + 1, nil
}

// Find returns the place of the entry with the tag.
func Find(report *migrate.Report, tag string) (int, error) {
	var tags []string
	for i, e := range report.Entries {
		if e.Migration.Entry.Tag == tag {
			return i, nil
		}
		tags = append(tags, e.Migration.Entry.Tag)
	}
	e := &diag.Error{Kind: diag.Usage, Message: "the journal has no migration " + tag, Hint: "`skein status --all` lists them"}
	if near := diag.Nearest(tag, tags); near != "" {
		e.Hint = "did you mean " + near + "?"
	}
	return 0, e
}

// Least is how many migrations a prefix has at least: up to the newest one that
// is recorded.
func Least(report *migrate.Report) int {
	newest := report.Newest()
	if len(newest) == 0 {
		return 0
	}
	return newest[0] + 1
}

// Baseline returns what is to be recorded for a database that fits a prefix.
// A prefix of nothing, and one of which a file is missing, is an error of kind
// Refused.
func Baseline(report *migrate.Report, fit *Fit) (*migrate.Marking, error) {
	if fit.N == 0 {
		return nil, &diag.Error{Kind: diag.Refused, Message: "the database has nothing of what the migrations make",
			Hint: "`skein migrate` applies them; name a migration (`skein baseline TAG`) to see how it differs from that one; nothing was recorded"}
	}
	m := &migrate.Marking{Report: report, Applied: true, Baseline: true}
	for i := range fit.N {
		e := &report.Entries[i]
		if e.State != migrate.StatePending && e.State != migrate.StateSkipped {
			continue
		}
		if !e.Migration.HasSQL {
			return nil, &diag.Error{Kind: diag.Refused, File: e.Migration.File, Message: "the SQL file is missing, and the record is of its text",
				Hint: "restore it from version control; nothing was recorded"}
		}
		m.Entries = append(m.Entries, i)
	}
	return m, nil
}
