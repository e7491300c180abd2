package query

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
)

// Plan is how a statement would be run, or was.
type Plan struct {
	JSON json.RawMessage // as EXPLAIN (FORMAT JSON) gives it
	Text string          // as people read it; "" where the statement was run, which is done once
}

// Explain asks for the plan of one statement, and with analyze runs it. All of
// it is rolled back; the connection is closed.
func Explain(ctx context.Context, conn *pgx.Conn, text string, analyze bool, o Options) (*Plan, error) {
	defer discard(conn)
	statements := Split(text)
	if len(statements) != 1 {
		return nil, &diag.Error{Kind: diag.Usage, Message: "one statement can be explained at a time", Hint: "select the one that is meant"}
	}
	r := &run{conn: conn, o: o}
	if err := r.begin(ctx); err != nil {
		return nil, err
	}
	sql := statements[0].SQL
	if !analyze {
		data, err := explained(ctx, conn.PgConn(), "EXPLAIN (FORMAT JSON, VERBOSE) "+sql, sql)
		if err != nil {
			return nil, err
		}
		lines, err := explained(ctx, conn.PgConn(), "EXPLAIN "+sql, sql)
		return &Plan{json.RawMessage(data), lines}, err
	}
	data, err := explained(ctx, conn.PgConn(), "EXPLAIN (FORMAT JSON, VERBOSE, ANALYZE, BUFFERS) "+sql, sql)
	return &Plan{JSON: json.RawMessage(data)}, err
}

// explained runs an EXPLAIN and joins its lines. PostgreSQL counts from the
// start of the EXPLAIN, and the person did not write that.
func explained(ctx context.Context, conn *pgconn.PgConn, explain, sql string) (string, error) {
	defer cancelOn(ctx, conn)()
	result := conn.ExecParams(context.WithoutCancel(ctx), explain, nil, nil, nil, nil)
	var lines []string
	for result.NextRow() {
		lines = append(lines, string(result.Values()[0]))
	}
	_, err := result.Close()
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Position > 0 {
		pg.Position -= int32(len(explain) - len(sql))
	}
	return strings.Join(lines, "\n"), err
}
