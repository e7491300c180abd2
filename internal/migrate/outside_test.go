package migrate

import "testing"

func TestOutside(t *testing.T) {
	for _, c := range []struct {
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
	} {
		if got := outside(c.sql, c.major); got != c.want {
			t.Errorf("%s: got %q, want %q", c.sql, got, c.want)
		}
	}
}
