package migrate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

var outsideCases = []struct {
	sql   string
	major int
	want  string
}{
	{"create unique index /* x */ concurrently i on t (a)", 15, "CREATE INDEX CONCURRENTLY"},
	{"CREATE INDEX i ON t (concurrently)", 15, ""},
	{`CREATE INDEX "concurrently" ON t (a)`, 15, ""},
	{"DROP INDEX CONCURRENTLY IF EXISTS i", 15, "DROP INDEX CONCURRENTLY"},
	{"REINDEX (VERBOSE, CONCURRENTLY) TABLE t", 15, "REINDEX CONCURRENTLY"},
	{"REINDEX INDEX CONCURRENTLY i", 15, "REINDEX CONCURRENTLY"},
	{"REINDEX TABLE t", 15, ""},
	{"REINDEX (VERBOSE) SCHEMA s", 15, "REINDEX SCHEMA"},
	{"VACUUM (FULL) t", 15, "VACUUM"},
	{"CLUSTER", 15, "CLUSTER of all tables"},
	{"CLUSTER t USING i", 15, ""},
	{"ALTER TABLE p DETACH PARTITION q CONCURRENTLY;", 15, "DETACH PARTITION CONCURRENTLY"},
	{"ALTER TABLE p DETACH PARTITION q FINALIZE;", 15, ""},
	{"ALTER DATABASE d SET TABLESPACE s", 15, "ALTER DATABASE SET TABLESPACE"},
	{"ALTER DATABASE d SET search_path = s", 15, ""},
	{"ALTER SYSTEM SET x = 1", 15, "ALTER SYSTEM"},
	{"REFRESH MATERIALIZED VIEW CONCURRENTLY v", 15, ""},
	{"ALTER TYPE t ADD VALUE 'x'", 11, "ALTER TYPE ADD VALUE"},
	{"ALTER TYPE t ADD VALUE 'x'", 12, ""},
	{"ALTER TYPE t RENAME TO u", 11, ""},
}

func TestOutside(t *testing.T) {
	for _, c := range outsideCases {
		if got := outside(c.sql, c.major); got != c.want {
			t.Errorf("%s: got %q, want %q", c.sql, got, c.want)
		}
	}
}

// TestOutsideIsWhatTheTreeSays holds what the first words of a statement tell
// to what package effect knows from PostgreSQL's own grammar, over all
// statements that tests have.
func TestOutsideIsWhatTheTreeSays(t *testing.T) {
	var texts []string
	for _, c := range outsideCases {
		texts = append(texts, c.sql)
	}
	more, err := os.ReadFile("../sqltree/testdata/statements.sql")
	if err != nil {
		t.Fatal(err)
	}
	texts = append(texts, string(more), `
CREATE DATABASE d; DROP DATABASE d; CREATE TABLESPACE s LOCATION '/x'; DROP TABLESPACE s; DISCARD ALL; DISCARD PLANS;
CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p; DROP SUBSCRIPTION s;
CLUSTER VERBOSE; CLUSTER (VERBOSE); CLUSTER (VERBOSE) t; VACUUM; ANALYZE; REINDEX SYSTEM d; REINDEX (TABLESPACE s) INDEX i;
ALTER TABLE ONLY p DETACH PARTITION "q" CONCURRENTLY; ALTER DATABASE d RENAME TO e; ALTER DATABASE "TABLESPACE" OWNER TO o;
CREATE INDEX CONCURRENTLY ON t (a); CREATE INDEX ON "concurrently" (a); DROP INDEX IF EXISTS i; DO $$ BEGIN NULL; END $$`)
	paths, err := filepath.Glob("../lint/testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			texts = append(texts, strings.ReplaceAll(string(f.Data), strings.TrimSpace(sqltext.Breakpoint), ""))
		}
	}
	statements, outsiders := 0, 0
	nothing := effect.NewState(&schema.Schema{})
	for _, text := range texts {
		parsed, err := sqltree.Parse(text)
		if err != nil {
			t.Errorf("%v in %s", err, text)
			continue
		}
		for _, s := range parsed {
			got, want := outside(s.Text, 15), effect.Of(&s, nothing).Outside
			if statements++; got != "" {
				outsiders++
			}
			if s.Commits { // seen in the body of a DO only, and refused before it is run
				want = ""
			}
			if got != want && (got == "" || !strings.HasPrefix(want, got+" ")) {
				t.Errorf("%s: its words say %q, the tree %q", s.Text, got, want)
			}
		}
	}
	if statements < 300 || outsiders < 30 {
		t.Errorf("only %d statements, %d of them run on their own", statements, outsiders)
	}
}
