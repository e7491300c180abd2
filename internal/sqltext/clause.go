package sqltext

import (
	"slices"
	"strings"
)

// Clause returns what of a text comes before the first comma or semicolon
// outside of parentheses, or before the first of the key words (in upper case)
// outside of them, without white space and comments at its end. The text's own
// first word is never such a key word. So it cuts one action out of an ALTER
// TABLE, and a type or a default out of a column's definition.
func Clause(text string, stops ...string) string {
	depth, stop, first := 0, 0, true
	for l := (lexer{text: text}); ; {
		at := l.pos
		kind, token := l.next()
		switch kind {
		case space:
			continue
		case open:
			depth++
		case closing:
			depth--
		}
		word := kind == word && slices.Contains(stops, strings.ToUpper(token))
		if kind == end || depth < 0 || depth == 0 && (kind == semicolon || token == "," || word && !first) {
			return text[:stop]
		}
		first, stop = false, at+len(token)
	}
}

// Clauses cuts a list at the commas outside of parentheses; it ends where
// Clause does.
func Clauses(text string, stops ...string) []string {
	var out []string
	for {
		clause := Clause(text, stops...)
		out = append(out, strings.TrimSpace(clause))
		rest := text[len(clause):]
		rest = rest[FirstCode(rest):]
		if !strings.HasPrefix(rest, ",") {
			return out
		}
		text = rest[1:]
	}
}

// After returns what follows the first of the key words (in upper case)
// outside of parentheses, or "" where it is not there.
func After(text, keyword string) string {
	depth := 0
	for l := (lexer{text: text}); ; {
		kind, token := l.next()
		switch {
		case kind == end:
			return ""
		case kind == open:
			depth++
		case kind == closing:
			depth--
		case kind == word && depth == 0 && strings.EqualFold(token, keyword):
			return strings.TrimLeft(text[l.pos:], " \t\r\n")
		}
	}
}

// Comment is a comment in SQL.
type Comment struct {
	Text   string // with its marks
	Offset int    // of Text in the text that was read
}

// Comments returns the comments of a text. What looks like one in a string or
// in the body of a function is none.
func Comments(text string) []Comment {
	var out []Comment
	for l := (lexer{text: text}); ; {
		at := l.pos
		kind, token := l.next()
		if kind == end {
			return out
		}
		if kind == space && (strings.HasPrefix(token, "--") || strings.HasPrefix(token, "/*")) {
			out = append(out, Comment{token, at})
		}
	}
}

// Identifier is a name in SQL.
type Identifier struct {
	Name   string // without its quotes
	Offset int
}

// Identifiers returns the names of a text, and with them its key words, which
// look the same.
func Identifiers(text string) []Identifier {
	var out []Identifier
	for l := (lexer{text: text}); ; {
		at := l.pos
		switch kind, token := l.next(); {
		case kind == end:
			return out
		case kind == word:
			out = append(out, Identifier{strings.ToLower(token), at})
		case kind == quoted && strings.HasPrefix(token, `"`):
			out = append(out, Identifier{strings.ReplaceAll(strings.Trim(token, `"`), `""`, `"`), at})
		}
	}
}
