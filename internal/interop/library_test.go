package interop

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	_ "github.com/lib/pq"

	"github.com/skein-db/skein"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// libraryMigrate applies a project's folder as a program does that imports
// package skein, over pgx and then, with nothing left to do, over lib/pq.
func (p *project) libraryMigrate(url string) {
	p.t.Helper()
	folder := os.DirFS(p.path("drizzle"))
	if _, err := skein.Migrate(p.t.Context(), skein.URL(url), folder); err != nil {
		p.t.Fatal(err)
	}
	db, err := sql.Open("postgres", url)
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	if again, err := skein.Migrate(p.t.Context(), db, folder); err != nil || len(again.Applied) > 0 {
		p.t.Fatalf("over lib/pq: %+v, %v", again, err)
	}
}

// TestLibraryBesideDrizzle: the library goes on after drizzle-orm's migrator,
// drizzle-orm's after the library, and the rows are the same.
func TestLibraryBesideDrizzle(t *testing.T) {
	modules := nodeModules(t)
	whole, part := newProject(t, modules), firstMigrations(t, modules, 4)
	theirs, mixed, turned := pgtest.New(t), pgtest.New(t), pgtest.New(t)
	whole.ormMigrate(theirs, "drizzle")
	part.ormMigrate(mixed, "drizzle")
	whole.libraryMigrate(mixed)
	part.libraryMigrate(turned)
	whole.ormMigrate(turned, "drizzle")
	want := lines(t, theirs, rowsOfMigrations)
	for _, url := range []string{mixed, turned} {
		sameDatabase(t, theirs, url)
		if diff := cmp.Diff(want, lines(t, url, rowsOfMigrations)); diff != "" {
			t.Error(diff)
		}
		whole.ormMigrate(url, "drizzle")
		whole.libraryMigrate(url)
		if diff := cmp.Diff(want, lines(t, url, rowsOfMigrations)); diff != "" {
			t.Error(diff)
		}
	}
}

// gated makes a project whose last migration waits until somebody else gives
// the advisory lock 1 back.
func gated(t *testing.T) *project {
	p := newProject(t, "")
	p.remove("drizzle")
	p.write("drizzle/meta/_journal.json", `{"version":"7","dialect":"postgresql","entries":[
{"idx":0,"version":"7","when":1,"tag":"0000_a","breakpoints":true},{"idx":1,"version":"7","when":2,"tag":"0001_b","breakpoints":true}]}`)
	p.write("drizzle/0000_a.sql", "CREATE TABLE a ();")
	p.write("drizzle/0001_b.sql", "SELECT pg_advisory_xact_lock(1);")
	return p
}

// TestLibraryAndCommandLineWait: a service that starts while somebody runs
// skein migrate waits for that, and the other way round.
func TestLibraryAndCommandLineWait(t *testing.T) {
	for _, over := range []string{"pgx", "lib/pq"} {
		for _, first := range []string{"command line", "library"} {
			t.Run(first+" first, "+over, func(t *testing.T) { waitForEachOther(t, over, first == "command line") })
		}
	}
}

func waitForEachOther(t *testing.T, over string, commandFirst bool) {
	p, url := gated(t), pgtest.New(t)
	gate, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer gate.Close(context.Background())
	ask := func(sql string) (answer string) {
		if err := gate.QueryRow(context.Background(), sql).Scan(&answer); err != nil {
			t.Error(err)
		}
		return answer
	}
	ask("SELECT pg_advisory_lock(1)::text")

	cmd := p.command(nil, skeinBinary(t), "migrate", "--yes", "--lock-timeout", "0", "--url", url)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	command := make(chan error, 1)
	runCommand := func() { command <- cmd.Run() }

	library := make(chan error, 1)
	var result *skein.Result
	waiting := make(chan struct{})
	patient := skein.WithLockTimeout(0) // the gate may stay shut for long
	runLibrary := func() {
		told := false
		observe := skein.WithObserver(func(_ context.Context, e skein.Event) {
			if _, ok := e.(skein.Waiting); ok && !told {
				told = true
				close(waiting)
			}
		})
		var err error
		if over == "pgx" {
			result, err = skein.Migrate(t.Context(), skein.URL(url), os.DirFS(p.path("drizzle")), observe, patient)
		} else {
			var db *sql.DB
			if db, err = sql.Open("postgres", url); err == nil {
				defer db.Close()
				result, err = skein.Migrate(t.Context(), db, os.DirFS(p.path("drizzle")), observe, patient)
			}
		}
		library <- err
	}

	one, other := runCommand, runLibrary
	if !commandFirst {
		one, other = runLibrary, runCommand
	}
	go one()
	const here = " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
	until := func(wanted string) {
		for end := time.Now().Add(time.Minute); ask("SELECT ("+wanted+")::text") != "true"; {
			if time.Now().After(end) {
				t.Fatalf("never so: %s", wanted)
			}
		}
	}
	until("SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted" + here)
	go other()
	if commandFirst {
		<-waiting
	} else { // it asks for the lock again and again, each time from a query of its own
		until("SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'skein' AND query LIKE '%pg_try_advisory_%' AND state = 'idle' AND datname = current_database()")
	}
	ask("SELECT pg_advisory_unlock(1)::text")
	if err := <-command; err != nil {
		t.Errorf("skein migrate: %v\n%s", err, said.String())
	}
	if err := <-library; err != nil {
		t.Fatal(err)
	}
	if got := ask("SELECT count(*)::text FROM drizzle.__drizzle_migrations"); got != "2" {
		t.Errorf("%s rows", got)
	}
	if want := map[bool]int{true: 0, false: 2}[commandFirst]; len(result.Applied) != want {
		t.Errorf("the library has applied %+v", result.Applied)
	}
}
