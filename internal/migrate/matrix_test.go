package migrate

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// TestBehaviour holds what happens in the situations in which migration tools
// differ: those in which others skip in silence, stay stuck, or stop a site.
func TestBehaviour(t *testing.T) {
	const a, b, c = "CREATE TABLE a ();", "CREATE TABLE b ();", "CREATE TABLE c ();"
	without := func(h *history.History, i int) *history.History {
		left := *h
		left.Migrations = append(append(left.Migrations[:0:0], h.Migrations[:i]...), h.Migrations[i+1:]...)
		return &left
	}
	wantStates := func(t *testing.T, conn *pgx.Conn, h *history.History, want ...State) *Report {
		t.Helper()
		r := mustStatus(t, conn, h)
		if diff := cmp.Diff(want, states(r)); diff != "" {
			t.Error(diff)
		}
		return r
	}
	wantTables := func(t *testing.T, conn *pgx.Conn, want string) {
		t.Helper()
		if got := value(t, conn, tables); got != want {
			t.Errorf("tables: %s, want %s", got, want)
		}
	}

	t.Run("eight start at once on an empty database: all succeed", func(t *testing.T) {
		url := pgtest.New(t)
		conn := connect(t, url)
		execSQL(t, conn, beforeThirty)
		var runners []*exec.Cmd
		for range 8 {
			runner, out := startRunner(t, url, "thirty")
			go io.Copy(io.Discard, out)
			runners = append(runners, runner)
		}
		for _, runner := range runners {
			if err := runner.Wait(); err != nil {
				t.Error(err)
			}
		}
		mustHaveThirty(t, conn)
	})
	t.Run("an older file arrives after a newer one: applied, and told before", func(t *testing.T) {
		conn := fresh(t)
		h := historyOf(a, b, c)
		mustUp(t, conn, without(h, 1))
		wantStates(t, conn, h, StateApplied, StateSkipped, StateApplied)
		p, err := Plan(context.Background(), conn, h, Target{})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.InStrictOrder(); err == nil || !strings.Contains(err.Error(), "drizzle/0001_b.sql: not in the order in which the database was migrated: something newer is applied already\n0001_b\nhint: ") {
			t.Errorf("in strict order: %v", err)
		}
		mustUp(t, conn, h)
		wantTables(t, conn, "a b c")
	})
	t.Run("an applied file is edited: told, and not run again", func(t *testing.T) {
		conn := fresh(t)
		mustUp(t, conn, historyOf(a, b))
		edited := historyOf(a, c)
		wantStates(t, conn, edited, StateApplied, StateEdited)
		mustUp(t, conn, edited)
		wantTables(t, conn, "a b")
	})
	t.Run("an applied file is deleted: told", func(t *testing.T) {
		conn := fresh(t)
		h := historyOf(a, b, c)
		mustUp(t, conn, h)
		h.Migrations[1].HasSQL, h.Migrations[1].SQL = false, ""
		if r := wantStates(t, conn, h, StateApplied, StateApplied, StateApplied); r.Entries[1].Note != "its SQL file is missing" {
			t.Errorf("note: %q", r.Entries[1].Note)
		}
		wantStates(t, conn, without(h, 1), StateApplied, StateApplied, StateUnknown)
	})
	t.Run("a statement fails: that file is undone, those before stay, the next run goes on", func(t *testing.T) {
		conn := fresh(t)
		if _, err := up(context.Background(), conn, historyOf(a, b+"SELECT 1/0;", c), Options{}); err == nil || !strings.Contains(err.Error(), "drizzle/0001_b.sql:1:19: division by zero") {
			t.Errorf("got %v", err)
		}
		wantTables(t, conn, "a")
		mustUp(t, conn, historyOf(a, b, c))
		wantTables(t, conn, "a b c")
	})
	t.Run("a file without a transaction fails half way: the next run resumes at the statement", func(t *testing.T) {
		conn := fresh(t)
		execSQL(t, conn, "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1)")
		h := historyOf("CREATE INDEX CONCURRENTLY one ON t (id);\nCREATE UNIQUE INDEX CONCURRENTLY two ON t (id);\nINSERT INTO t VALUES (2);")
		if _, err := up(context.Background(), conn, h, Options{}); err == nil || !strings.Contains(err.Error(), "0000_a is applied up to line 1; the rest of it was not run") {
			t.Errorf("got %v", err)
		}
		execSQL(t, conn, "DELETE FROM t WHERE ctid = '(0,1)'")
		mustUp(t, conn, h)
		if got := value(t, conn, "SELECT string_agg(indexrelid::regclass || ' ' || indisvalid, ', ' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid = 't'::regclass"); got != "one true, two true" {
			t.Errorf("indexes: %s", got)
		}
		if got := value(t, conn, "SELECT string_agg(id::text, ' ' ORDER BY id) FROM t"); got != "1 2" {
			t.Errorf("rows: %s", got)
		}
	})
	t.Run("CREATE INDEX CONCURRENTLY: runs, without a directive", func(t *testing.T) {
		conn := fresh(t)
		mustUp(t, conn, historyOf("CREATE TABLE t (id int);--> statement-breakpoint\nCREATE INDEX CONCURRENTLY i ON t (id);"))
		if got := value(t, conn, "SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'i'::regclass"); got != "true" {
			t.Errorf("valid: %s", got)
		}
	})
	t.Run("a reader holds the table: the ALTER gives way, and is tried again", func(t *testing.T) {
		url := pgtest.New(t)
		conn := connect(t, url)
		execSQL(t, conn, "CREATE TABLE t (id int)")
		_, release := holding(t, url, "SELECT * FROM t")
		reader := connect(t, url)
		gaveWay := false
		_, err := up(context.Background(), conn, historyOf("ALTER TABLE t ADD COLUMN more int;"), Options{LockTimeout: time.Second, pauseLast: noPause, OnEvent: func(e Event) {
			if r, ok := e.(Retry); ok && !gaveWay {
				gaveWay = true
				execSQL(t, reader, "SET lock_timeout = '10ms'; SELECT * FROM t") // nobody is in the way
				if len(r.Blockers) != 1 {
					t.Errorf("blockers: %v", r.Blockers)
				}
				release()
			}
		}})
		if err != nil || !gaveWay {
			t.Errorf("gave way: %v, %v", gaveWay, err)
		}
	})
	t.Run("killed in the middle of a migration: the next run goes on", func(t *testing.T) {
		url, conn := slowDatabase(t)
		runner, out := startRunner(t, url, "faulty")
		waitFor(t, out, "pg_sleep")
		pid := sleeper(t, conn)
		if err := runner.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = runner.Wait()                                                     // says that it was killed
		execSQL(t, conn, fmt.Sprintf("SELECT pg_terminate_backend(%d)", pid)) // PostgreSQL 14 and later notice by themselves
		mustGoOn(t, conn)
	})
	t.Run("two files have the same number, and the same time: both are applied, once", func(t *testing.T) {
		conn := fresh(t)
		h := historyOf(a, b, c)
		h.Migrations[2].Entry.Idx, h.Migrations[2].Entry.When = h.Migrations[1].Entry.Idx, h.Migrations[1].Entry.When
		mustUp(t, conn, h)
		mustUp(t, conn, h)
		wantTables(t, conn, "a b c")
		wantStates(t, conn, h, StateApplied, StateApplied, StateApplied)
	})
	t.Run("a value is added to an enum and used: in one run, and in one file", func(t *testing.T) {
		conn := fresh(t)
		mustUp(t, conn, historyOf("CREATE TYPE m AS ENUM ('x'); CREATE TABLE t (m m);", "ALTER TYPE m ADD VALUE 'y';", "INSERT INTO t VALUES ('y');",
			"ALTER TYPE m ADD VALUE 'z';--> statement-breakpoint\nINSERT INTO t VALUES ('z');"))
		if got := value(t, conn, "SELECT string_agg(m::text, ' ') FROM t"); got != "y z" {
			t.Errorf("rows: %s", got)
		}
	})
}
