//go:build unix

package pgserver_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/pgserver"
)

func skipIfTold(t *testing.T) {
	t.Helper()
	if os.Getenv("SKEIN_TEST_NO_PG") == "1" {
		t.Skip("needs PostgreSQL, and SKEIN_TEST_NO_PG=1")
	}
}

func start(t *testing.T, o pgserver.Options) *pgserver.Server {
	t.Helper()
	skipIfTold(t)
	o.Log = func(line string) { t.Log(line) }
	began := time.Now()
	s, err := pgserver.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("ready after %v: PostgreSQL %s from %s", time.Since(began).Round(time.Millisecond), s.Version(), s.Source())
	t.Cleanup(func() {
		began := time.Now()
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
		t.Logf("stopped after %v", time.Since(began).Round(time.Millisecond))
	})
	return s
}

func query[T any](t *testing.T, url, sql string) T {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var value T
	if err := conn.QueryRow(ctx, sql).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func run(t *testing.T, url, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
}

func create(t *testing.T, s *pgserver.Server) string {
	t.Helper()
	began := time.Now()
	url, err := s.CreateDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("database after %v", time.Since(began).Round(time.Millisecond))
	return url
}

func TestDatabasesAreEmptyAndApart(t *testing.T) {
	s := start(t, pgserver.Options{})
	one, two := create(t, s), create(t, s)
	run(t, one, "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2)")
	if n := query[int](t, two, "SELECT count(*) FROM pg_class WHERE relname = 't'"); n != 0 {
		t.Errorf("the second database sees the first one's table")
	}
	three, err := s.Clone(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	run(t, one, "DROP TABLE t")
	if n := query[int](t, three, "SELECT count(*) FROM t"); n != 2 {
		t.Errorf("the clone has %d rows, want 2", n)
	}
	if err := s.Drop(t.Context(), two); err != nil {
		t.Fatal(err)
	}
	if n := query[int](t, one, "SELECT count(*) FROM pg_database WHERE datname LIKE 'db%'"); n != 2 {
		t.Errorf("%d databases are left, want 2", n)
	}
}
