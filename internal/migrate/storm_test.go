package migrate

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/address/addresstest"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// The tests of this file break what a run depends on, in every way and at every
// moment, run it again until it comes through, and then look whether each
// statement was done once. SKEIN_TEST_FAULTS is how many faults of each kind
// are made; without it a few.
const faultsVariable = "SKEIN_TEST_FAULTS"

func faults(t *testing.T, few int) int {
	t.Helper()
	text := os.Getenv(faultsVariable)
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", faultsVariable, err)
	}
	return n
}

// thirty is a history with every kind of part. Each of its migrations leaves
// rows that say which of its statements were done, and how often.
func thirty() *history.History {
	h := &history.History{Dir: "drizzle"}
	for i := range 30 {
		did := func(n int) string { return fmt.Sprintf("INSERT INTO done VALUES (%d, %d);", i, n) }
		var sql string
		switch i % 5 {
		case 0:
			sql = did(1) + fmt.Sprintf("--> statement-breakpoint\nCREATE INDEX CONCURRENTLY done_%d ON done (migration);--> statement-breakpoint\n", i) + did(2)
		case 1:
			sql = did(1) + "\nCOMMIT;\n" + did(2)
		case 2:
			sql = fmt.Sprintf("CREATE TABLE t%d (id int);--> statement-breakpoint\n", i) + did(1) + "--> statement-breakpoint\n" + did(2)
		case 3:
			sql = fmt.Sprintf("DROP INDEX CONCURRENTLY done_%d;\nVACUUM done;\n", i-3) + did(1) + did(2)
		case 4:
			sql = did(1) + fmt.Sprintf("ALTER TYPE mood ADD VALUE 'm%d';--> statement-breakpoint\nINSERT INTO moods VALUES ('m%d');", i, i) + did(2) + fmt.Sprintf("CREATE UNIQUE INDEX CONCURRENTLY ON moods (m) WHERE m <> 'm%d';", i)
		}
		h.Migrations = append(h.Migrations, migration(i, "m", sql))
	}
	return h
}

const beforeThirty = "CREATE TABLE done (migration int, statement int); CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE moods (m mood)"

// mustHaveThirty fails unless each statement of thirty was done once.
func mustHaveThirty(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	want := value(t, conn, "SELECT string_agg(m || '.' || s, ' ' ORDER BY m, s) FROM generate_series(0, 29) m, generate_series(1, 2) s")
	if diff := cmp.Diff(want, value(t, conn, "SELECT string_agg(migration || '.' || statement, ' ' ORDER BY migration, statement) FROM done")); diff != "" {
		t.Errorf("rows: %s", diff)
	}
	if got := value(t, conn, "SELECT string_agg(m::text, ' ' ORDER BY m) FROM moods"); got != "m4 m9 m14 m19 m24 m29" {
		t.Errorf("moods: %s", got)
	}
	if got := value(t, conn, `SELECT string_agg(c.relname || ' ' || i.indisvalid, ', ' ORDER BY c.relname COLLATE "C") FROM pg_index i JOIN pg_class c ON c.oid = indexrelid WHERE relnamespace = 'public'::regnamespace`); got != "moods_m_idx true, moods_m_idx1 true, moods_m_idx2 true, moods_m_idx3 true, moods_m_idx4 true, moods_m_idx5 true" {
		t.Errorf("indexes: %s", got)
	}
	var want30 []string
	for _, m := range thirty().Migrations {
		want30 = append(want30, fmt.Sprintf("%d %s", m.Entry.When, m.Hash()))
	}
	if diff := cmp.Diff(strings.Join(want30, "\n"), value(t, conn, "SELECT string_agg(created_at || ' ' || hash, E'\n' ORDER BY created_at) FROM drizzle.__drizzle_migrations")); diff != "" {
		t.Errorf("recorded: %s", diff)
	}
}

// resetThirty makes the database as it was before thirty.
func resetThirty(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	execSQL(t, conn, "DROP SCHEMA IF EXISTS drizzle CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; "+beforeThirty)
}

// untilFaults makes runs with faults over and over, each of them from an empty
// database until it is through, until there were enough. again says whether to
// go on when a run was broken off; attempt returns the number of faults.
func untilFaults(t *testing.T, enough int, conn func() *pgx.Conn, attempt func() (through bool)) {
	t.Helper()
	broken := 0
	for rounds := 1; ; rounds++ {
		resetThirty(t, conn())
		for tries := 0; !attempt(); tries++ {
			if broken++; tries > 500 {
				t.Fatal("it never comes through")
			}
		}
		mustHaveThirty(t, conn())
		if t.Failed() || broken >= enough {
			t.Logf("%d faults in %d runs through all migrations", broken, rounds)
			return
		}
	}
}

// TestKilledAtEachStatement kills the runner when a statement has begun, and
// the next run when its second one has: in the end, at each statement.
func TestKilledAtEachStatement(t *testing.T) {
	url := pgtest.New(t)
	conn := connect(t, url)
	few := 10
	untilFaults(t, faults(t, few), func() *pgx.Conn { return conn }, func() bool {
		events := 2
		if os.Getenv(faultsVariable) == "" {
			events = 2 + rand.IntN(16)
		}
		return killAfter(t, url, events)
	})
}

// killAfter starts a runner and kills it when it has begun so many statements,
// or lets it come through.
func killAfter(t *testing.T, url string, statements int) (through bool) {
	runner, out := startRunner(t, url, "thirty")
	lines := bufio.NewScanner(out)
	last := ""
	for n := 0; n < statements && lines.Scan(); {
		last = lines.Text()
		if strings.HasPrefix(last, "migrate.StatementStart") {
			n++
		}
	}
	time.Sleep(rand.N(3 * time.Millisecond))
	_ = runner.Process.Kill() // it may have come through
	if err := runner.Wait(); err == nil {
		return true
	} else if runner.ProcessState.Exited() {
		t.Fatalf("%v: %s", err, last)
	}
	return false
}

// TestTerminatedAgainAndAgain ends the backend of a runner.
func TestTerminatedAgainAndAgain(t *testing.T) {
	url := pgtest.New(t)
	conn, killer := connect(t, url), connect(t, url)
	untilFaults(t, faults(t, 10), func() *pgx.Conn { return conn }, func() bool {
		own := connect(t, url)
		defer own.Close(context.Background())
		after := 1 + rand.IntN(12)
		_, err := up(context.Background(), own, thirty(), Options{OnEvent: func(e Event) {
			if _, ok := e.(StatementStart); ok {
				if after--; after == 0 {
					execSQL(t, killer, fmt.Sprintf("SELECT pg_terminate_backend(%d)", own.PgConn().PID()))
				}
			}
		}})
		return err == nil
	})
}

// durable is a server that keeps what is committed when it crashes, and how to
// crash it.
type durable struct {
	url       string
	bin, data string
}

func startDurable(t *testing.T) *durable {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server of its own")
	}
	s := pgtest.Start(t, pgserver.Options{})
	url, err := s.CreateDatabase(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, url)
	execSQL(t, conn, "ALTER SYSTEM SET synchronous_commit = on")
	execSQL(t, conn, "SELECT pg_reload_conf()")
	d := &durable{url: url, bin: value(t, conn, "SELECT setting FROM pg_config() WHERE name = 'BINDIR'"), data: value(t, conn, "SHOW data_directory")}
	if _, err := os.Stat(filepath.Join(d.data, "postmaster.pid")); err != nil {
		t.Skipf("the server is not on this machine: %v", err)
	}
	return d
}

// conn waits for the server to be there again.
func (d *durable) conn(t *testing.T) *pgx.Conn {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := Connect(context.Background(), d.url)
		if err == nil {
			t.Cleanup(func() { conn.Close(context.Background()) })
			return conn
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// ctl runs pg_ctl, which must end well.
func (d *durable) ctl(t *testing.T, args ...string) {
	t.Helper()
	if out, err := d.tryCtl(args...); err != nil {
		t.Errorf("pg_ctl %v: %v\n%s", args, err, out)
	}
}

// tryCtl runs pg_ctl as the account that the server runs as.
func (d *durable) tryCtl(args ...string) ([]byte, error) {
	cmd := exec.Command(filepath.Join(d.bin, "pg_ctl"), append([]string{"-D", d.data, "-w", "-s", "-l", filepath.Join(d.data, "again.log")}, args...)...)
	cmd.Dir = "/"
	info, err := os.Stat(d.data)
	if err != nil {
		return nil, err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	return cmd.CombinedOutput()
}

// TestServerDies stops the server at once and starts it again, or kills a
// backend, upon which the server does the same by itself.
func TestServerDies(t *testing.T) {
	d := startDurable(t)
	t.Cleanup(func() { d.ctl(t, "stop", "-m", "immediate") })
	untilFaults(t, faults(t, 4), func() *pgx.Conn { return d.conn(t) }, func() bool {
		own := d.conn(t)
		after := 1 + rand.IntN(20)
		_, err := up(context.Background(), own, thirty(), Options{OnEvent: func(e Event) {
			if _, ok := e.(StatementStart); !ok {
				return
			}
			if after--; after != 0 {
				return
			}
			if rand.IntN(2) == 0 {
				d.ctl(t, "stop", "-m", "immediate")
				d.ctl(t, "start")
			} else if err := syscall.Kill(int(own.PgConn().PID()), syscall.SIGKILL); err != nil {
				t.Error(err)
			}
		}})
		return err == nil
	})
}

// cutter is a proxy that breaks connections around a COMMIT.
type commitCutter struct {
	url   string
	armed atomic.Int32 // 0: pass on all; else how to cut
	after atomic.Int32 // after so many COMMITs
	cuts  atomic.Int32
}

const (
	cutBefore = iota + 1 // the server never sees the COMMIT
	cutIn                // it sees it and nobody hears the answer
	cutAfter             // the answer came to the proxy
)

func newCommitCutter(t *testing.T, url string) *commitCutter {
	t.Helper()
	config, err := ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	network, address := pgconn.NetworkAddress(config.Host, config.Port)
	c := &commitCutter{}
	through := addresstest.Listen(t, func(client net.Conn) {
		server, err := net.Dial(network, address)
		if err != nil {
			client.Close()
			return
		}
		c.pass(client, server)
	})
	c.url = fmt.Sprintf("postgres://%s@%s/%s?sslmode=disable", config.User, through, config.Database)
	return c
}

// pass copies in both directions until the time has come to cut.
func (c *commitCutter) pass(client, server net.Conn) {
	var deaf atomic.Bool
	closeBoth := sync.OnceFunc(func() { client.Close(); server.Close() })
	defer closeBoth()
	answered := make(chan struct{}, 1)
	go func() {
		defer closeBoth()
		defer close(answered)
		buffer := make([]byte, 64<<10)
		for said := false; ; {
			n, err := server.Read(buffer)
			if err != nil {
				return
			}
			if deaf.Load() { // what comes first may be the answer to a statement before
				if !said && strings.Contains(string(buffer[:n]), "COMMIT\x00") {
					said = true
					answered <- struct{}{}
				}
				continue
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		how := int32(0)
		if strings.Contains(string(buffer[:n]), "COMMIT\x00") && c.after.Add(-1) == 0 {
			how = c.armed.Load()
		}
		if how == cutBefore {
			c.cuts.Add(1)
			return
		}
		if how != 0 {
			deaf.Store(true)
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
		if how == cutAfter {
			<-answered
		}
		if how != 0 {
			c.cuts.Add(1)
			return
		}
	}
}

// TestCutAtCommit loses the connection before, in and after COMMIT. What was
// committed is found by looking, and the run goes on; what was not is said.
func TestCutAtCommit(t *testing.T) {
	url := pgtest.New(t)
	conn := connect(t, url)
	c := newCommitCutter(t, url)
	enough := int32(faults(t, 12))
	reconnected, how := 0, int32(cutBefore)
	next := func() {
		if how++; how > cutAfter {
			how = cutBefore
		}
		c.armed.Store(how)
		c.after.Store(int32(1 + rand.IntN(8)))
	}
	for c.cuts.Load() < enough && !t.Failed() {
		resetThirty(t, conn)
		for through := false; !through && !t.Failed(); {
			next()
			own := connect(t, c.url)
			_, err := up(context.Background(), own, thirty(), Options{OnEvent: func(e Event) {
				if _, ok := e.(Reconnected); ok {
					reconnected++
					next()
				}
			}})
			if through = err == nil; !through && !strings.Contains(err.Error(), "a new connection shows that it was not") {
				t.Errorf("cut %d: %v", how, err)
			}
		}
		mustHaveThirty(t, conn)
	}
	t.Logf("%d cuts, after %d of them the run went on", c.cuts.Load(), reconnected)
	if reconnected == 0 {
		t.Error("no run went on by itself")
	}
}

// TestManyRunnersAreKilled starts many runners at once and kills some.
func TestManyRunnersAreKilled(t *testing.T) {
	url := pgtest.New(t)
	conn := connect(t, url)
	runners, killed := 6, 0
	if os.Getenv(faultsVariable) != "" {
		runners = 64
	}
	for enough := faults(t, 3); killed < enough && !t.Failed(); {
		resetThirty(t, conn)
		var wg sync.WaitGroup
		var through, dead atomic.Int32
		for i := range runners {
			runner, out := startRunner(t, url, "thirty")
			kill := i%2 == 0
			wg.Go(func() {
				lines := bufio.NewScanner(out)
				for n := rand.IntN(20); (!kill || n > 0) && lines.Scan(); n-- {
				}
				if kill {
					_ = runner.Process.Kill() // it may have come through
				}
				switch err := runner.Wait(); {
				case err == nil:
					through.Add(1)
				case runner.ProcessState.Exited():
					t.Errorf("%v: %s", err, lines.Text())
				default:
					dead.Add(1)
				}
			})
		}
		wg.Wait()
		killed += int(dead.Load())
		t.Logf("%d runners came through, %d were killed", through.Load(), dead.Load())
		mustHaveThirty(t, conn)
	}
}
