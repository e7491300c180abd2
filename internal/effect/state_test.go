package effect

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltree"
)

// TestLevels asks PostgreSQL which locks exclude each other.
func TestLevels(t *testing.T) {
	o := newOracle(t)
	o.must("CREATE TABLE t ()")
	for held := AccessShare; held <= AccessExclusive; held++ {
		for wanted := AccessShare; wanted <= AccessExclusive; wanted++ {
			if err := o.run(o.other, fmt.Sprintf("BEGIN; LOCK TABLE t IN %s MODE", held)); err != nil {
				t.Fatal(err)
			}
			refused := o.run(o.conn, fmt.Sprintf("BEGIN; LOCK TABLE t IN %s MODE NOWAIT", wanted)) != nil
			o.must("ROLLBACK")
			if err := o.run(o.other, "ROLLBACK"); err != nil {
				t.Fatal(err)
			}
			if refused != held.Conflicts(wanted) {
				t.Errorf("%s and %s: PostgreSQL says %v", held, wanted, refused)
			}
		}
	}
	if ShareRowExclusive.BlocksReads() || !ShareRowExclusive.BlocksWrites() || !AccessExclusive.BlocksReads() || ShareUpdateExclusive.BlocksWrites() {
		t.Error("what a level blocks")
	}
}

// TestVolatility compares the lists of functions with PostgreSQL's. Some are
// of extensions or newer versions.
func TestVolatility(t *testing.T) {
	o := newOracle(t)
	seen := 0
	o.query(o.conn, "SELECT proname, bool_or(provolatile = 'v'), bool_and(provolatile = 'v') FROM pg_proc GROUP BY proname", func(row []string) {
		name, any, all := row[0], row[1] == "t", row[2] == "t"
		switch {
		case steadyFunctions[name] && any:
			t.Errorf("%s is volatile", name)
		case volatileFunctions[name] && !all:
			t.Errorf("%s is not volatile", name)
		}
		if steadyFunctions[name] || volatileFunctions[name] {
			seen++
		}
	})
	if seen < 120 {
		t.Errorf("%d functions are known to PostgreSQL", seen)
	}
}

// TestNames compares the names that are made up for constraints and indexes
// with PostgreSQL's.
func TestNames(t *testing.T) {
	long := strings.Repeat("long_", 11)
	statements := parse(t, fmt.Sprintf(`
CREATE TABLE "%[1]s" ("%[1]s_column" int PRIMARY KEY, b int UNIQUE CHECK (b > 0), CHECK (b < 9), UNIQUE (b, "%[1]s_column"));
CREATE TABLE u (a int REFERENCES "%[1]s", b int CHECK (b > a), c text, EXCLUDE (c WITH =), UNIQUE (a, b), FOREIGN KEY (a) REFERENCES "%[1]s");
ALTER TABLE u ADD UNIQUE (a, b), ADD CHECK (c > 'x'), ADD CHECK (c > 'x' AND a > 1);
CREATE INDEX ON u (a, c);
CREATE INDEX ON u (a, lower(c));
CREATE INDEX ON u ((a + 1));
CREATE UNIQUE INDEX ON "%[1]s" (b, "%[1]s_column");
ALTER TABLE u ADD PRIMARY KEY (a);
ALTER INDEX u_a_c_idx RENAME TO renamed;
ALTER TABLE u RENAME CONSTRAINT u_pkey TO key;`, long))[0]
	o := newOracle(t)
	st := NewState(nil)
	for i := range statements {
		o.must(statements[i].Text)
		st.Apply(&statements[i])
	}
	var want, got []string
	o.query(o.conn, `SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
		UNION SELECT relname FROM pg_class WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace`, func(row []string) { want = append(want, row[0]) })
	for _, table := range st.where(func(*Table) bool { return true }) {
		for _, c := range table.Constraints {
			got = append(got, c.Name)
		}
		for _, i := range table.Indexes {
			got = append(got, i.Name)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNewState shows that a state that comes from a schema answers as one that
// comes from statements.
func TestNewState(t *testing.T) {
	st := NewState(&schema.Schema{
		Enums: []schema.Enum{{Schema: "s", Name: "kind"}},
		Tables: []schema.Table{
			{Schema: "public", Name: "t", Columns: []schema.Column{
				{Name: "id", Type: "serial", PrimaryKey: true}, {Name: "a", Type: "integer"}, {Name: "b", Type: "varchar(10)"},
				{Name: "n", Type: "numeric(7, 3)"}, {Name: "d", Type: "timestamp (3) with time zone"}, {Name: "k", Type: "kind", TypeSchema: "s"},
				{Name: "c", Type: "char"}, {Name: "e", Type: "text[]"},
			}, Checks: []schema.Check{{Name: "held", Value: `"t"."a" IS NOT NULL AND "b" is not null`}, {Name: "n", Value: `"n" > 1 and d is not null`}},
				ForeignKeys: []schema.ForeignKey{{Name: "f", Columns: []string{"a"}, ToSchema: "", ToTable: "p", ToColumns: []string{"id"}}},
				Indexes:     []schema.Index{{Name: "i", Columns: []schema.IndexColumn{{Expression: `lower("b")`, IsExpression: true}}}, {Name: "j", Columns: []schema.IndexColumn{{Expression: "a"}}, Where: `"t"."n" > 3`}},
			},
			{Schema: "public", Name: "p", Columns: []schema.Column{{Name: "id", Type: "integer", PrimaryKey: true}}},
		},
		Views: []schema.View{{Schema: "public", Name: "v"}},
	})
	for sql, want := range map[string]string{
		`ALTER TABLE t ALTER a SET NOT NULL`:                                           "public.t ACCESS EXCLUSIVE",
		`ALTER TABLE t ALTER id SET NOT NULL`:                                          "public.t ACCESS EXCLUSIVE",
		`ALTER TABLE t ALTER d SET NOT NULL`:                                           "public.t ACCESS EXCLUSIVE; scans public.t",
		`ALTER TABLE t ALTER n TYPE numeric(9,3)`:                                      "public.t ACCESS EXCLUSIVE; builds public.t j; scans public.t",
		`ALTER TABLE t ALTER n TYPE numeric(9,2)`:                                      "public.t ACCESS EXCLUSIVE; rewrites public.t",
		`ALTER TABLE t ALTER b TYPE text`:                                              "public.t ACCESS EXCLUSIVE; builds public.t i; scans public.t",
		`ALTER TABLE t ALTER d TYPE timestamptz(6)`:                                    "public.t ACCESS EXCLUSIVE; scans public.t",
		`ALTER TABLE t ALTER k TYPE text`:                                              "public.t ACCESS EXCLUSIVE; rewrites public.t",
		`ALTER TABLE t ALTER id TYPE bigint`:                                           "public.t ACCESS EXCLUSIVE; rewrites public.t",
		`ALTER TABLE t ALTER c TYPE char(1)`:                                           "public.t ACCESS EXCLUSIVE",
		`ALTER TABLE t ALTER e TYPE varchar[]`:                                         "public.t ACCESS EXCLUSIVE; rewrites public.t",
		`ALTER TABLE p ALTER id TYPE bigint`:                                           "public.p ACCESS EXCLUSIVE, public.t ACCESS EXCLUSIVE; rewrites public.p; scans public.t, public.p",
		`ALTER TABLE t DROP CONSTRAINT f`:                                              "public.p ACCESS EXCLUSIVE, public.t ACCESS EXCLUSIVE",
		`DROP INDEX i`:                                                                 "public.t ACCESS EXCLUSIVE",
		`ALTER TABLE unknown ALTER a TYPE bigint`:                                      "public.unknown ACCESS EXCLUSIVE; may rewrite public.unknown",
		`ALTER TABLE unknown VALIDATE CONSTRAINT a`:                                    "public.unknown SHARE UPDATE EXCLUSIVE; may scan public.unknown",
		`ALTER TABLE IF EXISTS unknown SET UNLOGGED`:                                   "public.unknown ACCESS EXCLUSIVE?; may rewrite public.unknown",
		`CREATE INDEX CONCURRENTLY i ON s.t (a)`:                                       "s.t SHARE UPDATE EXCLUSIVE; builds s.t i; not in a transaction: CREATE INDEX CONCURRENTLY",
		`CREATE OR REPLACE VIEW v AS SELECT 1`:                                         "public.v ACCESS EXCLUSIVE",
		`SELECT * FROM pg_catalog.pg_class, pg_index, t`:                               "public.t ACCESS SHARE",
		`ALTER TABLE t ALTER b TYPE citext`:                                            "public.t ACCESS EXCLUSIVE; may rewrite public.t; may build public.t i; may scan public.t",
		`DROP SUBSCRIPTION s`:                                                          "; not in a transaction: DROP SUBSCRIPTION with a slot",
		`CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (create_slot = false)`: "",
		`DO $$ BEGIN EXECUTE 'DROP TABLE t'; END $$`:                                   "; opaque",
		`COPY t FROM stdin`:                                                            "public.t ROW EXCLUSIVE",
	} {
		statements := parse(t, sql)[0]
		if got := describe(Of(&statements[0], st)); got != want {
			t.Errorf("%s\n got %s\nwant %s", sql, got, want)
		}
	}
}

func describe(e Effect) string {
	var locks []string
	for _, l := range e.Locks {
		text := l.Table.String() + " " + l.Level.String()
		if l.Maybe {
			text += "?"
		}
		locks = append(locks, text)
	}
	parts := []string{strings.Join(locks, ", ")}
	for _, kind := range []struct {
		certain, maybe string
		list           []Work
	}{{"rewrites", "may rewrite", e.Rewrites}, {"builds", "may build", e.Builds}, {"scans", "may scan", e.Scans}} {
		var tables []string
		verb := kind.certain
		for _, w := range kind.list {
			if w.Maybe {
				verb = kind.maybe
			}
			if name := strings.TrimSpace(w.Table.String() + " " + w.Index); !slices.Contains(tables, name) {
				tables = append(tables, name)
			}
		}
		if tables != nil {
			parts = append(parts, verb+" "+strings.Join(tables, ", "))
		}
	}
	if e.Outside != "" {
		parts = append(parts, "not in a transaction: "+e.Outside)
	}
	if e.Opaque {
		parts = append(parts, "opaque")
	}
	return strings.Join(parts, "; ")
}

// TestApply shows what is known after statements, as much as rules ask for.
func TestApply(t *testing.T) {
	st := NewState(&schema.Schema{Tables: []schema.Table{{Schema: "public", Name: "old", Columns: []schema.Column{{Name: "id", Type: "uuid"}}}}})
	st.applyAll(parse(t, `
CREATE TABLE new (id int, p int REFERENCES old (id));
ALTER TABLE old ADD COLUMN added int DEFAULT 1 NOT NULL;
ALTER TABLE new RENAME TO newer;
ALTER TABLE newer RENAME COLUMN p TO q;
CREATE INDEX i ON newer (q) WHERE id > 1;
CREATE INDEX j ON newer (id, q);
CREATE TYPE k AS ENUM ('a');
ALTER TYPE k ADD VALUE 'b';
ALTER TABLE newer ADD COLUMN v k;
ALTER TABLE newer SET SCHEMA s;
CREATE TABLE gone (a int);
DROP TABLE gone;
DO $$ BEGIN CREATE TABLE inside (a int); END $$;`)[0])
	newer := st.Table(sqltree.Name{Schema: "s", Name: "newer"})
	if newer == nil || !newer.New || newer.Column("q") == nil || newer.Column("p") != nil || newer.Indexed([]string{"q"}) || !newer.Indexed([]string{"q", "id"}) {
		t.Fatalf("%+v", newer)
	}
	old := st.Table(sqltree.Name{Name: "old"})
	if old.New || !old.Column("added").New || old.Column("id").New || !old.Column("added").NotNull {
		t.Errorf("%+v", old)
	}
	if k := st.Enum(sqltree.Name{Name: "k"}); k == nil || !k.New || !slices.Equal(k.Added, []string{"b"}) {
		t.Errorf("%+v", k)
	}
	if st.Table(sqltree.Name{Name: "gone"}) != nil || st.Table(sqltree.Name{Name: "new"}) != nil || st.Table(sqltree.Name{Name: "inside"}) == nil {
		t.Error("tables that are gone or there")
	}
}
