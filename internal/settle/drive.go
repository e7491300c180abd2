package settle

import (
	"context"
	"maps"
	"strings"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/merge"
	"github.com/skein-db/skein/internal/resolve"
)

// Driven is a file that git runs a merge driver for, with what it is in the
// three states. https://git-scm.com/docs/gitattributes
type Driven struct {
	Path               string // as gitrepo names it
	Base, Ours, Theirs []byte
	Environ            []string // of the driver
}

// Answer is what a merge driver has to say of a file.
type Answer struct {
	// Merged is what to make of it, where Fine: the migrations go together. Else
	// git has to show a conflict.
	Fine   bool
	Merged []byte
	// Told says that it is known which commits are being joined. Where it is not,
	// git does what it would do without a driver.
	Told bool
	// Case has the plan, and its problems, the first time that the answer is
	// asked for; it is nil later.
	Case *Case
	// Findings are what is wrong with the history that would come out.
	Findings []finding.Finding
}

// Drive answers a merge driver. It runs git and writes the note that tells the
// hooks what they have to finish.
func Drive(ctx context.Context, r Request, d Driven) (*Answer, error) {
	repo, folder, err := open(ctx, r.Dir)
	if err != nil {
		return nil, err
	}
	op, err := repo.Joining(ctx, d.Environ, folder, d.Path, d.Base, d.Ours, d.Theirs)
	if err != nil || op == nil {
		return &Answer{}, err
	}
	notes, err := readHalves(ctx, repo, folder)
	if err != nil {
		return nil, err
	}
	answer := &Answer{Told: true}
	name, behind, err := line(ctx, repo, op)
	if err != nil || op.Doing != gitrepo.Merging && notes.others(name) {
		return &Answer{}, err // commits are made whole for one folder at a time
	}
	s := notes.step(op)
	if s == nil {
		if s, err = answer.decide(ctx, &mender{repo: repo, folder: folder, request: r, notes: notes, behind: behind}, name, op); err != nil {
			return nil, err
		}
	}
	answer.Fine = s.Journal != ""
	switch {
	case !answer.Fine:
	case strings.HasSuffix(d.Path, "/"+resolve.JournalPath) || d.Path == resolve.JournalPath:
		contents, err := repo.Blobs(ctx, s.Journal)
		if err != nil {
			return nil, err
		}
		answer.Merged = contents[0]
	case s.OursStay:
		answer.Merged = d.Ours
	default:
		answer.Merged = d.Theirs
	}
	return answer, nil
}

// decide finds out whether the migrations go together, and notes it.
func (a *Answer) decide(ctx context.Context, m *mender, name string, op *gitrepo.Operation) (*half, error) {
	s := &half{Doing: op.Doing, Base: op.Base, Ours: op.Ours, Theirs: op.Theirs, Onto: op.Onto, Branch: op.Branch, Amends: op.Amends, Whole: op.Ours}
	var err error
	if op.Doing != gitrepo.Merging && m.notes.Operation == name {
		if s.Whole, err = m.whole(ctx, op.Ours); err != nil {
			return nil, err
		}
	}
	c, err := caseAt(ctx, m.request, m.repo, m.folder, s.operation())
	if err != nil {
		return nil, err
	}
	a.Case, s.OursStay = c, c.Place.Ours == merge.Upstream
	// The hooks of a merge look at the schema files; nobody does at each commit of
	// a rebase.
	if len(c.Plan.Problems) == 0 && (len(c.Plan.Untold()) == 0 || op.Doing == gitrepo.Merging) {
		state, err := c.folderTo(ctx)
		if err != nil {
			return nil, err
		}
		if a.Findings, err = c.newFindingsOf(ctx, state); err != nil {
			return nil, err
		}
		if len(a.Findings) == 0 {
			s.Journal = state[resolve.JournalPath]
		}
	}
	return s, m.notes.add(name, *s)
}

// line names what git is doing over one commit or several, and returns the
// commit behind which it puts them.
func line(ctx context.Context, repo *gitrepo.Repo, op *gitrepo.Operation) (name, behind string, err error) {
	switch op.Doing {
	case gitrepo.Merging:
		return strings.Join([]string{string(op.Doing), op.Ours, op.Theirs}, " "), op.Ours, nil
	case gitrepo.Rebasing:
		behind = op.Onto
	default:
		if behind, err = repo.PickedOnto(ctx); err != nil {
			return "", "", err
		}
	}
	if behind == "" {
		behind = op.Ours
	}
	return string(op.Doing) + " " + behind, behind, nil
}

// caseAt plans what git is joining, by its commits alone: the work tree is not
// looked at, and the schema files are not.
func caseAt(ctx context.Context, r Request, repo *gitrepo.Repo, folder string, op *gitrepo.Operation) (*Case, error) {
	c := newCase(r)
	c.Repo, c.folder = repo, folder
	var err error
	if c.request.Wish.UpstreamRef, err = upstreamRef(ctx, repo, c.request.Wish.UpstreamRef); err != nil {
		return nil, err
	}
	if c.Place, err = resolve.At(ctx, repo, op, c.request.Wish); err != nil {
		return nil, err
	}
	if c.states, err = c.Place.Read(ctx, repo, folder); err != nil {
		return nil, err
	}
	return c, c.decide(ctx)
}

// folderTo is the folder as the plan makes it. It writes the contents that are
// new into the repository.
func (c *Case) folderTo(ctx context.Context) (resolve.Files, error) {
	made, upstreams := c.Plan.Folder(c.states)
	state := maps.Clone(c.states.Upstream)
	for path, id := range upstreams {
		state[path] = id
		if id == "" {
			delete(state, path)
		}
	}
	for path, data := range made {
		id, err := c.Repo.WriteBlob(ctx, data)
		if err != nil {
			return nil, err
		}
		state[path] = id
	}
	return state, nil
}
