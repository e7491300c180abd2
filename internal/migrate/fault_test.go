package migrate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/address/addresstest"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// runnerURL makes the test program apply a history to the database of that URL
// instead of testing, so that a test can kill it. runnerHistory says which.
const (
	runnerURL     = "SKEIN_TEST_RUNNER_URL"
	runnerHistory = "SKEIN_TEST_RUNNER_HISTORY"
)

var runnerHistories = map[string]func() *history.History{"faulty": faulty, "thirty": thirty}

func TestMain(m *testing.M) {
	if url := os.Getenv(reverserURL); url != "" {
		os.Exit(reverseOther(url))
	}
	if url := os.Getenv(runnerURL); url != "" {
		os.Exit(runOther(url, runnerHistories[os.Getenv(runnerHistory)]()))
	}
	os.Exit(m.Run())
}

// startRunner starts another process that applies a history.
func startRunner(t *testing.T, url, name string) (*exec.Cmd, io.Reader) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	runner := exec.Command(self)
	runner.Env = append(os.Environ(), runnerURL+"="+url, runnerHistory+"="+name)
	out, err := runner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(); err != nil {
		t.Fatal(err)
	}
	return runner, out
}

// faulty is a history with a statement that takes long enough to be hit, in a
// migration that has done something before and would do something after it.
func faulty() *history.History {
	return historyOf(
		"CREATE TABLE a (id int);",
		"CREATE TABLE b (id int);--> statement-breakpoint\nINSERT INTO b VALUES (1);\nCOMMIT;--> statement-breakpoint\nINSERT INTO a VALUES (1);",
		"INSERT INTO a VALUES (2);\nINSERT INTO b VALUES (2);--> statement-breakpoint\n\nSELECT pg_sleep(slow.seconds) FROM slow;--> statement-breakpoint\nINSERT INTO a VALUES (3);",
		"CREATE TABLE d (id int);",
	)
}

// slowDatabase is an empty database in which faulty is slow.
func slowDatabase(t *testing.T) (url string, conn *pgx.Conn) {
	url = pgtest.New(t)
	conn = connect(t, url)
	execSQL(t, conn, "CREATE TABLE slow AS SELECT 60 AS seconds")
	return url, conn
}

func runOther(url string, h *history.History) int {
	conn, err := Connect(context.Background(), url)
	if err == nil {
		_, err = up(context.Background(), conn, h, Options{OnEvent: func(e Event) { fmt.Printf("%T %+v\n", e, e) }})
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// mustGoOn makes faulty fast and finishes it.
func mustGoOn(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	execSQL(t, conn, "UPDATE slow SET seconds = 0")
	mustUp(t, conn, faulty())
	mustBeWhole(t, conn)
}

// mustBeWhole fails unless each statement of faulty was done once.
func mustBeWhole(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	got := value(t, conn, "SELECT (SELECT string_agg(id::text, ' ' ORDER BY id) FROM a) || ', ' || (SELECT string_agg(id::text, ' ' ORDER BY id) FROM b)")
	if got != "1 2 3, 1 2" {
		t.Errorf("rows: %s", got)
	}
	if got := value(t, conn, tables); got != "a b d slow" {
		t.Errorf("tables: %s", got)
	}
	var want []string
	for _, m := range faulty().Migrations {
		want = append(want, fmt.Sprintf("%d %s", m.Entry.When, m.Hash()))
	}
	if diff := cmp.Diff(strings.Join(want, "\n"), value(t, conn, "SELECT string_agg(created_at || ' ' || hash, E'\n' ORDER BY created_at) FROM drizzle.__drizzle_migrations")); diff != "" {
		t.Error(diff)
	}
}

// sleeper waits for the backend that runs the slow statement and returns its
// pid.
func sleeper(t *testing.T, conn *pgx.Conn) int {
	t.Helper()
	for range 1000 {
		var pid int
		err := conn.QueryRow(context.Background(), "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(slow%' AND pid <> pg_backend_pid() AND state = 'active'").Scan(&pid)
		if err == nil {
			return pid
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the slow statement does not run")
	return 0
}

// goUp applies faulty on a connection of its own.
func goUp(ctx context.Context, t *testing.T, url string) <-chan error {
	conn := connect(t, url)
	result := make(chan error, 1)
	go func() {
		_, err := up(ctx, conn, faulty(), Options{})
		result <- err
	}()
	return result
}

func TestKilledRunner(t *testing.T) {
	t.Parallel()
	url, conn := slowDatabase(t)
	for range 2 { // the second one finds the lock of the first one's orphaned backend
		runner, out := startRunner(t, url, "faulty")
		waitFor(t, out, "pg_sleep")
		pid := sleeper(t, conn)
		if err := runner.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = runner.Wait() // says that it was killed
		if old := value(t, conn, "SELECT current_setting('server_version_num')") < "140000"; old {
			execSQL(t, conn, fmt.Sprintf("SELECT pg_terminate_backend(%d)", pid))
		}
		if diff := cmp.Diff([]State{StateApplied, StateApplied, StatePending, StatePending}, states(mustStatus(t, conn, faulty()))); diff != "" {
			t.Fatal(diff)
		}
	}
	mustGoOn(t, conn)
}

// waitFor reads until a line contains the text.
func waitFor(t *testing.T, r io.Reader, text string) {
	t.Helper()
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			go io.Copy(io.Discard, r)
			return
		}
	}
	t.Fatalf("%q was never said", text)
}

func TestInterrupted(t *testing.T) {
	url, conn := slowDatabase(t)
	ctx, cancel := context.WithCancel(context.Background())
	result := goUp(ctx, t, url)
	sleeper(t, conn)
	start := time.Now()
	cancel()
	err := <-result
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
	want := `drizzle/0002_c.sql:4:1: interrupted while this statement was running
4 | SELECT pg_sleep(slow.seconds) FROM slow;--> statement-breakpoint
  | ^
0002_c was rolled back; the 2 migrations before it (0000_a to 0001_b) are applied, the one after it was not run
hint: ` + "`skein migrate` goes on from here"
	if err == nil || err.Error() != want || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := value(t, conn, "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"); got != "1" {
		t.Errorf("%s statements are running", got)
	}
	mustGoOn(t, conn)
}

// TestInterruptedWithoutAnswer has the network swallow everything once the
// slow statement runs.
func TestInterruptedWithoutAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for seconds")
	}
	t.Parallel()
	url, conn := slowDatabase(t)
	config, err := ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	var deaf atomic.Bool
	network, address := pgconn.NetworkAddress(config.Host, config.Port)
	defer deaf.Store(false)
	through := addresstest.Listen(t, func(c net.Conn) {
		server, err := net.Dial(network, address)
		if err != nil {
			c.Close()
			return
		}
		go forward(server, c, &deaf)
		forward(c, server, &deaf)
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	result := goUp(ctx, t, fmt.Sprintf("postgres://%s@%s/%s?sslmode=disable", config.User, through, config.Database))
	pid := sleeper(t, conn)
	deaf.Store(true)
	start := time.Now()
	cancel()
	err = <-result
	if took := time.Since(start); took < cancelGrace || took > cancelGrace+3*time.Second {
		t.Errorf("took %v", took)
	}
	if err == nil || !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "nothing came back within 5s of the request to cancel it\n0002_c was not committed") {
		t.Errorf("got %v", err)
	}
	execSQL(t, conn, fmt.Sprintf("SELECT pg_terminate_backend(%d)", pid))
	mustGoOn(t, conn)
}

// forward copies until it is deaf; then it reads on and passes on nothing.
func forward(to, from net.Conn, deaf *atomic.Bool) {
	defer to.Close()
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			for deaf.Load() { // not even the end of the connection
				time.Sleep(50 * time.Millisecond)
			}
			return
		}
		if deaf.Load() {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func TestTimeLimit(t *testing.T) {
	url, conn := slowDatabase(t)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	err := <-goUp(ctx, t, url)
	if err == nil || !strings.Contains(err.Error(), "the time limit was reached while this statement was running") || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	mustGoOn(t, conn)
}

func TestInterruptedBeforeTheStart(t *testing.T) {
	conn := fresh(t)
	p, err := Plan(context.Background(), conn, faulty(), Target{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Apply(ctx, conn, p, Options{})
	if err == nil || err.Error() != "interrupted while waiting for the lock of skein migrate\nhint: nothing was run" {
		t.Errorf("got %v", err)
	}
}

func TestInterruptedBetweenStatements(t *testing.T) {
	_, conn := slowDatabase(t)
	execSQL(t, conn, "UPDATE slow SET seconds = 0")
	for _, stopAt := range []int{1, 2, 3, 4, 5, 6, 7} {
		ctx, cancel := context.WithCancel(context.Background())
		_, err := up(ctx, conn, faulty(), Options{OnEvent: func(e Event) {
			if _, ok := e.(StatementStart); ok {
				if stopAt--; stopAt == 0 {
					cancel()
				}
			}
		}})
		cancel()
		if err != nil && (!errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "interrupted ")) {
			t.Errorf("got %v", err)
		}
		if s := conn.PgConn().TxStatus(); s != idle {
			t.Fatalf("transaction state %c", s)
		}
	}
	mustGoOn(t, conn)
}

func TestTerminatedBackend(t *testing.T) {
	url, conn := slowDatabase(t)
	result := goUp(context.Background(), t, url)
	execSQL(t, conn, fmt.Sprintf("SELECT pg_terminate_backend(%d)", sleeper(t, conn)))
	err := <-result
	want := `drizzle/0002_c.sql:4:1: the connection to the database was lost while this statement was running
4 | SELECT pg_sleep(slow.seconds) FROM slow;--> statement-breakpoint
  | ^
PostgreSQL says: terminating connection due to administrator command (SQLSTATE 57P01)
0002_c was not committed, PostgreSQL rolls it back when it notices that the connection is gone; the 2 migrations before it (0000_a to 0001_b) are applied, the one after it was not run
hint: when the database can be reached again, ` + "`skein migrate` goes on from here"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	mustGoOn(t, conn)
}

// TestLostAtCommit loses the connection while COMMIT runs: a trigger that is
// deferred to the end of the transaction terminates the backend.
func TestLostAtCommit(t *testing.T) {
	conn := fresh(t)
	h := historyOf("SELECT 1;", "INSERT INTO t VALUES (1);")
	execSQL(t, conn, `CREATE TABLE t (id int);
		CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(5); RETURN NULL; END';
		CREATE CONSTRAINT TRIGGER die AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()`)
	again := connect(t, conn.Config().ConnString())
	_, err := up(context.Background(), conn, h, Options{})
	var e *diag.Error
	if !errors.As(err, &e) || !strings.Contains(e.Message, "lost while 0001_b was being committed") || !strings.Contains(e.Detail, "a new connection shows that it was not\n0001_b was rolled back; 0000_a before it is applied") {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff([]State{StateApplied, StatePending}, states(mustStatus(t, again, h))); diff != "" {
		t.Error(diff)
	}
}

func TestManyAtOnce(t *testing.T) {
	url, conn := slowDatabase(t)
	execSQL(t, conn, "UPDATE slow SET seconds = 0.2")
	const runners = 64
	done, errs := make([]*Applied, runners), make([]error, runners)
	var wg sync.WaitGroup
	for i := range runners {
		own := connect(t, url)
		wg.Go(func() { done[i], errs[i] = up(context.Background(), own, faulty(), Options{}) })
	}
	wg.Wait()
	ran := 0
	for i := range runners {
		if errs[i] != nil {
			t.Error(errs[i])
			continue
		}
		ran += len(done[i].Migrations)
	}
	if ran != len(faulty().Migrations) {
		t.Errorf("%d migrations were run", ran)
	}
	mustBeWhole(t, conn)
}

func TestWaiterIsToldWhoHoldsTheLock(t *testing.T) {
	url, conn := slowDatabase(t)
	holder := connect(t, url)
	first := make(chan error, 1)
	go func() {
		_, err := up(context.Background(), holder, faulty(), Options{})
		first <- err
	}()
	pid := sleeper(t, conn)
	var waits []LockWait
	_, err := up(context.Background(), connect(t, url), faulty(), Options{OnEvent: func(e Event) {
		if w, ok := e.(LockWait); ok {
			waits = append(waits, w)
			execSQL(t, conn, fmt.Sprintf("SELECT pg_terminate_backend(%d); UPDATE slow SET seconds = 0", pid))
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-first; err == nil {
		t.Error("the holder of the lock was terminated and did not notice")
	}
	if len(waits) != 1 || len(waits[0].Holders) != 1 || waits[0].Holders[0].PID != pid || waits[0].Holders[0].Application != "skein" || time.Since(waits[0].Holders[0].Since) > time.Minute {
		t.Errorf("waits: %+v", waits)
	}
	mustBeWhole(t, conn)
}

func TestWaiterIsInterrupted(t *testing.T) {
	url, conn := slowDatabase(t)
	execSQL(t, conn, fmt.Sprintf("SELECT pg_advisory_lock(%d)", lockKey(Target{}.orDefault())))
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	err := <-goUp(ctx, t, url)
	if err == nil || err.Error() != "the time limit was reached while waiting for the lock of skein migrate\nhint: nothing was run" {
		t.Errorf("got %v", err)
	}
}
