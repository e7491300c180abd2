//go:build unix

package history

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/nobody"
	"github.com/skein-db/skein/internal/snapshot"
)

// two returns a folder with two migrations.
func two(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "drizzle")
	must(t, add(dir, "", "one", "SELECT 1;"))
	must(t, add(dir, "", "two", "SELECT 2;"))
	return dir
}

func draft(name string) Draft {
	return Draft{Name: name, SQL: "SELECT 3;", Snapshot: snapshot.New("3", "00000002", users())}
}

// refused checks for a user's error with this text and a hint, and that the
// folder is as it was.
func refused(t *testing.T, dir string, before map[string]string, err error, text string) {
	t.Helper()
	var d *diag.Error
	if !errors.As(err, &d) {
		t.Fatalf("not an error for a person: %v", err)
	}
	if !strings.Contains(d.Error(), text) || d.Hint == "" {
		t.Errorf("got %q, want %q", d.Error(), text)
	}
	sameTree(t, dir, before)
}

func TestAppendRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, dir string) // after Open
		draft  Draft
		want   string
	}{
		"another migration came": {
			func(t *testing.T, dir string) { must(t, add(dir, "", "theirs", "SELECT 9;")) }, draft("x"),
			"_journal.json: the journal changed on disk since it was read; nothing was written",
		},
		"the journal went": {
			func(t *testing.T, dir string) { must(t, os.Remove(journalFile(dir))) }, draft("x"),
			"the journal changed on disk since it was read",
		},
		"a hand-made SQL file has the name": {
			func(t *testing.T, dir string) { put(t, filepath.Join(dir, "0002_x.sql"), "SELECT 'mine';") }, draft("x"),
			"0002_x.sql: the file exists already",
		},
		"a stray snapshot has the number": {
			func(t *testing.T, dir string) { put(t, filepath.Join(dir, "meta", "0002_snapshot.json"), "{}") }, draft("x"),
			"0002_snapshot.json: the file exists already",
		},
		"a name with a slash": {func(*testing.T, string) {}, draft("a/b"), `"a/b" cannot be part of a file name`},
		"a name with a line":  {func(*testing.T, string) {}, draft("a\nb"), `"a\nb" cannot be part of a file name`},
		"an unknown prefix": {
			func(*testing.T, string) {}, Draft{Prefix: "date", Name: "x", Snapshot: draft("").Snapshot}, `"date" is no migration prefix`,
		},
		"the journal is a link": {
			func(t *testing.T, dir string) {
				must(t, os.Rename(journalFile(dir), filepath.Join(dir, "elsewhere.json")))
				must(t, os.Symlink("../elsewhere.json", journalFile(dir)))
			}, draft("x"), "this is not a regular file",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := two(t)
			h, err := Open(dir)
			must(t, err)
			c.change(t, dir)
			before := tree(t, dir)
			_, err = h.Append(c.draft)
			refused(t, dir, before, err, c.want)
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, dir string)
		want   string
	}{
		"no journal": {
			func(t *testing.T, dir string) { must(t, os.Remove(journalFile(dir))) },
			"_journal.json: the journal is missing, although 0000_one.sql is there",
		},
		"a journal cut off": {
			func(t *testing.T, dir string) { put(t, journalFile(dir), "{\n  \"version\":") }, "_journal.json:2:13: the journal ends in the middle",
		},
		"folders instead of files": {
			func(t *testing.T, dir string) {
				put(t, filepath.Join(dir, "20260102030405_calm_owl", "migration.sql"), "")
				put(t, filepath.Join(dir, "20260102030405_calm_owl", "snapshot.json"), "{}")
			}, "20260102030405_calm_owl: the migrations are in a format without a journal",
		},
		"an intent that is no intent": {
			func(t *testing.T, dir string) { put(t, filepath.Join(dir, "meta", intentName), "{}") },
			intentName + ": the file says that a write was interrupted, but cannot be read",
		},
		"an intent that leads out of the folder": {
			func(t *testing.T, dir string) {
				put(t, filepath.Join(dir, "meta", intentName), `{"tag":"x","renames":[{"from":"meta/_skein-1-0","to":"../../x","sha256":"1"}]}`)
			}, intentName + ": the file says that a write was interrupted, but cannot be read",
		},
		"an intent whose files are gone": {
			func(t *testing.T, dir string) {
				put(t, filepath.Join(dir, "meta", intentName), `{"tag":"0002_x","renames":[{"from":"meta/_skein-1-0","to":"0002_x.sql","sha256":"1"}]}`)
			}, "0002_x.sql: the writing of 0002_x was interrupted, and its files are gone",
		},
		"an intent that was overtaken": {
			func(t *testing.T, dir string) {
				put(t, filepath.Join(dir, "0002_x.sql"), "SELECT 'mine';")
				put(t, filepath.Join(dir, "meta", "_skein-1-0"), "SELECT 'theirs';")
				put(t, filepath.Join(dir, "meta", intentName), `{"tag":"0002_x","renames":[{"from":"meta/_skein-1-0","to":"0002_x.sql","sha256":"1"}]}`)
			}, "0002_x.sql: the writing of 0002_x was interrupted, and the file has changed since",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := two(t)
			c.change(t, dir)
			before := tree(t, dir)
			_, err := Open(dir)
			refused(t, dir, before, err, c.want)
		})
	}
}

func TestOpenOfNothing(t *testing.T) {
	for name, dir := range map[string]string{"no folder": filepath.Join(t.TempDir(), "none"), "an empty folder": t.TempDir()} {
		h, err := Open(dir)
		if err != nil || len(h.Migrations) > 0 {
			t.Error(name, err)
			continue
		}
		if last, err := h.LastSnapshot(); last != nil || err != nil {
			t.Error(name, last, err)
		}
	}
}

// TestErrorInTheMiddle lets a rename fail: a step puts a folder in its way.
func TestErrorInTheMiddle(t *testing.T) {
	for _, file := range []string{"0002_x.sql", "meta/0002_snapshot.json"} {
		t.Run(file, func(t *testing.T) {
			dir := two(t)
			before := tree(t, dir)
			before[filepath.FromSlash(file)] = "dir"
			h, err := Open(dir)
			must(t, err)
			step = func(name string) {
				if name == "rename of "+file {
					must(t, os.Mkdir(filepath.Join(dir, file), 0o777))
				}
			}
			_, err = h.Append(draft("x"))
			step = func(string) {}
			refused(t, dir, before, err, "cannot rename")
			must(t, os.Remove(filepath.Join(dir, file)))
			if _, err := h.Append(draft("y")); err != nil {
				t.Error("after the mishap:", err)
			}
		})
	}
}

// TestFullDisk limits the size of files instead of filling a disk: write
// fails in the same place.
func TestFullDisk(t *testing.T) {
	sql := "SKEIN_TEST_SQL=" + strings.Repeat("SELECT 1;\n", 1000)
	for name, dir := range map[string]string{"two migrations": two(t), "a new folder": filepath.Join(t.TempDir(), "a", "b")} {
		t.Run(name, func(t *testing.T) {
			before := tree(t, dir)
			out, err := second(t, dir, sql, "SKEIN_TEST_NAME=x", "SKEIN_TEST_FSIZE=4096")
			if want := "meta: cannot write here: file too large; nothing was changed\nhint: "; err == nil || !strings.Contains(out, want) {
				t.Errorf("got %q, want %q", out, want)
			}
			sameTree(t, dir, before)
			if exists(dir) != (len(before) > 0) {
				t.Error("the folder itself stayed")
			}
			if out, err := second(t, dir, sql, "SKEIN_TEST_NAME=x"); err != nil {
				t.Error("with room again:", out)
			}
		})
	}
}

func TestReadOnlyFolder(t *testing.T) {
	dir := two(t)
	before := tree(t, dir)
	var out string
	readOnly := func(mode os.FileMode) {
		must(t, os.Chmod(filepath.Join(dir, "meta"), mode))
		must(t, os.Chmod(dir, mode))
	}
	readOnly(0o555)
	defer readOnly(0o777)
	if os.Getuid() == 0 {
		out = asNobody(t, dir)
	} else {
		out, _ = second(t, dir, "SKEIN_TEST_NAME=x")
	}
	if want := "meta: cannot write here: permission denied; nothing was changed\nhint: "; !strings.Contains(out, want) {
		t.Errorf("got %q, want %q", out, want)
	}
	sameTree(t, dir, before)
}

// asNobody runs the writer without the rights of root, which no mode binds.
func asNobody(t *testing.T, dir string) string {
	t.Helper()
	cmd := nobody.Command(t, dir)
	cmd.Env = append(cmd.Env, "SKEIN_TEST_WRITER="+dir, "SKEIN_TEST_NAME=x")
	out, err := nobody.Run(t, cmd)
	if err == nil {
		t.Error("nobody could write")
	}
	return out
}

func TestWritersTakeTurns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "drizzle")
	const writers = 8
	var all sync.WaitGroup
	stop := make(chan struct{})
	for i := range writers {
		all.Go(func() {
			if out, err := second(t, dir, "SKEIN_TEST_AGAIN=1", fmt.Sprint("SKEIN_TEST_NAME=w", i), "SKEIN_TEST_SQL=SELECT 1;"); err != nil {
				t.Error(out, err)
			}
		})
	}
	var reader sync.WaitGroup
	reader.Go(func() { // a reader sees whole states only
		for {
			select {
			case <-stop:
				return
			default:
			}
			h, err := Survey(dir)
			if err != nil {
				t.Error(err)
				return
			}
			if h.JournalError != nil || h.Interrupted != "" || len(h.OrphanSQL)+len(h.OrphanSnapshots) > 0 {
				t.Errorf("half a state: %+v", h)
				return
			}
			for _, m := range h.Migrations {
				if !m.HasSQL || !m.HasSnapshot {
					t.Errorf("half a migration: %+v", m)
					return
				}
			}
		}
	})
	all.Wait()
	close(stop)
	reader.Wait()
	h, err := Open(dir)
	must(t, err)
	if len(h.Migrations) != writers {
		t.Fatalf("%d migrations", len(h.Migrations))
	}
	parent := snapshot.OriginID
	for i, m := range h.Migrations {
		if want := fmt.Sprintf("%04d_", i); m.Entry.Idx != i || !strings.HasPrefix(m.Entry.Tag, want) {
			t.Errorf("%+v", m.Entry)
		}
		s, err := h.Snapshot(i)
		must(t, err)
		if s.PrevID != parent {
			t.Errorf("%s does not follow %s", m.SnapshotFile, parent)
		}
		parent = s.ID
	}
}

func TestLockIsNotWaitedForWithoutEnd(t *testing.T) {
	dir := two(t)
	unlock, err := lock(dir)
	must(t, err)
	defer unlock()
	lockPatience = 30 * time.Millisecond
	defer func() { lockPatience = 10 * time.Second }()
	before := tree(t, dir)
	h, err := Open(dir)
	must(t, err)
	_, err = h.Append(draft("x"))
	refused(t, dir, before, err, "another skein has been writing to this folder for 30ms")
}
