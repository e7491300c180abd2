package settle

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/resolve"
)

// mender makes whole commits of those that git has put on another one without
// anybody looking at their migrations in between: half joined ones, and those
// that fitted as text and not as a history. It makes new commits and changes no
// reference, index or work tree.
type mender struct {
	repo    *gitrepo.Repo
	folder  string
	request Request
	notes   *halves
	// behind is the commit that the first of them was put on.
	behind string
	onto   string // what a rebase puts all of its commits on; "" for none
	// were are the commits that git was told to put there, by what it made of them.
	were map[string]string
	back string // the command that takes back what git has done; "" for the usual one
	// Moves are what became of local migrations.
	moves []resolve.Move
}

// whole returns a commit with whole migrations in it and in all behind it.
func (m *mender) whole(ctx context.Context, commit string) (string, error) {
	commits, err := m.repo.Line(ctx, m.behind, commit)
	if err != nil {
		return "", err
	}
	was, is := m.behind, m.behind
	for _, next := range commits {
		to, err := m.one(ctx, next, was, is)
		if err != nil {
			return "", err
		}
		was, is = next, to
	}
	if was != commit {
		return commit, nil // it is not behind that
	}
	return is, nil
}

func (m *mender) goBack() string { return cmp.Or(m.back, "git reset --keep ORIG_HEAD") }

// one makes a commit whole, whose parent was and now is.
func (m *mender) one(ctx context.Context, commit, was, is string) (string, error) {
	edits, changed, err := m.edits(ctx, commit, was, is)
	if err != nil || !changed {
		return commit, err
	}
	tree, err := m.repo.EditTree(ctx, commit, edits)
	if err != nil {
		return "", err
	}
	// What is left of it may be nothing.
	before, err := m.repo.Tree(ctx, is)
	if err != nil {
		return "", err
	}
	if tree == before {
		if own, err := m.repo.Between(ctx, was, commit, "."); err != nil || len(own) > 0 {
			return is, err
		}
	}
	parents, err := m.repo.Parents(ctx, commit)
	if err != nil {
		return "", err
	}
	return m.repo.Remake(ctx, commit, tree, append([]string{is}, parents[min(1, len(parents)):]...))
}

// edits are what has to be done to the files of a commit.
func (m *mender) edits(ctx context.Context, commit, was, is string) (edits []gitrepo.Edit, changed bool, err error) {
	step, err := m.notes.of(ctx, m.repo, commit, was, full(m.folder, resolve.JournalPath))
	if err != nil {
		return nil, false, err
	}
	if step != nil {
		edits, err = m.planned(ctx, step.Ours, step.Whole, step.operation())
		return edits, true, err
	}
	own, err := m.repo.Between(ctx, was, commit, m.folder)
	if err != nil {
		return nil, false, err
	}
	if edits, err = m.repo.Between(ctx, was, is, m.folder); err != nil {
		return nil, false, err
	}
	old := m.were[commit]
	if old != "" && len(own) > 0 {
		broken, c, err := m.broken(ctx, commit, is, old)
		if err != nil {
			return nil, false, err
		}
		if broken || meet(own, edits) {
			edits, err = m.of(ctx, c, edits)
			return edits, true, err
		}
	}
	if meet(own, edits) {
		return nil, false, &diag.Error{
			Kind: diag.Refused, File: m.repo.Top, Message: fmt.Sprintf("commit %s changes migrations that an earlier one brought, and it is not known how", commit[:10]),
			Hint: m.goBack() + " goes back, and skein git uninstall leaves the joining to skein resolve",
		}
	}
	return edits, was != is, nil
}

func meet(a, b []gitrepo.Edit) bool {
	return slices.ContainsFunc(a, func(x gitrepo.Edit) bool {
		return slices.ContainsFunc(b, func(y gitrepo.Edit) bool { return x.Path == y.Path })
	})
}

// broken reports whether the migrations of a commit, which was old before it was
// put on another one, are no sound history.
func (m *mender) broken(ctx context.Context, commit, is, old string) (bool, *Case, error) {
	op := &gitrepo.Operation{Doing: gitrepo.Rebasing, Ours: is, Theirs: old, Onto: m.onto}
	base, _, err := m.repo.Resolve(ctx, old+"^1")
	if err != nil {
		return false, nil, err
	}
	op.Base = base
	c, err := caseAt(ctx, m.request, m.repo, m.folder, op)
	if err != nil {
		return false, nil, err
	}
	state, err := resolve.FilesOf(ctx, m.repo, commit, m.folder)
	if err != nil {
		return false, nil, err
	}
	found, err := c.newFindingsOf(ctx, state)
	return len(found) > 0, c, err
}

// planned are the edits to a commit that git made half of a joining.
func (m *mender) planned(ctx context.Context, was, is string, op *gitrepo.Operation) ([]gitrepo.Edit, error) {
	c, err := caseAt(ctx, m.request, m.repo, m.folder, op)
	if err != nil {
		return nil, err
	}
	edits, err := m.repo.Between(ctx, was, is, m.folder)
	if err != nil {
		return nil, err
	}
	return m.of(ctx, c, edits)
}

// of adds a plan to edits, those that its parent had.
func (m *mender) of(ctx context.Context, c *Case, edits []gitrepo.Edit) ([]gitrepo.Edit, error) {
	if len(c.Plan.Problems) > 0 {
		return nil, &diag.Error{
			Kind: diag.Refused, File: m.repo.Top, Message: fmt.Sprintf("the migrations of commit %s disagree with upstream's", c.Place.Local[:10]),
			Hint: m.goBack() + " goes back; skein resolve --onto " + c.Place.Upstream[:10] + " shows the disagreement",
		}
	}
	if untold := c.Plan.Untold(); len(untold) > 0 {
		return nil, &diag.Error{
			Kind: diag.Refused, File: m.repo.Top, Message: fmt.Sprintf("migration %s of commit %s came without a snapshot, and its SQL does not tell what one has to say", untold[0], c.Place.Local[:10]),
			Hint: m.goBack() + " goes back; skein resolve --onto " + c.Place.Upstream[:10] + " makes the snapshot by the schema files",
		}
	}
	all := map[string]string{}
	for _, e := range edits {
		all[e.Path] = e.Blob
	}
	state, err := c.folderTo(ctx)
	if err != nil {
		return nil, err
	}
	made, upstreams := c.Plan.Folder(c.states)
	for _, paths := range []func(func(string) bool){maps.Keys(made), maps.Keys(upstreams)} {
		for p := range paths {
			all[c.full(p)] = state[p]
		}
	}
	m.moves = append(m.moves, c.Plan.Moves...)
	edits = nil
	for _, p := range slices.Sorted(maps.Keys(all)) {
		edits = append(edits, gitrepo.Edit{Path: p, Blob: all[p]})
	}
	return edits, nil
}

// joinedWhy is what the reflog says of a HEAD that was made whole.
const joinedWhy = "skein: join migrations"

// unfinished is a mender for the half joined commits behind HEAD of the rebase
// or pick that is under way; nil where there are none.
func unfinished(ctx context.Context, r Request, repo *gitrepo.Repo, folder string) (*mender, error) {
	notes, err := readHalves(ctx, repo, folder)
	if err != nil || notes.Operation == "" {
		return nil, err
	}
	doing, behind, _ := strings.Cut(notes.Operation, " ")
	m := &mender{repo: repo, folder: folder, request: r, notes: notes, behind: behind}
	switch gitrepo.Doing(doing) {
	case gitrepo.Merging:
		return nil, nil
	case gitrepo.Rebasing:
		m.onto = behind
	}
	m.were, err = repo.Rewritten(ctx)
	return m, err
}

// mendRest makes whole what git has put on top of a commit by itself, beginning
// with what was left to be put on it. The work tree follows, unless git is in the
// middle of something: then Apply looks after it.
func (c *Case) mendRest(ctx context.Context, behind string, left []string, ended bool) error {
	head, _, err := c.Repo.Resolve(ctx, "HEAD")
	if err != nil || head == behind {
		return err
	}
	notes, err := readHalves(ctx, c.Repo, c.folder)
	if err != nil {
		return err
	}
	m := &mender{repo: c.Repo, folder: c.folder, request: c.request, notes: notes, behind: behind, onto: c.Place.Onto}
	if m.were, err = sameCommits(ctx, c.Repo, behind, head, left); err != nil {
		return err
	}
	whole, err := m.whole(ctx, head)
	if err != nil || whole == head {
		return err
	}
	if ended {
		return c.Repo.MoveHead(ctx, head, whole, joinedWhy)
	}
	return c.Repo.PointHead(ctx, head, whole, joinedWhy)
}

// sameCommits finds out which commit each behind another one was: author, time
// and subject stay, and so does the order. Some may have been left out.
func sameCommits(ctx context.Context, repo *gitrepo.Repo, behind, head string, left []string) (map[string]string, error) {
	made, err := repo.Line(ctx, behind, head)
	if err != nil {
		return nil, err
	}
	were := map[string]string{}
	for _, id := range made {
		now, err := repo.Commit(ctx, id)
		if err != nil {
			return nil, err
		}
		for i, old := range left {
			was, err := repo.Commit(ctx, old)
			if err != nil {
				return nil, err
			}
			if was.Author == now.Author && was.Date.Equal(now.Date) && was.Subject == now.Subject {
				were[id], left = old, left[i+1:]
				break
			}
		}
	}
	return were, nil
}
