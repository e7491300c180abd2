package migrate

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/diag"
)

// sent shows what a migration sends: a line per query, parts divided by "=".
func sent(s *Step) string {
	var parts []string
	for _, p := range s.parts {
		var queries []string
		for _, q := range p.pieces {
			queries = append(queries, fmt.Sprintf("%q", q.text))
		}
		if p.outside != "" {
			queries = append(queries, "alone: "+p.outside)
		}
		parts = append(parts, strings.Join(queries, "\n"))
	}
	return strings.Join(parts, "\n=\n")
}

func TestCutMigration(t *testing.T) {
	const mark = "--> statement-breakpoint"
	for _, c := range []struct{ name, sql, want, notes string }{
		{"empty", "", ``, ""},
		{"pieces as drizzle sends them", "A;" + mark + "\nB;\nC;" + mark + "\n \n", "\"A;\"\n\"\\nB;\\nC;\"", ""},
		{"comments are sent: they may not be closed", "/* a" + mark + "*/", "\"/* a\"\n\"*/\"", ""},
		{"byte order mark", "\uFEFFA;", `"A;"`, ""},
		{"BEGIN is blanked", "BEGIN; A;" + mark + "START TRANSACTION;", `"       A;"`, ""},
		{"a COMMIT at the end changes nothing", "BEGIN;\nA;\nCOMMIT;\n-- done\n", "\"      \\nA;\\n\"\n\"\\n-- done\\n\"", ""},
		{"a COMMIT in the middle", "A;" + mark + "\nCOMMIT;" + mark + "\n-- then\nB;", "\"A;\"\n=\n\"\\n-- then\\nB;\"",
			"COMMIT in line 2: what is before it stays when something after it fails"},
		{"within a piece", "A; END; B; commit and chain; C", "\"A; \"\n=\n\" B; \"\n=\n\" C\"",
			"COMMIT in line 1: what is before it stays when something after it fails\nCOMMIT in line 1: what is before it stays when something after it fails"},
		{"nothing before the first", "-- a\nCOMMIT; A; COMMIT; COMMIT;", "\"-- a\\n\"\n\" A; \"", ""},
		{"not transaction control", "DO $$BEGIN COMMIT; END$$; SAVEPOINT s; ROLLBACK TO s; ROLLBACK WORK TO s; PREPARE p AS SELECT 1; COMMIT PREPARED 'x'; START_IT",
			`"DO $$BEGIN COMMIT; END$$; SAVEPOINT s; ROLLBACK TO s; ROLLBACK WORK TO s; PREPARE p AS SELECT 1; COMMIT PREPARED 'x'; START_IT"`, ""},
		{"in a function", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; B;", `"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; B;"`, ""},
		{"on its own", "VACUUM;", "\"VACUUM;\"\nalone: VACUUM", "line 1 runs on its own: PostgreSQL takes VACUUM in no transaction"},
		{"between others", "A;\n-- why\nDROP INDEX CONCURRENTLY i; /* b */ B;", "\"A;\\n-- why\\n\"\n=\n\"DROP INDEX CONCURRENTLY i;\"\nalone: DROP INDEX CONCURRENTLY\n=\n\" /* b */ B;\"",
			"line 3 runs on its own: PostgreSQL takes DROP INDEX CONCURRENTLY in no transaction; what is before it stays when it fails"},
		{"one after the other", "VACUUM a;" + mark + "\n-- and\nVACUUM b;" + mark + "\n", "\"VACUUM a;\"\nalone: VACUUM\n=\n\"VACUUM b;\"\nalone: VACUUM",
			"line 1 runs on its own: PostgreSQL takes VACUUM in no transaction\nline 3 runs on its own: PostgreSQL takes VACUUM in no transaction; what is before it stays when it fails"},
		{"a comment that is not closed is sent", "VACUUM; /* B;", "\"VACUUM;\"\nalone: VACUUM\n=\n\" /* B;\"", "line 1 runs on its own: PostgreSQL takes VACUUM in no transaction"},
		{"within the file's own transaction", "BEGIN; A; VACUUM; COMMIT;", "\"       A; \"\n=\n\"VACUUM;\"\nalone: VACUUM", "line 1 runs on its own: PostgreSQL takes VACUUM in no transaction; what is before it stays when it fails"},
		{"a value that is used", "A; ALTER TYPE \"public\".\"mood\" ADD VALUE 'sad' BEFORE 'ok'; B; UPDATE t SET m = 'sad'; C;",
			"\"A; ALTER TYPE \\\"public\\\".\\\"mood\\\" ADD VALUE 'sad' BEFORE 'ok'; B; \"\n=\n\"UPDATE t SET m = 'sad'; C;\"",
			"the value 'sad' of line 1 is committed before line 1 uses it, and stays when something after it fails"},
		{"in a later piece", "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'it''s';" + mark + "\nSELECT 'it''s';", "\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'it''s';\"\n=\n\"SELECT 'it''s';\"",
			"the value 'it''s' of line 1 is committed before line 2 uses it, and stays when something after it fails"},
		{"a value that is not used", "ALTER TYPE mood ADD VALUE 'sad'; ALTER TYPE mood ADD VALUE 'glad' AFTER 'sad'; SELECT 'sa';", "\"ALTER TYPE mood ADD VALUE 'sad'; ALTER TYPE mood ADD VALUE 'glad' AFTER 'sad'; SELECT 'sa';\"", ""},
		{"a value of a type that is new", "CREATE TYPE mood AS ENUM ('ok'); ALTER TYPE public.mood ADD VALUE 'sad'; SELECT 'sad';", "\"CREATE TYPE mood AS ENUM ('ok'); ALTER TYPE public.mood ADD VALUE 'sad'; \"\n=\n\"SELECT 'sad';\"",
			"the value 'sad' of line 1 is committed before line 1 uses it, and stays when something after it fails"},
	} {
		s, err := newStep(migration(0, "a", c.sql), cutting{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, sent(s)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if diff := cmp.Diff(c.notes, strings.Join(s.Notes, "\n")); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		checkPlaces(t, s)
	}
}

// checkPlaces fails when a statement is not where its piece says.
func checkPlaces(t *testing.T, s *Step) {
	t.Helper()
	for _, statement := range s.Statements {
		if !strings.HasPrefix(lineAt(s.Migration.SQL, statement.Line, statement.Column), firstLine(statement.SQL)) {
			t.Errorf("%q is not at %d:%d", statement.SQL, statement.Line, statement.Column)
		}
	}
	end := 0
	for _, part := range s.parts {
		for _, p := range part.pieces {
			for _, statement := range p.statements {
				at := p.offset + statement.Offset
				if got := s.Migration.SQL[at : at+len(statement.Text)]; got != statement.Text {
					t.Errorf("%q is not at %d of %q", statement.Text, at, s.Migration.SQL)
				}
				if at < end {
					t.Errorf("%q is in the part before it", statement.Text)
				}
			}
		}
		end = part.end
	}
	if end != len(s.Migration.SQL) {
		t.Errorf("the last part ends at %d", end)
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// lineAt returns the rest of a line from a column on.
func lineAt(file string, line, column int) string {
	text := strings.Split(strings.TrimPrefix(file, "\uFEFF"), "\n")[line-1]
	return string([]rune(text)[column-1:])
}

// TestLargeMigration has a size at which anything quadratic takes minutes.
func TestLargeMigration(t *testing.T) {
	for name, sql := range map[string]string{
		"lines":  strings.Repeat("INSERT INTO t VALUES ('ä');\n", 200_000),
		"a line": strings.Repeat("INSERT INTO t VALUES ('ä');", 200_000),
		"pieces": strings.Repeat("INSERT INTO t VALUES ('ä');--> statement-breakpoint\n", 100_000),
	} {
		start := time.Now()
		s, err := newStep(migration(0, "a", sql), cutting{})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 10*time.Second || len(s.Statements) < 100_000 {
			t.Errorf("%s: %d statements took %v", name, len(s.Statements), took)
		}
	}
}

func TestRefusedMigrations(t *testing.T) {
	for _, c := range []struct{ sql, want string }{
		{"SELECT 1;\n  ROLLBACK;", "drizzle/0000_a.sql:2:3: the migration undoes its own transaction with ROLLBACK"},
		{"\uFEFFABORT;", "drizzle/0000_a.sql:1:1: the migration undoes its own transaction with ABORT"},
		{"PREPARE TRANSACTION 'x';", "drizzle/0000_a.sql:1:1: the migration undoes its own transaction with PREPARE"},
		{"SELECT '\x00';", "drizzle/0000_a.sql:1:9: the file contains a zero byte, which SQL cannot"},
		{"-- \xff\nSELECT 1;", "drizzle/0000_a.sql:1:4: the file is not UTF-8"},
	} {
		_, err := newStep(migration(0, "a", c.sql), cutting{})
		var e *diag.Error
		if !errors.As(err, &e) {
			t.Errorf("%q: got %v", c.sql, err)
			continue
		}
		if got := e.Position() + ": " + e.Message; got != c.want || e.Kind != diag.Usage {
			t.Errorf("%q: got %q, want %q", c.sql, got, c.want)
		}
	}
}

func FuzzCutMigration(f *testing.F) {
	f.Add("A; COMMIT; B;--> statement-breakpoint\nBEGIN;C")
	f.Add("\uFEFFBEGIN; END; -- x\n;;$$;$$ END")
	f.Fuzz(func(t *testing.T, sql string) {
		if s, err := newStep(migration(0, "a", sql), cutting{}); err == nil {
			checkPlaces(t, s)
		}
	})
}

// TestNewValueOfANewType: servers before 17 ask for a commit here too.
func TestNewValueOfANewType(t *testing.T) {
	m := migration(0, "a", "CREATE TYPE mood AS ENUM ('ok'); ALTER TYPE mood ADD VALUE 'sad'; SELECT 'sad';")
	for major, want := range map[int]int{12: 2, 16: 2, 17: 1, 18: 1} {
		s, err := newStep(m, cutting{major: major})
		if err != nil {
			t.Fatal(err)
		}
		if len(s.parts) != want {
			t.Errorf("PostgreSQL %d: %d parts, want %d", major, len(s.parts), want)
		}
	}
}
