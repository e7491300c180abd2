package check

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

// sqlMerged finds what git writes around the two sides of a conflict.
func sqlMerged(f *facts) []finding.Finding {
	var out []finding.Finding
	for _, m := range f.history.Migrations {
		if line := conflictLine(m.SQL); line > 0 {
			out = append(out, finding.Finding{
				Code: conflictMarkers, Severity: finding.Error, File: m.File, Line: line, Migration: m.Entry.Tag,
				Message: "the SQL file has git conflict markers; the merge that wrote it is not resolved",
				Hint:    "keep the SQL of one side only if it is the same migration; two migrations need a file each",
			})
		}
	}
	return out
}

// conflictLine returns the first line with a conflict marker, 0 where there is
// none. "=======" and "|||||||" alone also stand under headings in texts and
// comments, so within those they do not count.
func conflictLine(sql string) int {
	line, offset := 0, 0
	for text := range strings.Lines(sql) {
		line++
		switch snapshot.ConflictMarker(text) {
		case "<<<<<<<", ">>>>>>>":
			return line
		case "=======", "|||||||":
			if !quotedAt(sql, offset) {
				return line
			}
		}
		offset += len(text)
	}
	return 0
}

// quotedAt reports whether an offset of a file lies in a literal or a comment.
func quotedAt(file string, offset int) bool {
	for _, piece := range sqltext.Split(file) {
		if offset < piece.Offset+len(piece.Text) {
			return sqltext.Quoted(piece.Text, offset-piece.Offset)
		}
	}
	return false
}

const byteOrderMark = "\uFEFF"

// sqlMarked finds byte order marks. PostgreSQL takes one for part of the first
// word, and drizzle's migrator sends the file as it is.
func sqlMarked(f *facts) []finding.Finding {
	var out []finding.Finding
	for _, m := range f.history.Migrations {
		if strings.HasPrefix(m.SQL, byteOrderMark) && !f.editedHere(m.Entry.Tag+".sql") {
			out = append(out, finding.Finding{
				Code: "sql-bom", Severity: finding.Error, File: m.File, Line: 1, Migration: m.Entry.Tag,
				Message: "the SQL file starts with a byte order mark, which PostgreSQL takes for part of the first word when drizzle's migrator sends it",
				Hint:    "save the file as UTF-8 without a byte order mark",
			})
		}
	}
	return out
}

// lineEndsPinned is one finding for all: git can turn one kind of line end into
// the other, and then the hashes that databases keep are those of other bytes.
func lineEndsPinned(f *facts) []finding.Finding {
	var dos []history.Migration
	unix := 0
	for _, m := range f.history.Migrations {
		switch {
		case f.editedHere(m.Entry.Tag + ".sql"):
		case strings.Contains(m.SQL, "\r\n"):
			dos = append(dos, m)
		case m.SQL != "":
			unix++
		}
	}
	if len(dos) == 0 || f.pinned {
		return nil
	}
	which := fmt.Sprintf("%d SQL files have", len(dos))
	switch {
	case unix == 0:
		which = "all SQL files have"
	case len(dos) == 1:
		which = filepath.Base(dos[0].File) + " has"
	}
	message := which + " Windows line ends, which git may change on its way to another machine: databases keep a hash of the bytes"
	if unix > 0 {
		message = which + " Windows line ends, others have not, and git may change either on its way to another machine: databases keep a hash of the bytes"
	}
	return []finding.Finding{{
		Code: "line-endings", Severity: finding.Warning, File: dos[0].File, Line: dosLine(dos[0].SQL), Message: message,
		Hint: `write "*.sql -text" into a file .gitattributes in the migrations folder, so that git keeps the bytes as they are`,
	}}
}

// dosLine returns the first line that ends as on Windows.
func dosLine(text string) int {
	before, _, _ := strings.Cut(text, "\r\n")
	return 1 + strings.Count(before, "\n")
}

// sqlWritten finds migrations that nobody has written yet. One that is empty
// on purpose says so in a comment.
func sqlWritten(f *facts) []finding.Finding {
	var out []finding.Finding
	for _, m := range f.history.Migrations {
		if !m.HasSQL || strings.TrimSpace(strings.ReplaceAll(m.SQL, history.CustomText, "")) != "" {
			continue
		}
		out = append(out, finding.Finding{
			Code: "sql-empty", Severity: finding.Warning, File: m.File, Migration: m.Entry.Tag,
			Message: "the migration has no SQL: databases that run it like this never run what is added later",
			Hint:    "write the SQL; if there is nothing to do, say why in a comment",
		})
	}
	return out
}

// dataWords begin statements that change no object that a snapshot holds.
var dataWords = []string{"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "TRUNCATE", "SET", "ANALYZE"}

// dataOnly reports whether a migration surely changes no schema. A DO block may.
func dataOnly(sql string) bool {
	for _, piece := range sqltext.Split(sql) {
		for _, s := range sqltext.Statements(piece.Text) {
			word := sqltext.Keywords(s.Text, 1)
			if len(word) == 0 || !slices.Contains(dataWords, word[0]) || strings.Contains(strings.ToUpper(s.Text), "INTO") && word[0] == "SELECT" {
				return false
			}
		}
	}
	return true
}
