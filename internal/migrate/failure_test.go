package migrate

import (
	"context"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/skein-db/skein/internal/diag"
)

var update = flag.Bool("update", false, "rewrite the texts in testdata")

// TestFailures runs each migration of testdata/failures.txt between two others
// and compares what the user reads. Files come in pairs: name.sql and name.error.
func TestFailures(t *testing.T) {
	const file = "testdata/failures.txt"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(archive.Files); i += 2 {
		name := strings.TrimSuffix(archive.Files[i].Name, ".sql")
		sql, want := archive.Files[i].Data, &archive.Files[i+1].Data
		t.Run(name, func(t *testing.T) {
			got := fail(t, strings.NewReplacer(`\ufeff`, "\uFEFF", `\r`, "\r").Replace(string(sql)))
			if *update {
				*want = []byte(got)
				return
			}
			if diff := cmp.Diff(string(*want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// fail runs a migration that must fail and returns the error's text.
func fail(t *testing.T, sql string) string {
	conn := fresh(t)
	h := historyOf("CREATE TABLE before (id int PRIMARY KEY);", sql, "CREATE TABLE after ();")
	done, err := up(context.Background(), conn, h, Options{})
	var e *diag.Error
	if !errors.As(err, &e) || e.Kind != diag.Database {
		t.Fatalf("got %v", err)
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		t.Errorf("PostgreSQL's error is not within %v", err)
	}
	if len(done.Migrations) != 1 {
		t.Errorf("applied: %+v", done.Migrations)
	}
	if got := value(t, conn, "SELECT count(*)::text FROM drizzle.__drizzle_migrations"); got != "1" {
		t.Errorf("%s rows", got)
	}
	if got := value(t, conn, "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"); !strings.HasPrefix(got, "before") || strings.Contains(got, "undone") {
		t.Errorf("tables: %s", got)
	}
	if got := value(t, conn, "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory'"); got != "0" {
		t.Errorf("%s locks are left", got)
	}
	return err.Error() + "\n"
}

func TestExtensionAdvice(t *testing.T) {
	missing := func(code string) *pgconn.PgError { return &pgconn.PgError{Code: code, Message: "no such thing"} }
	for _, c := range []struct{ code, statement, version, want string }{
		{codeNotSupported, "CREATE EXTENSION vector;", "15.18 (Debian 15.18-0+deb12u1)", "on the machine that runs PostgreSQL: apt install postgresql-15-pgvector"},
		{codeUndefinedFile, `create extension if not exists "postgis" schema x`, "17.2 (Homebrew)", "on the machine that runs PostgreSQL: brew install postgis"},
		{codeUndefinedFile, "CREATE EXTENSION vector", "", "install the extension vector on the machine that runs PostgreSQL"},
		{codeNotSupported, "ALTER TABLE a", "15.1", ""},
		{codeRaised, "DO $$ BEGIN CREATE EXTENSION such; EXCEPTION WHEN others THEN RAISE 'such is missing'; END $$", "15.1", "if the server lacks the extension: on the machine that runs PostgreSQL: install the extension such for PostgreSQL 15"},
		{codeRaised, "DO $$ BEGIN CREATE EXTENSION hstore; RAISE 'stop'; END $$", "15.1", ""},
	} {
		if got := advice(missing(c.code), c.statement, c.version); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}

func TestProviderAdvice(t *testing.T) {
	for message, want := range map[string]string{
		`type "vector" does not exist`:                                         `"vector"`,
		`operator class "gin_trgm_ops" does not exist for access method "gin"`: `"pg_trgm"`,
		`function uuid_generate_v4() does not exist`:                           `"uuid-ossp"`,
		`Typ »citext« existiert nicht`:                                         ``,
		`type "mine" does not exist`:                                           ``,
	} {
		got := providerAdvice(message)
		if want == "" && got != "" && !strings.Contains(message, "citext") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q", message, got)
		}
	}
}
