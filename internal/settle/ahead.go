package settle

import (
	"context"
	"fmt"
	"slices"

	"github.com/skein-db/skein/internal/check"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/undo"
)

// A rebase that git found no conflict in can leave migrations that are no
// history, and no trace of the two sides once something else has happened to the
// branch. What tells them apart then is the upstream branch.

// findAhead makes the case of a branch on which git joins nothing, as the error
// nothing says. That is the answer where its migrations are sound; where they are
// not, they are put on upstream's once more, if the branch has all of it.
func (c *Case) findAhead(ctx context.Context, nothing error) error {
	var err error
	if c.Place, err = resolve.Ahead(ctx, c.Repo, c.request.Wish); err != nil {
		return err
	}
	c.Plan = &resolve.Plan{}
	if c.states, err = c.Place.Read(ctx, c.Repo, c.folder); err != nil {
		return err
	}
	if len(c.states.Local) == 0 {
		return nothing
	}
	held, err := undo.Holds(ctx, c.Repo, command, c.operation)
	if err != nil {
		return err
	}
	if held { // HEAD is what it was before an earlier run
		c.Broken, err = c.newFindingsOf(ctx, c.states.Local)
	} else {
		c.Broken, err = c.newFindings(ctx, nil)
	}
	switch {
	case err != nil:
		return err
	case len(c.Broken) == 0 && !(held && c.stands()):
		return nothing
	case !c.stands():
		return c.errApart()
	}
	if err := c.sort(ctx); err != nil {
		return err
	}
	if held {
		err = c.plan(ctx)
		if err == nil && len(c.Broken) == 0 && !c.Plan.Changed() {
			return nothing // it was another command's run
		}
		return err
	}
	if err := c.committed(ctx); err != nil {
		return err
	}
	if err := c.plan(ctx); err != nil || len(c.Plan.Problems) > 0 {
		return err
	}
	changes, _, err := c.Plan.Changes(ctx, c.Repo, c.states, c.request.Dir)
	if err != nil || len(changes) > 0 {
		return err
	}
	return c.errBroken("that is not about how they stand to upstream's, so resolve cannot mend it", "skein check says of each what to do about it")
}

// stands reports whether the branch has all of upstream, and something more.
func (c *Case) stands() bool {
	p := c.Place
	return p.Ahead && p.Upstream != "" && p.Base == p.Upstream && p.Local != p.Upstream
}

// committed refuses to plan by HEAD what the work tree has changed.
func (c *Case) committed(ctx context.Context) error {
	edited, removed, err := c.Repo.Changed(ctx, c.Place.Local, c.folder)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(slices.Concat(edited, removed), c.inFolder) {
		return nil
	}
	return c.errBroken("some of them have changes that are not committed", "commit or stash these first: what is on HEAD is put behind upstream's")
}

// errApart is for a branch of which it is not known which migrations are its own,
// or that has not met upstream yet.
func (c *Case) errApart() error {
	p, ref := c.Place, c.request.Wish.UpstreamRef
	anyOther := "skein check says what is wrong; skein resolve --onto REVISION puts the migrations that REVISION does not have behind its own"
	switch {
	case p.Upstream == "" && ref == "":
		return c.errBroken("no upstream branch is known that could tell which are this branch's own", anyOther)
	case p.Upstream == "":
		return c.errBroken(fmt.Sprintf("%s, which could tell which are this branch's own, is not here or has no commit in common with it", ref), anyOther)
	case p.Base == p.Local:
		return c.errBroken(fmt.Sprintf("%s has all of them, so none is this branch's own", ref), anyOther)
	}
	return c.errBroken(
		fmt.Sprintf("this branch does not have all of %s yet", ref),
		fmt.Sprintf("skein resolve --onto %s puts this branch's migrations behind those of %s, before they meet", diag.ShellQuote(ref), ref),
	)
}

func (c *Case) errBroken(why, hint string) error {
	return &diag.Error{
		Kind: diag.Refused, File: c.request.Dir, Message: "the migrations are no sound history, and git joins nothing: " + why,
		Detail: told(c.Broken), Hint: hint,
	}
}

// grave are the findings that make a history broken, by the rules of package
// check: what lint says of a branch's SQL is no matter of how it stands.
func grave(found []finding.Finding) []finding.Finding {
	return slices.DeleteFunc(found, func(f finding.Finding) bool {
		return f.Severity != finding.Error || !slices.ContainsFunc(check.Rules, func(r finding.Rule) bool { return r.Code == f.Code })
	})
}
