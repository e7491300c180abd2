package catalog

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// recorded returns the distinct schemas of drizzle-kit's recorded cases, by
// the case that has it first.
func recorded(t *testing.T) (names []string, schemas []*schema.Schema) {
	t.Helper()
	seen := map[string]bool{}
	for _, file := range []string{"differ.jsonl", "differ-extra.jsonl"} {
		f, err := os.Open(shared(t, file))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			var c struct {
				ID       string
				From, To json.RawMessage
			}
			if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
				t.Fatal(err)
			}
			for side, data := range map[string]json.RawMessage{"from": c.From, "to": c.To} {
				if len(data) == 0 || string(data) == "null" {
					continue
				}
				s, err := snapshot.Decode(c.ID, data)
				if err != nil {
					t.Fatal(err)
				}
				key, _ := json.Marshal(s.Schema)
				if !seen[string(key)] {
					seen[string(key)] = true
					names = append(names, c.ID+"/"+side)
					schemas = append(schemas, &s.Schema)
				}
			}
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return names, schemas
}

// shared finds a folder of recorded cases next to the project.
func shared(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Skip("no module root")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(filepath.Dir(dir), "shared", "cases", name)
	if _, err := os.Stat(path); err != nil {
		t.Skip("shared/cases/" + name + " is not here")
	}
	return path
}

// TestRecordedSchemas builds every schema of drizzle-kit's recorded cases,
// reads it, and finds every object again, with every value that PostgreSQL
// keeps as it was written. It then builds what was read and reads the same.
func TestRecordedSchemas(t *testing.T) {
	ctx := context.Background()
	conn := connect(t, pgtest.New(t))
	names, schemas := recorded(t)
	var user string
	if err := conn.QueryRow(ctx, "select current_user").Scan(&user); err != nil {
		t.Fatal(err)
	}
	built := 0
	for i, want := range schemas {
		got, err := Canonical(ctx, conn, want, nil, Options{})
		if err != nil {
			t.Logf("%s does not build: %v", names[i], strings.ReplaceAll(err.Error(), "\n", " | "))
			continue
		}
		built++
		if respelled := Respell(got, got, want); !schema.Equal(respelled, want) {
			t.Errorf("%s: something is missing or too much (-want +got):\n%s", names[i], cmp.Diff(want.Clone(), respelled))
		}
		if d := cmp.Diff(plain(unordered(want.Clone()), user), plain(unordered(got.Clone()), user)); d != "" {
			t.Errorf("%s: read otherwise than written (-want +got):\n%s", names[i], d)
		}
		again, err := Canonical(ctx, conn, got, want, Options{})
		if err != nil {
			t.Errorf("%s: what was read does not build: %v", names[i], err)
			continue
		}
		if d := cmp.Diff(got, again); d != "" {
			t.Errorf("%s: building what was read changes it (-first +second):\n%s", names[i], d)
		}
		if r, err := diff.Compute(got, again, nil); err != nil || !r.Empty() {
			t.Errorf("%s: a diff of the two says %v, %v", names[i], r.Statements(), err)
		}
	}
	t.Logf("%d of %d schemas build on PostgreSQL", built, len(schemas))
	if built < len(schemas)*3/4 {
		t.Errorf("only %d of %d schemas build", built, len(schemas))
	}
}
