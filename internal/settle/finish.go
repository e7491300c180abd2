package settle

import (
	"context"
	"slices"

	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/undo"
)

// Finished is what a hook did to what git had half joined.
type Finished struct {
	Moves []resolve.Move // what became of local migrations
	// Case and Outcome are of a merge that was resolved in the work tree; nil
	// for all else.
	Case    *Case
	Outcome *Outcome
}

// FinishMerge resolves in the work tree and the index what the driver has said
// to go together, before the merge is committed. It returns nil where there is
// nothing of the kind. Plans with problems are not carried out.
func FinishMerge(ctx context.Context, r Request) (*Finished, error) {
	f, err := planned(ctx, r, false)
	if err != nil || f == nil {
		return nil, err
	}
	c := f.Case
	if c.Settled || len(c.Plan.Problems) > 0 {
		return f, nil
	}
	if f.Outcome, err = c.Apply(ctx); err == nil && len(f.Outcome.Failed) == 0 && (c.Schema == Same || c.Schema == Unknown) {
		err = forget(ctx, c.Repo) // it is not for a person to take back
	}
	return f, err
}

// planned plans the resolution of the noted merge, whose commit is made already
// or is not. It returns nil where there is nothing of the kind.
func planned(ctx context.Context, r Request, committed bool) (*Finished, error) {
	repo, notes, err := merging(ctx, r)
	if err != nil || notes == nil {
		return nil, err
	}
	s := &notes.Steps[len(notes.Steps)-1]
	head, _, err := repo.Resolve(ctx, "HEAD")
	if err != nil || (head != s.Ours) != committed {
		return nil, err
	}
	c := newCase(r)
	c.Repo, c.folder = repo, notes.folder
	if err := c.find(ctx, s.operation(), ""); err != nil {
		return nil, err
	}
	return &Finished{Case: c, Moves: c.Plan.Moves}, nil
}

// merging returns what is noted of a merge, nil for nothing.
func merging(ctx context.Context, r Request) (*gitrepo.Repo, *halves, error) {
	repo, folder, err := open(ctx, r.Dir)
	if err != nil {
		return nil, nil, err
	}
	repo.Index = r.Index
	notes, err := readHalves(ctx, repo, folder)
	if err != nil || len(notes.Steps) == 0 || notes.Steps[0].Doing != gitrepo.Merging {
		return nil, nil, err
	}
	return repo, notes, nil
}

// FinishMergeCommit makes the merge commit that HEAD is what FinishMerge has put
// into the index: git takes no change of that kind from the hook that runs before.
func FinishMergeCommit(ctx context.Context, r Request) error {
	repo, notes, err := merging(ctx, r)
	if err != nil || notes == nil {
		return err
	}
	s := &notes.Steps[len(notes.Steps)-1]
	head, _, err := repo.Resolve(ctx, "HEAD")
	if err != nil {
		return err
	}
	parents, err := repo.Parents(ctx, head)
	if err != nil {
		return err
	}
	if slices.Equal(parents, []string{s.Ours, s.Theirs}) {
		tree, err := repo.WriteTree(ctx)
		if err != nil {
			return err
		}
		made, err := repo.Tree(ctx, head)
		if err != nil {
			return err
		}
		if tree != made {
			whole, err := repo.Remake(ctx, head, tree, parents)
			if err != nil {
				return err
			}
			if err := repo.PointHead(ctx, head, whole, joinedWhy); err != nil {
				return err
			}
		}
	}
	if err := forget(ctx, repo); err != nil {
		return err
	}
	return notes.drop()
}

// FinishMerged is FinishMerge for a merge that was committed without the hook
// that runs before, and FinishMergeCommit after that.
func FinishMerged(ctx context.Context, r Request) (*Finished, error) {
	f, err := planned(ctx, r, true)
	if err != nil || f == nil {
		return nil, err
	}
	c := f.Case
	if !c.Settled && len(c.Plan.Problems) == 0 {
		if f.Outcome, err = c.Apply(ctx); err != nil {
			return nil, err
		}
	}
	return f, FinishMergeCommit(ctx, r)
}

// FinishRebase makes whole what a rebase has put on, when it is at its end.
func FinishRebase(ctx context.Context, r Request) (*Finished, error) {
	return finishLine(ctx, r, gitrepo.Rebasing, func(ctx context.Context, repo *gitrepo.Repo, behind string) (bool, error) {
		onto, err := repo.RebaseOnto(ctx)
		return onto == behind, err
	})
}

// FinishPick makes whole what was picked, after the last of the commits.
func FinishPick(ctx context.Context, r Request) (*Finished, error) {
	return finishLine(ctx, r, gitrepo.Picking, func(ctx context.Context, repo *gitrepo.Repo, _ string) (bool, error) {
		left, err := repo.PicksLeft(ctx)
		return left <= 1, err
	})
}

func finishLine(ctx context.Context, r Request, doing gitrepo.Doing, ended func(context.Context, *gitrepo.Repo, string) (bool, error)) (*Finished, error) {
	repo, folder, err := open(ctx, r.Dir)
	if err != nil {
		return nil, err
	}
	m, err := unfinished(ctx, r, repo, folder)
	if err != nil || m == nil || m.notes.Steps[0].Doing != doing {
		return nil, err
	}
	if ok, err := ended(ctx, repo, m.behind); err != nil || !ok {
		return nil, err
	}
	head, _, err := repo.Resolve(ctx, "HEAD")
	if err != nil {
		return nil, err
	}
	whole, err := m.whole(ctx, head)
	if err != nil {
		return nil, err
	}
	if whole != head {
		if err := repo.MoveHead(ctx, head, whole, joinedWhy); err != nil {
			return nil, err
		}
	}
	return &Finished{Moves: m.moves}, m.notes.drop()
}

// Forget drops what is noted of a folder: a person has gone another way.
func Forget(ctx context.Context, r Request) error {
	repo, folder, err := open(ctx, r.Dir)
	if err != nil {
		return err
	}
	notes, err := readHalves(ctx, repo, folder)
	if err != nil {
		return err
	}
	return notes.drop()
}

// forget drops what was kept for undoing: git has moved on.
func forget(ctx context.Context, repo *gitrepo.Repo) error {
	store, err := undo.Open(ctx, repo, command)
	if err != nil {
		return err
	}
	defer store.Close()
	return store.Drop()
}
