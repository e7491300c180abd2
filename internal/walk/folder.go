package main

import (
	"context"
	"errors"
	"slices"
	"sort"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// migration is one that a commit added: the snapshots on both sides, and the
// SQL as that commit has it.
type migration struct {
	commit, tag string
	single      bool               // the commit adds no other
	last        bool               // the journal has none after it
	from, to    *snapshot.Snapshot // from is nil at the beginning of a history
	toBytes     []byte
	sql         string
}

func (m *migration) schemas() (from, to *schema.Schema) {
	if m.from == nil {
		return &schema.Schema{}, &m.to.Schema
	}
	return &m.from.Schema, &m.to.Schema
}

// custom says that the migration was made to be written by hand: it changes
// nothing that a snapshot holds.
func (m *migration) custom() bool {
	from, to := m.schemas()
	return m.from != nil && schema.Equal(from, to)
}

// folder reads the history of one migrations folder.
type folder struct {
	*repo
	path  string
	heads map[string]snapshot.Head // by blob, of snapshots that can be read
	last  map[string]*snapshot.Snapshot
	made  map[string][]byte // files that no commit has, by what stands for their blob
	seen  map[string]bool   // snapshot and SQL, so that a moved folder counts once
}

// skips counts the added migrations that cannot be compared, by reason.
type skips map[string]int

// walk calls visit for each commit that added migrations which can be compared.
// all says how many the commit added.
func (f *folder) walk(ctx context.Context, skipped skips, visit func(commit string, added []*migration) error) error {
	commits, err := f.commits(ctx, f.path)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, commit := range commits {
		files, err := f.tree(ctx, commit, f.path)
		if err != nil {
			return err
		}
		tags, err := f.tags(files)
		if err != nil {
			continue // conflict markers, or another dialect
		}
		var fresh []string
		now := map[string]bool{}
		for _, tag := range tags {
			if now[tag] = true; !known[tag] {
				fresh = append(fresh, tag)
			}
		}
		known = now
		var added []*migration
		for _, tag := range fresh {
			m, err := f.migration(files, tag)
			if err != nil {
				skipped[err.Error()]++
				continue
			}
			if m != nil {
				m.commit, m.single, m.last = commit, len(fresh) == 1, tag == tags[len(tags)-1]
				added = append(added, m)
			}
		}
		if len(added) > 0 {
			if err := visit(commit, added); err != nil {
				return err
			}
		}
	}
	return nil
}

// tags returns the tags of the journal in order.
func (f *folder) tags(files map[string]string) ([]string, error) {
	id := files[f.path+journalPath]
	if id == "" {
		return nil, nil
	}
	data, err := f.blob(id)
	if err != nil {
		return nil, err
	}
	journal, err := snapshot.DecodeJournal(f.path+journalPath, data)
	if err != nil {
		return nil, err
	}
	var tags []string
	for _, e := range journal.Entries {
		tags = append(tags, e.Tag)
	}
	return tags, nil
}

var (
	errNoSnapshot = errors.New("no snapshot")
	errNoSQL      = errors.New("no SQL file")
	errNoParent   = errors.New("the snapshot's parent is not in the folder")
	errUnreadable = errors.New("a snapshot that cannot be read")
)

// migration reads one migration of a commit; nil where it was met before.
func (f *folder) migration(files map[string]string, tag string) (*migration, error) {
	prefix, _, _ := strings.Cut(tag, "_")
	id, sqlID := files[f.path+"/meta/"+prefix+"_snapshot.json"], files[f.path+"/"+tag+".sql"]
	switch {
	case id == "":
		return nil, errNoSnapshot
	case sqlID == "":
		return nil, errNoSQL
	case f.seen[id+sqlID]:
		return nil, nil
	}
	f.seen[id+sqlID] = true
	head, ok := f.head(id)
	if !ok {
		return nil, errUnreadable
	}
	m := &migration{tag: tag}
	if head.PrevID != snapshot.OriginID {
		parent := f.byID(files, head.PrevID)
		if parent == "" {
			return nil, errNoParent
		}
		if m.from = f.snapshot(parent); m.from == nil {
			return nil, errUnreadable
		}
	}
	if m.to = f.snapshot(id); m.to == nil {
		return nil, errUnreadable
	}
	sql, err := f.blob(sqlID)
	if err != nil {
		return nil, errNoSQL
	}
	if m.toBytes, err = f.blob(id); err != nil {
		return nil, errUnreadable
	}
	m.sql = string(sql)
	return m, nil
}

// byID finds the snapshot of an id among the files of a commit: the last by
// name where two have it.
func (f *folder) byID(files map[string]string, id string) string {
	var names []string
	for path := range files {
		if strings.HasSuffix(path, "_snapshot.json") {
			names = append(names, path)
		}
	}
	sort.Sort(sort.Reverse(sort.StringSlice(names)))
	i := slices.IndexFunc(names, func(path string) bool {
		head, ok := f.head(files[path])
		return ok && head.ID == id
	})
	if i < 0 {
		return ""
	}
	return files[names[i]]
}

// head reads the ids of a snapshot, once.
func (f *folder) head(blob string) (snapshot.Head, bool) {
	if head, ok := f.heads[blob]; ok {
		return head, head.ID != ""
	}
	data, err := f.blob(blob)
	if err == nil {
		f.heads[blob], err = snapshot.Scan(blob, data)
	}
	if err != nil {
		f.heads[blob] = snapshot.Head{}
	}
	return f.heads[blob], f.heads[blob].ID != ""
}

// snapshot reads a snapshot, nil where it cannot be read. The last few are
// kept: what one migration leads to the next one starts from.
func (f *folder) snapshot(blob string) *snapshot.Snapshot {
	if s := f.last[blob]; s != nil {
		return s
	}
	data, err := f.blob(blob)
	if err != nil {
		return nil
	}
	s, err := snapshot.Decode(blob, data)
	if err != nil {
		return nil
	}
	if len(f.last) >= 8 {
		clear(f.last)
	}
	f.last[blob] = s
	return s
}
