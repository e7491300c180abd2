package js_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// nodeModules names a node_modules folder with drizzle-kit and drizzle-orm.
// With it the tests also ask the real ones, and write the expected snapshots
// anew where update says so.
var (
	nodeModules = os.Getenv("SKEIN_NODE_MODULES")
	update      = os.Getenv("SKEIN_UPDATE") != ""
)

var casings = []string{"", "snake_case", "camelCase"}

// ownSnapshots are the sources whose expected snapshots are not drizzle-kit's.
var ownSnapshots = map[string]bool{"deviations": true}

// TestSnapshotsAreThoseOfDrizzleKit compares what comes out of the schema files
// in testdata with what drizzle-kit 0.31 writes for them.
func TestSnapshotsAreThoseOfDrizzleKit(t *testing.T) {
	sources, err := filepath.Glob("testdata/*.ts")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no sources in testdata: %v", err)
	}
	for _, source := range sources {
		name := strings.TrimSuffix(filepath.Base(source), ".ts")
		for _, casing := range casings {
			t.Run(strings.TrimSuffix(name+"/"+casing, "/"), func(t *testing.T) {

				if nodeModules != "" && update && !ownSnapshots[name] {
					write(t, name, casing, drizzleKit(t, source, casing))
				}
				got, err := run([]string{source}, casing, "")
				if err != nil {
					t.Fatal(err)
				}
				if update && ownSnapshots[name] {
					write(t, name, casing, got.Schema)
				}
				want := expected(t, name, casing)
				if diff := cmp.Diff(want, got.Schema); diff != "" {
					t.Errorf("Skein's builders (-drizzle-kit +skein):\n%s", diff)
				}
				if nodeModules == "" {
					return
				}
				real, err := run([]string{source}, casing, nodeModules)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, real.Schema); diff != "" {
					t.Errorf("drizzle-orm's builders (-drizzle-kit +skein):\n%s", diff)
				}
			})
		}
	}
}

// golden returns the file of an expected snapshot.
func golden(name, casing string) string {
	return filepath.Join("testdata", strings.TrimSuffix(name+"."+casing, ".")+".json")
}

// expected returns the expected snapshot. There is none for a casing that
// changes nothing.
func expected(t *testing.T, name, casing string) string {
	t.Helper()
	text, err := os.ReadFile(golden(name, casing))
	if errors.Is(err, os.ErrNotExist) && casing != "" {
		return expected(t, name, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// write stores an expected snapshot, unless it is the one without casing. The
// casings of a source run in their order, the one without first.
func write(t *testing.T, name, casing, snapshot string) {
	t.Helper()
	file := golden(name, casing)
	os.Remove(file)
	if casing != "" && expected(t, name, "") == snapshot {
		return
	}
	if err := os.WriteFile(file, []byte(snapshot), 0o644); err != nil {
		t.Fatal(err)
	}
}

var idLines = regexp.MustCompile(`(?m)^  "(id|prevId)": .*\n`)

// drizzleKit returns the snapshot that drizzle-kit itself writes, without ids.
func drizzleKit(t *testing.T, source, casing string) string {
	t.Helper()
	dir := t.TempDir()
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "schema.ts"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(nodeModules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	args := []string{filepath.Join(nodeModules, "drizzle-kit/bin.cjs"), "generate", "--dialect", "postgresql", "--schema", "schema.ts"}
	if casing != "" {
		args = append(args, "--casing", casing)
	}
	cmd := exec.Command("node", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	snapshot, readErr := os.ReadFile(filepath.Join(dir, "drizzle/meta/0000_snapshot.json"))
	if err != nil || readErr != nil {
		t.Fatal(fmt.Errorf("drizzle-kit: %w\n%s", errors.Join(err, readErr), out))
	}
	return idLines.ReplaceAllString(string(snapshot), "")
}
