package pool

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Tx is a transaction in which every value, in and out, is PostgreSQL's text.
type Tx struct {
	conn *pgx.Conn
}

// Settings make texts exact and the same for everybody: what is read as text
// is compared with what was read before.
const Settings = "set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres'; set local bytea_output = 'hex'; " +
	"set local extra_float_digits = 1; set local xmlbinary = 'base64'; set local client_min_messages = 'warning'; " +
	"set local standard_conforming_strings = on; set local lock_timeout = '5s'"

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
	conn, err := p.begun(ctx, begin, timeout)
	if err != nil {
		return err
	}
	defer p.Give(conn)
	err = work(&Tx{conn})
	if err == nil && commit {
		return execute(ctx, conn, "commit")
	}
	if !conn.IsClosed() && ctx.Err() == nil {
		_ = execute(ctx, conn, "rollback") // nothing was written; a lost connection is closed by Give
	}
	return err
}

// begun returns a connection in a new transaction. A kept connection that turns
// out to be lost is replaced by a new one.
func (p *Pool) begun(ctx context.Context, begin string, timeout time.Duration) (*pgx.Conn, error) {
	start := begin + "; " + Settings + "; set local statement_timeout = " + strconv.FormatInt(timeout.Milliseconds(), 10)
	for trusted := time.Second; ; trusted = 0 {
		conn, used, err := p.take(ctx, trusted)
		if err != nil {
			return nil, err
		}
		err = execute(ctx, conn, start)
		if err == nil {
			return conn, nil
		}
		p.Give(conn)
		if !used || !lost(err) || ctx.Err() != nil {
			return nil, err
		}
	}
}

func execute(ctx context.Context, conn *pgx.Conn, sql string) error {
	return conn.PgConn().Exec(ctx, sql).Close()
}

// Conn is the connection that the transaction is on.
func (tx *Tx) Conn() *pgx.Conn { return tx.conn }

// Exec runs statements without parameters.
func (tx *Tx) Exec(ctx context.Context, sql string) error { return execute(ctx, tx.conn, sql) }

// Query runs one statement; nil stands for NULL. The caller closes the result
// before it asks the next.
func (tx *Tx) Query(ctx context.Context, sql string, args ...*string) *pgconn.ResultReader {
	values := make([][]byte, len(args))
	for i, arg := range args {
		if arg != nil {
			values[i] = []byte(*arg)
		}
	}
	return tx.conn.PgConn().ExecParams(ctx, sql, values, nil, nil, nil)
}

// Rows runs one statement and returns all of its rows.
func (tx *Tx) Rows(ctx context.Context, sql string, args ...*string) ([][]*string, error) {
	result := tx.Query(ctx, sql, args...)
	var rows [][]*string
	for result.NextRow() {
		rows = append(rows, Texts(result.Values()))
	}
	_, err := result.Close()
	return rows, err
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
