package settle

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/githooks"
	"github.com/skein-db/skein/internal/gitrepo"
)

// A merge driver sees one file at a time and cannot rename any, so a commit that
// git makes with its help has a journal for files that have their old names
// still. It is half joined until a hook sees to it. Which commits these are is in
// githooks.Note.

// halves is what is noted of a migrations folder.
type halves struct {
	Operation string `json:"operation"`
	Steps     []half `json:"steps"`

	note   *note
	folder string
}

// note is the content of the file.
type note struct {
	Folders map[string]*halves `json:"folders"` // as gitrepo names them

	file string
}

// half is a joining of which git was told that it goes well, or not.
type half struct {
	Doing  gitrepo.Doing `json:"doing"`
	Base   string        `json:"base"`
	Ours   string        `json:"ours"` // what HEAD was
	Theirs string        `json:"theirs"`
	Onto   string        `json:"onto,omitempty"`
	Branch string        `json:"branch,omitempty"`
	Amends bool          `json:"amends,omitempty"` // the commit replaces Ours
	// Whole is Ours with whole migrations: Ours itself, unless that was half
	// joined.
	Whole string `json:"whole"`
	// Journal is the id of what the driver makes of the journal; "" where
	// the migrations do not go together.
	Journal string `json:"journal"`
	// OursStay says that the migrations of Ours are upstream's.
	OursStay bool `json:"oursStay"`
}

func (h *half) operation() *gitrepo.Operation {
	return &gitrepo.Operation{Doing: h.Doing, Base: h.Base, Ours: h.Whole, Theirs: h.Theirs, Onto: h.Onto, Branch: h.Branch, Amends: h.Amends}
}

// readNote reads the note; an empty one where there is none.
func readNote(ctx context.Context, repo *gitrepo.Repo) (*note, error) {
	dir, err := repo.GitDir(ctx)
	if err != nil {
		return nil, err
	}
	n := &note{file: filepath.Join(dir, filepath.FromSlash(githooks.Note)), Folders: map[string]*halves{}}
	data, err := os.ReadFile(n.file)
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err == nil {
		err = json.Unmarshal(data, n)
	}
	if err != nil {
		return nil, &diag.Error{Kind: diag.Usage, File: n.file, Message: "the note about what git is joining cannot be read: " + err.Error(), Err: err, Hint: "remove the file, and run skein resolve"}
	}
	return n, nil
}

// Halves returns the migrations folders (as gitrepo names them) of which the
// repository has half joined commits.
func Halves(ctx context.Context, repo *gitrepo.Repo) ([]string, error) {
	n, err := readNote(ctx, repo)
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(n.Folders)), nil
}

// Unended returns those of Halves that HEAD has, or what git is in the middle of
// may get: what was aborted has left no more than the note.
func Unended(ctx context.Context, repo *gitrepo.Repo) ([]string, error) {
	n, err := readNote(ctx, repo)
	if err != nil {
		return nil, err
	}
	op, err := repo.Operation(ctx)
	if err != nil {
		return nil, err
	}
	head, _, err := repo.Resolve(ctx, "HEAD")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, folder := range slices.Sorted(maps.Keys(n.Folders)) {
		words := strings.Fields(n.Folders[folder].Operation)
		if op == nil && len(words) > 1 {
			behind := words[1] // see line
			if holds, err := repo.Holds(ctx, "HEAD", behind); err != nil || head == behind || !holds {
				continue // a commit that is gone is behind nothing
			}
		}
		out = append(out, folder)
	}
	return out, nil
}

func readHalves(ctx context.Context, repo *gitrepo.Repo, folder string) (*halves, error) {
	n, err := readNote(ctx, repo)
	if err != nil {
		return nil, err
	}
	h := n.Folders[folder]
	if h == nil {
		h = &halves{}
	}
	h.note, h.folder = n, folder
	return h, nil
}

// others reports whether another folder has half joined commits of an operation.
func (h *halves) others(operation string) bool {
	for folder, other := range h.note.Folders {
		if folder != h.folder && other.Operation == operation {
			return true
		}
	}
	return false
}

// add notes a step of an operation. What is noted of another operation goes.
func (h *halves) add(operation string, step half) error {
	if h.Operation != operation {
		h.Operation, h.Steps = operation, nil
	}
	h.Steps = append(h.Steps, step)
	h.note.Folders[h.folder] = h
	return h.note.save()
}

// drop forgets a folder's.
func (h *halves) drop() error {
	if _, ok := h.note.Folders[h.folder]; !ok {
		return nil
	}
	delete(h.note.Folders, h.folder)
	return h.note.save()
}

// save writes the note so that it is either as before or as now.
func (n *note) save() error {
	var err error
	if len(n.Folders) == 0 {
		err = os.Remove(n.file)
	} else {
		var data []byte
		if data, err = json.MarshalIndent(n, "", "  "); err != nil {
			return err
		}
		if err = os.MkdirAll(filepath.Dir(n.file), 0o777); err == nil {
			err = os.WriteFile(n.file+".new", append(data, '\n'), 0o666)
		}
		if err == nil {
			err = os.Rename(n.file+".new", n.file)
		}
	}
	if err != nil {
		return &diag.Error{Kind: diag.Usage, File: n.file, Message: "cannot be written: " + err.Error(), Err: err, Hint: "check who owns git's folder and how much space there is"}
	}
	return nil
}

// step returns what was noted of a joining, nil for nothing.
func (h *halves) step(op *gitrepo.Operation) *half {
	for i := len(h.Steps) - 1; i >= 0; i-- {
		if s := &h.Steps[i]; s.Ours == op.Ours && s.Theirs == op.Theirs && s.Base == op.Base && s.Amends == op.Amends {
			return s
		}
	}
	return nil
}

// of returns the step that made a commit with a parent, nil where none did: a
// person has made it, or git alone.
func (h *halves) of(ctx context.Context, repo *gitrepo.Repo, commit, parent, journal string) (*half, error) {
	for i := len(h.Steps) - 1; i >= 0; i-- {
		s := &h.Steps[i]
		if s.Journal == "" {
			continue
		}
		behind := s.Ours
		if s.Amends {
			var err error
			if behind, _, err = repo.Resolve(ctx, s.Ours+"^1"); err != nil {
				return nil, err
			}
		}
		if behind != parent {
			continue
		}
		blob, err := repo.BlobAt(ctx, commit, journal)
		if err != nil {
			return nil, err
		}
		if blob == s.Journal {
			return s, nil
		}
	}
	return nil, nil
}
