package check

import (
	"fmt"
	"path/filepath"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/snapshot"
)

func snapshotReadable(f *facts) []finding.Finding {
	var out []finding.Finding
	for _, s := range f.snapshots {
		if s.err != nil {
			found := unreadable("snapshot", s.path, s.err)
			found.Migration = s.tag
			out = append(out, found)
		}
	}
	return out
}

// snapshotCurrent is one finding for all, since one command mends all.
func snapshotCurrent(f *facts) []finding.Finding {
	first, count := -1, 0
	for i, s := range f.snapshots {
		if s.err == nil && s.head.Version != snapshot.CurrentVersion {
			if first < 0 {
				first = i
			}
			count++
		}
	}
	if count == 0 {
		return nil
	}
	message := fmt.Sprintf("the snapshot is of version %d, and drizzle-kit 0.31 stops at anything older than %d",
		f.snapshots[first].head.Version, snapshot.CurrentVersion)
	if count > 1 {
		message += fmt.Sprintf("; %d more are old too", count-1)
	}
	return []finding.Finding{{
		Code: "snapshot-old", Severity: finding.Error, File: f.snapshots[first].path, Migration: f.snapshots[first].tag,
		Message: message, Hint: "upgrade the folder with drizzle-kit up; the SQL files stay as they are",
	}}
}

// chain are the snapshots whose ids are known.
func (f *facts) chain() []snapshotFile {
	var out []snapshotFile
	for _, s := range f.snapshots {
		if s.err == nil {
			out = append(out, s)
		}
	}
	return out
}

func idUnique(f *facts) []finding.Finding {
	var out []finding.Finding
	first := map[string]string{}
	for _, s := range f.chain() {
		file, taken := first[s.head.ID]
		if !taken {
			first[s.head.ID] = s.path
			continue
		}
		out = append(out, finding.Finding{
			Code: "snapshot-id-duplicate", Severity: finding.Error, File: s.path, Line: s.head.IDLine, Migration: s.tag,
			Message: fmt.Sprintf("the snapshot has the same id as %s", filepath.Base(file)),
			Hint:    "one is a copy of the other: give the later one an id of its own, and the earlier one's id as prevId",
		})
	}
	return out
}

// parentExists follows prevId. Where a snapshot cannot be read its id is not
// known, and nothing can be said about a parent that is not found.
func parentExists(f *facts) []finding.Finding {
	chain := f.chain()
	if len(chain) < len(f.snapshots) {
		return nil
	}
	known := map[string]bool{snapshot.OriginID: true}
	for _, s := range chain {
		known[s.head.ID] = true
	}
	var out []finding.Finding
	for i, s := range chain {
		// Of the first one some histories say "" for none.
		if !known[s.head.PrevID] && (i > 0 || s.head.PrevID != "") {
			out = append(out, finding.Finding{
				Code: "snapshot-parent-missing", Severity: finding.Error, File: s.path, Line: s.head.PrevIDLine, Migration: s.tag,
				Message: fmt.Sprintf("the snapshot's parent does not exist: no snapshot has the id %s", s.head.PrevID),
				Hint:    "a snapshot was removed or replaced: restore it, or set prevId to the id of the snapshot before",
			})
		}
	}
	return out
}

// parentEarlier finds chains that run against the order of the files, by which
// drizzle-kit decides what is last.
func parentEarlier(f *facts) []finding.Finding {
	chain := f.chain()
	place := map[string]int{}
	for i, s := range chain {
		if _, taken := place[s.head.ID]; !taken {
			place[s.head.ID] = i
		}
	}
	var out []finding.Finding
	for i, s := range chain {
		parent, known := place[s.head.PrevID]
		if !known || parent < i {
			continue
		}
		message := "the snapshot is its own parent"
		if chain[parent].path != s.path {
			message = fmt.Sprintf("the snapshot's parent is %s, which comes after it", filepath.Base(chain[parent].path))
		}
		out = append(out, finding.Finding{
			Code: "snapshot-parent-later", Severity: finding.Error, File: s.path, Line: s.head.PrevIDLine, Migration: s.tag,
			Message: message, Hint: "set prevId to the id of the snapshot before",
		})
	}
	return out
}
