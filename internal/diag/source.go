package diag

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	excerptBefore = 3   // lines shown before the one with the caret
	excerptWidth  = 100 // characters of a line
	excerptLead   = 60  // characters kept before the caret where a line is cut
)

// Cursor follows a file from its start to its end and knows line and column
// as an editor shows them. To ask position for each statement of a large file
// would read all before it each time.
type Cursor struct {
	file                 string
	offset, line, column int
}

// NewCursor returns a cursor at the start of a file.
func NewCursor(file string) *Cursor { return &Cursor{file: file, line: 1, column: 1} }

// To moves forward to the offset.
func (c *Cursor) To(offset int) (line, column int) {
	for c.offset < offset {
		r, size := utf8.DecodeRuneInString(c.file[c.offset:])
		switch {
		case r == '\n':
			c.line, c.column = c.line+1, 1
		case r != '\uFEFF' || c.offset > 0:
			c.column++
		}
		c.offset += size
	}
	return c.line, c.column
}

// Position returns line and column of a byte offset as an editor shows them.
func Position(file string, offset int) (line, column int) {
	line, column = LineColumn([]byte(file), offset)
	if line == 1 && strings.HasPrefix(file, "\uFEFF") {
		column = max(1, column-1)
	}
	return line, column
}

// Excerpt shows the lines of a statement up to the one with the offset at,
// numbered, with a caret below that place:
//
//	3 | ALTER TABLE "users"
//	4 |   ADD COLUMN "age" intger;
//	  |                    ^
//
// Of a statement that failed as a whole (at is its start) its first lines are
// shown instead, with the caret below its first character.
func Excerpt(file string, start, at, end int) string {
	caretLine, column := LineColumn([]byte(file), at)
	first, _ := LineColumn([]byte(file), start)
	last := caretLine
	if at == start {
		last, _ = LineColumn([]byte(file), end)
		last = min(last, caretLine+excerptBefore)
	}
	first = max(first, caretLine-excerptBefore)
	lines := strings.Split(file, "\n")
	width := len(fmt.Sprint(last))
	var b strings.Builder
	for n := first; n <= last && n <= len(lines); n++ {
		shown, caret := cutLine(lines[n-1], n == caretLine, column)
		fmt.Fprintf(&b, "%*d | %s\n", width, n, shown)
		if n == caretLine {
			fmt.Fprintf(&b, "%*s | %s^\n", width, "", caret)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// cutLine returns what of a line is shown and the white space that puts a
// caret below the column.
func cutLine(line string, caret bool, column int) (shown, pad string) {
	runes := []rune(strings.TrimRight(strings.TrimPrefix(line, "\uFEFF"), "\r"))
	if caret && strings.HasPrefix(line, "\uFEFF") {
		column--
	}
	before, after := "", ""
	at := max(0, min(column-1, len(runes)))
	if !caret {
		at = 0
	}
	if at > excerptLead && len(runes) > excerptWidth {
		runes, at, before = runes[at-excerptLead:], excerptLead, "…"
	}
	if len(runes) > excerptWidth {
		runes, after = runes[:excerptWidth], "…"
	}
	for _, r := range before + string(runes[:at]) {
		if r != '\t' {
			r = ' '
		}
		pad += string(r)
	}
	return before + string(runes) + after, pad
}
