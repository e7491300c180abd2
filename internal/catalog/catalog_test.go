package catalog

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

var update = flag.Bool("update", false, "rewrite testdata from what is read")

// TestRead runs every testdata/*.txtar: pairs of name.sql, which is run in an
// empty database, and name.txt, what must be read from it. A name that ends in
// @15 needs that version of PostgreSQL or a newer one.
func TestRead(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(archive.Files); i += 2 {
			sql, want := archive.Files[i], &archive.Files[i+1]
			name := strings.TrimSuffix(sql.Name, ".sql")
			t.Run(name, func(t *testing.T) {
				conn := connect(t, pgtest.New(t))
				if _, since, ok := strings.Cut(name, "@"); ok {
					if n, err := strconv.Atoi(since); err != nil || n > major(conn) {
						t.Skipf("needs PostgreSQL %s", since)
					}
				}
				run(t, conn, string(sql.Data))
				got, err := Inspect(context.Background(), conn, Options{})
				if err != nil {
					t.Fatal(err)
				}
				text := dump(got)
				if *update {
					want.Data = []byte(text)
				}
				if diff := cmp.Diff(strings.Split(string(want.Data), "\n"), strings.Split(text, "\n")); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// connect opens a connection that is closed when the test ends.
func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// run executes a script.
func run(t testing.TB, conn *pgx.Conn, sql string) {
	t.Helper()
	if err := conn.PgConn().Exec(context.Background(), sql).Close(); err != nil {
		t.Fatal(err)
	}
}

// major returns the server's major version.
func major(conn *pgx.Conn) int {
	n, _ := strconv.Atoi(strings.SplitN(conn.PgConn().ParameterStatus("server_version"), ".", 2)[0])
	return n
}
