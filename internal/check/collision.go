package check

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/commute"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// collision is two snapshots that start from one state.
type collision struct {
	first, second snapshotFile
	// compared says whether what they change goes together; nil where one of the
	// three snapshots cannot be had.
	compared *commute.Result
}

// collide finds the collisions and reads their snapshots. A copy, id and all,
// is idUnique's to tell.
func (f *facts) collide() []collision {
	var out []collision
	first := map[string]snapshotFile{}
	for _, s := range f.chain() {
		other, taken := first[s.head.PrevID]
		if !taken {
			first[s.head.PrevID] = s
		} else if other.head.ID != s.head.ID {
			out = append(out, collision{other, s, f.compare(s.head.PrevID, other.path, s.path)})
		}
	}
	return out
}

func (f *facts) compare(parent, a, b string) *commute.Result {
	var base *schema.Schema
	if parent == snapshot.OriginID {
		base = &schema.Schema{}
	}
	for _, s := range f.chain() {
		if s.head.ID == parent {
			base = schemaIn(s.path)
		}
	}
	one, other := schemaIn(a), schemaIn(b)
	if base == nil || one == nil || other == nil {
		return nil
	}
	return commute.Compare(base, one, other)
}

func schemaIn(file string) *schema.Schema {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	s, err := snapshot.Decode(file, data)
	if err != nil {
		return nil
	}
	return &s.Schema
}

// oneChild finds two snapshots that start from one state.
func oneChild(f *facts) []finding.Finding {
	var out []finding.Finding
	for _, c := range f.collisions {
		found := finding.Finding{
			Code: "snapshot-collision", Severity: finding.Error, File: c.second.path, Line: c.second.head.PrevIDLine, Migration: c.second.tag,
			Message: fmt.Sprintf("the snapshot and %s have one parent: two migrations start from the same state", filepath.Base(c.first.path)),
			Hint:    "generate the later migration again on top of the other",
		}
		if c.compared != nil {
			found.Detail = c.compared.Text(f.sideName(c.first.path), f.sideName(c.second.path))
			if !c.compared.Commute() {
				found.Hint = "the two contradict each other: decide what is right, then generate the later migration again on top of the other"
			}
		}
		out = append(out, found)
	}
	return out
}

// sideName is the tag of the migration whose snapshot the file is, or its name.
func (f *facts) sideName(file string) string {
	for _, m := range f.history.Migrations {
		if m.SnapshotFile == file {
			return m.Entry.Tag
		}
	}
	return strings.TrimSuffix(filepath.Base(file), ".json")
}
