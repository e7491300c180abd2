package migrate

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
)

// Status says how the database stands to the history. It reads the target
// table in one round trip, the log in up to two more, and changes nothing; a
// database without the table is one in which nothing is applied.
func Status(ctx context.Context, conn *pgx.Conn, h *history.History, t Target) (*Report, error) {
	return OnPgx(conn).Status(ctx, h, t)
}

// newWire takes over a connection on which nothing else is going on.
func newWire(conn link) (*wire, error) {
	if !conn.IsClosed() && (conn.IsBusy() || conn.TxStatus() != idle) {
		return nil, &diag.Error{Kind: diag.Bug, Err: ErrInUse, Message: "the connection to migrate on is in use: it runs a query or has an open transaction"}
	}
	if encoding := conn.ParameterStatus("client_encoding"); encoding != "" && encoding != "UTF8" && encoding != "SQL_ASCII" {
		return nil, &diag.Error{
			Kind: diag.Usage, Message: "the connection has the client encoding " + encoding + ", and migrations are UTF-8",
			Hint: "set client_encoding=UTF8 in the connection string; nothing was run",
		}
	}
	return &wire{conn: conn}, nil
}

func (w *wire) report(ctx context.Context, migrations []history.Migration, t Target) (*Report, error) {
	rows, exists, err := w.readRows(ctx, t)
	if err != nil {
		return nil, err
	}
	entries, unknown := classify(migrations, rows)
	r := &Report{Target: t, Exists: exists, Entries: entries, Unknown: unknown, major: major(w.conn.ParameterStatus("server_version"))}
	if err := w.markProgress(ctx, r); err != nil {
		return nil, readError(Target{t.Schema, logName}, err)
	}
	return r, nil
}

// readRows reads the whole table. On a database where it does not exist this
// takes an error of the server as the answer, which saves every other run a
// round trip for asking.
func (w *wire) readRows(ctx context.Context, t Target) (rows []Row, exists bool, err error) {
	a, err := w.one(ctx, "SELECT id, hash, created_at FROM "+t.String()+" ORDER BY id")
	if isCode(err, codeUndefinedTable, codeInvalidSchema) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, readError(t, err)
	}
	rows = make([]Row, 0, len(a.rows))
	for _, values := range a.rows {
		row, err := newRow(values)
		if err != nil {
			return nil, true, notDrizzles(t, err.Error(), err)
		}
		rows = append(rows, row)
	}
	return rows, true, nil
}

func newRow(values []*string) (row Row, err error) {
	if values[0] != nil {
		if row.ID, err = strconv.ParseInt(*values[0], 10, 64); err != nil {
			return row, fmt.Errorf("the id %q is not a whole number", *values[0])
		}
	}
	if values[1] != nil {
		row.Hash = *values[1]
	}
	if values[2] != nil {
		when, err := strconv.ParseInt(*values[2], 10, 64)
		if err != nil {
			return row, fmt.Errorf("created_at of row %d is %q, not milliseconds", row.ID, *values[2])
		}
		row.When = &when
	}
	return row, nil
}

// readError explains why the table could not be read.
func readError(t Target, err error) error {
	var pg *pgconn.PgError
	if isLost(err) || !errors.As(err, &pg) {
		return connectionError("reading "+t.String(), err)
	}
	if pg.Code == codeUndefinedColumn {
		return notDrizzles(t, pg.Message, err)
	}
	return serverError("reading "+t.String()+" failed", pg)
}

func notDrizzles(t Target, detail string, err error) error {
	return &diag.Error{
		Kind: diag.Database, Err: err, Detail: detail,
		Message: fmt.Sprintf("%s is not a table of applied migrations as drizzle makes it", t),
		Hint:    "check migrations.table and migrations.schema in the config",
	}
}

// isCode says whether err is the server's with one of the codes.
func isCode(err error, codes ...string) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	for _, code := range codes {
		if pg.Code == code {
			return true
		}
	}
	return false
}
