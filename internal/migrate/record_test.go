package migrate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

func marking(t *testing.T, conn *pgx.Conn, h *history.History, applied bool, entries ...int) *Marking {
	t.Helper()
	return &Marking{Report: mustStatus(t, conn, h), Entries: entries, Applied: applied, Reason: "a test", Person: "somebody"}
}

func mustRecord(t *testing.T, conn *pgx.Conn, m *Marking) *Recorded {
	t.Helper()
	done, err := Record(context.Background(), conn, m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestRecord(t *testing.T) {
	conn := fresh(t)
	h := historyOf("CREATE TABLE a ();", "CREATE TABLE b ();", "CREATE TABLE c ();")
	m := marking(t, conn, h, true, 0, 1)
	m.Baseline = true
	if done := mustRecord(t, conn, m); strings.Join(done.Tags, " ") != "0000_a 0001_b" {
		t.Errorf("done: %+v", done)
	}
	// The rows are those that drizzle's migrator would have written, and the
	// sequence is where it would be.
	want := fmt.Sprintf("1 %s 1700000000000\n2 %s 1700000001000", h.Migrations[0].Hash(), h.Migrations[1].Hash())
	if diff := cmp.Diff(want, rowsOf(t, conn)); diff != "" {
		t.Error(diff)
	}
	if got := value(t, conn, tables); got != "" {
		t.Errorf("something was run: %s", got)
	}
	if done := mustUp(t, conn, h); len(done.Migrations) != 1 || done.Migrations[0].Tag != "0002_c" {
		t.Errorf("migrate did %+v", done)
	}
	if e := mustStatus(t, conn, h).Entries[1]; e.Mark == nil || e.Mark.Event != "baselined" || !strings.Contains(e.Mark.String(), "taken as applied (baseline) by ") || !strings.Contains(e.Mark.String(), "(somebody)") {
		t.Errorf("mark: %v", e.Mark)
	}

	// To pending, although something newer is applied; and to applied again.
	mustRecord(t, conn, marking(t, conn, h, false, 1))
	r := mustStatus(t, conn, h)
	if diff := cmp.Diff([]State{StateApplied, StateSkipped, StateApplied}, states(r)); diff != "" {
		t.Error(diff)
	}
	if e := r.Entries[1]; e.Mark == nil || e.Mark.Event != "marked pending" {
		t.Errorf("mark: %v", e.Mark)
	}
	mustRecord(t, conn, marking(t, conn, h, true, 1))
	if e := mustStatus(t, conn, h).Entries[1]; e.State != StateApplied || e.Mark == nil || e.Mark.Event != "marked applied" {
		t.Errorf("entry: %+v", e)
	}

	// An edited one takes the file as it is now, in the row that it has.
	h.Migrations[0].SQL = "-- formatted\nCREATE TABLE a ();"
	mustRecord(t, conn, marking(t, conn, h, true, 0))
	if got := value(t, conn, "SELECT hash FROM drizzle.__drizzle_migrations WHERE id = 1"); got != h.Migrations[0].Hash() {
		t.Errorf("hash %s", got)
	}
	if got := value(t, conn, "SELECT details->>'was' FROM drizzle.__skein_log ORDER BY id DESC LIMIT 1"); got != historyOf("CREATE TABLE a ();").Migrations[0].Hash() {
		t.Errorf("was %s", got)
	}
}

// TestRecordTakesDuplicates: two of drizzle's migrators at once leave two rows.
func TestRecordTakesDuplicates(t *testing.T) {
	conn := fresh(t)
	h := historyOf("CREATE TABLE a ();")
	mustUp(t, conn, h)
	execSQL(t, conn, "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) SELECT hash, created_at FROM drizzle.__drizzle_migrations; INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('of somebody else', 5)")
	mustRecord(t, conn, marking(t, conn, h, false, 0))
	if got := value(t, conn, "SELECT string_agg(hash, ' ') FROM drizzle.__drizzle_migrations"); got != "of somebody else" {
		t.Errorf("rows: %s", got)
	}
}

// TestRecordForgetsProgress marks a migration pending that broke off, and the
// next run begins with its first statement; no event goes.
func TestRecordForgetsProgress(t *testing.T) {
	conn := fresh(t)
	h := historyOf("CREATE TABLE a (id int);\nCOMMIT;\nSELECT 1/0;")
	if _, err := up(context.Background(), conn, h, Options{}); err == nil {
		t.Fatal("it did not fail")
	}
	execSQL(t, conn, "DROP TABLE a")
	mustRecord(t, conn, marking(t, conn, h, false, 0))
	if e := mustStatus(t, conn, h).Entries[0]; e.Begun() || e.Mark == nil || e.Note != "" {
		t.Errorf("entry: %+v", e)
	}
	h.Migrations[0].SQL = strings.Replace(h.Migrations[0].SQL, "1/0", "1/1", 1)
	mustUp(t, conn, h)
	if got := value(t, conn, tables); got != "a" {
		t.Errorf("tables: %s", got)
	}
	if got := value(t, conn, "SELECT string_agg(event, ', ' ORDER BY id) FROM drizzle.__skein_log"); got != "committed, marked pending, committed, applied" {
		t.Errorf("log: %s", got)
	}
}

func TestRecordOfAChangedDatabase(t *testing.T) {
	conn := fresh(t)
	h := historyOf("CREATE TABLE a ();", "CREATE TABLE b ();")
	mustUp(t, conn, historyOf("CREATE TABLE a ();"))
	m := marking(t, conn, h, true, 1)
	mustUp(t, conn, h)
	if done := mustRecord(t, conn, m); len(done.Tags) != 0 || strings.Join(done.ByOthers, " ") != "0001_b" {
		t.Errorf("done: %+v", done)
	}
	m = marking(t, conn, h, true, 1)
	execSQL(t, conn, "UPDATE drizzle.__drizzle_migrations SET hash = 'x' WHERE id = 2")
	before := rowsOf(t, conn)
	_, err := Record(context.Background(), conn, m, Options{})
	var e *diag.Error
	if !errors.As(err, &e) || e.Kind != diag.Refused || !strings.Contains(e.Message, "0001_b is edited, and was applied") || rowsOf(t, conn) != before {
		t.Errorf("got %v", err)
	}
}

// TestRecordWaitsForRunners: the lock is the runners' own.
func TestRecordWaitsForRunners(t *testing.T) {
	url := pgtest.New(t)
	conn, other := connect(t, url), connect(t, url)
	h := historyOf("CREATE TABLE a ();")
	m := marking(t, conn, h, true, 0)
	execSQL(t, other, fmt.Sprintf("SELECT pg_advisory_lock(%d)", lockKey(Target{}.orDefault())))
	_, err := Record(context.Background(), conn, m, Options{Wait: 50 * time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "another run of migrate has the lock") {
		t.Errorf("got %v", err)
	}
	if got := value(t, conn, "SELECT (to_regclass('drizzle.__drizzle_migrations') IS NULL)::text"); got != "true" {
		t.Error("the table was made")
	}
	waited := false
	done, err := Record(context.Background(), conn, m, Options{OnEvent: func(e Event) {
		if _, ok := e.(LockWait); ok && !waited {
			waited = true
			execSQL(t, other, "SELECT pg_advisory_unlock_all()")
		}
	}})
	if err != nil || len(done.Tags) != 1 || !waited {
		t.Errorf("%+v, %v, waited %v", done, err, waited)
	}
	if s := conn.PgConn().TxStatus(); s != idle {
		t.Errorf("transaction state %c", s)
	}
}

func TestRecordPooled(t *testing.T) {
	url := pgtest.New(t)
	conn := connect(t, pooled(t, url, "transaction", 2))
	h := historyOf("CREATE TABLE a ();")
	mustRecord(t, conn, marking(t, conn, h, true, 0))
	if diff := cmp.Diff([]State{StateApplied}, states(mustStatus(t, conn, h))); diff != "" {
		t.Error(diff)
	}
}
