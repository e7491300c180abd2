package catalog

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// answers holds what the server said, one table of rows per question.
type answers struct {
	rows [questions][]row
}

// row is one row in the text format; a nil column is NULL.
type row [][]byte

// ask sends the script and collects its answers.
func ask(ctx context.Context, conn *pgconn.PgConn, o Options) (*answers, error) {
	var got answers
	results := conn.Exec(ctx, script(o))
	for q := question(0); results.NextResult(); q++ {
		reader := results.ResultReader()
		for reader.NextRow() {
			got.rows[q] = append(got.rows[q], keep(reader.Values()))
		}
		if _, err := reader.Close(); err != nil {
			_ = results.Close() // gives the same error
			return nil, err
		}
	}
	return &got, results.Close()
}

// keep copies a row out of the connection's buffer in one allocation.
func keep(values [][]byte) row {
	size := 0
	for _, v := range values {
		size += len(v)
	}
	buf := make([]byte, 0, size)
	out := make(row, len(values))
	for i, v := range values {
		if v != nil {
			start := len(buf)
			buf = append(buf, v...)
			out[i] = buf[start:len(buf):len(buf)]
		}
	}
	return out
}

// text is the column's text, "" for NULL.
func (r row) text(i int) string { return string(r[i]) }

// null reports whether the column is NULL.
func (r row) null(i int) bool { return r[i] == nil }

// optional is the column's text, or nil for NULL.
func (r row) optional(i int) *string {
	if r[i] == nil {
		return nil
	}
	s := string(r[i])
	return &s
}

// yes reads a boolean.
func (r row) yes(i int) bool { return len(r[i]) == 1 && r[i][0] == 't' }

// letter reads a "char" that is never empty where it is used so.
func (r row) letter(i int) byte {
	if len(r[i]) == 0 {
		return 0
	}
	return r[i][0]
}

// number reads an integer that the catalog guarantees to be one.
func (r row) number(i int) int {
	n, _ := strconv.Atoi(string(r[i]))
	return n
}

// oid reads an object id.
func (r row) oid(i int) oid {
	n, _ := strconv.ParseUint(string(r[i]), 10, 32)
	return oid(n)
}

// list reads a text[] without NULLs, nil for NULL and for an empty array.
func (r row) list(i int) ([]string, error) {
	if len(r[i]) <= len("{}") {
		return nil, nil
	}
	var out []string
	if err := arrayTypes.Scan(pgtype.TextArrayOID, pgtype.TextFormatCode, r[i], &out); err != nil {
		return nil, fmt.Errorf("array %q: %w", r[i], err)
	}
	return out, nil
}

// arrayTypes knows the built-in types; it is only read.
var arrayTypes = pgtype.NewMap()

// oid identifies a catalog row.
type oid uint32
