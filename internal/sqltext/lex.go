package sqltext

import "strings"

// token is the kind of a lexical unit, as coarse as cutting statements allows.
type token uint8

const (
	end       token = iota
	space           // white space, a comment, or a byte order mark at the start
	word            // an unquoted identifier or key word
	quoted          // a string or a quoted identifier, whole
	semicolon       // ;
	open            // (
	closing         // )
	other           // one byte of anything else
)

// byteOrderMark is no SQL, but editors put it in front of files.
const byteOrderMark = "\uFEFF"

// lexer walks through SQL by the rules of
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html, with
// standard_conforming_strings on. Every input has tokens: what is not closed
// reaches to the end.
type lexer struct {
	text string
	pos  int // where the next token starts
}

// next returns the kind and the text of the next token and moves behind it.
func (l *lexer) next() (token, string) {
	start := l.pos
	kind := l.scan()
	return kind, l.text[start:l.pos]
}

// scan moves behind the next token.
func (l *lexer) scan() token {
	rest := l.text[l.pos:]
	if rest == "" {
		return end
	}
	switch c := rest[0]; {
	case isSpace(c):
		l.pos++
		for l.pos < len(l.text) && isSpace(l.text[l.pos]) {
			l.pos++
		}
		return space
	case strings.HasPrefix(rest, "--"):
		l.pos += lineEnd(rest)
		return space
	case strings.HasPrefix(rest, "/*"):
		l.blockComment()
		return space
	case l.pos == 0 && strings.HasPrefix(rest, byteOrderMark):
		l.pos += len(byteOrderMark)
		return space
	case c == '\'' || c == '"':
		l.quotedBy(c)
		return quoted
	case c == '$' && l.dollarQuoted():
		return quoted
	case isWordStart(c):
		return l.word()
	case c == ';':
		l.pos++
		return semicolon
	case c == '(':
		l.pos++
		return open
	case c == ')':
		l.pos++
		return closing
	}
	l.pos++
	return other
}

// word reads an identifier, or a string with C-style escapes where the
// identifier is the E in front of one. The other prefixes (B, N, U&, X) leave
// the string's lexical form as it is and need no care.
func (l *lexer) word() token {
	start := l.pos
	for l.pos < len(l.text) && isWordPart(l.text[l.pos]) {
		l.pos++
	}
	if strings.EqualFold(l.text[start:l.pos], "e") && l.pos < len(l.text) && l.text[l.pos] == '\'' {
		l.escapeString()
		return quoted
	}
	return word
}

// blockComment reads /* … */, which nests.
func (l *lexer) blockComment() {
	depth := 0
	for l.pos < len(l.text) {
		switch {
		case strings.HasPrefix(l.text[l.pos:], "/*"):
			depth++
			l.pos += 2
		case strings.HasPrefix(l.text[l.pos:], "*/"):
			depth--
			l.pos += 2
			if depth == 0 {
				return
			}
		default:
			l.pos++
		}
	}
}

// quotedBy reads a string or identifier in which a doubled quote stands for
// one.
func (l *lexer) quotedBy(quote byte) {
	l.pos++
	for l.pos < len(l.text) {
		c := l.text[l.pos]
		l.pos++
		if c != quote {
			continue
		}
		if l.pos == len(l.text) || l.text[l.pos] != quote {
			return
		}
		l.pos++
	}
}

// escapeString reads the quotes of E'…'. Such a string goes on, escapes
// included, in a next pair of quotes when only white space with a newline
// stands between the two.
func (l *lexer) escapeString() {
	for {
		l.pos++
		l.escapeStringBody()
		gap := continuation(l.text[l.pos:])
		if gap < 0 {
			return
		}
		l.pos += gap
	}
}

// escapeStringBody reads up to and with the closing quote.
func (l *lexer) escapeStringBody() {
	for l.pos < len(l.text) {
		switch l.text[l.pos] {
		case '\\':
			l.pos = min(l.pos+2, len(l.text))
		case '\'':
			l.pos++
			if l.pos == len(l.text) || l.text[l.pos] != '\'' {
				return
			}
			l.pos++
		default:
			l.pos++
		}
	}
}

// continuation returns the length of the gap to the quote that continues a
// string, or -1 when the string ends here. Comments count as white space from
// the first newline on, and only those to the end of the line.
func continuation(rest string) int {
	i, newline := 0, false
	for i < len(rest) {
		switch c := rest[i]; {
		case c == '\'' && newline:
			return i
		case isSpace(c):
			newline = newline || c == '\n' || c == '\r'
			i++
		case newline && strings.HasPrefix(rest[i:], "--"):
			i += lineEnd(rest[i:])
		default:
			return -1
		}
	}
	return -1
}

// dollarQuoted reads $tag$…$tag$, or moves nowhere and returns false when no
// such string starts here.
func (l *lexer) dollarQuoted() bool {
	i := l.pos + 1
	for i < len(l.text) && l.text[i] != '$' {
		c := l.text[i]
		if !isWordStart(c) && (!isDigit(c) || i == l.pos+1) {
			return false
		}
		i++
	}
	if i == len(l.text) {
		return false
	}
	tag := l.text[l.pos : i+1]
	body := l.text[i+1:]
	if closed := strings.Index(body, tag); closed >= 0 {
		l.pos = i + 1 + closed + len(tag)
	} else {
		l.pos = len(l.text)
	}
	return true
}

// lineEnd returns the length of the line without what ends it.
func lineEnd(text string) int {
	if i := strings.IndexAny(text, "\n\r"); i >= 0 {
		return i
	}
	return len(text)
}

func isSpace(c byte) bool {
	return c == ' ' || '\t' <= c && c <= '\r'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWordStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

func isWordPart(c byte) bool {
	return isWordStart(c) || isDigit(c) || c == '$'
}
