package sqltext

import "strings"

// Statement is one SQL statement of a longer text.
type Statement struct {
	Text   string // from its first key word to its semicolon, both included
	Offset int    // of Text in the text that was cut
}

// FirstCode returns the offset of the first character that is neither white
// space nor part of a comment, or len(piece) when there is none.
func FirstCode(piece string) int {
	l := lexer{text: piece}
	for {
		at := l.pos
		if kind, _ := l.next(); kind != space {
			return at
		}
	}
}

// Statements cuts a text at the semicolons where PostgreSQL cuts it. Empty
// statements are left out, as the server leaves them out, so that the n-th
// statement here is the n-th that the server answers. The cut is lexical: in
// a text that is not valid SQL it may differ from what a person would say.
func Statements(piece string) []Statement {
	var found []Statement
	for c := (cutter{lexer: lexer{text: piece}}); ; {
		start, stop := c.statement()
		if start == stop {
			return found
		}
		if stop > start+1 || piece[start] != ';' {
			found = append(found, Statement{Text: piece[start:stop], Offset: start})
		}
	}
}

// Quoted reports whether the offset lies inside a string, a quoted name, a
// dollar-quoted body or a comment.
func Quoted(piece string, offset int) bool {
	for l := (lexer{text: piece}); ; {
		start := l.pos
		kind, text := l.next()
		switch {
		case kind == end || start >= offset:
			return false
		case l.pos > offset:
			comment := kind == space && (text[0] == '-' || text[0] == '/')
			return kind == quoted || comment
		}
	}
}

// Keywords returns up to n unquoted words at the start of the text in upper
// case, without the comments between them; it stops at the first token that
// is no such word.
func Keywords(text string, n int) []string {
	var words []string
	for l := (lexer{text: text}); len(words) < n; {
		switch kind, token := l.next(); kind {
		case space:
		case word:
			words = append(words, strings.ToUpper(token))
		default:
			return words
		}
	}
	return words
}

// Words returns every unquoted word of the text in upper case: key words and
// names, also those in parentheses, and nothing of strings and comments.
func Words(text string) []string {
	var words []string
	for l := (lexer{text: text}); ; {
		switch kind, token := l.next(); kind {
		case end:
			return words
		case word:
			words = append(words, strings.ToUpper(token))
		}
	}
}

// Spaced returns the text with one blank for each run of white space and
// comments between its tokens, so that simple patterns can be matched with it.
func Spaced(text string) string {
	var b strings.Builder
	gap := false
	for l := (lexer{text: text}); ; {
		kind, token := l.next()
		switch {
		case kind == end:
			return b.String()
		case kind == space:
			gap = b.Len() > 0
		default:
			if gap {
				b.WriteByte(' ')
			}
			b.WriteString(token)
			gap = false
		}
	}
}

// cutter finds the ends of statements. A semicolon ends one unless it stands
// in parentheses (CREATE RULE … DO (a; b)) or in the body of a function
// written as BEGIN ATOMIC … END.
type cutter struct {
	lexer
	head    []string // the statement's first words, while they can matter
	routine bool     // the statement creates a function or procedure
	depth   int      // of parentheses
	blocks  int      // open BEGIN ATOMIC and, within it, CASE
	last    string   // the previous token that is not space, upper case
}

// statement moves behind the next statement and its semicolon and returns
// where it starts and stops, equal at the end of the text. Without a
// semicolon it reaches to the last character of code.
func (c *cutter) statement() (start, stop int) {
	start = -1
	c.head, c.routine, c.depth, c.blocks, c.last = nil, false, 0, 0, ""
	for {
		at := c.pos
		kind, text := c.next()
		if kind == space {
			continue
		}
		if start < 0 {
			start, stop = at, at
		}
		if kind == end {
			return start, stop
		}
		stop = c.pos
		if kind == semicolon && c.depth == 0 && c.blocks == 0 {
			return start, stop
		}
		c.track(kind, text)
	}
}

// track keeps count of what a semicolon may stand in.
func (c *cutter) track(kind token, text string) {
	switch kind {
	case open:
		c.depth++
	case closing:
		c.depth = max(0, c.depth-1)
	case word:
		text = strings.ToUpper(text)
		c.headWord(text)
		c.block(text)
	}
	c.last = text
}

// headWord notices CREATE [OR REPLACE] FUNCTION or PROCEDURE.
func (c *cutter) headWord(text string) {
	if len(c.head) == 4 {
		return
	}
	c.head = append(c.head, text)
	switch strings.Join(c.head, " ") {
	case "CREATE FUNCTION", "CREATE PROCEDURE", "CREATE OR REPLACE FUNCTION", "CREATE OR REPLACE PROCEDURE":
		c.routine = true
	}
}

// block counts what END closes in the body of a routine. After AS and a full
// stop the words are names.
func (c *cutter) block(text string) {
	if !c.routine {
		return
	}
	name := c.last == "AS" || c.last == "."
	switch {
	case c.blocks == 0:
		if text == "ATOMIC" && c.last == "BEGIN" {
			c.blocks = 1
		}
	case name:
	case text == "CASE":
		c.blocks++
	case text == "END":
		c.blocks--
	}
}
