package settle

import (
	"context"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/gitrepo"
)

// Next is the git command that ends, or goes on with, what git is in the middle
// of; nil where there is none. It runs git.
func (c *Case) Next(ctx context.Context) ([]string, error) {
	switch c.Place.Doing {
	case gitrepo.Unstashing:
		return nil, nil
	case gitrepo.Idle:
		if c.Place.Behind && c.Place.Base != c.Place.Upstream {
			return nil, nil // they have not met yet
		}
		amend, err := c.amends(ctx)
		if err != nil || !amend {
			return []string{"commit", "-m", "Put local migrations behind upstream's"}, err
		}
		return []string{"commit", "--amend", "--no-edit"}, nil
	case gitrepo.Picking, gitrepo.Reverting, gitrepo.Rebasing:
		// Upstream does all of the commit already; a rebase leaves such a one
		// out by itself, unless it goes by patches.
		if patches, err := c.Repo.ByPatches(ctx); err != nil || c.Place.Doing == gitrepo.Rebasing && !patches {
			return []string{string(c.Place.Doing), "--continue"}, err
		}
		if empty, err := c.Repo.Unchanged(ctx); err != nil || empty {
			return []string{string(c.Place.Doing), "--skip"}, err
		}
	}
	return []string{string(c.Place.Doing), "--continue"}, nil
}

// amends reports whether what was done belongs into the last commit: nobody else
// has it, and of a branch by itself it is the only one.
func (c *Case) amends(ctx context.Context) (bool, error) {
	published, err := c.Repo.Published(ctx, "HEAD")
	if err != nil || published || !c.Place.Ahead {
		return !published, err
	}
	own, err := c.Repo.Line(ctx, c.Place.Upstream, c.Place.Local)
	return len(own) == 1, err
}

// After is where git is after it went on.
type After string

// Where git can be.
const (
	Ended   After = "ended"   // in the middle of nothing
	Another After = "another" // at the next commit of a rebase, or pick of several, that does not fit
	// Broken is Ended, where git put the rest of the commits on top without a
	// conflict, and the history is not sound for it: the numbers happened to be
	// free. The branch is then put on Case.Onto once more.
	Broken After = "broken"
)

// Continue runs Next. Where git stops for another reason than the next commit,
// the error has what it said.
func (c *Case) Continue(ctx context.Context) (After, error) {
	next, err := c.Next(ctx)
	if err != nil || next == nil {
		return Ended, err
	}
	behind, left, err := c.left(ctx)
	if err != nil {
		return "", err
	}
	said, failed := c.Repo.Perform(ctx, next...)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	op, err := c.Repo.Operation(ctx)
	if err == nil && len(left) > 0 {
		err = c.mendRest(ctx, behind, left, op == nil && failed == nil)
	}
	switch {
	case err != nil:
		return "", err
	case op == nil && failed == nil:
		if err := forget(ctx, c.Repo); err != nil || c.Onto() == "" {
			return Ended, err
		}
		found, err := c.newFindings(ctx, nil)
		if len(found) > 0 {
			return Broken, err
		}
		return Ended, err
	case op != nil && op.Theirs != c.Place.Local && op.Theirs != c.Place.Upstream && failed != nil:
		return Another, nil
	}
	return "", &diag.Error{
		Kind: diag.Usage, File: c.Repo.Top, Message: "git " + next[0] + " stopped", Detail: strings.TrimSpace(said), Err: failed,
		Hint: "the migrations are resolved and staged; do what git asks for, and go on with git " + next[0] + " --continue",
	}
}

// left returns what HEAD is, and the commits that git has still to put on it by
// itself; none unless it is at a rebase or a row of picks.
func (c *Case) left(ctx context.Context) (head string, commits []string, err error) {
	if c.Onto() == "" {
		return "", nil, nil
	}
	op, err := c.Repo.Operation(ctx)
	if err != nil || op == nil {
		return "", nil, err
	}
	commits, err = c.Repo.ToPick(ctx, op)
	return op.Ours, commits, err
}

// Onto is the commit that a rebase or pick puts others on; "" for all else.
func (c *Case) Onto() string {
	switch c.Place.Doing {
	case gitrepo.Rebasing:
		return c.Place.Onto
	case gitrepo.Picking:
		return c.Place.Upstream
	}
	return ""
}
