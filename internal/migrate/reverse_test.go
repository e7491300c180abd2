package migrate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// there is a history of which each migration can be taken out by SQL that
// leaves a row in undone.
func there() *history.History {
	return historyOf("CREATE TABLE undone (what text);", "CREATE TABLE a (id int);", "CREATE TABLE b (id int);\nINSERT INTO b VALUES (1);")
}

var backAgain = map[int]string{
	2: "INSERT INTO undone VALUES ('b 1');--> statement-breakpoint\nCREATE INDEX CONCURRENTLY undone_what ON undone (what);--> statement-breakpoint\nDROP INDEX undone_what;\nINSERT INTO undone SELECT 'b 2' FROM slow WHERE pg_sleep(seconds) IS NOT NULL;--> statement-breakpoint\nDROP TABLE b;",
	1: "INSERT INTO undone VALUES ('a');--> statement-breakpoint\nDROP TABLE a;",
}

// planBack plans to take out those of the migrations that are applied, as skein
// down does.
func planBack(ctx context.Context, conn *pgx.Conn, sqls map[int]string) (*Pending, error) {
	report, err := Status(ctx, conn, there(), Target{})
	if err != nil {
		return nil, err
	}
	var back []Reversal
	for _, i := range report.Newest() {
		if i > 0 {
			back = append(back, Reversal{Entry: i, SQL: sqls[i], Reason: "a test", Person: "somebody"})
		}
	}
	return PlanReverse(ctx, conn, report, back)
}

func takeBack(ctx context.Context, conn *pgx.Conn, sqls map[int]string, o Options) (*Applied, error) {
	p, err := planBack(ctx, conn, sqls)
	if err != nil {
		return &Applied{}, err
	}
	return Apply(ctx, conn, p, o)
}

// thereDatabase is a database that has all of there.
func thereDatabase(t *testing.T, seconds string) (url string, conn *pgx.Conn) {
	url = pgtest.New(t)
	conn = connect(t, url)
	execSQL(t, conn, "CREATE TABLE slow AS SELECT "+seconds+" AS seconds")
	mustUp(t, conn, there())
	return url, conn
}

// mustBeBack fails unless each statement was run once and each row is gone.
func mustBeBack(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	if got := value(t, conn, "SELECT string_agg(what, ', ' ORDER BY what) FROM undone"); got != "a, b 1, b 2" {
		t.Errorf("undone: %s", got)
	}
	if got := value(t, conn, tables); got != "slow undone" {
		t.Errorf("tables: %s", got)
	}
	if got := value(t, conn, "SELECT count(*)::text FROM drizzle.__drizzle_migrations"); got != "1" {
		t.Errorf("%s rows", got)
	}
	if got := value(t, conn, "SELECT string_agg(tag, ' ' ORDER BY id) FROM drizzle.__skein_log WHERE event = 'reverted'"); got != "0002_c 0001_b" {
		t.Errorf("log: %s", got)
	}
}

func TestReverse(t *testing.T) {
	_, conn := thereDatabase(t, "0")
	done, err := takeBack(context.Background(), conn, backAgain, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(done.Migrations) != 2 || done.Migrations[0].Tag != "0002_c" || done.Migrations[1].Tag != "0001_b" {
		t.Errorf("done: %+v", done)
	}
	mustBeBack(t, conn)
	r := mustStatus(t, conn, there())
	if diff := cmp.Diff([]State{StateApplied, StatePending, StatePending}, states(r)); diff != "" {
		t.Error(diff)
	}
	m := r.Entries[2].Mark
	if m == nil || m.Event != "reverted" || m.Reason != "a test" || m.Person != "somebody" || m.At.IsZero() || m.By == "" {
		t.Errorf("mark: %+v", m)
	}
	// It comes again, from its first statement, and then nothing is said of before.
	mustUp(t, conn, there())
	if e := mustStatus(t, conn, there()).Entries[2]; e.State != StateApplied || e.Mark != nil || e.Note != "" {
		t.Errorf("entry: %+v", e)
	}
}

// TestReverseGoesOn has the way back fail behind a statement that ran on its
// own, and go on there.
func TestReverseGoesOn(t *testing.T) {
	_, conn := thereDatabase(t, "0")
	execSQL(t, conn, "CREATE VIEW in_the_way AS SELECT * FROM b")
	_, err := takeBack(context.Background(), conn, backAgain, Options{})
	var e *diag.Error
	if !errors.As(err, &e) || e.File != "drizzle/0002_c.sql (reversed)" || e.Line != 5 ||
		!strings.Contains(e.Detail, "0002_c is rolled back up to line 2 of its reverse; the rest of it was rolled back; no other migration was run, the one after it was not run") ||
		!strings.Contains(e.Hint, "then run `skein down` again") {
		t.Fatalf("got %v", err)
	}
	r := mustStatus(t, conn, there())
	if got := r.Entries[2]; got.State != StateApplied || got.Note != "rolled back in part; `skein down` goes on there" || !got.Begun() {
		t.Errorf("entry: %+v", got)
	}
	other := map[int]string{1: backAgain[1], 2: "SELECT 1;\n" + backAgain[2]}
	if _, err := planBack(context.Background(), conn, other); err == nil || !strings.Contains(err.Error(), "0002_c is rolled back in part already, by SQL that is not what would be run now") {
		t.Errorf("with another way back: %v", err)
	}
	// migrate leaves it alone: it is recorded as applied.
	if done := mustUp(t, conn, there()); len(done.Migrations) != 0 {
		t.Errorf("migrate did %+v", done)
	}
	execSQL(t, conn, "DROP VIEW in_the_way")
	p, err := planBack(context.Background(), conn, backAgain)
	if err != nil {
		t.Fatal(err)
	}
	if notes := strings.Join(p.Steps[0].Notes, "\n"); !strings.Contains(notes, "rolled back up to line 2 of this already") {
		t.Errorf("notes: %s", notes)
	}
	if _, err := Apply(context.Background(), conn, p, Options{}); err != nil {
		t.Fatal(err)
	}
	mustBeBack(t, conn)
}

func TestReverseInterruptedEverywhere(t *testing.T) {
	_, conn := thereDatabase(t, "0")
	stopped := 0
	for stopAt := 1; stopAt <= 8; stopAt++ {
		ctx, cancel := context.WithCancel(context.Background())
		left := stopAt
		_, err := takeBack(ctx, conn, backAgain, Options{OnEvent: func(e Event) {
			if _, ok := e.(StatementStart); ok {
				if left--; left == 0 {
					cancel()
				}
			}
		}})
		cancel()
		if err != nil {
			stopped++
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}
		if s := conn.PgConn().TxStatus(); s != idle {
			t.Fatalf("transaction state %c", s)
		}
	}
	if _, err := takeBack(context.Background(), conn, backAgain, Options{}); err != nil {
		t.Fatal(err)
	}
	if stopped < 3 {
		t.Errorf("it was interrupted %d times only", stopped)
	}
	mustBeBack(t, conn)
}

func TestReverseManyAtOnce(t *testing.T) {
	url, conn := thereDatabase(t, "0.1")
	const runners = 16
	done, errs, plans := make([]*Applied, runners), make([]error, runners), make([]*Pending, runners)
	conns := make([]*pgx.Conn, runners)
	for i := range runners { // all of them see it applied
		conns[i] = connect(t, url)
		if plans[i], errs[i] = planBack(context.Background(), conns[i], backAgain); errs[i] != nil {
			t.Fatal(errs[i])
		}
	}
	var wg sync.WaitGroup
	for i := range runners {
		wg.Go(func() { done[i], errs[i] = Apply(context.Background(), conns[i], plans[i], Options{}) })
	}
	wg.Wait()
	ran, others := 0, 0
	for i := range runners {
		if errs[i] != nil {
			t.Error(errs[i])
			continue
		}
		ran, others = ran+len(done[i].Migrations), others+len(done[i].ByOthers)
	}
	if ran != 2 || others != 2*(runners-1) {
		t.Errorf("%d were run, %d by others", ran, others)
	}
	mustBeBack(t, conn)
}

// TestReverseOfAChangedDatabase: what another run applied after the plan was
// made stands on what is to be taken out.
func TestReverseOfAChangedDatabase(t *testing.T) {
	_, conn := thereDatabase(t, "0")
	execSQL(t, conn, "DELETE FROM drizzle.__drizzle_migrations WHERE id = 3")
	p, err := planBack(context.Background(), conn, backAgain)
	if err != nil || len(p.Steps) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	execSQL(t, conn, fmt.Sprintf("INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('%s', %d)", there().Migrations[2].Hash(), there().Migrations[2].Entry.When))
	_, err = Apply(context.Background(), conn, p, Options{})
	var e *diag.Error
	if !errors.As(err, &e) || e.Kind != diag.Refused || !strings.Contains(e.Message, "another run has applied 0002_c") {
		t.Errorf("got %v", err)
	}
}

// TestReverseLostAtCommit loses the connection while the COMMIT runs in which
// the row goes.
func TestReverseLostAtCommit(t *testing.T) {
	url, conn := thereDatabase(t, "0")
	execSQL(t, conn, `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(5); RETURN NULL; END';
		CREATE CONSTRAINT TRIGGER die AFTER DELETE ON drizzle.__drizzle_migrations DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()`)
	again := connect(t, url)
	_, err := takeBack(context.Background(), conn, backAgain, Options{})
	if err == nil || !strings.Contains(err.Error(), "lost while the reverse of 0002_c was being committed") || !strings.Contains(err.Error(), "a new connection shows that it was not") {
		t.Errorf("got %v", err)
	}
	execSQL(t, again, "DROP TRIGGER die ON drizzle.__drizzle_migrations")
	if _, err := takeBack(context.Background(), again, backAgain, Options{}); err != nil {
		t.Fatal(err)
	}
	mustBeBack(t, again)
}

// reverserURL makes the test program take there out of that database instead of
// testing.
const reverserURL = "SKEIN_TEST_REVERSER_URL"

func reverseOther(url string) int {
	conn, err := Connect(context.Background(), url)
	if err == nil {
		_, err = takeBack(context.Background(), conn, backAgain, Options{OnEvent: func(e Event) { fmt.Printf("%T %+v\n", e, e) }})
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// TestReverseKilled kills a runner in the middle of its second part; the next
// one waits for the server to notice, and goes on there.
func TestReverseKilled(t *testing.T) {
	t.Parallel()
	url, conn := thereDatabase(t, "60")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	runner := exec.Command(self)
	runner.Env = append(os.Environ(), reverserURL+"="+url)
	out, err := runner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, out, "DROP INDEX")
	if err := runner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = runner.Wait() // says that it was killed
	execSQL(t, conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid(); UPDATE slow SET seconds = 0")
	if e := mustStatus(t, conn, there()).Entries[2]; e.State != StateApplied || !e.Begun() {
		t.Errorf("entry: %+v", e)
	}
	if _, err := takeBack(context.Background(), conn, backAgain, Options{}); err != nil {
		t.Fatal(err)
	}
	mustBeBack(t, conn)
}

func TestReversePooled(t *testing.T) {
	url, conn := thereDatabase(t, "0")
	through := connect(t, pooled(t, url, "transaction", 3))
	if _, err := takeBack(context.Background(), through, backAgain, Options{}); err != nil {
		t.Fatal(err)
	}
	mustBeBack(t, conn)
}
