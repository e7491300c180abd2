//go:build unix

package history

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestKilledAtEveryStep kills a writer with SIGKILL at each of its steps, and
// looks at the folder as drizzle's tools and as Skein would.
func TestKilledAtEveryStep(t *testing.T) {
	for name, c := range map[string]struct {
		prefix string
		before int // migrations that are there already
	}{
		"a new folder":        {"index", 0},
		"an empty folder":     {"index", -1},
		"a third migration":   {"index", 2},
		"a shared snapshot":   {"none", 1},
		"a time for a prefix": {"timestamp", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := filepath.Join(t.TempDir(), "drizzle")
			if c.before < 0 {
				put(t, journalFile(before), emptyJournal)
			}
			for i := range c.before {
				must(t, add(before, c.prefix, fmt.Sprintf("m%d", i), "SELECT 1;"))
			}
			after := copyTo(t, before)
			must(t, add(after, c.prefix, "last", "SELECT 2;"))
			var steps []string
			for n := 1; ; n++ {
				dir := copyTo(t, before)
				at, err := second(t, dir, fmt.Sprint("SKEIN_TEST_KILL=", n), "SKEIN_TEST_PREFIX="+c.prefix, "SKEIN_TEST_NAME=last", "SKEIN_TEST_SQL=SELECT 2;")
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
					killed(t, dir, c.prefix, tree(t, before), tree(t, after))
				})
			}
			t.Log(strings.Join(steps, ", "))
			if len(steps) < 9 {
				t.Errorf("only %d steps", len(steps))
			}
		})
	}
}

// killed checks a folder whose writer was killed.
func killed(t *testing.T, dir, prefix string, before, after map[string]string) {
	asDrizzleSees(t, dir, before, after)
	left := tree(t, dir)
	survey, err := Survey(dir)
	must(t, err)
	sameTree(t, dir, left) // Survey writes nothing
	h, err := Open(dir)
	must(t, err)
	if (survey.Interrupted != "") != (h.Finished != "") {
		t.Errorf("Survey says interrupted %q, Open finished %q", survey.Interrupted, h.Finished)
	}
	now := tree(t, dir)
	maps.DeleteFunc(now, func(name, _ string) bool { return strings.Contains(name, tempPrefix) })
	if same := maps.Equal(now, after); !same && !nearly(now, before) {
		t.Errorf("after Open the folder is neither as before nor as after: %v", now)
	} else if h.Finished != "" && !same {
		t.Error("finished, but the folder is not as after")
	}
	if len(h.OrphanSQL)+len(h.OrphanSnapshots) > 0 {
		t.Error("orphans:", h.OrphanSQL, h.OrphanSnapshots)
	}
	must(t, add(dir, prefix, "following", "SELECT 3;"))
	h, err = Open(dir)
	must(t, err)
	for _, m := range h.Migrations {
		if !m.HasSQL || !m.HasSnapshot {
			t.Errorf("%+v", m)
		}
	}
	for name := range tree(t, dir) {
		if strings.Contains(name, "skein") {
			t.Error("left behind:", name)
		}
	}
}

// nearly compares with the state before. A folder that was not there may be
// there and hold an empty journal, as drizzle-kit check leaves one.
func nearly(now, before map[string]string) bool {
	now = maps.Clone(now)
	if len(before) == 0 {
		maps.DeleteFunc(now, func(name, text string) bool {
			return name == "meta" || name == filepath.Join("meta", "_journal.json") && text == emptyJournal
		})
	}
	return maps.Equal(now, before)
}

// asDrizzleSees holds what drizzle-kit and drizzle's migrator look at: the
// snapshots of meta, which are its files that do not begin with "_", and the
// journal with the SQL files that it names. With the intent file there,
// drizzle-kit does not start.
func asDrizzleSees(t *testing.T, dir string, before, after map[string]string) {
	t.Helper()
	now := tree(t, dir)
	journal := filepath.Join("meta", "_journal.json")
	switch now[journal] {
	case after[journal]:
		for name, text := range after {
			if strings.HasSuffix(name, ".sql") && now[name] != text {
				t.Errorf("the journal is as after, %s is not", name)
			}
		}
	case before[journal], emptyJournal:
	default:
		t.Errorf("the journal is neither as before nor as after: %q", now[journal])
	}
	if now[filepath.Join("meta", intentName)] != "" {
		return
	}
	snapshots := func(files map[string]string) map[string]string {
		out := map[string]string{}
		for name, text := range files {
			if filepath.Dir(name) == "meta" && !strings.HasPrefix(filepath.Base(name), tempPrefix) {
				out[name] = text
			}
		}
		return out
	}
	if s := snapshots(now); !maps.Equal(s, snapshots(after)) && !nearly(s, snapshots(before)) {
		t.Errorf("without an intent file, meta is neither as before nor as after: %v", s)
	}
}

func copyTo(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "drizzle")
	if _, err := os.Stat(dir); err == nil {
		must(t, os.CopyFS(to, os.DirFS(dir)))
	}
	return to
}
