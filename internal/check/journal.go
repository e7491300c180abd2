package check

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// finding makes a Finding of an error with a place.
func finding(code string, err error, file string) Finding {
	out := Finding{Code: code, Severity: Error, File: file, Message: err.Error()}
	var d *diag.Error
	if errors.As(err, &d) {
		out.Message, out.Detail, out.Hint, out.Line = d.Message, d.Detail, d.Hint, d.Line
		if d.File != "" {
			out.File = d.File
		}
	}
	return out
}

// entry makes a finding that points at the i-th entry of the journal.
func (f *facts) entry(i int, code, severity, message, hint string) Finding {
	return Finding{
		Code: code, Severity: severity, File: f.history.JournalFile(), Line: f.history.Journal.Line(i),
		Message: message, Hint: hint,
	}
}

func journalReadable(f *facts) []Finding {
	if f.history.JournalError == nil {
		return nil
	}
	return []Finding{finding("journal-unreadable", f.history.JournalError, f.history.JournalFile())}
}

func writeFinished(f *facts) []Finding {
	if f.history.Interrupted == "" {
		return nil
	}
	return []Finding{{
		Code: "write-interrupted", Severity: Error, File: f.history.Interrupted,
		Message: "skein was killed while it wrote a migration",
		Hint:    "run skein status or skein generate, which finish it",
	}}
}

func sqlPresent(f *facts) []Finding {
	var out []Finding
	for i, m := range f.history.Migrations {
		if !m.HasSQL {
			out = append(out, f.entry(i, "sql-missing", Error,
				fmt.Sprintf("entry %s has no SQL file: %s does not exist", m.Entry.Tag, m.File),
				"restore the file from version control; every database that has not run it would fail"))
		}
	}
	return out
}

func snapshotPresent(f *facts) []Finding {
	var out []Finding
	for i, m := range f.history.Migrations {
		if !m.HasSnapshot && !strings.HasPrefix(m.Entry.Tag, "_") {
			out = append(out, f.entry(i, "snapshot-missing", Error,
				fmt.Sprintf("entry %s has no snapshot: %s does not exist", m.Entry.Tag, m.SnapshotFile),
				"write custom migrations with skein generate --custom, which leaves a snapshot too"))
		}
	}
	return out
}

func sqlNamed(f *facts) []Finding {
	var out []Finding
	for _, path := range f.history.OrphanSQL {
		out = append(out, Finding{
			Code: "sql-orphan", Severity: Error, File: path,
			Message: "no journal entry names this SQL file, so no database ever runs it",
			Hint:    "make it a migration with skein generate --custom and move the SQL there, or remove it",
		})
	}
	return out
}

func snapshotNamed(f *facts) []Finding {
	var out []Finding
	for _, path := range f.history.OrphanSnapshots {
		out = append(out, Finding{
			Code: "snapshot-orphan", Severity: Error, File: path,
			Message: "no journal entry names this snapshot, yet drizzle-kit takes the last snapshot by name as the present state",
			Hint:    "remove it, or restore its journal entry and SQL file from version control",
		})
	}
	return out
}

// tagsAgree compares the number in a tag with idx where the prefix is the
// index; the longer ones are times.
func tagsAgree(f *facts) []Finding {
	var out []Finding
	for i, m := range f.history.Migrations {
		prefix, _, _ := strings.Cut(m.Entry.Tag, "_")
		number, err := strconv.Atoi(prefix)
		if err != nil || len(prefix) > 9 || number == m.Entry.Idx {
			continue
		}
		out = append(out, f.entry(i, "tag-number", Error,
			fmt.Sprintf("entry %s has idx %d", m.Entry.Tag, m.Entry.Idx),
			"a merge usually leaves this behind; number the migration anew on top of the other side's"))
	}
	return out
}

func unique(f *facts) []Finding {
	var out []Finding
	idx, tags := map[int]string{}, map[string]bool{}
	for i, m := range f.history.Migrations {
		e := m.Entry
		if first, taken := idx[e.Idx]; taken {
			out = append(out, f.entry(i, "idx-duplicate", Error,
				fmt.Sprintf("entries %s and %s both have idx %d", first, e.Tag, e.Idx),
				"two branches each added a migration; number the later one anew"))
		} else {
			idx[e.Idx] = e.Tag
		}
		if tags[e.Tag] {
			out = append(out, f.entry(i, "tag-duplicate", Error,
				fmt.Sprintf("the journal has the tag %s twice, so its SQL would run twice", e.Tag),
				"remove one of the entries"))
		}
		tags[e.Tag] = true
	}
	return out
}

func contiguous(f *facts) []Finding {
	var out []Finding
	want := 0
	for i, m := range f.history.Migrations {
		if m.Entry.Idx > want {
			out = append(out, f.entry(i, "idx-gap", Warning,
				fmt.Sprintf("entry %s has idx %d where %d comes next", m.Entry.Tag, m.Entry.Idx, want),
				"if a migration was taken out, make sure that no database has run it"))
		}
		want = max(want, m.Entry.Idx+1)
	}
	return out
}

func newer(f *facts) []Finding {
	var out []Finding
	for i := 1; i < len(f.history.Migrations); i++ {
		before, e := f.history.Migrations[i-1].Entry, f.history.Migrations[i].Entry
		if e.When > before.When {
			continue
		}
		out = append(out, f.entry(i, "when-order", Error,
			fmt.Sprintf("entry %s is not newer than %s before it (when %d, %d): drizzle's migrator skips it in silence on a database that has run the other",
				e.Tag, before.Tag, e.When, before.When),
			fmt.Sprintf("set its when to %d or later, unless a database has run it already", before.When+1)))
	}
	return out
}
