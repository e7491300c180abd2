package sqltree

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
)

// readBody reads what a DO block runs. A block that cannot be parsed, or is in
// another language than PL/pgSQL, is opaque.
func (s *Statement) readBody(node object, total int) error {
	if s.Node.(*Do).Language != "plpgsql" {
		s.Opaque = true
		return nil
	}
	answered, err := answer(askPLpgSQL, s.Text, total)
	var said *parserError
	if errors.As(err, &said) {
		s.Opaque = true
		return nil
	}
	if err != nil {
		return err
	}
	var functions any
	if err := json.Unmarshal(answered, &functions); err != nil {
		return err
	}
	b := body{of: s, total: total}
	// The body stands in the statement as it is, unless it is written as a
	// quoted string with quotes doubled; then what it runs has no place.
	code := option(node, "args", "as")
	if at := strings.Index(s.Text, code); at >= 0 {
		b.from, b.to = at, at+len(code)
	}
	b.walk(functions, false)
	return b.err
}

// body gathers the statements of a DO block.
type body struct {
	of       *Statement
	total    int
	from, to int // what of the block's text has not been gone through yet
	err      error
}

// guards are the fields of PL/pgSQL's statements that hold statements which
// may not be run.
var guards = map[string]bool{
	"then_body": true, "elsif_list": true, "else_body": true, "case_when_list": true, "else_stmts": true, "exceptions": true,
}

func (b *body) walk(v any, guarded bool) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			b.walk(item, guarded)
		}
	case map[string]any:
		b.fields(v, guarded)
	}
}

// The order in which a statement's fields stand in its text, as far as it
// matters for finding them again.
var fieldOrder = []string{"cond", "then_body", "elsif_list", "else_body", "t_expr", "case_when_list", "else_stmts", "query", "body", "exceptions"}

func (b *body) fields(m map[string]any, guarded bool) {
	if dynamic, ok := m["PLpgSQL_stmt_dynexecute"].(map[string]any); ok {
		b.of.Opaque = true
		b.walk(dynamic, guarded)
		return
	}
	if run, ok := m["PLpgSQL_stmt_execsql"].(map[string]any); ok {
		b.statement(object(run).child("sqlstmt").child("PLpgSQL_expr").text("query"), guarded)
		return
	}
	if m["PLpgSQL_stmt_commit"] != nil || m["PLpgSQL_stmt_rollback"] != nil {
		b.of.Commits = true
	}
	done := map[string]bool{}
	for _, key := range fieldOrder {
		if v, ok := m[key]; ok {
			b.walk(v, guarded || guards[key])
			done[key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !done[key] {
			b.walk(m[key], guarded || guards[key])
		}
	}
}

// statement adds one that the block runs.
func (b *body) statement(query string, guarded bool) {
	if b.err != nil || query == "" {
		return
	}
	offset := b.of.Offset
	if at := strings.Index(b.of.Text[b.from:b.to], query); at >= 0 {
		offset, b.from = b.of.Offset+b.from+at, b.from+at+len(query)
	}
	s, err := parseOne(sqltext.Statement{Text: query}, offset, b.total)
	if err != nil {
		b.err = err
		return
	}
	s.Piece, s.Guarded = b.of.Piece, guarded
	b.of.Body = append(b.of.Body, s)
}
