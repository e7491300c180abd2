package js_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// notDrizzleKits are the recorded snapshots that Skein does not repeat.
var notDrizzleKits = map[string]string{
	"x019-bigint_default":        "drizzle-kit crashed, and the snapshot is the one before",
	"x057-index_where_semicolon": "drizzle-kit crashed, and the snapshot is the one before",
	"x063-check_param":           "a bound parameter that PostgreSQL rejects",
	"x111-casing_view":           "columns by their keys, which do not exist",
}

// TestRecordedSchemasGiveTheirSnapshots runs over the schemas recorded with
// drizzle-kit's snapshots, where they are at hand.
func TestRecordedSchemasGiveTheirSnapshots(t *testing.T) {
	data, err := os.ReadFile(shared(t, "cases/differ-extra.jsonl"))
	if err != nil {
		t.Skip("recorded cases are not here")
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var recorded struct {
			ID, Casing   string
			FromTS, ToTS string
			From, To     json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &recorded); err != nil {
			t.Fatal(err)
		}
		compare(t, recorded.ID+"/from", recorded.FromTS, recorded.Casing, recorded.From)
		if reason, ok := notDrizzleKits[recorded.ID]; ok {
			t.Logf("%s: %s", recorded.ID, reason)
			continue
		}
		compare(t, recorded.ID+"/to", recorded.ToTS, recorded.Casing, recorded.To)
	}
}

func compare(t *testing.T, name, source, casing string, snapshot json.RawMessage) {
	if source == "" || len(snapshot) == 0 || string(snapshot) == "null" {
		return
	}
	t.Run(name, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "schema.ts")
		if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := run([]string{file}, casing, "")
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		if err := json.Indent(&want, snapshot, "", "  "); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(idLines.ReplaceAllString(want.String(), ""), got.Schema); diff != "" {
			t.Errorf("(-drizzle-kit +skein):\n%s", diff)
		}
	})
}

// shared returns the path of a file in the folder shared beside the module.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(filepath.Dir(dir), "shared", name)
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no module root above this package")
		}
		dir = filepath.Dir(dir)
	}
}
