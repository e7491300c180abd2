package radius

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/sqltree"
)

// BenchmarkRead asks about fifty statements on a target of a thousand tables,
// over a fresh connection, as a command does. The first run starts the parser.
func BenchmarkRead(b *testing.B) {
	url := pgtest.New(b)
	conn := connect(b, url)
	var tables, plan strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&tables, `CREATE TABLE t%[1]d (id uuid PRIMARY KEY, org integer NOT NULL, parent uuid REFERENCES t%[2]d, name varchar(80) UNIQUE,
	amount numeric(12, 2), tags text[], data jsonb, at timestamptz(3), done boolean DEFAULT false, twice integer CHECK (twice > 0));
CREATE INDEX t%[1]d_at ON t%[1]d (at DESC, id); CREATE INDEX t%[1]d_lower ON t%[1]d (lower(name)) WHERE done;`, i, max(0, i-1))
	}
	conn.run(tables.String())
	for i := range 50 {
		fmt.Fprintf(&plan, "ALTER TABLE t%d ALTER COLUMN org TYPE bigint;\n", i*20)
	}
	p := planOf(plan.String())
	if _, err := sqltree.Parse(plan.String()); err != nil { // starts the parser
		b.Fatal(err)
	}
	ctx := context.Background()
	for b.Loop() {
		b.StopTimer()
		fresh, err := pgx.Connect(ctx, url)
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		r, err := Read(ctx, fresh, p)
		if err != nil || len(r.Tables) != 51 && len(r.Tables) != 50 {
			b.Fatal(err, len(r.Tables))
		}
		b.StopTimer()
		fresh.Close(ctx)
		b.StartTimer()
	}
}

// BenchmarkSpeed measures what times are reckoned from: each statement on a
// table of two million rows, and the speed next to the range that is assumed.
func BenchmarkSpeed(b *testing.B) {
	conn := connect(b, pgtest.New(b))
	conn.run(`CREATE TABLE t (id integer PRIMARY KEY, a integer, b varchar(80), c text);
INSERT INTO t SELECT n, (n::bigint * 7919) % 1000003, 'somebody' || n, repeat('x', 60) FROM generate_series(1, 2000000) n;
CREATE TABLE o (id integer); INSERT INTO o SELECT id FROM t; ANALYZE t, o`)
	for _, c := range []struct {
		name, sql, undo string
	}{
		{"scan", "ALTER TABLE t ADD CONSTRAINT c CHECK (a >= 0)", "ALTER TABLE t DROP CONSTRAINT c"},
		{"key", "ALTER TABLE o ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES t", "ALTER TABLE o DROP CONSTRAINT k"},
		{"rewrite", "ALTER TABLE t ALTER COLUMN a TYPE bigint", "ALTER TABLE t ALTER COLUMN a TYPE integer"},
		{"build", "CREATE INDEX i ON t (a)", "DROP INDEX i"},
		{"build of text", "CREATE INDEX i ON t (b)", "DROP INDEX i"},
		{"change", "UPDATE t SET a = a + 1", "VACUUM FULL t"},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := conn.read(planOf(c.sql))
			var said Span
			for _, w := range r.Migrations[0].Statements[0].Work {
				said = said.plus(w.Time)
			}
			var took time.Duration
			for b.Loop() {
				began := time.Now()
				conn.run(c.sql)
				took = time.Since(began)
				b.StopTimer()
				conn.run(c.undo)
				b.StartTimer()
			}
			b.Logf("%s: %v, said %v to %v", c.sql, took, said.From, said.To)
			b.ReportMetric(took.Seconds()/said.From.Seconds(), "of-the-least")
			b.ReportMetric(took.Seconds()/said.To.Seconds(), "of-the-most")
		})
	}
}
