// Package sqltext treats SQL as text: where a migration file is cut into
// pieces, where a piece is cut into statements, how names and strings are
// quoted. It knows PostgreSQL's lexical rules and nothing of its grammar.
//
// Two cuts exist and must not be confused. drizzle's migrator cuts a file at
// every breakpoint marker, wherever it stands, and sends each part to the
// server as it is: that is Split. PostgreSQL then cuts such a part at the
// semicolons between statements: that is Statements, which says what a part
// does and which statement of it failed.
//
// All offsets are in bytes.
package sqltext

import "strings"

// Breakpoint is drizzle's marker between the statements of a migration file.
const Breakpoint = "--> statement-breakpoint"

// Piece is one part of a migration file between breakpoints.
type Piece struct {
	Text   string
	Offset int // of Text in the file
	Line   int // 1-based line of the file on which Text starts
}

// Split cuts a migration file as drizzle's migrator does: at each Breakpoint,
// with nothing trimmed. A file without one is a single piece, also when empty.
func Split(file string) []Piece {
	pieces := make([]Piece, 0, 1+strings.Count(file, Breakpoint))
	offset, line := 0, 1
	for {
		text, rest, found := strings.Cut(file[offset:], Breakpoint)
		pieces = append(pieces, Piece{Text: text, Offset: offset, Line: line})
		if !found {
			return pieces
		}
		line += strings.Count(text, "\n")
		offset = len(file) - len(rest)
	}
}

// Join returns the text of the migration file that drizzle-kit writes for the
// statements, with breakpoints or with mere newlines between them.
func Join(statements []string, breakpoints bool) string {
	if breakpoints {
		return strings.Join(statements, Breakpoint+"\n")
	}
	return strings.Join(statements, "\n")
}

// QuoteIdent returns the name as a quoted SQL identifier.
func QuoteIdent(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// QuoteLiteral returns the text as a SQL string. Backslashes stand for
// themselves, as they do since PostgreSQL 9.1 unless
// standard_conforming_strings was turned off.
func QuoteLiteral(text string) string {
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}
