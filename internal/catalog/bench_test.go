package catalog

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// BenchmarkRead reads databases of a hundred to five thousand tables, each
// with twelve columns, five indexes and constraints, over a fresh connection,
// which is what a command has: the server's caches are cold every time.
func BenchmarkRead(b *testing.B) {
	for _, tables := range []int{100, 1000, 5000} {
		b.Run(fmt.Sprintf("tables=%d", tables), func(b *testing.B) {
			if testing.Short() && tables > 1000 {
				b.Skip("building it takes a while")
			}
			url := pgtest.New(b)
			run(b, connect(b, url), manyTables(tables))
			ctx := context.Background()
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				conn, err := pgx.Connect(ctx, url)
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				s, err := Read(ctx, conn, Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if len(s.Tables) != tables || len(s.Tables[1].Columns) != 12 || len(s.Tables[1].ForeignKeys) != 1 {
					b.Fatalf("read %d tables", len(s.Tables))
				}
				conn.Close(ctx)
				b.StartTimer()
			}
		})
	}
}

// manyTables returns a script that makes n tables.
func manyTables(n int) string {
	var b strings.Builder
	b.WriteString("CREATE TYPE status AS ENUM ('on', 'off');\n")
	for i := range n {
		fmt.Fprintf(&b, `CREATE TABLE t%[1]d (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), org integer NOT NULL, parent uuid, name varchar(80) NOT NULL DEFAULT 'x',
  status status NOT NULL DEFAULT 'on', amount numeric(12, 2) DEFAULT 0, tags text[] DEFAULT '{}', data jsonb DEFAULT '{}'::jsonb,
  serial serial, at timestamptz(3) NOT NULL DEFAULT now(), done boolean DEFAULT false, twice integer GENERATED ALWAYS AS (org * 2) STORED,
  CONSTRAINT t%[1]d_org_name_unique UNIQUE (org, name), CONSTRAINT t%[1]d_check CHECK (org > 0 AND name <> ''),
  CONSTRAINT t%[1]d_parent_fk FOREIGN KEY (parent) REFERENCES t%[2]d (id) ON DELETE CASCADE
);
CREATE INDEX t%[1]d_at ON t%[1]d (at DESC, id);
CREATE INDEX t%[1]d_lower ON t%[1]d (lower(name)) WHERE done;
`, i, max(0, i-1))
	}
	return b.String()
}
