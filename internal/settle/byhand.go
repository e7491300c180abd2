package settle

import (
	"context"

	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/merge"
	"github.com/skein-db/skein/internal/resolve"
)

// Between two commits of a rebase at which git stops are others that fit as text.
// Where the numbers happened to be free they do so without being a history.
// Continue sees to them; a person may have gone on with git's own command.

// goneOn is a mender for what git has put on so far in the rebase op; nil where
// nothing of it is broken.
func goneOn(ctx context.Context, r Request, repo *gitrepo.Repo, folder string, op *gitrepo.Operation) (*mender, error) {
	if op.Doing != gitrepo.Rebasing || op.Onto == "" || op.Onto == op.Ours {
		return nil, nil
	}
	m, err := brokenLine(ctx, r, repo, folder, op.Onto, op.Ours)
	if err != nil || m == nil {
		return nil, err
	}
	m.back = "git rebase --abort"
	m.were, err = repo.Rewritten(ctx)
	return m, err
}

// brokenLine is a mender for the commits that a rebase has put behind onto; nil
// where the last of them is sound.
func brokenLine(ctx context.Context, r Request, repo *gitrepo.Repo, folder, onto, head string) (*mender, error) {
	c := newCase(r)
	c.Repo, c.folder, c.Plan = repo, folder, &resolve.Plan{}
	c.Place = &resolve.Place{Doing: gitrepo.Rebasing, Base: onto, Upstream: onto, Local: onto, Ours: merge.Upstream}
	var err error
	if c.states, err = c.Place.Read(ctx, repo, folder); err != nil {
		return nil, err
	}
	state, err := resolve.FilesOf(ctx, repo, head, folder)
	if err != nil {
		return nil, err
	}
	if found, err := c.newFindingsOf(ctx, state); err != nil || len(found) == 0 {
		return nil, err
	}
	return &mender{repo: repo, folder: folder, request: r, notes: &halves{}, behind: onto, onto: onto}, nil
}

// Rebased is a rebase that is over and has left broken commits.
type Rebased struct {
	Onto, Head string         // commits
	Moves      []resolve.Move // what becomes of local migrations

	repo  *gitrepo.Repo
	whole string
}

// FindRebased finds out whether the last thing that happened to the branch is a
// rebase that left broken commits, and how they are to be; nil where it is not.
// No reference, index or work tree is changed.
func FindRebased(ctx context.Context, r Request) (*Rebased, error) {
	repo, folder, err := open(ctx, r.Dir)
	if err != nil {
		return nil, err
	}
	op, err := repo.Operation(ctx)
	if err != nil || op != nil {
		return nil, err
	}
	onto, was, ok, err := repo.Rebased(ctx)
	if err != nil || !ok {
		return nil, err
	}
	head, _, err := repo.Resolve(ctx, "HEAD")
	if err != nil {
		return nil, err
	}
	if published, err := repo.Published(ctx, "HEAD"); err != nil || published {
		return nil, err
	}
	m, err := brokenLine(ctx, r, repo, folder, onto, head)
	if err != nil || m == nil {
		return nil, err
	}
	m.back = "git reset --keep " + was[:10]
	base, ok, err := repo.MergeBase(ctx, onto, was)
	if err != nil || !ok {
		return nil, err
	}
	old, err := repo.Line(ctx, base, was)
	if err != nil {
		return nil, err
	}
	if m.were, err = sameCommits(ctx, repo, onto, head, old); err != nil {
		return nil, err
	}
	whole, err := m.whole(ctx, head)
	if err != nil || whole == head {
		return nil, err
	}
	return &Rebased{Onto: onto, Head: head, Moves: m.moves, repo: repo, whole: whole}, nil
}

// Apply puts whole commits in the place of the broken ones. The work tree
// follows.
func (r *Rebased) Apply(ctx context.Context) error {
	return r.repo.MoveHead(ctx, r.Head, r.whole, joinedWhy)
}
