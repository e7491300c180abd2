//go:build unix

package history

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/diag"
)

// renumber gives the last migration another number and edits the first one:
// files are made, replaced and removed.
func renumber(dir string) error {
	h, err := Open(dir)
	if err != nil {
		return err
	}
	last := h.Migrations[len(h.Migrations)-1]
	snapshot, err := os.ReadFile(last.SnapshotFile)
	if err != nil {
		return err
	}
	journal := *h.Journal
	journal.Entries = slices.Clone(journal.Entries)
	moved := &journal.Entries[len(journal.Entries)-1]
	moved.Idx, moved.Tag, moved.When = 9, "0009_moved", moved.When+1
	return h.Replace("0009_moved", journal.Encode(),
		Change{Path: filepath.Base(last.File), Was: []byte(last.SQL)},
		Change{Path: "0009_moved.sql", Is: []byte(last.SQL)},
		Change{Path: "meta/" + filepath.Base(last.SnapshotFile), Was: snapshot},
		Change{Path: "meta/0009_snapshot.json", Is: snapshot},
		Change{Path: filepath.Base(h.Migrations[0].File), Was: []byte(h.Migrations[0].SQL), Is: []byte("SELECT 0;")},
	)
}

func threeMigrations(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "drizzle")
	for i := range 3 {
		must(t, add(dir, "index", fmt.Sprintf("m%d", i), fmt.Sprintf("SELECT %d + 1;", i)))
	}
	return dir
}

// TestReplaceKilledAtEveryStep is TestKilledAtEveryStep for Replace.
func TestReplaceKilledAtEveryStep(t *testing.T) {
	before := threeMigrations(t)
	after := copyTo(t, before)
	must(t, renumber(after))
	for _, name := range []string{"0002_m2.sql", "meta/0002_snapshot.json"} {
		if exists(filepath.Join(after, name)) {
			t.Error("still there:", name)
		}
	}
	var steps []string
	for n := 1; ; n++ {
		dir := copyTo(t, before)
		at, err := second(t, dir, fmt.Sprint("SKEIN_TEST_KILL=", n), "SKEIN_TEST_RENUMBER=1")
		if err == nil {
			sameTree(t, dir, tree(t, after))
			break
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.String() != "signal: killed" {
			t.Fatal(at, err)
		}
		steps = append(steps, at)
		t.Run(fmt.Sprintf("%02d %s", n, at), func(t *testing.T) {
			// Whichever journal is there, drizzle's migrator finds its files.
			h, err := read(dir)
			must(t, err)
			for _, m := range h.Migrations {
				if !m.HasSQL {
					t.Errorf("the journal names %s, which is not there", m.Entry.Tag)
				}
			}
			killed(t, dir, "index", tree(t, before), tree(t, after))
		})
	}
	t.Log(strings.Join(steps, ", "))
	if len(steps) < 13 {
		t.Errorf("only %d steps", len(steps))
	}
}

func TestReplaceRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change Change
		before func(dir string) error
		want   string
	}{
		{"a file that changed", Change{Path: "0001_m1.sql", Was: []byte("SELECT 9;"), Is: []byte("SELECT 3;")}, nil, "0001_m1.sql: the file changed on disk"},
		{"a file that is there", Change{Path: "0001_m1.sql", Is: []byte("SELECT 3;")}, nil, "0001_m1.sql: the file changed on disk"},
		{"a file that is gone", Change{Path: "0007_x.sql", Was: []byte("SELECT 3;")}, nil, "0007_x.sql: the file changed on disk"},
		{"a file outside", Change{Path: "../x.sql", Is: []byte("SELECT 3;")}, nil, "no change to a file of the folder"},
		{"no change", Change{Path: "0001_m1.sql"}, nil, "no change to a file of the folder"},
		{"a link", Change{Path: "0001_m1.sql", Was: []byte("SELECT 1 + 1;"), Is: []byte("SELECT 3;")}, func(dir string) error {
			file := filepath.Join(dir, "0001_m1.sql")
			return errors.Join(os.Rename(file, dir+".sql"), os.Symlink(dir+".sql", file))
		}, "0001_m1.sql: this is not a regular file"},
		{"a journal that changed", Change{Path: "0007_x.sql", Is: []byte("SELECT 3;")}, func(dir string) error {
			return add(dir, "index", "other", "SELECT 2;")
		}, "_journal.json: the journal changed on disk"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := threeMigrations(t)
			h, err := Open(dir)
			must(t, err)
			if c.before != nil {
				must(t, c.before(dir))
			}
			was := tree(t, dir)
			err = h.Replace("x", h.Journal.Canonical(), c.change)
			var d *diag.Error
			if !errors.As(err, &d) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v", err)
			}
			sameTree(t, dir, was)
		})
	}
}
