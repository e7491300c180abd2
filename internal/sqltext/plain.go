package sqltext

import "strings"

// Plain returns a statement without what says nothing: comments, white space
// but for one space between tokens, and the closing semicolon. Two statements
// with equal plain texts do the same; names are not folded.
func Plain(statement string) string {
	var b strings.Builder
	last := space
	for l := (lexer{text: statement}); ; {
		kind, text := l.next()
		if kind == end {
			return strings.TrimSuffix(b.String(), " ;")
		}
		if kind == space {
			last = space
			continue
		}
		// Two bytes of an operator belong together only where they touch.
		if b.Len() > 0 && (last != other || kind != other) {
			b.WriteByte(' ')
		}
		b.WriteString(text)
		last = kind
	}
}
