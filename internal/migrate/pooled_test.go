package migrate

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// pooled starts PgBouncer in front of a database and returns the URL that leads
// through it. size is the number of connections that it has to the server.
func pooled(t *testing.T, url, mode string, size int) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		if program = "/usr/sbin/pgbouncer"; !executable(program) {
			t.Skip("PgBouncer is not installed (Debian: apt-get install pgbouncer)")
		}
	}
	config, err := ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	dir := t.TempDir()
	if os.Getuid() == 0 { // for the account that it runs as
		for _, open := range []string{dir, filepath.Dir(dir)} {
			if err := os.Chmod(open, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	users, ini := filepath.Join(dir, "users.txt"), filepath.Join(dir, "pgbouncer.ini")
	write := func(file, text string) {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(users, fmt.Sprintf("%q %q\n", config.User, config.Password))
	write(ini, fmt.Sprintf(`[databases]
* = host=%s port=%d
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = trust
auth_file = %s
pool_mode = %s
default_pool_size = %d
max_client_conn = 500
`, config.Host, config.Port, port, users, mode, size))
	cmd := exec.Command(program, ini)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if info, err := os.Stat(config.Host); err == nil && os.Getuid() == 0 { // it refuses to run as root
		if owner, ok := info.Sys().(*syscall.Stat_t); ok {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
		}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	through := fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", config.User, port, config.Database)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := Connect(context.Background(), through)
		if err == nil {
			conn.Close(context.Background())
			return through
		}
		if time.Now().After(end) {
			t.Fatalf("PgBouncer does not answer: %v", err)
		}
	}
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&0o111 != 0
}

// TestThroughPgBouncer runs many runners at once through few connections.
func TestThroughPgBouncer(t *testing.T) {
	for _, mode := range []string{"transaction", "session"} {
		t.Run(mode, func(t *testing.T) {
			url := pgtest.New(t)
			conn := connect(t, url)
			execSQL(t, conn, beforeThirty)
			runners, size := 5, 3
			if mode == "session" {
				size = 20
			}
			through := pooled(t, url, mode, size)
			done, errs := make([]*Applied, runners), make([]error, runners)
			var wg sync.WaitGroup
			for i := range runners {
				own := connect(t, through)
				wg.Go(func() { done[i], errs[i] = up(context.Background(), own, thirty(), Options{}) })
			}
			wg.Wait()
			ran := 0
			for i := range runners {
				if errs[i] != nil {
					t.Error(errs[i])
				}
				ran += len(done[i].Migrations)
			}
			t.Logf("%d migrations by %d runners", ran, runners)
			mustHaveThirty(t, conn)
			if got := value(t, conn, "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory'"); got != "0" {
				t.Errorf("%s locks are left", got)
			}
		})
	}
}

// TestPoolerKeepsNothing: nothing of a run stays with the server's connection.
func TestPoolerKeepsNothing(t *testing.T) {
	url := pgtest.New(t)
	through := pooled(t, url, "transaction", 1)
	own := connect(t, through)
	if _, err := up(context.Background(), own, historyOf("CREATE TABLE a ();", "SELECT 1/0"), Options{LockTimeout: time.Second, StatementTimeout: time.Minute}); err == nil || !strings.Contains(err.Error(), "division by zero") {
		t.Errorf("got %v", err)
	}
	if got := value(t, connect(t, through), "SELECT current_setting('lock_timeout') || current_setting('statement_timeout') || current_setting('client_connection_check_interval', true)"); got != "000" {
		t.Errorf("settings: %s", got)
	}
	_, err := up(context.Background(), own, historyOf("CREATE TABLE a ();", "SET search_path = public; SELECT 1;\nVACUUM;"), Options{})
	if err == nil || !strings.Contains(err.Error(), "drizzle/0001_b.sql:2:1: this statement runs in no transaction, so behind a connection pooler it does not have what the file has SET before it") {
		t.Errorf("got %v", err)
	}
}

// TestPoolerAndNone: a runner behind a pooler and one that is not keep out of
// each other's way.
func TestPoolerAndNone(t *testing.T) {
	url, conn := slowDatabase(t)
	execSQL(t, conn, "UPDATE slow SET seconds = 0.5")
	through := pooled(t, url, "transaction", 4)
	results := make(chan error, 4)
	for i := range cap(results) {
		own := connect(t, []string{url, through}[i%2])
		go func(own *pgx.Conn) {
			_, err := up(context.Background(), own, faulty(), Options{})
			results <- err
		}(own)
	}
	for range cap(results) {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	mustBeWhole(t, conn)
}
