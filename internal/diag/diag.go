// Package diag holds the one error shape that reaches a user: what happened,
// where, and what to do next.
//
// Any package may return an *Error; the command line prints it and turns its
// Kind into the exit code. Errors of other types are bugs of Skein when they
// reach the top.
package diag

import (
	"fmt"
	"strings"
)

// Kind says who has to act, and with it the exit code.
type Kind int

// The kinds, in the order of their exit codes.
const (
	// Refused: findings, or a plan that was not approved. Exit code 1.
	Refused Kind = iota + 1
	// Usage: wrong flags, configuration, schema files or migrations folder. Exit code 2.
	Usage
	// Database: PostgreSQL said no, or could not be reached. Exit code 3.
	Database
	// Bug: something that cannot happen did. Exit code 4.
	Bug
)

// Error is an error a user can act on.
type Error struct {
	Kind    Kind
	File    string // path as the user would type it, "" where no file is concerned
	Line    int    // 1-based, 0 where unknown
	Column  int    // 1-based in characters, 0 where unknown
	Message string // one sentence in lower case, without a final period
	Detail  string // more lines: a caret under the source, PostgreSQL's detail; may be ""
	Hint    string // what to do next; may be "" only where nothing can be done
	Err     error  // the cause, or nil; its text is not printed again
}

// Error returns "file:line:column: message" and, on lines of their own, the
// detail and the hint.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Position())
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	if e.Detail != "" {
		b.WriteString("\n" + e.Detail)
	}
	if e.Hint != "" {
		b.WriteString("\nhint: " + e.Hint)
	}
	return b.String()
}

// Position returns "file:line:column" as far as it is known.
func (e *Error) Position() string {
	switch {
	case e.File == "":
		return ""
	case e.Line == 0:
		return e.File
	case e.Column == 0:
		return fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	return fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// LineColumn returns the 1-based line and column, counted in characters, of
// the byte offset in text. An offset past the end counts as the end.
func LineColumn(text []byte, offset int) (line, column int) {
	offset = max(0, min(offset, len(text)))
	before := string(text[:offset])
	line = 1 + strings.Count(before, "\n")
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		before = before[i+1:]
	}
	return line, 1 + len([]rune(before))
}
