//go:build unix

package pgserver

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// leftover makes what a run leaves whose process and guard were both killed.
func leftover(t *testing.T, who account, age time.Duration) string {
	t.Helper()
	dir, err := os.MkdirTemp(runBases(who)[0], runPrefix)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.WriteFile(filepath.Join(dir, "lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := who.own(dir); err != nil {
		t.Fatal(err)
	}
	makeOld(t, dir, age)
	return dir
}

func makeOld(t *testing.T, dir string, age time.Duration) {
	t.Helper()
	then := time.Now().Add(-age)
	if err := os.Chtimes(dir, then, then); err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool { _, err := os.Lstat(path); return err == nil }

func TestSweep(t *testing.T) {
	who, err := currentAccount()
	if err != nil {
		t.Fatal(err)
	}
	old, young, held := leftover(t, who, time.Hour), leftover(t, who, 0), leftover(t, who, time.Hour)
	release, err := lock(t.Context(), filepath.Join(held, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	sweep(who)
	if exists(old) {
		t.Error("an old leftover is still there")
	}
	if !exists(young) {
		t.Error("a run that is just starting was swept")
	}
	if !exists(held) {
		t.Error("a run that is alive was swept")
	}
}

func TestSweepEndsAnOrphanedServer(t *testing.T) {
	if os.Getenv("SKEIN_TEST_NO_PG") == "1" {
		t.Skip("needs PostgreSQL, and SKEIN_TEST_NO_PG=1")
	}
	s, err := Start(context.Background(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, ok := s.run.(*cluster)
	if !ok {
		t.Skip("needs a server started from programs on this machine")
	}
	defer s.Stop()
	who, err := currentAccount()
	if err != nil {
		t.Fatal(err)
	}
	// As if both had been killed: the guard gone, the lock free.
	if err := syscall.Kill(c.guard.Pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	c.release()
	makeOld(t, c.dir, time.Hour)
	sweep(who)
	select {
	case <-s.Done():
	case <-time.After(5 * time.Second):
		t.Error("the orphaned server still runs")
	}
	if exists(c.dir) {
		t.Error("its folder is still there")
	}
}

func TestSweepMindsWhoseProcessItIs(t *testing.T) {
	who, err := currentAccount()
	if err != nil {
		t.Fatal(err)
	}
	dir := leftover(t, who, time.Hour)
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	// The number of a process that has nothing to do with it: this one.
	pid := []byte(itoa(os.Getpid()) + "\n")
	if err := os.WriteFile(filepath.Join(dir, "data", "postmaster.pid"), pid, 0o600); err != nil {
		t.Fatal(err)
	}
	makeOld(t, dir, time.Hour)
	sweep(who)
	if exists(dir) {
		t.Error("the leftover is still there")
	}
}
