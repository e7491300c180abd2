package migrate

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/sqltext"
)

// furtherLimit bounds the wait for another connection of a pool.
const furtherLimit = 15 * time.Second

// OnDB runs f on a connection of a database/sql pool, which is thrown away
// afterwards: a migration may have changed its session. A connection that is
// pgx's underneath is used as such.
func OnDB(ctx context.Context, db *sql.DB, f func(*Connection) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return NoConnection(ctx, err)
	}
	defer discard(conn)
	var pg *pgx.Conn
	_ = conn.Raw(func(under any) error {
		if c, ok := under.(interface{ Conn() *pgx.Conn }); ok {
			pg = c.Conn()
			err = f(OnPgx(pg))
			return driver.ErrBadConn // so that it does not go back to the pool
		}
		return nil
	})
	if pg != nil {
		return err
	}
	l, err := newSQLLink(ctx, conn)
	if err != nil {
		return err
	}
	return f(&Connection{conn: l, database: l.parameters["database"], open: func(ctx context.Context) (link, error) { return further(ctx, db) }})
}

// NoConnection is the error when the pool has none that works.
func NoConnection(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return connectionError("a connection of the pool was being opened", context.Cause(ctx))
	}
	if pg := pgError(err); pg != nil {
		return serverError("opening a connection failed", pg)
	}
	return &diag.Error{
		Kind: diag.Database, Err: err, Message: "the pool has no connection that works", Detail: err.Error(),
		Hint: "see whether the server can be reached; nothing was run",
	}
}

// further is another connection of the pool. It must not wait for the one that
// the run has itself.
func further(ctx context.Context, db *sql.DB) (link, error) {
	if db.Stats().MaxOpenConnections == 1 {
		return nil, &diag.Error{Kind: diag.Usage, Message: "a second connection is needed, and the pool allows only one", Detail: "allow two or more with SetMaxOpenConns"}
	}
	ctx, cancel := context.WithTimeout(ctx, furtherLimit)
	defer cancel()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	l, err := newSQLLink(ctx, conn)
	if err != nil {
		discard(conn)
		return nil, err
	}
	return l, nil
}

// discard closes a connection rather than give it back to its pool.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = conn.Close() // it is gone already
}

// sqlLink is a connection of a database/sql driver other than pgx, lib/pq for
// example. It has less to go by. Statements are sent one by one, because an
// error does not say which of several it is about; a driver answers the end of
// a context by giving its connection up; it does not tell the server's process,
// and not what PostgreSQL says without failing.
type sqlLink struct {
	conn       *sql.Conn
	parameters map[string]string
	status     byte
	gone       error // why it is closed, nil while it is not
}

func newSQLLink(ctx context.Context, conn *sql.Conn) (*sqlLink, error) {
	l := &sqlLink{conn: conn, parameters: map[string]string{}, status: idle}
	const settings = "SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN ('server_version', 'server_encoding', 'standard_conforming_strings')"
	answers, err := l.exchange(ctx, reading{rows: true}, []string{settings + " UNION ALL SELECT 'database', pg_catalog.current_database()"})
	if err == nil && answers[0].err != nil {
		err = answers[0].err
	}
	if err != nil {
		return nil, NoConnection(ctx, err)
	}
	for _, row := range answers[0].rows {
		l.parameters[text(row[0])] = text(row[1])
	}
	if l.parameters["standard_conforming_strings"] != "on" {
		return nil, &diag.Error{
			Kind: diag.Usage, Message: "standard_conforming_strings is off, so that statements cannot be told apart over this driver",
			Hint: "use pgx, or leave the setting on; nothing was run",
		}
	}
	return l, nil
}

func (l *sqlLink) PID() uint32                        { return 0 }
func (l *sqlLink) ParameterStatus(name string) string { return l.parameters[name] }
func (l *sqlLink) TxStatus() byte                     { return l.status }
func (l *sqlLink) IsBusy() bool                       { return false }
func (l *sqlLink) IsClosed() bool                     { return l.gone != nil }

func (l *sqlLink) Close(context.Context) error {
	l.giveUp(errors.New("the connection is closed"))
	return nil
}

func (l *sqlLink) giveUp(why error) {
	if l.gone == nil {
		l.gone = why
		discard(l.conn)
	}
}

func (l *sqlLink) exchange(ctx context.Context, r reading, queries []string) ([]answer, error) {
	if l.gone != nil {
		return nil, &lostError{l.gone}
	}
	var answers []answer
	good := true
	for _, query := range queries {
		a, err := l.query(ctx, r, query)
		if err != nil {
			l.giveUp(err)
			return answers, &lostError{err}
		}
		answers = append(answers, a)
		if good = good && a.err == nil; good && r.answered != nil {
			r.answered(len(answers))
		}
	}
	return answers, nil
}

// query runs a query statement by statement. An error says that the connection
// cannot be used any more.
func (l *sqlLink) query(ctx context.Context, r reading, query string) (a answer, err error) {
	for _, s := range sqltext.Statements(query) {
		rows, failed := l.statement(ctx, r.rows, s.Text)
		if a.err, err = l.serverSaid(ctx, failed); err != nil {
			return a, err
		}
		if a.err != nil {
			if a.err.Position > 0 {
				a.err.Position += int32(l.characters(query[:s.Offset]))
			}
			break
		}
		a.rows = rows
		a.commands++
		a.tag = firstWord(s.Text)
	}
	l.follow(&a)
	return a, nil
}

// follow keeps the transaction's state, which a driver does not tell: every
// statement and its outcome comes by here.
func (l *sqlLink) follow(a *answer) {
	switch {
	case a.err != nil:
		if l.status != idle {
			l.status = failedTransaction
		}
	case a.tag == "BEGIN":
		l.status = inTransaction
	case a.tag == "COMMIT":
		if l.status == failedTransaction {
			a.tag = "ROLLBACK"
		}
		l.status = idle
	case a.tag == "ROLLBACK":
		l.status = idle
	}
	a.status = l.status
}

// statement sends one statement. Once COMMIT is sent the answer is waited for,
// whatever the caller wants: it says what is in the database.
func (l *sqlLink) statement(ctx context.Context, wanted bool, statement string) ([][]*string, error) {
	if firstWord(statement) == "COPY" && slices.Contains(sqltext.Words(statement), "STDIN") {
		return nil, &pgconn.PgError{Severity: "ERROR", Code: codeQueryCanceled, Message: "COPY from stdin failed: a migration file cannot send its data"}
	}
	if ctx.Err() != nil || l.gone != nil {
		return nil, &pgconn.PgError{Severity: "ERROR", Code: codeQueryCanceled, Message: "canceled before it was sent"}
	}
	if firstWord(statement) == "COMMIT" {
		var cancel func()
		ctx, cancel = outlasting(ctx)
		defer cancel()
	}
	if !wanted {
		_, err := l.conn.ExecContext(ctx, statement)
		return nil, err
	}
	rows, err := l.conn.QueryContext(ctx, statement)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return textRows(rows)
}

func firstWord(statement string) string {
	return append(sqltext.Keywords(statement, 1), "")[0]
}

// outlasting is a context that ends a while after ctx.
func outlasting(ctx context.Context) (context.Context, func()) {
	later, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(cancelGrace, cancel) })
	return later, func() { stop(); cancel() }
}

// textRows are rows as the server's text format has them, as far as our own
// queries have such columns.
func textRows(rows *sql.Rows) (all [][]*string, err error) {
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values, at := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			at[i] = &values[i]
		}
		if err := rows.Scan(at...); err != nil {
			return nil, err
		}
		row := make([]*string, len(names))
		for i, v := range values {
			row[i] = textOf(v)
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

func textOf(value any) *string {
	var s string
	switch v := value.(type) {
	case nil:
		return nil
	case []byte:
		s = string(v)
	case bool:
		if s = "f"; v {
			s = "t"
		}
	default:
		s = fmt.Sprint(v)
	}
	return &s
}

// serverSaid tells an error of the server, after which the connection can be
// used, from the end of the connection.
func (l *sqlLink) serverSaid(ctx context.Context, err error) (*pgconn.PgError, error) {
	if err == nil {
		return nil, nil
	}
	pg := pgError(err)
	switch {
	case pg == nil && ctx.Err() != nil:
		return nil, &abandonedError{context.Cause(ctx)}
	case pg == nil:
		return nil, err
	case ends(pg):
		return nil, pg
	case pg.Code == codeQueryCanceled && ctx.Err() != nil && l.gone == nil && l.conn.PingContext(context.WithoutCancel(ctx)) != nil:
		l.giveUp(&abandonedError{context.Cause(ctx)})
	}
	return pg, nil
}

// ends says whether the server ends the connection with this error. The
// severity may be in another language.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func ends(pg *pgconn.PgError) bool {
	fatal := []string{"57P01", "57P02", "57P03", "57P05", "25P03"}
	return pg.Severity == "FATAL" || pg.Severity == "PANIC" || slices.Contains(fatal, pg.Code)
}

// abandonedError is the cause when a driver has given a connection up because
// the caller's context ended.
type abandonedError struct{ cause error }

func (e *abandonedError) Error() string {
	return "the driver closes a connection whose statement is cancelled"
}
func (e *abandonedError) Unwrap() error { return e.cause }

// fieldsError is lib/pq's error: the fields that the server sends.
// https://www.postgresql.org/docs/current/protocol-error-fields.html
type fieldsError interface {
	error
	SQLState() string
	Get(field byte) string
}

func pgError(err error) *pgconn.PgError {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg
	}
	var fields fieldsError
	if errors.As(err, &fields) {
		number := func(field byte) int32 {
			n, _ := strconv.ParseInt(fields.Get(field), 10, 32) // 0 where it is not said
			return int32(n)
		}
		return &pgconn.PgError{
			Severity: fields.Get('S'), Code: fields.SQLState(), Message: fields.Get('M'), Detail: fields.Get('D'), Hint: fields.Get('H'),
			Position: number('P'), InternalPosition: number('p'), InternalQuery: fields.Get('q'), Where: fields.Get('W'),
			SchemaName: fields.Get('s'), TableName: fields.Get('t'), ColumnName: fields.Get('c'), DataTypeName: fields.Get('d'),
			ConstraintName: fields.Get('n'), File: fields.Get('F'), Line: number('L'), Routine: fields.Get('R'),
		}
	}
	var coded interface{ SQLState() string }
	if errors.As(err, &coded) && coded.SQLState() != "" {
		return &pgconn.PgError{Severity: "ERROR", Code: coded.SQLState(), Message: err.Error()}
	}
	return nil
}

// characters counts as PostgreSQL's positions do.
func (l *sqlLink) characters(text string) int {
	if l.parameters["server_encoding"] == "SQL_ASCII" {
		return len(text)
	}
	return utf8.RuneCountInString(text)
}
