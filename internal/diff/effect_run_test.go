package diff

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// typeValues are values of types for which what is said happens: the change
// fails, or the value is not what it was.
var typeValues = map[string]string{
	"varchar(20) to varchar(10)": "123456789012", "text to varchar(10)": "123456789012", "varchar to varchar(10)": "123456789012",
	"text to char(3)": "1234", "integer to varchar(3)": "1234", "int8 to integer": "3000000000", "integer to numeric(4, 2)": "100",
	"numeric to integer": "3000000000", "double precision to bigint": "1e30", "integer to real": "16777217", "double precision to real": "0.123456789",
	"numeric(10, 2) to numeric(8, 2)": "12345678.00", "numeric(10, 4) to numeric(8, 2)": "1.2345", "numeric(10, 4) to numeric(7, 2)": "123456.1",
	"numeric to numeric(10, 2)": "1e9", "timestamp to timestamp (3)": "2026-01-02 03:04:05.123456", "timestamp to timestamp with time zone": "2026-01-02 03:04:05",
	"timestamp with time zone to timestamp": "2026-01-02 03:04:05+00", "timestamp to date": "2026-01-02 03:04:05", "timestamp to time": "2026-01-02 03:04:05",
	"json to jsonb": `{"b": 1, "a":2, "a":3}`, "text to integer": "x", "text to jsonb": "x", "text to integer[]": "x", "bit(3) to bit(4)": "101",
	"tsvector to xml": "a & <",
}

// TestEffectsOfTypesOnPostgreSQL holds what is said of types against a real
// PostgreSQL: whether a table is written anew shows in its file, whether a value
// fits or changes in the value.
func TestEffectsOfTypesOnPostgreSQL(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, c := range typeEffectCases {
		if strings.HasPrefix(c.from, "vector") || c.from == "serial" {
			continue // an extension; not a type that a column has afterwards
		}
		name := c.from + " to " + c.to
		t.Run(name, func(t *testing.T) {
			from, to := build(table("t", column("a", c.from))), build(table("t", column("a", c.to)))
			r, err := ComputeIn(Compat, from, to, nil)
			if err != nil {
				t.Fatal(err)
			}
			run := func(sql string) error {
				_, err := conn.Exec(ctx, sql)
				return err
			}
			before, after := "", ""
			look := func(sql string, into *string) {
				t.Helper()
				if err := conn.QueryRow(ctx, sql).Scan(into); err != nil {
					t.Fatal(err)
				}
			}
			if err := run("DROP TABLE IF EXISTS t; CREATE TABLE t (a " + c.from + ")"); err != nil {
				t.Fatal(err)
			}
			value, probed := typeValues[name]
			if probed {
				if err := run("INSERT INTO t VALUES ('" + value + "')"); err != nil {
					t.Fatal(err)
				}
			}
			state := "SELECT pg_relation_filenode('t')::text"
			if c.kind == DataChanged {
				state = "SELECT a::text FROM t"
			}
			look(state, &before)
			failure := run("SET TIME ZONE 'Asia/Tokyo'; " + strings.Join(r.Statements(), " "))
			if c.kind == CanFail {
				if probed && failure == nil {
					t.Errorf("%q does not fail", value)
				}
				return
			}
			if failure != nil {
				t.Fatal(failure)
			}
			look("SELECT set_config('TimeZone', 'UTC', false)", new(string))
			look(state, &after)
			if changed := before != after; changed != (c.kind != "") {
				t.Errorf("%q is %q afterwards, and %q was said", before, after, c.kind)
			}
		})
	}
}
