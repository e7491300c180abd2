package migrate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
)

// longestMessage cuts messages in characters: PostgreSQL repeats the rest of a
// query in which a quote is not closed.
const longestMessage = 200

// place is a statement of a migration file, in byte offsets of the file.
type place struct {
	start, at, end int // at is where PostgreSQL points to, or start
	sql            string
}

// locate finds the statement that failed: the one PostgreSQL points into, or
// the one after those it completed.
func (p piece) locate(completed, position int, serverEncoding string) place {
	if len(p.statements) == 0 {
		at := 0
		if position > 0 {
			at = byteOffset(p.text, position, serverEncoding)
		}
		return place{start: p.offset + at, at: p.offset + at, end: p.offset + at}
	}
	found := p.statements[min(completed, len(p.statements)-1)]
	at := found.Offset
	if position > 0 {
		at = byteOffset(p.text, position, serverEncoding)
		for _, s := range p.statements {
			if s.Offset <= at {
				found = s
			}
		}
		at = min(at, found.Offset+len(found.Text)) // "at end of input"
	}
	return place{
		start: p.offset + min(found.Offset, at), at: p.offset + at,
		end: p.offset + found.Offset + len(found.Text), sql: found.Text,
	}
}

// statementError is the error for a statement that PostgreSQL refused.
func (r *runner) statementError(s *Step, p piece, a answer) *diag.Error {
	pg := r.wire.conn
	at := p.locate(a.commands, int(a.err.Position), pg.ParameterStatus("server_encoding"))
	cause := newStatementError(s.Migration, at, a.err, pg.ParameterStatus("server_version"))
	e := &diag.Error{Kind: diag.Database, Err: cause, Message: cause.Message, File: s.Migration.File, Hint: cause.Hint}
	e.Line, e.Column = diag.Position(s.Migration.SQL, at.at)
	e.Detail = lines(diag.Excerpt(s.Migration.SQL, at.start, at.at, at.end), cause.Detail)
	return e
}

// serverError is the error for something else that PostgreSQL refused.
func serverError(message string, pg *pgconn.PgError) *diag.Error {
	return &diag.Error{
		Kind: diag.Database, Err: pg, Message: message,
		Detail: lines("PostgreSQL says: "+said(pg), serverDetail(pg)),
		Hint:   lines(pg.Hint, advice(pg, "", "")),
	}
}

// endError is the error for what PostgreSQL refused after the statements of a
// migration were through.
func endError(s *Step, doing string, pg *pgconn.PgError) *diag.Error {
	e := serverError(doing+" "+s.Migration.Entry.Tag+" failed", pg)
	e.File = s.Migration.File
	return e
}

// connectionError is the error for what failed without an answer of
// PostgreSQL: the connection is lost, or the caller's context has ended.
func connectionError(doing string, err error) *diag.Error {
	e := &diag.Error{Kind: diag.Database, Err: err, Message: "the connection to the database was lost while " + doing, Detail: lostReason(err)}
	if !isLost(err) {
		e.Message, e.Detail = givenUp(err)+" while "+doing, ""
	}
	return e
}

// givenUp says how the caller's context ended.
func givenUp(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "the time limit was reached"
	}
	return "interrupted"
}

// lostReason is the end of the chain of causes: the layers above it only say
// that receiving failed.
func lostReason(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return lines("PostgreSQL says: "+said(pg), serverDetail(pg))
	}
	var unanswered *unansweredError
	if errors.As(err, &unanswered) {
		return unanswered.Error()
	}
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err.Error()
}

// said is PostgreSQL's message and its code in one line.
func said(pg *pgconn.PgError) string {
	message := []rune(strings.Join(strings.Fields(pg.Message), " "))
	if len(message) > longestMessage {
		message = append(message[:longestMessage], '…')
	}
	return fmt.Sprintf("%s (SQLSTATE %s)", string(message), pg.Code)
}

// serverDetail is what PostgreSQL adds to a message.
// https://www.postgresql.org/docs/current/protocol-error-fields.html
func serverDetail(pg *pgconn.PgError) string {
	table := pg.TableName
	if table != "" && pg.SchemaName != "" {
		table = pg.SchemaName + "." + table
	}
	return lines(
		labelled("detail", pg.Detail),
		labelled("query", pg.InternalQuery),
		labelled("context", pg.Where),
		labelled("table", table),
		labelled("column", pg.ColumnName),
		labelled("constraint", pg.ConstraintName),
		labelled("type", pg.DataTypeName),
	)
}

func labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return label + ": " + strings.ReplaceAll(text, "\n", "\n  ")
}

// lines joins the parts that are not empty.
func lines(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "\n")
}
