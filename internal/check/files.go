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
		Code: "write-interrupted", Severity: finding.Error, File: f.history.Interrupted, Fixable: true,
		Message: "skein was killed while it wrote a migration; drizzle-kit does not start on the folder like this",
		Hint:    "run skein status or skein generate: the first command that opens the folder completes the migration",
	}}
}

func sqlPresent(f *facts) []finding.Finding {
	var out []finding.Finding
	for i, m := range f.history.Migrations {
		if !m.HasSQL && f.twin[m.File] == "" && !f.removedHere(m.Entry.Tag+".sql") {
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
		if f.twin[path] != "" {
			continue // nameCased tells
		}
		found := finding.Finding{
			Code: "sql-orphan", Severity: finding.Error, File: path,
			Message: "no journal entry names this SQL file, so no database ever runs it",
			Hint:    "make a migration with skein generate --custom and move the SQL there, or remove the file",
		}
		if tag := f.numbered(tagPrefix(filepath.Base(path))); tag != "" {
			found.Message += "; its number is that of " + tag
		}
		if name := filepath.Base(path); name[0] < '0' || name[0] > '9' {
			found.Severity = finding.Warning // it may never have been meant as a migration
			found.Hint = "if it is no migration, keep it in another folder"
		}
		out = append(out, found)
	}
	return out
}

// numbered returns the tag of an entry with this prefix, "" where there is none.
func (f *facts) numbered(prefix string) string {
	for _, m := range f.history.Migrations {
		if prefix != "" && tagPrefix(m.Entry.Tag) == prefix {
			return m.Entry.Tag
		}
	}
	return ""
}

// nameCased finds SQL files that are told apart, or not told apart, by upper
// and lower case alone: macOS and Windows take the names for one, Linux does not.
func nameCased(f *facts) []finding.Finding {
	var out []finding.Finding
	for _, path := range f.history.OrphanSQL {
		twin := f.twin[path]
		if twin == "" {
			continue
		}
		found := finding.Finding{
			Code: "name-case", Severity: finding.Error, File: path, Migration: strings.TrimSuffix(filepath.Base(twin), ".sql"),
			Message: fmt.Sprintf("the file's name is %s in another case: where case matters, as on Linux, the entry has no SQL file", filepath.Base(twin)),
			Hint:    "rename the file to what the journal says; on macOS and Windows in two steps, with git mv",
		}
		if f.twin[twin] == "" {
			found.Message = fmt.Sprintf("the file's name differs from %s in case alone: on macOS and Windows one takes the place of the other", filepath.Base(twin))
			found.Hint = "no journal entry names this one: remove it, or give its SQL to a migration with another name"
		}
		out = append(out, found)
	}
	return out
}

// metaKnown finds what drizzle-kit takes for a snapshot in meta, and stops at.
func metaKnown(f *facts) []finding.Finding {
	var out []finding.Finding
	for _, path := range f.history.OtherMeta {
		out = append(out, finding.Finding{
			Code: "meta-foreign", Severity: finding.Error, File: path,
			Message: "drizzle-kit takes everything in meta for a snapshot, and stops at this",
			Hint:    "remove it, or keep it in another folder",
		})
	}
	return out
}

func snapshotPresent(f *facts) []finding.Finding {
	var out []finding.Finding
	for i, m := range f.history.Migrations {
		// With the prefix "none" only the last migration has one.
		if m.HasSnapshot || strings.HasPrefix(m.Entry.Tag, "_") || f.removedHere("meta/"+filepath.Base(m.SnapshotFile)) {
			continue
		}
		out = append(out, f.entry(i, "tag", finding.Finding{
			Code: "snapshot-missing", Severity: finding.Error, Fixable: f.snapshotMendable(i),
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
