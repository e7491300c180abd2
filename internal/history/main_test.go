//go:build unix

package history

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/snapshot"
)

// The test binary runs itself as a second program: with SKEIN_TEST_WRITER set
// it is a writer on that folder instead of a test.
func TestMain(m *testing.M) {
	if dir := os.Getenv("SKEIN_TEST_WRITER"); dir != "" {
		os.Exit(writer(dir))
	}
	os.Exit(m.Run())
}

// writer appends one migration, or renumbers the last, as the environment says.
func writer(dir string) int {
	if size, err := strconv.ParseUint(os.Getenv("SKEIN_TEST_FSIZE"), 10, 64); err == nil {
		limit := syscall.Rlimit{Cur: size, Max: size}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			panic(err)
		}
	}
	last, _ := strconv.Atoi(os.Getenv("SKEIN_TEST_KILL"))
	n := 0
	step = func(name string) {
		n++
		if n == last {
			fmt.Println(name)
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			time.Sleep(time.Minute) // the signal takes effect before this ends
		}
	}
	if os.Getenv("SKEIN_TEST_RENUMBER") != "" {
		if err := renumber(dir); err != nil {
			fmt.Println(err)
			return 1
		}
		return 0
	}
	for range 1000 {
		err := add(dir, os.Getenv("SKEIN_TEST_PREFIX"), os.Getenv("SKEIN_TEST_NAME"), os.Getenv("SKEIN_TEST_SQL"))
		if err == nil {
			return 0
		}
		if os.Getenv("SKEIN_TEST_AGAIN") == "" || !strings.Contains(err.Error(), "changed on disk since") {
			fmt.Println(err)
			return 1
		}
	}
	return 1
}

// add opens a folder and appends a migration that changes no schema.
func add(dir, prefix, name, sql string) error {
	h, err := Open(dir)
	if err != nil {
		return err
	}
	last, err := h.LastSnapshot()
	if err != nil {
		return err
	}
	id := fmt.Sprintf("%08d", len(h.Migrations)+1)
	next := snapshot.New(id, snapshot.OriginID, users())
	if last != nil {
		next = last.WithIDs(id, last.ID)
	}
	_, err = h.Append(Draft{Name: name, Prefix: prefix, SQL: sql, Snapshot: next, Breakpoints: true, Now: time.UnixMilli(1700000000000)})
	return err
}

// second runs the writer with more environment and returns what it printed.
func second(t *testing.T, dir string, env ...string) (string, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), append(env, "SKEIN_TEST_WRITER="+dir)...)
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// tree returns all files under dir by name, a folder as "dir".
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if d.IsDir() {
			files[name] = "dir"
			return nil
		}
		data, err := os.ReadFile(path)
		files[name] = string(data)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return files
}

func sameTree(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
