package main

import (
	"context"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// Two migrations that landed one after the other are told as if they had been
// made on two branches: the first is upstream's, the second is taken back to
// what the first started from. What comes of joining the two is known: it is the
// snapshot that was committed with the second.

// adjacentIn lists the pairs of a folder's main line. A pair whose second
// migration stands on what the first made cannot come from two branches; it is
// not among them.
func (w *walker) adjacentIn(ctx context.Context, f *folder) (out []*collided, onTop []string, err error) {
	commits, err := f.commits(ctx, f.path)
	if err != nil {
		return nil, nil, err
	}
	var last *landing
	for _, commit := range commits {
		now, err := f.landing(ctx, commit)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case now == nil: // it adds no migration
			continue
		case now.tag == "":
			last = nil
			continue
		case last != nil && now.from.ID == last.to.ID:
			c, err := w.pair(ctx, f, last, now)
			if err != nil {
				return nil, nil, err
			}
			if c == nil {
				onTop = append(onTop, last.tag+" and "+now.tag)
			} else {
				out = append(out, c)
			}
		}
		last = now
	}
	return out, onTop, nil
}

// landing is a commit that added migrations; of one that can be told as made on a
// branch, what it added.
type landing struct {
	commit, parent string
	tag            string // "" where there were several, or no snapshot of its own
	files          [2]resolve.Files
	entry          snapshot.Entry
	from, to       *snapshot.Snapshot
}

// landing is nil for a commit that added no migration.
func (f *folder) landing(ctx context.Context, commit string) (*landing, error) {
	l := &landing{commit: commit}
	var err error
	if l.parent, err = f.id(commit + "^"); err != nil || l.parent == "" {
		return nil, err
	}
	var journals [2]*snapshot.Journal
	for i, at := range []string{l.parent, commit} {
		if l.files[i], err = f.filesAt(ctx, at); err != nil {
			return nil, err
		}
		if journals[i], err = f.journal(l.files[i]); err != nil {
			return &landing{}, nil // conflict markers
		}
	}
	var added []snapshot.Entry
	for _, e := range journals[1].Entries {
		if !slices.ContainsFunc(journals[0].Entries, func(o snapshot.Entry) bool { return o.Tag == e.Tag }) {
			added = append(added, e)
		}
	}
	if len(added) != 1 {
		if len(added) == 0 {
			return nil, nil
		}
		return &landing{}, nil
	}
	l.entry = added[0]
	if f.heads == nil {
		f.heads, f.last, f.seen = map[string]snapshot.Head{}, map[string]*snapshot.Snapshot{}, map[string]bool{}
	}
	tree := map[string]string{}
	for path, id := range l.files[1] {
		tree[f.path+"/"+path] = id
	}
	m, err := f.migration(tree, l.entry.Tag)
	if err != nil || m == nil {
		return &landing{}, nil
	}
	l.tag, l.from, l.to = m.tag, m.from, m.to
	if l.from == nil {
		l.from = snapshot.New(snapshot.OriginID, "", &schema.Schema{})
	}
	return l, nil
}

// journal reads the journal of a folder's files, an empty one where there is none.
func (f *folder) journal(files resolve.Files) (*snapshot.Journal, error) {
	id := files[resolve.JournalPath]
	if id == "" {
		return snapshot.NewJournal(), nil
	}
	data, err := f.blob(id)
	if err != nil {
		return nil, err
	}
	return snapshot.DecodeJournal(resolve.JournalPath, data)
}

// pair makes a collision of two landings; nil where the second stands on the first.
func (w *walker) pair(ctx context.Context, f *folder, first, second *landing) (*collided, error) {
	mine, ok := takenBack(&first.from.Schema, &first.to.Schema, &second.to.Schema)
	if !ok {
		return nil, nil
	}
	c := &collided{meeting: meeting{base: first.parent, upstream: first.commit, local: second.commit}, truth: &second.to.Schema}
	c.files[0], c.files[1] = first.files[0], first.files[1]
	c.files[2] = resolve.Files{}
	for path, id := range c.files[0] {
		c.files[2][path] = id
	}
	journal, err := f.journal(c.files[0])
	if err != nil {
		return nil, err
	}
	entry := second.entry
	prefix, _, _ := strings.Cut(first.entry.Tag, "_")
	_, name, _ := strings.Cut(second.entry.Tag, "_")
	entry.Idx, entry.Tag = first.entry.Idx, prefix+"_"+name
	journal.Append(entry)
	f.made = map[string][]byte{}
	for path, content := range map[string][]byte{
		resolve.JournalPath:                       journal.Encode(),
		"meta/" + history.SnapshotName(entry.Tag): snapshot.New(second.to.ID, first.from.ID, mine).Encode(),
	} {
		id := "made " + path + " " + second.commit
		f.made[id] = content
		c.files[2][path] = id
	}
	c.files[2][entry.Tag+".sql"] = second.files[1][second.tag+".sql"]
	if c.read(f); c.err == nil {
		c.make(ctx)
	}
	return c, nil
}

// equalsTruth says whether what comes out is what was committed.
func (c *collided) equalsTruth() string {
	switch {
	case c.truth == nil:
		return ""
	case c.err != nil || len(c.plan.Problems) > 0:
		return "stopped"
	case equalSchemas(c.plan.Schema, c.truth):
		return "equal to the next snapshot"
	}
	return "another than the next snapshot"
}
