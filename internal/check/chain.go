package check

import (
	"fmt"
	"path/filepath"

	"github.com/skein-db/skein/internal/snapshot"
)

func snapshotsReadable(f *facts) []Finding {
	var out []Finding
	for _, s := range f.snapshots {
		if s.err != nil {
			out = append(out, finding("snapshot-malformed", s.err, s.path))
		} else if s.head.Version < snapshot.CurrentVersion {
			out = append(out, Finding{
				Code: "snapshot-version", Severity: Error, File: s.path,
				Message: fmt.Sprintf("the snapshot is of version %d; drizzle-kit 0.31 stops at anything older than %d", s.head.Version, snapshot.CurrentVersion),
				Hint:    "upgrade the folder with drizzle-kit up",
			})
		}
	}
	return out
}

// parentsExist follows prevId. Where a snapshot cannot be read its id is not
// known, so nothing can be said about a parent that is not found.
func parentsExist(f *facts) []Finding {
	ids := map[string]bool{snapshot.OriginID: true}
	for _, s := range f.snapshots {
		if s.err != nil {
			return nil
		}
		ids[s.head.ID] = true
	}
	var out []Finding
	for _, s := range f.snapshots {
		if !ids[s.head.PrevID] {
			out = append(out, Finding{
				Code: "snapshot-parent-missing", Severity: Error, File: s.path,
				Message: fmt.Sprintf("the snapshot's parent %s is the id of no snapshot here", s.head.PrevID),
				Hint:    "a snapshot was removed or its id edited: restore it, or set prevId to the id of the snapshot before",
			})
		}
	}
	return out
}

func oneChild(f *facts) []Finding {
	var out []Finding
	children := map[string]string{}
	for _, s := range f.snapshots {
		if s.err != nil {
			continue
		}
		if first, taken := children[s.head.PrevID]; taken {
			out = append(out, Finding{
				Code: "snapshot-collision", Severity: Error, File: s.path,
				Message: fmt.Sprintf("the snapshot and %s have the same parent %s: two migrations start from one state", filepath.Base(first), s.head.PrevID),
				Hint:    "generate the later migration again on top of the other",
			})
			continue
		}
		children[s.head.PrevID] = s.path
	}
	return out
}

func idsUnique(f *facts) []Finding {
	var out []Finding
	ids := map[string]string{}
	for _, s := range f.snapshots {
		if s.err != nil {
			continue
		}
		if first, taken := ids[s.head.ID]; taken {
			out = append(out, Finding{
				Code: "snapshot-id-duplicate", Severity: Error, File: s.path,
				Message: fmt.Sprintf("the snapshot has the same id as %s", filepath.Base(first)),
				Hint:    "a snapshot was copied by hand; give the copy an id of its own and the first one's id as prevId",
			})
			continue
		}
		ids[s.head.ID] = s.path
	}
	return out
}
