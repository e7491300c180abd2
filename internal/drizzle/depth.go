package drizzle

import (
	"errors"

	"github.com/skein-db/skein/internal/diag"
)

// Limits of nesting. A parser recurses once per level and cannot be stopped
// from outside when the stack runs out, so what is deeper is refused first. No
// code comes near; data pasted by accident might.
const (
	smallFile  = 64 << 10 // bytes; nothing in a file this small is too deep
	mostLevels = 5_000    // of brackets
	mostInARow = 50_000   // operators without a bracket, comma or semicolon
)

var errNested = errors.New("nested too deeply")

func nestedTooDeep(file string) *diag.Error {
	return &diag.Error{Kind: diag.Usage, File: file, Message: "this file is nested too deeply to be code",
		Hint: "move data out of the schema files"}
}

// tooDeep reports whether source nests deeper than a parser can take. It knows
// strings and comments but not regular expressions, which is near enough for a
// limit this far off.
func tooDeep(source []byte) bool {
	if len(source) < smallFile {
		return false
	}
	levels, operators := 0, 0
	for i := 0; i < len(source); i++ {
		switch c := source[i]; c {
		case '(', '[', '{':
			levels++
			operators = 0
		case ')', ']', '}':
			levels = max(0, levels-1)
			operators = 0
		case ';', ',':
			operators = 0
		case '\'', '"', '`':
			i = afterString(source, i)
		case '/':
			i = afterComment(source, i)
		case '!', '~', '+', '-', '?', '>', '=', '*':
			operators++
		case ' ':
			if i > 0 && i+1 < len(source) && isLetter(source[i-1]) && isLetter(source[i+1]) {
				operators++ // new, await, typeof
			}
		}
		if levels > mostLevels || operators > mostInARow {
			return true
		}
	}
	return false
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// afterString returns the index of the quote that ends the string at i. The
// code inside a template counts as part of its text, unless it nests.
func afterString(source []byte, i int) int {
	quote := source[i]
	for j := i + 1; j < len(source); j++ {
		switch c := source[j]; {
		case c == '\\':
			j++
		case c == quote:
			return j
		case c == '\n' && quote != '`':
			return j // not a string after all
		case c == '$' && quote == '`' && j+1 < len(source) && source[j+1] == '{':
			return j // go on as in code; a closing quote will open a string
		}
	}
	return len(source)
}

// afterComment returns the index at which the comment at i ends, i itself where
// there is none.
func afterComment(source []byte, i int) int {
	if i+1 >= len(source) {
		return i
	}
	switch source[i+1] {
	case '/':
		for i < len(source) && source[i] != '\n' {
			i++
		}
	case '*':
		for i += 3; i < len(source); i++ {
			if source[i] == '/' && source[i-1] == '*' {
				break
			}
		}
	}
	return i
}
