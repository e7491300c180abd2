package check

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// drift is a snapshot that says other things than its parent, although the
// migration between the two changes no schema.
type drift struct {
	snapshot   snapshotFile
	parent     string // its name; "" for the start of the history
	statements []string
}

// findDrifts compares the snapshots of migrations that only change data with
// their parents. Mostly the two are one text but for the ids.
func (f *facts) findDrifts() []drift {
	var out []drift
	byID := map[string]snapshotFile{}
	byPath := map[string]snapshotFile{}
	children := map[string]int{}
	for _, s := range f.chain() {
		byID[s.head.ID], byPath[s.path] = s, s
		children[s.head.PrevID]++
	}
	for _, m := range f.history.Migrations {
		s, readable := byPath[m.SnapshotFile]
		if !readable || s.tag == "" || !m.HasSQL || !dataOnly(m.SQL) {
			continue
		}
		if f.editedHere("meta/"+filepath.Base(s.path)) || f.editedHere("meta/"+filepath.Base(byID[s.head.PrevID].path)) {
			continue
		}
		if children[s.head.PrevID] > 1 {
			continue // a collision: which of the two is wrong is open
		}
		parent, known := byID[s.head.PrevID]
		if !known && s.head.PrevID != snapshot.OriginID || parent.path == s.path {
			continue
		}
		if statements := f.driftBetween(parent, s); len(statements) > 0 {
			name := ""
			if known {
				name = filepath.Base(parent.path)
			}
			out = append(out, drift{snapshot: s, parent: name, statements: statements})
		}
	}
	return out
}

// driftFact is the kind of fact that the statements between two snapshots are.
const driftFact = "snapshot-drift-1"

// driftBetween is the function driftBetween, with a memory.
func (f *facts) driftBetween(from, to snapshotFile) []string {
	var statements []string
	if fact, ok := f.in.Known.Fact(driftFact, from.sum, to.sum); ok && json.Unmarshal(fact, &statements) == nil {
		return statements
	}
	statements = driftBetween(from, to)
	if from.path == "" || from.sum != "" {
		f.in.Known.Keep(driftFact, statements, from.sum, to.sum)
	}
	return statements
}

// driftBetween returns the statements that lead from one snapshot to the next; none
// where one of them cannot be read, which is another rule's to tell.
func driftBetween(from, to snapshotFile) []string {
	old, err := []byte(nil), error(nil)
	if from.path != "" {
		old, err = os.ReadFile(from.path)
	}
	text, toErr := os.ReadFile(to.path)
	if err != nil || toErr != nil || outline(old) == outline(text) {
		return nil
	}
	before := &schema.Schema{}
	if from.path != "" {
		if before = schemaOf(from.path, old); before == nil {
			return nil
		}
	}
	after := schemaOf(to.path, text)
	if after == nil {
		return nil
	}
	return between(before, after)
}

func schemaOf(path string, text []byte) *schema.Schema {
	s, err := snapshot.Decode(path, text)
	if err != nil {
		return nil
	}
	return &s.Schema
}

// snapshotExplained holds that a migration of data alone leaves the snapshot as
// it was. If it does not, the snapshot was made from another state than the
// one before it, mostly because it was carried over a merge by hand.
func snapshotExplained(f *facts) []finding.Finding {
	var out []finding.Finding
	for _, d := range f.drifts {
		before := d.parent
		if before == "" {
			before = "an empty schema"
		}
		found := finding.Finding{
			Code: "snapshot-unexplained", Severity: finding.Warning, File: d.snapshot.path, Line: d.snapshot.head.PrevIDLine, Migration: d.snapshot.tag,
			Message: fmt.Sprintf("the snapshot differs from its parent, %s, although the SQL of %s changes no schema", before, d.snapshot.tag),
			Detail:  quoted(d.statements),
			Hint:    "the statements were never written: make sure that a later migration has them",
		}
		if d.snapshot.path == f.snapshots[len(f.snapshots)-1].path {
			found.Severity = finding.Error // generate starts from it
			found.Hint = "the next generate takes these statements for done: copy the snapshot before, with a new id and its id as prevId, then run skein generate"
		}
		out = append(out, found)
	}
	return out
}
