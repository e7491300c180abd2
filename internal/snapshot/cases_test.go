package snapshot

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/skein-db/skein/internal/schema"
)

// cases finds shared/cases beside a parent of the project.
func cases(t *testing.T) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		found := filepath.Join(dir, "shared", "cases")
		if _, err := os.Stat(found); err == nil {
			return found
		}
	}
	t.Skip("the recorded cases are not here")
	return ""
}

// TestRecordedCases reads the snapshots of the recorded cases, which lie beside
// the project where it is developed.
func TestRecordedCases(t *testing.T) {
	dir := cases(t)
	n := 0
	for _, name := range []string{"differ.jsonl", "differ-extra.jsonl"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var c struct {
				ID       string
				From, To json.RawMessage
			}
			if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
				t.Fatal(err)
			}
			for _, data := range [][]byte{c.From, c.To} {
				if len(data) == 0 || string(data) == "null" {
					continue
				}
				n++
				s, err := Decode(c.ID, data)
				if err != nil {
					t.Error(err)
					continue
				}
				back, err := Decode(c.ID, New(s.ID, s.PrevID, &s.Schema).Encode())
				if err != nil {
					t.Error(err)
				} else if !schema.Equal(&s.Schema, &back.Schema) {
					t.Errorf("%s: New says something else", c.ID)
				}
			}
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d snapshots", n)
}
