package migrate

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// pools opens a database through database/sql, once over each driver.
func pools(t *testing.T, most int, f func(t *testing.T, db *sql.DB, url string)) {
	for _, name := range []string{"pgx", "postgres", "wrapped"} {
		t.Run(name, func(t *testing.T) {
			url := pgtest.New(t)
			db, err := sql.Open(name, url)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			db.SetMaxOpenConns(most)
			f(t, db, url)
		})
	}
}

func init() { sql.Register("wrapped", wrapper{stdlib.GetDefaultDriver()}) }

// wrapper is pgx's driver as those have it that trace or count what goes by:
// pgx cannot be seen behind it, and it prepares every statement.
type wrapper struct{ driver.Driver }

func (w wrapper) Open(name string) (driver.Conn, error) {
	c, err := w.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	return wrapped{c, c.(driver.ExecerContext), c.(driver.QueryerContext), c.(driver.Pinger)}, nil
}

type wrapped struct {
	driver.Conn
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
}

// upDB plans and applies on a connection of the pool.
func upDB(ctx context.Context, db *sql.DB, h *history.History, o Options) (done *Applied, err error) {
	err = OnDB(ctx, db, func(s *Connection) error {
		p, err := s.Plan(ctx, h, Target{})
		if err != nil {
			return err
		}
		done, err = s.Apply(ctx, p, o)
		return err
	})
	return done, err
}

const manyKinds = `CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE people (id int PRIMARY KEY, m mood);--> statement-breakpoint
ALTER TYPE mood ADD VALUE 'happy';--> statement-breakpoint
INSERT INTO people VALUES (1, 'happy');
CREATE INDEX CONCURRENTLY people_m ON people (m);
-- the end`

func TestOverDrivers(t *testing.T) {
	pools(t, 0, func(t *testing.T, db *sql.DB, url string) {
		h := historyOf(manyKinds, "SELECT 1")
		done, err := upDB(t.Context(), db, h, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(done.Migrations) != 2 {
			t.Errorf("%d migrations were applied", len(done.Migrations))
		}
		conn := connect(t, url)
		for _, e := range mustStatus(t, conn, h).Entries {
			if e.State != StateApplied {
				t.Errorf("%s is %s", e.Migration.Entry.Tag, e.State)
			}
		}
		if got := value(t, conn, "SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'people_m'::regclass"); got != "true" {
			t.Errorf("the index is valid: %s", got)
		}
		if again, err := upDB(t.Context(), db, h, Options{}); err != nil || len(again.Migrations) > 0 {
			t.Errorf("again: %v, %v", again, err)
		}
	})
}

// TestOverDriversFailure: the place of an error is found without the number of
// statements that went before it, and nothing of the migration stays.
func TestOverDriversFailure(t *testing.T) {
	for _, c := range []struct {
		sql, code    string
		line, column int
	}{
		{"CREATE TABLE ä (id int PRIMARY KEY);\nINSERT INTO ä VALUES (1);\n  INSERT INTO ä VALUES (1);", "23505", 3, 3},
		{"CREATE TABLE ä (id int);\n-- ö\nSELECT 'ü', nix FROM ä;", "42703", 3, 13},
		{"CREATE TABLE ä (id int);\nCOPY ä FROM STDIN;", "57014", 2, 1},
	} {
		pools(t, 0, func(t *testing.T, db *sql.DB, url string) {
			_, err := upDB(t.Context(), db, historyOf(c.sql), Options{})
			var e *diag.Error
			var pg *pgconn.PgError
			if !errors.As(err, &e) || !errors.As(err, &pg) || pg.Code != c.code || e.Line != c.line || e.Column != c.column {
				t.Fatalf("at %d:%d instead of %d:%d: %v", e.Line, e.Column, c.line, c.column, err)
			}
			if !strings.Contains(e.Detail, "0000_a was rolled back") {
				t.Errorf("it does not say that all was rolled back: %v", err)
			}
			if got := value(t, connect(t, url), "SELECT to_regclass('ä')::text"); got != "null" {
				t.Errorf("the table stays: %s", got)
			}
		})
	}
}

func TestOverDriversInterrupted(t *testing.T) {
	pools(t, 0, func(t *testing.T, db *sql.DB, url string) {
		conn := connect(t, url)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_, err := upDB(ctx, db, historyOf("CREATE TABLE a ();--> statement-breakpoint\nSELECT pg_sleep(600);"), Options{OnEvent: func(e Event) {
			if s, ok := e.(StatementStart); ok && s.Number == 2 {
				go func() {
					askUntil(t, connect(t, url), "SELECT count(*)::text FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND state = 'active' AND pid <> pg_backend_pid()", "1")
					cancel()
				}()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		askUntil(t, conn, "SELECT count(*)::text FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND state = 'active' AND pid <> pg_backend_pid()", "0")
		if got := value(t, conn, "SELECT to_regclass('a')::text"); got != "null" {
			t.Errorf("the table stays: %s", got)
		}
	})
}

// askUntil asks until a query has the answer.
func askUntil(t *testing.T, conn *pgx.Conn, query, want string) {
	t.Helper()
	for t.Context().Err() == nil {
		var got string
		if err := conn.QueryRow(t.Context(), query).Scan(&got); err != nil {
			t.Error(err)
			return
		}
		if got == want {
			return
		}
	}
}

// TestPoolOfOne: nothing waits for the connection that the run has itself.
func TestPoolOfOne(t *testing.T) {
	pools(t, 1, func(t *testing.T, db *sql.DB, url string) {
		other := connect(t, url)
		execSQL(t, other, "CREATE TABLE t ()")
		execSQL(t, other, "BEGIN; LOCK TABLE t")
		blocked := false
		done, err := upDB(t.Context(), db, historyOf("ALTER TABLE t ADD COLUMN a int"), Options{LockTimeout: 100_000_000, OnEvent: func(e Event) {
			if _, ok := e.(Retry); ok && !blocked {
				blocked = true
				execSQL(t, other, "COMMIT")
			}
		}})
		if err != nil || len(done.Migrations) != 1 || !blocked {
			t.Fatalf("%+v, blocked: %t, %v", done, blocked, err)
		}
		_, err = upDB(t.Context(), db, historyOf("ALTER TABLE t ADD COLUMN a int", "CREATE INDEX CONCURRENTLY i ON t (a)"), Options{})
		if t.Name() == "TestPoolOfOne/pgx" {
			if err != nil {
				t.Error(err)
			}
		} else if err == nil || !strings.Contains(err.Error(), "SetMaxOpenConns") {
			t.Errorf("a second connection was had from a pool of one: %v", err)
		}
	})
}

// TestConnectionsAreThrownAway: what a migration sets does not reach whoever
// takes a connection from the pool next.
func TestConnectionsAreThrownAway(t *testing.T) {
	pools(t, 0, func(t *testing.T, db *sql.DB, _ string) {
		if _, err := upDB(t.Context(), db, historyOf("SET search_path = pg_catalog; SET ROLE NONE; SET statement_timeout = '7s'"), Options{}); err != nil {
			t.Fatal(err)
		}
		var path, timeout string
		if err := db.QueryRow("SELECT current_setting('search_path'), current_setting('statement_timeout')").Scan(&path, &timeout); err != nil {
			t.Fatal(err)
		}
		if path == "pg_catalog" || timeout == "7s" {
			t.Errorf("search_path %s, statement_timeout %s", path, timeout)
		}
	})
}

func TestManyAtOnceOverDrivers(t *testing.T) {
	pools(t, 0, func(t *testing.T, db *sql.DB, url string) {
		h := historyOf("CREATE TABLE a (id int)", "CREATE TABLE b (id int)", "CREATE INDEX CONCURRENTLY i ON a (id)", "INSERT INTO a VALUES (1)")
		errs := make(chan error)
		for range 8 {
			go func() {
				_, err := upDB(t.Context(), db, h, Options{})
				errs <- err
			}()
		}
		for range 8 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		conn := connect(t, url)
		if got := value(t, conn, "SELECT count(*)::text FROM a"); got != "1" {
			t.Errorf("the row is there %s times", got)
		}
		if got := value(t, conn, `SELECT count(*)::text FROM drizzle.__drizzle_migrations`); got != "4" {
			t.Errorf("%s rows", got)
		}
	})
}

func TestOtherEncoding(t *testing.T) {
	conn := connect(t, pgtest.New(t))
	execSQL(t, conn, "SET client_encoding = 'LATIN1'")
	_, err := up(t.Context(), conn, historyOf("SELECT 1"), Options{})
	if err == nil || !strings.Contains(err.Error(), "client_encoding=UTF8") {
		t.Error(err)
	}
}

// TestOverDriversLostAtCommit: what became of a COMMIT that was not answered is
// looked up on another connection of the pool.
func TestOverDriversLostAtCommit(t *testing.T) {
	pools(t, 0, func(t *testing.T, db *sql.DB, url string) {
		conn := connect(t, url)
		execSQL(t, conn, `CREATE TABLE t (id int);
			CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(5); RETURN NULL; END';
			CREATE CONSTRAINT TRIGGER die AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()`)
		h := historyOf("SELECT 1;", "INSERT INTO t VALUES (1);")
		_, err := upDB(t.Context(), db, h, Options{})
		var e *diag.Error
		if !errors.As(err, &e) || !IsLost(err) || !strings.Contains(e.Message, "lost while 0001_b was being committed") ||
			!strings.Contains(e.Detail, "a new connection shows that it was not\n0001_b was rolled back; 0000_a before it is applied") {
			t.Errorf("got %v", err)
		}
		execSQL(t, conn, "DROP TRIGGER die ON t")
		if done, err := upDB(t.Context(), db, h, Options{}); err != nil || len(done.Migrations) != 1 {
			t.Errorf("the next run: %+v, %v", done, err)
		}
	})
}
