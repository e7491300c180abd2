package migrate

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

const noPause = time.Millisecond

// holding runs SQL in a transaction of another session, which then stays open.
func holding(t *testing.T, url, sql string) (holder *pgx.Conn, release func()) {
	t.Helper()
	holder = connect(t, url)
	execSQL(t, holder, "BEGIN; "+sql)
	return holder, func() { execSQL(t, holder, "COMMIT") }
}

// TestReadersAreNotHeldUp has readers at a table of which an ALTER TABLE cannot
// get hold because of a long transaction.
func TestReadersAreNotHeldUp(t *testing.T) {
	url := pgtest.New(t)
	conn := connect(t, url)
	execSQL(t, conn, "CREATE TABLE t AS SELECT 1 AS id")
	_, release := holding(t, url, "SELECT * FROM t")
	var longest atomic.Int64
	stop, ended := make(chan struct{}), make(chan error, 4)
	for range cap(ended) {
		reader := connect(t, url)
		go func() { ended <- readOn(reader, stop, &longest) }()
	}
	const limit = 400 * time.Millisecond
	retries := 0
	start := time.Now()
	_, err := up(context.Background(), connect(t, url), historyOf("CREATE TABLE other ();", "ALTER TABLE t ADD COLUMN more int;"),
		Options{LockTimeout: limit, pauseLast: noPause, OnEvent: func(e Event) {
			if _, ok := e.(Retry); ok {
				if retries++; retries == 5 {
					release()
				}
			}
		}})
	took := time.Since(start)
	close(stop)
	for range cap(ended) {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	stall := time.Duration(longest.Load())
	t.Logf("the migration took %v, the longest stall of a reader was %v", took, stall)
	if retries < 5 || took < 5*limit {
		t.Errorf("%d retries in %v", retries, took)
	}
	if stall < limit/4 {
		t.Errorf("no reader queued behind the ALTER (%v): the test shows nothing", stall)
	}
	if stall > 2*limit {
		t.Errorf("a reader waited for %v", stall)
	}
}

// readOn reads the table again and again and notes the longest time it took.
func readOn(conn *pgx.Conn, stop <-chan struct{}, longest *atomic.Int64) error {
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		start := time.Now()
		if _, err := conn.Exec(context.Background(), "SELECT * FROM t"); err != nil {
			return err
		}
		if took := int64(time.Since(start)); took > longest.Load() {
			longest.Store(took)
		}
	}
}

func TestBlockerIsNamed(t *testing.T) {
	url := pgtest.New(t)
	conn := connect(t, url)
	execSQL(t, conn, "CREATE TABLE t (id int)")
	holder, release := holding(t, url, "SET application_name = 'report'; SELECT count(*) FROM t")
	var seen []Blocker
	_, err := up(context.Background(), conn, historyOf("CREATE TABLE other ();--> statement-breakpoint\nALTER TABLE t ADD COLUMN more int;"), Options{LockTimeout: time.Minute, OnEvent: func(e Event) {
		if b, ok := e.(Blocked); ok && seen == nil {
			seen = b.Blockers
			release()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || seen[0].PID != int(holder.PgConn().PID()) || seen[0].Application != "report" || seen[0].State != "idle in transaction" ||
		seen[0].Age <= 0 || !strings.Contains(seen[0].Query, "SELECT count(*) FROM t") {
		t.Errorf("seen: %+v", seen)
	}
}

func TestGivesUpInTheEnd(t *testing.T) {
	url := pgtest.New(t)
	conn := connect(t, url)
	execSQL(t, conn, "CREATE TABLE t (id int)")
	_, release := holding(t, url, "LOCK TABLE t")
	defer release()
	var reasons []string
	_, err := up(context.Background(), conn, historyOf("CREATE TABLE undone ();--> statement-breakpoint\nINSERT INTO t VALUES (1);"),
		Options{LockTimeout: 600 * time.Millisecond, LockRetries: 2, pauseLast: noPause, OnEvent: func(e Event) {
			if r, ok := e.(Retry); ok {
				reasons = append(reasons, r.Reason)
			}
		}})
	var e *diag.Error
	if !errors.As(err, &e) || e.Line != 2 || e.Kind != diag.Database || len(reasons) != 2 {
		t.Fatalf("%d retries, got %v", len(reasons), err)
	}
	for _, want := range []string{"canceling statement due to lock timeout (SQLSTATE 55P03)", "tried 3 times in ", "in the way: process ", "0000_a was rolled back", "others were using the same tables at that moment"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	if got := value(t, conn, tables); got != "t" {
		t.Errorf("tables: %s", got)
	}
	if got := value(t, conn, "SHOW lock_timeout"); got != "0" {
		t.Errorf("lock_timeout is %s afterwards", got)
	}
}

// TestTimeoutsOfASession looks what each migration runs with.
func TestTimeoutsOfASession(t *testing.T) {
	const see = "INSERT INTO seen VALUES (current_setting('lock_timeout') || ' ' || current_setting('statement_timeout'));"
	for _, c := range []struct {
		name, session string
		options       Options
		want          string
	}{
		{"nothing said", "", Options{}, "3s 0, 7s 0, 7s 0, 3s 0"},
		{"by the role", "SET lock_timeout = '4s'; SET statement_timeout = '1h'", Options{}, "4s 1h, 7s 1h, 7s 1h, 4s 1h"},
		{"asked for", "SET lock_timeout = '4s'", Options{LockTimeout: 5 * time.Second, StatementTimeout: time.Minute}, "5s 1min, 7s 1min, 7s 1min, 5s 1min"},
		{"none", "SET lock_timeout = '4s'; SET statement_timeout = '1h'", Options{LockTimeout: -1, StatementTimeout: -1}, "0 0, 7s 0, 7s 0, 0 0"},
	} {
		conn := fresh(t)
		execSQL(t, conn, "CREATE TABLE seen (s text); "+c.session)
		before := value(t, conn, "SELECT current_setting('lock_timeout') || current_setting('statement_timeout')")
		if _, err := up(context.Background(), conn, historyOf(see, "SET lock_timeout = '7s';"+see+"COMMIT;"+see, see), c.options); err != nil {
			t.Fatal(err)
		}
		if got := value(t, conn, "SELECT string_agg(s, ', ' ORDER BY ctid) FROM seen"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := value(t, conn, "SELECT current_setting('lock_timeout') || current_setting('statement_timeout')"); got != before {
			t.Errorf("%s: %s afterwards", c.name, got)
		}
	}
}

// TestDeadlockIsTriedAgain has the migration be the one that PostgreSQL ends.
func TestDeadlockIsTriedAgain(t *testing.T) {
	url := pgtest.New(t)
	conn := connect(t, url)
	execSQL(t, conn, "CREATE TABLE a (id int); CREATE TABLE b (id int); SET deadlock_timeout = '50ms'")
	other, _ := holding(t, url, "SET LOCAL deadlock_timeout = '10min'; LOCK TABLE b")
	got := make(chan error, 1)
	retries, begun := 0, false
	_, err := up(context.Background(), conn, historyOf("LOCK TABLE a;--> statement-breakpoint\nLOCK TABLE b;"), Options{LockTimeout: time.Minute, pauseLast: noPause, OnEvent: func(e Event) {
		switch e := e.(type) {
		case StatementStart:
			if e.Number == 2 && !begun {
				begun = true
				go func() {
					_, err := other.Exec(context.Background(), "LOCK TABLE a; COMMIT")
					got <- err
				}()
			}
		case Retry:
			retries++
		}
	}})
	if err != nil || retries < 1 {
		t.Errorf("%d retries, %v", retries, err)
	}
	if err := <-got; err != nil {
		t.Error(err)
	}
}

// TestConcurrentlyWaitsWithoutLimit: cut short it would leave an invalid index.
func TestConcurrentlyWaitsWithoutLimit(t *testing.T) {
	url := pgtest.New(t)
	conn := connect(t, url)
	execSQL(t, conn, "CREATE TABLE t (id int)")
	holder, release := holding(t, url, "INSERT INTO t VALUES (1)")
	blocked := 0
	_, err := up(context.Background(), conn, historyOf("CREATE INDEX CONCURRENTLY i ON t (id);"), Options{LockTimeout: 50 * time.Millisecond, OnEvent: func(e Event) {
		switch e := e.(type) {
		case Blocked:
			if blocked++; blocked == 1 {
				if e.Blockers[0].PID != int(holder.PgConn().PID()) {
					t.Errorf("blocked by %v", e.Blockers)
				}
				release()
			}
		case Retry:
			t.Errorf("%+v", e)
		}
	}})
	if err != nil || blocked == 0 {
		t.Errorf("%d events, %v", blocked, err)
	}
}
