package resolve

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/gitrepo"
)

// Change is a file of the folder that is to be written or, without data,
// removed.
type Change struct {
	Path string // slash-separated, within the folder
	Was  []byte // what is on disk; nil for no file
	Data []byte // nil for a file that goes
}

// Changes returns what has to be done to the folder in dir, whose states are s,
// so that it holds the plan: upstream's files as they are, the local
// migrations under their new names, and none under the old. The journal is
// last. paths are all files that the plan is about, also those that are as
// they should be. It reads the disk and runs git; nothing is written.
func (p *Plan) Changes(ctx context.Context, repo *gitrepo.Repo, s *States, dir string) (changes []Change, paths []string, err error) {
	wanted, upstreams := p.Folder(s)
	var blobs, theirs []string
	for path, id := range upstreams {
		if id == "" {
			wanted[path] = nil
			continue
		}
		theirs, blobs = append(theirs, path), append(blobs, id)
	}
	contents, err := repo.Blobs(ctx, blobs...)
	if err != nil {
		return nil, nil, err
	}
	for i, path := range theirs {
		wanted[path] = append([]byte{}, contents[i]...) // never nil
	}
	for path, data := range wanted {
		paths = append(paths, path)
		now, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		missing := errors.Is(err, fs.ErrNotExist)
		if err != nil && !missing {
			return nil, nil, err
		}
		if data == nil && !missing || data != nil && (missing || !bytes.Equal(now, data)) {
			change := Change{Path: path, Data: data}
			if !missing {
				change.Was = append([]byte{}, now...) // never nil
			}
			changes = append(changes, change)
		}
	}
	slices.Sort(paths)
	slices.SortFunc(changes, func(a, b Change) int {
		if (a.Path == JournalPath) != (b.Path == JournalPath) {
			if a.Path == JournalPath {
				return 1
			}
			return -1
		}
		return strings.Compare(a.Path, b.Path)
	})
	return changes, paths, nil
}

// Folder returns what becomes of the files that the plan is about: those that it
// makes, and those that are as upstream has them, by the id of their content,
// "" for none.
func (p *Plan) Folder(s *States) (made map[string][]byte, upstreams map[string]string) {
	made, upstreams = p.Files(), map[string]string{}
	for _, path := range s.touched(p) {
		if _, ours := made[path]; !ours {
			upstreams[path] = s.Upstream[path]
		}
	}
	return made, upstreams
}

// touched lists the files of migrations that are not alike in all states, or
// that the plan makes. Other files in the folder are nobody's business.
func (s *States) touched(p *Plan) []string {
	seen := map[string]bool{}
	look := func(path string) {
		seen[path] = seen[path] || s.Base[path] != s.Upstream[path] || s.Upstream[path] != s.Local[path]
	}
	look(JournalPath)
	for _, line := range []*Line{s.Lines.Base, s.Lines.Upstream, s.Lines.Local} {
		for _, m := range line.Migrations {
			look(m.Entry.Tag + ".sql")
			look(snapshotPath(m.Entry.Tag))
		}
	}
	for path, id := range s.head {
		seen[path] = seen[path] || id != s.Upstream[path]
	}
	for _, m := range p.Moves {
		if m.To.Tag != "" {
			seen[m.To.Tag+".sql"], seen[snapshotPath(m.To.Tag)] = true, true
		}
	}
	var out []string
	for path, yes := range seen {
		if yes {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}
