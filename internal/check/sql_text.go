package check

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// breakpointsOutside finds breakpoints inside something. drizzle's migrator
// looks for their text and for nothing around it.
func breakpointsOutside(m *migrationSQL) []finding.Finding {
	var out []finding.Finding
	for _, b := range sqltext.MisplacedBreakpoints(m.text) {
		out = append(out, m.at(b.Offset, b.Offset, b.Offset+len(sqltext.Breakpoint), finding.Finding{
			Code: "breakpoint-inside", Severity: finding.Error,
			Message: fmt.Sprintf("the breakpoint stands inside %s: the file is cut there all the same, into two pieces of which neither is what was meant", b.Within),
			Hint:    "take the breakpoint out; in a text that needs these words, write them in two parts joined by ||",
		}))
	}
	return out
}

// breakpointsSpelled finds comments that only look like breakpoints. What is
// around one is sent as one query, which the drivers with prepared statements
// (neon-http, pglite) refuse.
func breakpointsSpelled(m *migrationSQL) []finding.Finding {
	var out []finding.Finding
	for _, at := range sqltext.MisspelledBreakpoints(m.text) {
		out = append(out, m.at(at, at, at, finding.Finding{
			Code: "breakpoint-misspelled", Severity: finding.Warning,
			Message: "this comment is no breakpoint, so the statements around it are sent to the server as one",
			Hint:    fmt.Sprintf("a breakpoint is written %s, letter for letter", sqltext.Breakpoint),
		}))
	}
	return out
}

// sqlReadable finds what PostgreSQL's parser refuses. Only what no version
// could read is an error: the grammar that is asked is that of PostgreSQL 17.
func sqlReadable(m *migrationSQL) []finding.Finding {
	var out []finding.Finding
	cut := m.cutPieces()
	for i := range m.statements {
		s := &m.statements[i]
		if s.Err == nil || s.Err.Unread || cut[s.Piece] || m.psqlOnly(s) {
			continue
		}
		at := s.Err.Offset
		if at < s.Offset {
			at = s.Offset
		}
		found := finding.Finding{
			Code: "sql-syntax", Severity: finding.Warning, Message: "PostgreSQL 17 cannot read the statement: " + s.Err.Message,
			Hint: "migrate stops here, unless the statement is of a newer version of PostgreSQL",
		}
		switch {
		case strings.HasPrefix(s.Err.Message, "unterminated "):
			found.Severity, found.Message = finding.Error, "PostgreSQL cannot read the statement: "+s.Err.Message
			found.Hint = "close what is opened here"
		case joined(s, at-s.Offset):
			found = finding.Finding{
				Code: "breakpoint-missing", Severity: finding.Error,
				Message: "two statements have neither a semicolon nor a breakpoint between them",
				Hint:    fmt.Sprintf("write ; or %s in front of the second", sqltext.Breakpoint),
			}
		}
		out = append(out, m.at(s.Offset, at, s.End(), found))
	}
	return out
}

// cutPieces are the pieces on both sides of a breakpoint inside something:
// that they cannot be read says nothing more.
func (m *migrationSQL) cutPieces() map[int]bool {
	out := map[int]bool{}
	for _, b := range sqltext.MisplacedBreakpoints(m.text) {
		n := strings.Count(m.text[:b.Offset], sqltext.Breakpoint)
		for i := range b.Count + 1 {
			out[n+i] = true
		}
	}
	return out
}

// joined reports whether a statement that cannot be read is two that can.
func joined(s *sqltree.Statement, at int) bool {
	if at <= 0 || at >= len(s.Text) {
		return false
	}
	for _, part := range []string{s.Text[:at], s.Text[at:]} {
		statements, err := sqltree.Parse(part)
		if err != nil || len(statements) != 1 || statements[0].Err != nil {
			return false
		}
	}
	return true
}

// psqlOnly reports whether a statement cannot be read because of a command of
// psql, or is the rows behind COPY.
func (m *migrationSQL) psqlOnly(s *sqltree.Statement) bool {
	if s.Err != nil && s.Err.Offset >= 0 && s.Err.Offset < len(m.text) && m.text[s.Err.Offset] == '\\' {
		return true
	}
	for i := range m.statements {
		before := &m.statements[i]
		if copied, ok := before.Node.(*sqltree.Insert); ok && copied.Stdin && before.Piece == s.Piece && before.Offset < s.Offset {
			return true
		}
	}
	return false
}

// serverOnly finds what only psql understands.
func serverOnly(m *migrationSQL) []finding.Finding {
	var out []finding.Finding
	rows := false
	for i := range m.statements {
		s := &m.statements[i]
		switch n := s.Node.(type) {
		case *sqltree.Insert:
			if rows = n.Stdin; rows {
				out = append(out, m.of(s, finding.Finding{
					Code: "sql-copy", Severity: finding.Error,
					Message: "COPY FROM stdin waits for rows that only psql reads out of a file",
					Hint:    "write the rows as INSERT",
				}))
			}
		case *sqltree.Other:
			if !rows && s.Err != nil && m.psqlOnly(s) {
				word, _, _ := strings.Cut(strings.TrimRight(m.text[s.Err.Offset:s.End()], ";"), "\n")
				word, _, _ = strings.Cut(word, " ")
				out = append(out, m.at(s.Offset, s.Err.Offset, s.End(), finding.Finding{
					Code: "sql-psql", Severity: finding.Error,
					Message: strings.TrimSpace(word) + " is a command of psql, which the server does not know",
					Hint:    "write what it does as SQL, or take it out",
				}))
			}
		}
	}
	return out
}
