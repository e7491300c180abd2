package migrate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
)

// insideVariable says that a test runs in a namespace of its own already.
const insideVariable = "SKEIN_TEST_NAMESPACE"

// mayMount sees to it that the test can mount file systems: root can, and
// others in a namespace of their own, in which the test is run once more. It
// returns false where that has been done. Where neither can be had the test is
// skipped.
func mayMount(t *testing.T) bool {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server of its own")
	}
	if os.Getuid() == 0 || os.Getenv(insideVariable) != "" {
		return true
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const mountCapability = 21 // CAP_SYS_ADMIN, which is lost in an exec otherwise
	cmd := exec.Command(self, "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=300s")
	cmd.Env = append(os.Environ(), insideVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}},
		AmbientCaps: []uintptr{mountCapability},
	}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Skipf("a small file system needs root or a user namespace, and there is neither: %v", err)
	}
	t.Logf("in a user namespace:\n%s", out)
	if err != nil {
		t.Error(err)
	} else if strings.Contains(string(out), "--- SKIP") {
		t.Skip("needs root: in a user namespace it cannot be done here, for the reason logged above")
	}
	return false
}

// smallDisk mounts a file system of so many megabytes, which belongs to
// whoever owns the folder like.
func smallDisk(t *testing.T, dir, like string, size int) (resize func(megabytes int)) {
	t.Helper()
	info, err := os.Stat(like)
	if err != nil {
		t.Fatal(err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		t.Fatal("nobody owns ", like)
	}
	options := fmt.Sprintf("mode=700,uid=%d,gid=%d,size=", owner.Uid, owner.Gid)
	if err := syscall.Mount("skein-test", dir, "tmpfs", 0, options+fmt.Sprintf("%dm", size)); err != nil {
		t.Skipf("no small file system can be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return func(megabytes int) {
		t.Helper()
		if err := syscall.Mount("skein-test", dir, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%dm", megabytes)); err != nil {
			t.Fatal(err)
		}
	}
}

// filling is a history that writes more than 60 MB, in every kind of part.
func filling() *history.History {
	return historyOf(
		"CREATE TABLE done (n int); CREATE TABLE big (t text); INSERT INTO done VALUES (1);",
		"INSERT INTO done VALUES (2);\nCOMMIT;\nINSERT INTO done VALUES (3);\nINSERT INTO big SELECT repeat(md5(n::text), 15) FROM generate_series(1, 60000) n;",
		"INSERT INTO done VALUES (4);--> statement-breakpoint\nCREATE INDEX CONCURRENTLY big_t ON big (t text_pattern_ops);--> statement-breakpoint\nINSERT INTO done VALUES (5);",
		"INSERT INTO done VALUES (6);",
	)
}

func mustBeFilled(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	if got := value(t, conn, "SELECT string_agg(n::text, ' ' ORDER BY n) FROM done"); got != "1 2 3 4 5 6" {
		t.Errorf("rows: %s", got)
	}
	if got := value(t, conn, "SELECT count(*)::text || ' ' || (SELECT string_agg(indexrelid::regclass || ' ' || indisvalid, ', ') FROM pg_index WHERE indrelid = 'big'::regclass) FROM big"); got != "60000 big_t true" {
		t.Errorf("rows and indexes: %s", got)
	}
	if diff := cmp.Diff([]State{StateApplied, StateApplied, StateApplied, StateApplied}, states(mustStatus(t, conn, filling()))); diff != "" {
		t.Error(diff)
	}
}

// TestDiskFull fills the disk that the tables are on, twice: in a transaction,
// and in a statement that runs on its own. After each the next run goes on when
// there is room.
func TestDiskFull(t *testing.T) {
	if !mayMount(t) {
		return
	}
	d := startDurable(t)
	dir := t.TempDir()
	for up := dir; up != filepath.Dir(up) && up != os.TempDir(); up = filepath.Dir(up) {
		if err := os.Chmod(up, 0o755); err != nil && !errors.Is(err, fs.ErrPermission) { // the server's account has to get there
			t.Fatal(err)
		}
	}
	conn := d.conn(t)
	resize := smallDisk(t, dir, d.data, 20)
	t.Cleanup(func() { d.ctl(t, "stop", "-m", "immediate") })
	execSQL(t, conn, fmt.Sprintf("CREATE TABLESPACE small LOCATION '%s'", dir))
	execSQL(t, conn, "ALTER DATABASE "+pgx.Identifier{conn.Config().Database}.Sanitize()+" SET default_tablespace = small")
	again := func(want ...string) {
		t.Helper()
		_, err := up(context.Background(), d.conn(t), filling(), Options{})
		var e *diag.Error
		if !errors.As(err, &e) || e.Kind != diag.Database {
			t.Fatalf("got %v", err)
		}
		for _, text := range append(want, "No space left on device (SQLSTATE 53100)", "hint: Check free disk space") {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("%q is not in %v", text, err)
			}
		}
	}
	again("drizzle/0001_b.sql:4:1: ", "0001_b is applied up to line 2; the rest of it was rolled back", "0000_a before it is applied", "the 2 after it were not run")
	resize(64)
	again("drizzle/0002_c.sql:2:1: ", "0002_c is applied up to line 1", "it has left an invalid index, which the next run drops")
	again("drizzle/0002_c.sql:2:1: ") // nothing piles up
	resize(200)
	mustUp(t, d.conn(t), filling())
	mustBeFilled(t, d.conn(t))
}

// TestLogDiskFull fills the disk that the write-ahead log is on. PostgreSQL
// ends then, and comes back when there is room.
// https://www.postgresql.org/docs/current/wal-configuration.html
func TestLogDiskFull(t *testing.T) {
	if !mayMount(t) {
		return
	}
	d := startDurable(t)
	execSQL(t, d.conn(t), "ALTER SYSTEM SET min_wal_size = '32MB'")
	d.ctl(t, "stop")
	wal := filepath.Join(d.data, "pg_wal")
	kept := wal + ".kept"
	if err := os.Rename(wal, kept); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(wal, 0o700); err != nil {
		t.Fatal(err)
	}
	resize := smallDisk(t, wal, d.data, 24)
	args := []string{"-a", kept + "/.", wal}
	if out, err := exec.Command("cp", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	d.ctl(t, "start")
	t.Cleanup(func() { d.ctl(t, "stop", "-m", "immediate") })
	_, err := up(context.Background(), d.conn(t), filling(), Options{})
	var e *diag.Error
	if !errors.As(err, &e) || e.Kind != diag.Database || e.Hint == "" {
		t.Fatalf("got %v", err)
	}
	for _, text := range []string{"drizzle/0001_b.sql:3:1: the connection to the database was lost while this statement or one after it was running", "No space left on device", "0001_b is applied up to line 2; the rest of it was not committed", "0000_a before it is applied", "when the database can be reached again"} {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%q is not in %v", text, err)
		}
	}
	resize(512)
	_, _ = d.tryCtl("stop", "-m", "immediate") // it may have ended by itself, or come back
	d.ctl(t, "start")
	mustUp(t, d.conn(t), filling())
	mustBeFilled(t, d.conn(t))
}
