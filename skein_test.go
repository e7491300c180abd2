package skein_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"

	"github.com/skein-db/skein"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// folder is a migrations folder with these SQL files, "a", "b", ….
func folder(sqls ...string) fstest.MapFS {
	m, entries := fstest.MapFS{}, []string{}
	for i, text := range sqls {
		tag := fmt.Sprintf("%04d_%c", i, 'a'+i)
		m["drizzle/"+tag+".sql"] = &fstest.MapFile{Data: []byte(text)}
		entries = append(entries, fmt.Sprintf(`{"idx":%d,"version":"7","when":%d,"tag":%q,"breakpoints":true}`, i, 1700000000000+i, tag))
	}
	m["drizzle/meta/_journal.json"] = &fstest.MapFile{Data: []byte(`{"version":"7","dialect":"postgresql","entries":[` + strings.Join(entries, ",") + `]}`)}
	return m
}

// a way to call the package, over one kind of connection.
type way struct {
	name    string
	migrate func(context.Context, fs.FS, ...skein.Option) (*skein.Result, error)
	status  func(context.Context, fs.FS, ...skein.Option) (*skein.Report, error)
	plan    func(context.Context, fs.FS, ...skein.Option) ([]skein.Step, error)
}

func wayOver[C skein.Conn](name string, conn C) way {
	return way{
		name: name,
		migrate: func(ctx context.Context, f fs.FS, o ...skein.Option) (*skein.Result, error) {
			return skein.Migrate(ctx, conn, f, o...)
		},
		status: func(ctx context.Context, f fs.FS, o ...skein.Option) (*skein.Report, error) {
			return skein.Status(ctx, conn, f, o...)
		},
		plan: func(ctx context.Context, f fs.FS, o ...skein.Option) ([]skein.Step, error) {
			return skein.Plan(ctx, conn, f, o...)
		},
	}
}

// everyWay runs a test over every kind of connection, each with a database of
// its own. Pools have at most that many connections, 0 for no bound.
func everyWay(t *testing.T, most int, f func(t *testing.T, w way, url string)) {
	for _, kind := range []string{"pool", "conn", "sql pgx", "sql pq", "url"} {
		t.Run(kind, func(t *testing.T) {
			url := pgtest.New(t)
			f(t, over(t, kind, url, most), url)
		})
	}
}

func over(t *testing.T, kind, url string, most int) way {
	switch kind {
	case "pool":
		return wayOver(kind, pool(t, url, most))
	case "conn":
		return wayOver(kind, connect(t, url))
	case "sql pgx":
		return wayOver(kind, openDB(t, "pgx", url, most))
	case "sql pq":
		return wayOver(kind, openDB(t, "postgres", url, most))
	}
	return wayOver(kind, skein.URL(url))
}

func pool(t *testing.T, url string, most int) *pgxpool.Pool {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	if most > 0 {
		config.MaxConns = int32(most)
	}
	p, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func openDB(t *testing.T, driver, url string, most int) *sql.DB {
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(most)
	return db
}

func run(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(context.Background(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func value(t *testing.T, conn *pgx.Conn, sql string) (text string) {
	t.Helper()
	if err := conn.QueryRow(context.Background(), "SELECT coalesce(("+sql+")::text, 'null')").Scan(&text); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return text
}

func tags(applied []skein.Applied) string {
	var all []string
	for _, a := range applied {
		all = append(all, a.Migration)
	}
	return strings.Join(all, " ")
}

func TestEveryConnection(t *testing.T) {
	everyWay(t, 0, func(t *testing.T, w way, url string) {
		ctx := t.Context()
		f := folder("CREATE TABLE a (id int);", "CREATE INDEX CONCURRENTLY a_id ON a (id);", "INSERT INTO a VALUES (1);--> statement-breakpoint\nINSERT INTO a VALUES (2);")
		steps, err := w.plan(ctx, f)
		if err != nil || len(steps) != 3 || !steps[1].Statements[0].Alone || len(steps[2].Statements) != 2 || steps[2].Statements[1].Line != 2 {
			t.Fatalf("the plan is %+v, %v", steps, err)
		}
		if report, err := w.status(ctx, f); err != nil || len(report.Pending()) != 3 {
			t.Fatalf("before: %+v, %v", report, err)
		}
		result, err := w.migrate(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		if got := tags(result.Applied); got != "0000_a 0001_b 0002_c" || result.Applied[0].File != "drizzle/0000_a.sql" || result.Took <= 0 {
			t.Errorf("applied %s: %+v", got, result)
		}
		if report, err := w.status(ctx, f); err != nil || len(report.Pending()) != 0 || report.Migrations[2].State != skein.StateApplied {
			t.Errorf("after: %+v, %v", report, err)
		}
		if result, err := w.migrate(ctx, f); err != nil || len(result.Applied) != 0 {
			t.Errorf("again: %+v, %v", result, err)
		}
		if got := value(t, connect(t, url), "SELECT count(*) FROM a"); got != "2" {
			t.Errorf("%s rows", got)
		}
	})
}

func TestTable(t *testing.T) {
	everyWay(t, 0, func(t *testing.T, w way, url string) {
		if _, err := w.migrate(t.Context(), folder("SELECT 1"), skein.WithTable("public", "done")); err != nil {
			t.Fatal(err)
		}
		if got := value(t, connect(t, url), "SELECT count(*) FROM public.done"); got != "1" {
			t.Errorf("%s rows", got)
		}
	})
}

// TestPoolOfOneIsEnough: who is in the way is asked on another connection, and
// that must not be the one that the run has itself.
func TestPoolOfOneIsEnough(t *testing.T) {
	everyWay(t, 1, func(t *testing.T, w way, url string) {
		other := connect(t, url)
		run(t, other, "CREATE TABLE t ()")
		run(t, other, "BEGIN; LOCK TABLE t")
		retries := 0
		_, err := w.migrate(t.Context(), folder("ALTER TABLE t ADD COLUMN a int"), skein.WithLockTimeout(50*time.Millisecond), skein.WithObserver(func(_ context.Context, e skein.Event) {
			if _, ok := e.(skein.Retrying); ok {
				if retries++; retries == 1 {
					run(t, other, "COMMIT")
				}
			}
		}))
		if err != nil || retries == 0 {
			t.Errorf("after %d retries: %v", retries, err)
		}
	})
}

func TestLockTimeout(t *testing.T) {
	everyWay(t, 0, func(t *testing.T, w way, url string) {
		other := connect(t, url)
		run(t, other, "CREATE TABLE t ()")
		run(t, other, "BEGIN; LOCK TABLE t")
		_, err := w.migrate(t.Context(), folder("ALTER TABLE t ADD COLUMN a int"), skein.WithLockTimeout(50*time.Millisecond), skein.WithLockRetries(0))
		var e *skein.StatementError
		if !errors.Is(err, skein.ErrLockTimeout) || !errors.As(err, &e) || e.SQLState != "55P03" {
			t.Errorf("%v", err)
		}
	})
}

func TestStatementError(t *testing.T) {
	everyWay(t, 0, func(t *testing.T, w way, url string) {
		result, err := w.migrate(t.Context(), folder("CREATE TABLE a (id int);", "CREATE TABLE b (id int);\nINSERT INTO b VALUES ('x');", "SELECT 1"))
		var e *skein.Error
		var s *skein.StatementError
		var pg *pgconn.PgError
		if !errors.As(err, &e) || !errors.As(err, &s) || !errors.As(err, &pg) {
			t.Fatalf("%#v", err)
		}
		if s.Migration != "0001_b" || s.File != "drizzle/0001_b.sql" || s.Line != 2 || s.Column != 23 || s.SQLState != "22P02" || s.SQL != "INSERT INTO b VALUES ('x');" || pg.Code != s.SQLState {
			t.Errorf("%+v", s)
		}
		want := `drizzle/0001_b.sql:2:23: invalid input syntax for type integer: "x" (SQLSTATE 22P02)
2 | INSERT INTO b VALUES ('x');
  |                       ^
0001_b was rolled back; 0000_a before it is applied, the one after it was not run
hint: mend the file or the database, then start again`
		if err.Error() != want {
			t.Errorf("got\n%s\nwant\n%s", err, want)
		}
		if tags(result.Applied) != "0000_a" {
			t.Errorf("applied %s", tags(result.Applied))
		}
	})
}

func TestInterrupted(t *testing.T) {
	everyWay(t, 0, func(t *testing.T, w way, url string) {
		ctx, cancel := context.WithCancel(t.Context())
		conn := connect(t, url)
		const running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND state = 'active' AND pid <> pg_backend_pid() AND datname = current_database()"
		f := folder("SELECT 1", "CREATE TABLE a ();--> statement-breakpoint\nSELECT pg_sleep(600)")
		watched := make(chan struct{})
		go func() {
			defer close(watched)
			for value(t, conn, running) != "1" {
			}
			cancel()
		}()
		result, err := w.migrate(ctx, f)
		<-watched
		if !errors.Is(err, context.Canceled) || tags(result.Applied) != "0000_a" {
			t.Fatalf("applied %s: %v", tags(result.Applied), err)
		}
		for value(t, conn, running) != "0" {
		}
		if got := value(t, conn, "to_regclass('a')"); got != "null" {
			t.Error("the table stays")
		}
		f["drizzle/0001_b.sql"].Data = []byte("CREATE TABLE a ();")
		if w.name == "conn" && connect(t, url).IsClosed() {
			t.Fatal("the connection is gone")
		}
		if result, err := w.migrate(t.Context(), f); err != nil || tags(result.Applied) != "0001_b" {
			t.Errorf("the next run: %+v, %v", result, err)
		}
	})
}

func TestConnectionLost(t *testing.T) {
	everyWay(t, 0, func(t *testing.T, w way, url string) {
		f := folder("CREATE TABLE a ();--> statement-breakpoint\nSELECT pg_terminate_backend(pg_backend_pid())")
		_, err := w.migrate(t.Context(), f)
		if !errors.Is(err, skein.ErrConnectionLost) {
			t.Fatal(err)
		}
		if got := value(t, connect(t, url), "to_regclass('a')"); got != "null" {
			t.Error("the table stays")
		}
		f["drizzle/0000_a.sql"].Data = []byte("CREATE TABLE a ();")
		_, err = w.migrate(t.Context(), f)
		if w.name == "conn" { // it was the caller's only one
			if !errors.Is(err, skein.ErrConnectionLost) {
				t.Errorf("on a closed connection: %v", err)
			}
		} else if err != nil {
			t.Errorf("the next run: %v", err)
		}
	})
}

func TestInUse(t *testing.T) {
	conn := connect(t, pgtest.New(t))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := skein.Migrate(t.Context(), conn, folder("SELECT 1")); !errors.Is(err, skein.ErrInUse) {
		t.Errorf("within a transaction: %v", err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Errorf("the caller's transaction: %v", err)
	}
}

func TestNil(t *testing.T) {
	if _, err := skein.Migrate(t.Context(), (*pgxpool.Pool)(nil), folder()); err == nil {
		t.Error("a nil pool does")
	}
	if _, err := skein.Migrate(t.Context(), (*sql.DB)(nil), folder()); err == nil {
		t.Error("a nil DB does")
	}
	if _, err := skein.Migrate(t.Context(), (*pgx.Conn)(nil), folder()); err == nil {
		t.Error("a nil connection does")
	}
	if _, err := skein.Migrate(t.Context(), skein.URL("postgres://nobody@127.0.0.1:1/x?connect_timeout=1"), nil); err == nil {
		t.Error("no file system does")
	}
}

func TestOutOfOrder(t *testing.T) {
	everyWay(t, 0, func(t *testing.T, w way, url string) {
		all := folder("CREATE TABLE a ()", "CREATE TABLE b ()", "CREATE TABLE c ()")
		without := folder("CREATE TABLE a ()", "CREATE TABLE b ()", "CREATE TABLE c ()")
		without["drizzle/meta/_journal.json"].Data = regexp.MustCompile(`\{[^{}]*"0001_b"[^{}]*\},`).ReplaceAll(without["drizzle/meta/_journal.json"].Data, nil)
		if result, err := w.migrate(t.Context(), without); err != nil || tags(result.Applied) != "0000_a 0002_c" {
			t.Fatalf("%+v, %v", result, err)
		}
		_, err := w.migrate(t.Context(), all, skein.WithStrictOrder())
		var order *skein.OrderError
		if !errors.Is(err, skein.ErrOutOfOrder) || !errors.As(err, &order) || strings.Join(order.Migrations, " ") != "0001_b" {
			t.Errorf("in strict order: %v", err)
		}
		if _, err := w.plan(t.Context(), all, skein.WithStrictOrder()); !errors.Is(err, skein.ErrOutOfOrder) {
			t.Errorf("the plan in strict order: %v", err)
		}
		result, err := w.migrate(t.Context(), all)
		if err != nil || tags(result.Applied) != "0001_b" || !result.Applied[0].OutOfOrder {
			t.Errorf("%+v, %v", result, err)
		}
		// A service that was rolled back meets a database that is ahead of it.
		report, err := w.status(t.Context(), without)
		if err != nil || len(report.Pending()) > 0 || len(report.Unknown) != 1 {
			t.Errorf("ahead: %+v, %v", report, err)
		}
		if _, err := w.migrate(t.Context(), without); err != nil {
			t.Errorf("ahead: %v", err)
		}
	})
}

// TestRenumbered: what the database ran before it was put behind upstream's
// migration is not run again.
func TestRenumbered(t *testing.T) {
	everyWay(t, 0, func(t *testing.T, w way, url string) {
		if _, err := w.migrate(t.Context(), folder("CREATE TABLE a ()", "CREATE TABLE mine ()")); err != nil {
			t.Fatal(err)
		}
		resolved := folder("CREATE TABLE a ()", "CREATE TABLE theirs ()", "CREATE TABLE mine ()")
		journal := resolved["drizzle/meta/_journal.json"]
		journal.Data = []byte(strings.NewReplacer("1700000000001", "1700000000500", "1700000000002", "1700000000900").Replace(string(journal.Data)))
		report, err := w.status(t.Context(), resolved)
		if err != nil || report.Migrations[2].State != skein.StateMoved {
			t.Errorf("%+v, %v", report, err)
		}
		result, err := w.migrate(t.Context(), resolved)
		if err != nil || tags(result.Applied) != "0001_b" || strings.Join(result.Moved, " ") != "0002_c" {
			t.Errorf("%+v, %v", result, err)
		}
	})
}

func TestSingleTransaction(t *testing.T) {
	everyWay(t, 0, func(t *testing.T, w way, url string) {
		_, err := w.migrate(t.Context(), folder("CREATE TABLE a ()", "SELECT 1/0"), skein.WithSingleTransaction())
		if err == nil || value(t, connect(t, url), "to_regclass('a')") != "null" {
			t.Errorf("the first one stays: %v", err)
		}
		_, err = w.migrate(t.Context(), folder("VACUUM"), skein.WithSingleTransaction())
		if !errors.Is(err, skein.ErrMigrations) || !strings.Contains(err.Error(), "leave out WithSingleTransaction") {
			t.Errorf("%v", err)
		}
	})
}

func TestWrongFolder(t *testing.T) {
	_, err := skein.Migrate(t.Context(), skein.URL("postgres://nobody@127.0.0.1:1/x"), fstest.MapFS{"drizzle/0000_a.sql": {}})
	if !errors.Is(err, skein.ErrMigrations) || !strings.Contains(err.Error(), "all:drizzle") {
		t.Errorf("%v", err)
	}
}

// TestBusy: one runner is in the middle of it; others wait, or do not.
func TestBusy(t *testing.T) {
	everyWay(t, 0, func(t *testing.T, w way, url string) {
		f := folder("CREATE TABLE a ()", "SELECT pg_advisory_xact_lock(1)")
		gate := connect(t, url)
		run(t, gate, "SELECT pg_advisory_lock(1)")
		first := make(chan error)
		go func() {
			_, err := over(t, w.name, url, 0).migrate(t.Context(), f)
			first <- err
		}()
		for value(t, gate, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") != "1" {
		}
		_, err := w.migrate(t.Context(), f, skein.WithWait(0))
		var busy *skein.BusyError
		if !errors.Is(err, skein.ErrBusy) || !errors.As(err, &busy) || len(busy.Holders) != 1 {
			t.Errorf("without waiting: %v", err)
		}
		opened := false
		result, err := w.migrate(t.Context(), f, skein.WithObserver(func(_ context.Context, e skein.Event) {
			if waiting, ok := e.(skein.Waiting); ok && !opened {
				opened = true
				if len(waiting.Holders) != 1 {
					t.Errorf("held by %+v", waiting.Holders)
				}
				run(t, gate, "SELECT pg_advisory_unlock(1)")
			}
		}))
		if err != nil || !opened || len(result.Applied) != 0 || strings.Join(result.ByOthers, " ") != "0001_b" && strings.Join(result.ByOthers, " ") != "0000_a 0001_b" || len(result.WaitedFor) == 0 {
			t.Errorf("%+v, %v", result, err)
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
	})
}

// TestPoolIsAsBefore: what migrations set stays theirs.
func TestPoolIsAsBefore(t *testing.T) {
	url := pgtest.New(t)
	p := pool(t, url, 1)
	if _, err := skein.Migrate(t.Context(), p, folder("SET search_path = pg_catalog; SET statement_timeout = '7s'")); err != nil {
		t.Fatal(err)
	}
	var path, timeout string
	if err := p.QueryRow(t.Context(), "SELECT current_setting('search_path'), current_setting('statement_timeout')").Scan(&path, &timeout); err != nil {
		t.Fatal(err)
	}
	if path == "pg_catalog" || timeout == "7s" {
		t.Errorf("search_path %s, statement_timeout %s", path, timeout)
	}
}

func TestLog(t *testing.T) {
	everyWay(t, 0, func(t *testing.T, w way, _ string) {
		var out bytes.Buffer
		varies := map[string]bool{"time": true, "took": true, "waited": true, "database": true}
		logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if varies[a.Key] {
				return slog.Attr{}
			}
			return a
		}}))
		f := folder("SELECT 1;--> statement-breakpoint\nSELECT 2;", "SELECT 1/0")
		_, _ = w.migrate(t.Context(), f, skein.WithLogger(logger))
		want := `level=INFO msg="migrations are pending" pending=2
level=INFO msg="applying migration" migration=0000_a file=drizzle/0000_a.sql number=1 total=2
level=DEBUG msg="running statement" migration=0000_a file=drizzle/0000_a.sql line=1 sql="SELECT 1;"
level=DEBUG msg="running statement" migration=0000_a file=drizzle/0000_a.sql line=2 sql="SELECT 2;"
level=INFO msg="migration applied" migration=0000_a
level=INFO msg="applying migration" migration=0001_b file=drizzle/0001_b.sql number=2 total=2
level=DEBUG msg="running statement" migration=0001_b file=drizzle/0001_b.sql line=1 sql="SELECT 1/0"
level=ERROR msg="migration failed" migration=0001_b error="drizzle/0001_b.sql:1:1: division by zero (SQLSTATE 22012)\n1 | SELECT 1/0\n  | ^\n0001_b was rolled back; 0000_a before it is applied\nhint: mend the file or the database, then start again"
level=ERROR msg="database is not migrated" applied=1 moved=0 by_others=0 error="drizzle/0001_b.sql:1:1: division by zero (SQLSTATE 22012)\n1 | SELECT 1/0\n  | ^\n0001_b was rolled back; 0000_a before it is applied\nhint: mend the file or the database, then start again"
`
		if out.String() != want {
			t.Errorf("got\n%s\nwant\n%s", out.String(), want)
		}
	})
}

// TestLogPage holds docs/library.md to the messages in log.go.
func TestLogPage(t *testing.T) {
	page, err := os.ReadFile("docs/library.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("log.go")
	if err != nil {
		t.Fatal(err)
	}
	messages := regexp.MustCompile(`(?:slog\.Level\w+, |message = slog\.LevelWarn, |level, )"([^"]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(messages) < 15 {
		t.Fatalf("found only %d messages in log.go", len(messages))
	}
	for _, m := range messages {
		if !strings.Contains(string(page), "| `"+m[1]+"` |") {
			t.Errorf("docs/library.md does not have the message %q", m[1])
		}
	}
}

// TestNoFlagsInErrors: hints of the runner that name a flag of the command
// line are said in the words of this package.
func TestNoFlagsInErrors(t *testing.T) {
	files, err := filepath.Glob("internal/migrate/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no files of the runner")
	}
	flag := regexp.MustCompile("\"[^\"\n]*--[a-z]+[^\"\n]*\"")
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, literal := range flag.FindAllString(string(text), -1) {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			found++
			if strings.Contains(skein.InCode(literal), "--") {
				t.Errorf("%s: %s", file, literal)
			}
		}
	}
	if found == 0 {
		t.Error("no literal with a flag was found")
	}
}
