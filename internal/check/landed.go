package check

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// What has landed on the upstream may have run on databases that nobody here
// sees, so it is append-only: these rules compare the folder with the Base.

// compared reports whether there is a base to compare with.
func (f *facts) compared() bool { return f.in.Base != nil && f.in.Base.Skipped == "" }

// restore is the command that brings a file back as it landed.
func (f *facts) restore(file string) string {
	return fmt.Sprintf("git checkout %s -- %s", f.in.Base.short(), diag.ShellQuote(filepath.ToSlash(file)))
}

func landedReadable(f *facts) []finding.Finding {
	if !f.compared() || f.in.Base.err == nil {
		return nil
	}
	why := f.in.Base.err.Error()
	if d, ok := f.in.Base.err.(*diag.Error); ok {
		why = d.Message
	}
	return []finding.Finding{{
		Code: "landed-unreadable", Severity: finding.Warning, File: f.history.JournalFile(),
		Message: fmt.Sprintf("the journal that landed on %s cannot be read, so nothing is known about the entries there", f.in.Base.Revision),
		Detail:  why, Hint: "mend the journal on " + f.in.Base.Revision + " first",
	}}
}

// landedSQLKept finds SQL files that were changed after they landed.
func landedSQLKept(f *facts) []finding.Finding {
	if !f.compared() {
		return nil
	}
	var out []finding.Finding
	for _, m := range f.history.Migrations {
		file, edited := f.in.Base.edited[m.Entry.Tag+".sql"]
		if edited && f.landed[m.Entry.Tag] && !bytes.Equal(file.before, file.after) {
			out = append(out, f.changedSQL(m, string(file.before)))
		}
	}
	return out
}

func (f *facts) changedSQL(m history.Migration, before string) finding.Finding {
	if what := sameButEnds(before, m.SQL); what != "" {
		return finding.Finding{
			Code: "landed-sql-line-endings", Severity: finding.Error, File: m.File, Migration: m.Entry.Tag,
			Message: fmt.Sprintf("%s of the SQL file changed after it landed on %s, and with it the hash that drizzle stores; the SQL is the same", what, f.in.Base.Revision),
			Hint:    fmt.Sprintf("restore it with %s, and let *.sql text eol=lf in .gitattributes keep it so", f.restore(m.File)),
		}
	}
	line, detail := firstDifference(before, m.SQL)
	return finding.Finding{
		Code: "landed-sql-changed", Severity: finding.Error, File: m.File, Line: line, Migration: m.Entry.Tag,
		Message: fmt.Sprintf("the SQL file was changed after it landed on %s: a database that has run it never runs the change", f.in.Base.Revision),
		Detail:  detail,
		Hint:    fmt.Sprintf("restore it with %s, and put the change into a migration of its own", f.restore(m.File)),
	}
}

// sameButEnds says what differs between texts of which the rest is the same:
// their line endings or a byte order mark; "" where it is more than that.
func sameButEnds(before, after string) string {
	const mark = "\uFEFF"
	old, now := strings.TrimPrefix(before, mark), strings.TrimPrefix(after, mark)
	marked := strings.HasPrefix(before, mark) != strings.HasPrefix(after, mark)
	switch unix := strings.NewReplacer("\r\n", "\n"); {
	case old == now && marked:
		return "the byte order mark"
	case unix.Replace(old) != unix.Replace(now):
		return ""
	case marked:
		return "the line endings and the byte order mark"
	}
	return "the line endings"
}

// firstDifference returns the first line that differs, from 1 in after, and
// both sides of it.
func firstDifference(before, after string) (line int, shown string) {
	old, now := strings.Split(before, "\n"), strings.Split(after, "\n")
	i := 0
	for i < len(old)-1 && i < len(now)-1 && old[i] == now[i] {
		i++
	}
	if old[i] == now[i] { // one text goes on where the other ends
		i++
	}
	var b strings.Builder
	for _, side := range []struct {
		sign  string
		lines []string
	}{{"-", old}, {"+", now}} {
		if i < len(side.lines) {
			fmt.Fprintf(&b, "%s %s\n", side.sign, cut(strings.TrimSuffix(side.lines[i], "\r")))
		}
	}
	return min(i+1, len(now)), strings.TrimSuffix(b.String(), "\n")
}

// cut keeps a line readable.
func cut(line string) string {
	const most = 120
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return line
}

// landedSnapshotKept finds snapshots that were changed after they landed.
func landedSnapshotKept(f *facts) []finding.Finding {
	if !f.compared() {
		return nil
	}
	var out []finding.Finding
	seen := map[string]bool{} // with the prefix "none" all share one, which changes with each
	for _, m := range f.history.Migrations {
		name := "meta/" + filepath.Base(m.SnapshotFile)
		file, edited := f.in.Base.edited[name]
		if !edited || seen[name] || bytes.Equal(file.before, file.after) || !f.landed[m.Entry.Tag] || strings.HasPrefix(m.Entry.Tag, "_") {
			continue
		}
		seen[name] = true
		if found, ok := f.changedSnapshot(m, file.before, file.after); ok {
			out = append(out, found)
		}
	}
	return out
}

func (f *facts) changedSnapshot(m history.Migration, before, after []byte) (found finding.Finding, ok bool) {
	found = finding.Finding{
		Code: "landed-snapshot-changed", Severity: finding.Error, File: m.SnapshotFile, Migration: m.Entry.Tag,
		Message: fmt.Sprintf("the snapshot was changed after it landed on %s: it no longer says what databases that ran %s look like", f.in.Base.Revision, m.Entry.Tag),
		Hint:    fmt.Sprintf("restore it with %s, and let skein generate write the difference as a migration", f.restore(m.SnapshotFile)),
	}
	found.Line, _ = firstDifference(string(before), string(after))
	old, err := snapshot.Decode(m.SnapshotFile, before)
	if err != nil {
		found.Detail = "what landed could not be read"
		return found, true
	}
	now, err := snapshot.Decode(m.SnapshotFile, after)
	if err != nil {
		return found, true // why it cannot be read is a finding of its own
	}
	statements := between(&old.Schema, &now.Schema)
	var ids []string
	if old.ID != now.ID {
		ids = append(ids, fmt.Sprintf("id was %s and is %s", old.ID, now.ID))
	}
	if old.PrevID != now.PrevID {
		ids = append(ids, fmt.Sprintf("prevId was %s and is %s", old.PrevID, now.PrevID))
	}
	switch {
	case len(statements) > 0:
		found.Detail = strings.Join(append(ids, quoted(statements)), "\n")
	case len(ids) > 0:
		found.Message = fmt.Sprintf("the snapshot's place in the chain was changed after it landed on %s; the schema in it is the same", f.in.Base.Revision)
		found.Detail = strings.Join(ids, "\n")
		found.Hint = fmt.Sprintf("restore it with %s, unless the chain was broken before", f.restore(m.SnapshotFile))
	case now.Version > old.Version:
		return found, false // drizzle-kit up
	default:
		return finding.Finding{
			Code: "landed-snapshot-layout", Severity: finding.Warning, File: m.SnapshotFile, Line: found.Line, Migration: m.Entry.Tag,
			Message: fmt.Sprintf("the text of the snapshot was changed after it landed on %s; it says the same", f.in.Base.Revision),
			Hint:    "restore it with " + f.restore(m.SnapshotFile) + "; a formatter should leave the folder alone",
		}, true
	}
	return found, true
}

// between is the SQL that leads from one schema to the other, as in schemaHeld.
func between(from, to *schema.Schema) []string {
	result, err := diff.Compute(from, to, diff.CreateAll)
	if err != nil {
		return nil
	}
	return result.Statements()
}

// landedFilesKept finds files that landed and are gone. Where the entry is gone
// too, landedEntriesKept tells.
func landedFilesKept(f *facts) []finding.Finding {
	if !f.compared() {
		return nil
	}
	var out []finding.Finding
	for _, m := range f.history.Migrations {
		if !f.landed[m.Entry.Tag] {
			continue
		}
		for _, file := range []struct{ path, name, what string }{
			{m.File, m.Entry.Tag + ".sql", "SQL file"}, {m.SnapshotFile, "meta/" + filepath.Base(m.SnapshotFile), "snapshot"},
		} {
			if f.removedHere(file.name) {
				out = append(out, finding.Finding{
					Code: "landed-file-removed", Severity: finding.Error, File: file.path, Migration: m.Entry.Tag,
					Message: fmt.Sprintf("the %s of %s landed on %s and is gone", file.what, m.Entry.Tag, f.in.Base.Revision),
					Hint:    "restore it with " + f.restore(file.path),
				})
			}
		}
	}
	return out
}

// editedHere reports whether a file of the folder landed and was changed, which
// the rules about what has landed tell better than those that look at it as it is.
func (f *facts) editedHere(name string) bool {
	if !f.compared() || f.in.Base.files[name] == "" {
		return false
	}
	_, edited := f.in.Base.edited[name]
	return edited
}

// removedHere reports whether a file of the folder landed and is gone, which
// landedFilesKept tells better than the rules that miss it.
func (f *facts) removedHere(name string) bool {
	return f.compared() && slices.Contains(f.in.Base.removed, name)
}
