package sqltext

import (
	"regexp"
	"strings"
)

// Misplaced is a breakpoint that cuts what belongs together, since drizzle's
// migrator cuts a file at each, wherever it stands.
type Misplaced struct {
	Offset int
	Within string // "a string", "a quoted name", "a dollar-quoted body", "a comment", "parentheses"
	Count  int    // of breakpoints in the same thing
}

// MisplacedBreakpoints finds breakpoints that stand inside something. Those
// that stand in one thing are one, the first.
func MisplacedBreakpoints(file string) []Misplaced {
	var out []Misplaced
	depth, told := 0, false
	l := lexer{text: file}
	for l.pos < len(file) {
		start := l.pos
		kind, text := l.next()
		switch kind {
		case open:
			depth++
		case closing:
			depth = max(0, depth-1)
		case semicolon:
			depth = 0
		}
		if depth == 0 {
			told = false
		}
		at := strings.Index(text, Breakpoint)
		if at < 0 {
			continue
		}
		within := ""
		switch {
		case kind == quoted:
			within = quotedAs(text)
		case strings.HasPrefix(text, "/*"):
			within = "a comment"
		case strings.TrimSpace(text[at+len(Breakpoint):]) != "" && at > 0:
			within = "a comment" // of which the rest becomes SQL
		case depth > 0 && told:
			out[len(out)-1].Count++
		case depth > 0:
			within, told = "parentheses", true
		}
		if within != "" {
			out = append(out, Misplaced{start + at, within, strings.Count(text, Breakpoint)})
		}
		if at == 0 { // what follows on the line is SQL to the server
			l.pos = start + len(Breakpoint)
		}
	}
	return out
}

func quotedAs(token string) string {
	switch token[0] {
	case '"':
		return "a quoted name"
	case '$':
		return "a dollar-quoted body"
	}
	return "a string"
}

var nearlyBreakpoint = regexp.MustCompile(`(?i)^--[\s>-]*statement[\s_-]*break[\s_-]*points?\b`)

// MisspelledBreakpoints returns the offsets of comments that were meant as
// breakpoints and are none: "-- > statement-breakpoint".
func MisspelledBreakpoints(file string) []int {
	var out []int
	l := lexer{text: file}
	for l.pos < len(file) {
		start := l.pos
		kind, text := l.next()
		switch {
		case kind != space:
		case strings.HasPrefix(text, Breakpoint):
			l.pos = start + len(Breakpoint)
		case nearlyBreakpoint.MatchString(text) && !strings.Contains(text, Breakpoint):
			out = append(out, start)
		}
	}
	return out
}
