package pool

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Tx is a transaction in which every value, in and out, is PostgreSQL's text.
// It begins with its first statement, in the same round trip: a database may be
// far away.
type Tx struct {
	pool  *Pool
	start []Statement // what begins it
	conn  *pgx.Conn   // nil until it has begun
	over  bool        // its last statement has ended it
}

// Statement is one statement with its parameters; nil stands for NULL.
type Statement struct {
	SQL  string
	Args []*string
}

// Settings make texts exact and the same for everybody: what is read as text
// is compared with what was read before.
var Settings = []string{
	"set local datestyle = 'ISO, YMD'", "set local intervalstyle = 'postgres'", "set local bytea_output = 'hex'",
	"set local extra_float_digits = 1", "set local xmlbinary = 'base64'", "set local client_min_messages = 'warning'",
	"set local standard_conforming_strings = on", "set local lock_timeout = '5s'",
}

// Read runs look in a transaction that can write nothing and sees one moment
// of the database. Each statement ends after timeout. When ctx ends, the
// statement is cancelled on the server.
func (p *Pool) Read(ctx context.Context, timeout time.Duration, look func(*Tx) error) error {
	return p.transact(ctx, "begin isolation level repeatable read read only", timeout, false, look)
}

// Write runs work in a transaction that is committed when it returns nil. The
// statements see what others have committed up to them, so that a row which was
// locked is read as it is then.
func (p *Pool) Write(ctx context.Context, timeout time.Duration, work func(*Tx) error) error {
	return p.transact(ctx, "begin isolation level read committed read write", timeout, true, work)
}

func (p *Pool) transact(ctx context.Context, begin string, timeout time.Duration, commit bool, work func(*Tx) error) error {
	tx := &Tx{pool: p, start: []Statement{{SQL: begin}}}
	for _, setting := range append(slices.Clone(Settings), "set local statement_timeout = "+strconv.FormatInt(timeout.Milliseconds(), 10)) {
		tx.start = append(tx.start, Statement{SQL: setting})
	}
	err := work(tx)
	if tx.conn == nil {
		return err
	}
	defer p.Give(tx.conn)
	if err == nil && commit {
		return execute(ctx, tx.conn, "commit")
	}
	if !tx.over && !tx.conn.IsClosed() && ctx.Err() == nil {
		_ = execute(ctx, tx.conn, "rollback") // nothing was written; a lost connection is closed by Give
	}
	return err
}

// send sends statements at once, the first time behind those that begin the
// transaction. Whether a kept connection still works is not asked in front of
// them: one that turns out to be lost is replaced, with nothing committed on it.
func (tx *Tx) send(ctx context.Context, statements ...Statement) (*pgconn.MultiResultReader, error) {
	if tx.conn != nil {
		return tx.conn.PgConn().ExecBatch(ctx, batch(statements)), nil
	}
	for trusted := idleFor; ; trusted = 0 {
		conn, used, err := tx.pool.take(ctx, trusted)
		if err != nil {
			return nil, err
		}
		results := conn.PgConn().ExecBatch(ctx, batch(tx.start, statements))
		if err = pass(results, len(tx.start)); err == nil {
			tx.conn = conn
			return results, nil
		}
		tx.pool.Give(conn)
		if !used || !lost(err) || ctx.Err() != nil {
			return nil, err
		}
	}
}

func batch(parts ...[]Statement) *pgconn.Batch {
	b := &pgconn.Batch{}
	for _, s := range slices.Concat(parts...) {
		values := make([][]byte, len(s.Args))
		for i, arg := range s.Args {
			if arg != nil {
				values[i] = []byte(*arg)
			}
		}
		b.ExecParams(s.SQL, values, nil, nil, nil)
	}
	return b
}

// pass goes by results that have no rows. After an error there is nothing more
// to read.
func pass(results *pgconn.MultiResultReader, n int) error {
	for range n {
		if !results.NextResult() {
			if err := results.Close(); err != nil {
				return err
			}
			return io.ErrUnexpectedEOF
		}
		if _, err := results.ResultReader().Close(); err != nil {
			_ = results.Close() // with the same error
			return err
		}
	}
	return nil
}

func execute(ctx context.Context, conn *pgx.Conn, sql string) error {
	return conn.PgConn().Exec(ctx, sql).Close()
}

// Exec runs statements without parameters.
func (tx *Tx) Exec(ctx context.Context, sql string) error {
	if _, err := tx.All(ctx); err != nil {
		return err
	}
	return execute(ctx, tx.conn, sql)
}

// Result is the rows of a statement as they come.
type Result struct {
	results *pgconn.MultiResultReader
	rows    *pgconn.ResultReader // nil where there are none to read
	err     error
}

// NextRow reads the next row, and reports false behind the last one.
func (r *Result) NextRow() bool { return r.rows != nil && r.rows.NextRow() }

// Values are those of the row that was read, until the next one is.
func (r *Result) Values() [][]byte { return r.rows.Values() }

// Close reads what is left, and returns what went wrong.
func (r *Result) Close() error {
	if r.rows == nil {
		return r.err
	}
	_, err := r.rows.Close()
	if end := r.results.Close(); err == nil {
		err = end
	}
	return err
}

// Query runs one statement; nil stands for NULL. The caller closes the result
// before it asks the next.
func (tx *Tx) Query(ctx context.Context, sql string, args ...*string) *Result {
	results, err := tx.send(ctx, Statement{sql, args})
	if err != nil {
		return &Result{err: err}
	}
	if !results.NextResult() {
		return &Result{err: results.Close()}
	}
	return &Result{results: results, rows: results.ResultReader()}
}

// All runs statements in one round trip and returns the rows of each. After an
// error it returns those of the statements in front of the one that failed.
func (tx *Tx) All(ctx context.Context, statements ...Statement) ([][][]*string, error) {
	results, err := tx.send(ctx, statements...)
	if err != nil {
		return nil, err
	}
	var all [][][]*string
	for results.NextResult() {
		var rows [][]*string
		reader := results.ResultReader()
		for reader.NextRow() {
			rows = append(rows, Texts(reader.Values()))
		}
		if _, err := reader.Close(); err != nil {
			_ = results.Close() // with the same error
			return all, err
		}
		all = append(all, rows)
	}
	return all, results.Close()
}

// Last is All for the last statements of a transaction that writes nothing: it
// ends in the same round trip.
func (tx *Tx) Last(ctx context.Context, statements ...Statement) ([][][]*string, error) {
	all, err := tx.All(ctx, append(slices.Clone(statements), Statement{SQL: "rollback"})...)
	tx.over = err == nil
	return all[:min(len(all), len(statements))], err
}

// Rows runs one statement and returns all of its rows.
func (tx *Tx) Rows(ctx context.Context, sql string, args ...*string) ([][]*string, error) {
	all, err := tx.All(ctx, Statement{sql, args})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all[0], nil
}

// Row runs one statement that gives at most one row; nil where it gives none.
func (tx *Tx) Row(ctx context.Context, sql string, args ...*string) ([]*string, error) {
	rows, err := tx.Rows(ctx, sql, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// Ask runs a query that gives one JSON value, or no row: then it reports false
// and leaves into as it is.
func (tx *Tx) Ask(ctx context.Context, into any, sql string, args ...*string) (bool, error) {
	row, err := tx.Row(ctx, sql, args...)
	if err != nil || row == nil || row[0] == nil {
		return false, err
	}
	if err := json.Unmarshal([]byte(*row[0]), into); err != nil {
		return false, fmt.Errorf("reading what PostgreSQL answered: %w", err)
	}
	return true, nil
}

// Texts copies a row out of the connection's buffer.
func Texts(values [][]byte) []*string {
	row := make([]*string, len(values))
	for i, v := range values {
		if v != nil {
			text := string(v)
			row[i] = &text
		}
	}
	return row
}

// Abandon gives up what the connection is in the middle of, and cancels it on
// the server. The transaction has failed with it.
func (tx *Tx) Abandon() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = tx.conn.PgConn().CancelRequest(context.Background()) // what is under way stops soon
	_ = tx.conn.Close(ctx)                                   // and its rest is not read
}
