package query

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skein-db/skein/internal/sqltext"
)

// Statement is one statement of a text.
type Statement struct {
	SQL        string
	Start, End int // in the text, counted in UTF-16 units as the page does

	offset int // in bytes
}

// Split cuts a text into its statements.
func Split(text string) []Statement {
	var all []Statement
	at, units := 0, 0
	to := func(offset int) int {
		for at < offset {
			r, size := utf8.DecodeRuneInString(text[at:])
			units++
			if r > 0xFFFF {
				units++
			}
			at += size
		}
		return units
	}
	for _, s := range sqltext.Statements(text) {
		start := to(s.Offset)
		all = append(all, Statement{SQL: strings.TrimSuffix(s.Text, ";"), Start: start, End: to(s.Offset + len(s.Text)), offset: s.Offset})
	}
	return all
}

// reading are the first words of statements that a read-only transaction may
// run. What else there is writes, or acts beyond the transaction.
var reading = []string{"SELECT", "WITH", "VALUES", "TABLE", "EXPLAIN", "SHOW", "SET", "RESET", "PREPARE", "EXECUTE", "DEALLOCATE", "DECLARE", "FETCH", "MOVE", "CLOSE", "DO"}

// control are the first words of statements that begin or end transactions.
var control = []string{"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"}

// writes names what a statement does that needs leave to write; "" where it
// needs none.
func (s Statement) writes() string {
	code := s.SQL[sqltext.FirstCode(s.SQL):]
	if strings.HasPrefix(code, "(") {
		return ""
	}
	words := sqltext.Keywords(s.SQL, 3)
	switch {
	case len(words) == 0:
		return "this"
	case !slices.Contains(reading, words[0]):
		return words[0]
	case len(words) > 1 && words[0] == "PREPARE" && words[1] == "TRANSACTION",
		len(words) > 1 && words[0] == "SET" && (words[1] == "TRANSACTION" || words[1] == "SESSION" && len(words) > 2 && (words[2] == "CHARACTERISTICS" || words[2] == "AUTHORIZATION")):
		return words[0] + " " + words[1]
	}
	return ""
}

// controls says whether a statement begins or ends a transaction.
func (s Statement) controls() bool {
	words := sqltext.Keywords(s.SQL, 2)
	return len(words) > 0 && (slices.Contains(control, words[0]) || len(words) > 1 && words[0] == "PREPARE" && words[1] == "TRANSACTION")
}
