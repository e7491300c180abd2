package check

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/finding"
)

func journalReadable(f *facts) []finding.Finding {
	if f.history.JournalError == nil {
		return nil
	}
	return []finding.Finding{unreadable("journal", f.history.JournalFile(), f.history.JournalError)}
}

func writeFinished(f *facts) []finding.Finding {
	if f.history.Interrupted == "" {
		return nil
	}
	return []finding.Finding{{
		Code: "write-interrupted", Severity: finding.Error, File: f.history.Interrupted,
		Message: "skein was killed while it wrote a migration; drizzle-kit does not start on the folder like this",
		Hint:    "run skein status or skein generate: the first command that opens the folder completes the migration",
	}}
}

func sqlPresent(f *facts) []finding.Finding {
	var out []finding.Finding
	for i, m := range f.history.Migrations {
		if !m.HasSQL && !f.removedHere(m.Entry.Tag+".sql") {
			out = append(out, f.entry(i, "tag", finding.Finding{
				Code: "sql-missing", Severity: finding.Error,
				Message: fmt.Sprintf("entry %s has no SQL file %s: migrate fails on every database that has not run it", m.Entry.Tag, filepath.Base(m.File)),
				Hint:    "restore the file from version control",
			}))
		}
	}
	return out
}

// sqlNamed finds SQL files that no entry names. Without a journal that would
// be all of them.
func sqlNamed(f *facts) []finding.Finding {
	if f.history.JournalError != nil {
		return nil
	}
	var out []finding.Finding
	for _, path := range f.history.OrphanSQL {
		found := finding.Finding{
			Code: "sql-orphan", Severity: finding.Error, File: path,
			Message: "no journal entry names this SQL file, so no database ever runs it",
			Hint:    "make a migration with skein generate --custom and move the SQL there, or remove the file",
		}
		if name := filepath.Base(path); name[0] < '0' || name[0] > '9' {
			found.Severity = finding.Warning // it may never have been meant as a migration
			found.Hint = "if it is no migration, keep it in another folder"
		}
		out = append(out, found)
	}
	return out
}

// sqlMerged finds what git writes around the two sides of a conflict.
func sqlMerged(f *facts) []finding.Finding {
	var out []finding.Finding
	for _, m := range f.history.Migrations {
		if line := conflictLine(m.SQL); line > 0 {
			out = append(out, finding.Finding{
				Code: conflictMarkers, Severity: finding.Error, File: m.File, Line: line,
				Message: "the SQL file has git conflict markers; the merge that wrote it is not resolved",
				Hint:    "keep the SQL of one side only if it is the same migration; two migrations need a file each",
			})
		}
	}
	return out
}

// conflictLine returns the line of the first conflict marker, 0 for none.
func conflictLine(text string) int {
	line := 0
	for text := range strings.Lines(text) {
		line++
		if strings.HasPrefix(text, "<<<<<<< ") || strings.HasPrefix(text, ">>>>>>> ") {
			return line
		}
	}
	return 0
}

func snapshotPresent(f *facts) []finding.Finding {
	var out []finding.Finding
	for i, m := range f.history.Migrations {
		// With the prefix "none" only the last migration has one.
		if m.HasSnapshot || strings.HasPrefix(m.Entry.Tag, "_") || f.removedHere("meta/"+filepath.Base(m.SnapshotFile)) {
			continue
		}
		out = append(out, f.entry(i, "tag", finding.Finding{
			Code: "snapshot-missing", Severity: finding.Error,
			Message: fmt.Sprintf("entry %s has no snapshot meta/%s", m.Entry.Tag, filepath.Base(m.SnapshotFile)),
			Hint:    "restore it from version control; migrations made with skein generate --custom have one from the start",
		}))
	}
	return out
}

func snapshotNamed(f *facts) []finding.Finding {
	if f.history.JournalError != nil {
		return nil
	}
	var out []finding.Finding
	for _, path := range f.history.OrphanSnapshots {
		out = append(out, finding.Finding{
			Code: "snapshot-orphan", Severity: finding.Error, File: path,
			Message: "no journal entry names this snapshot, yet the next migration may start from it",
			Hint:    "remove it, or restore its journal entry and SQL file from version control",
		})
	}
	return out
}
