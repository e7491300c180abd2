package resolve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/merge"
)

// Place is where a repository stands: which three commits are to be made one,
// and which of them is upstream.
type Place struct {
	// Doing is what git is in the middle of: Idle for a merge that is finished
	// already, and for a branch that is behind.
	Doing gitrepo.Doing
	// Behind says that nothing was merged yet: the branch is put on upstream.
	Behind bool
	// Ahead says that nothing is to be merged: the branch is put once more on what
	// it has of upstream. Base is Upstream where that is all.
	Ahead bool
	// Base, Upstream and Local are commits; Base is "" where the histories have
	// none in common.
	Base, Upstream, Local string
	// Ours says which side git calls ours, what HEAD is.
	Ours        merge.Side
	Step, Steps int // of a rebase
	// Onto is what a rebase puts commits on, before the first of them.
	Onto string
	// Why says in a few words how upstream was told from local.
	Why string
}

// Wish is what a person says about the place.
type Wish struct {
	// Onto is a revision that the branch is to be put on; "" for what git is in
	// the middle of.
	Onto string
	// UpstreamRef is the branch that work is merged into, such as
	// "origin/main"; "" where none is known.
	UpstreamRef string
	// Upstream overrides which side is upstream: "ours", "theirs" or "".
	Upstream string
}

// Where finds out where the repository stands. It runs git and writes nothing.
func Where(ctx context.Context, repo *gitrepo.Repo, w Wish) (*Place, error) {
	op, err := repo.Operation(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case op != nil && w.Onto != "":
		return nil, &diag.Error{
			Kind: diag.Usage, Message: fmt.Sprintf("git is in the middle of a %s, so there is nothing to put on %s", op.Doing, w.Onto),
			Hint: "leave --onto away to resolve that, or end it first",
		}
	case w.Onto != "":
		return behind(ctx, repo, w)
	case op == nil:
		return merged(ctx, repo, w)
	}
	return At(ctx, repo, op, w)
}

// At is the place of a repository in which git does op. It runs git.
func At(ctx context.Context, repo *gitrepo.Repo, op *gitrepo.Operation, w Wish) (*Place, error) {
	p := &Place{Doing: op.Doing, Base: op.Base, Step: op.Step, Steps: op.Steps, Onto: op.Onto}
	side, why, err := upstreamOf(ctx, repo, op, w)
	if err != nil {
		return nil, err
	}
	p.take(side, op.Ours, op.Theirs, why)
	return p, nil
}

// take says which of git's two sides is upstream.
func (p *Place) take(upstream, ours, theirs, why string) {
	p.Why, p.Ours, p.Upstream, p.Local = why, merge.Upstream, ours, theirs
	if upstream == "theirs" {
		p.Ours, p.Upstream, p.Local = merge.Local, theirs, ours
	}
}

// upstreamOf decides which of git's sides is upstream. What a rebase, a pick,
// a revert or a stash is put on is; of a merge, the side that the upstream
// branch has.
func upstreamOf(ctx context.Context, repo *gitrepo.Repo, op *gitrepo.Operation, w Wish) (side, why string, err error) {
	if w.Upstream != "" {
		return w.Upstream, "as --upstream says", nil
	}
	if op.Doing != gitrepo.Merging {
		return "ours", map[gitrepo.Doing]string{
			gitrepo.Rebasing: "the commits are put on it", gitrepo.Picking: "the commit is put on it",
			gitrepo.Reverting: "the commit is taken out of it", gitrepo.Unstashing: "the stash is put on it",
		}[op.Doing], nil
	}
	return ofMerge(ctx, repo, op.Ours, op.Theirs, op.Branch, w)
}

func ofMerge(ctx context.Context, repo *gitrepo.Repo, ours, theirs, branch string, w Wish) (side, why string, err error) {
	if w.Upstream != "" {
		return w.Upstream, "as --upstream says", nil
	}
	if w.UpstreamRef == "" {
		return "theirs", "it is merged into this branch, and no upstream branch is known", nil
	}
	isUpstream := fmt.Sprintf("%s is the upstream branch", branch)
	if w.UpstreamRef == branch {
		return "ours", isUpstream, nil
	}
	var held [2]bool
	for i, commit := range []string{ours, theirs} {
		if held[i], err = repo.Holds(ctx, w.UpstreamRef, commit); err != nil {
			return "", "", err
		}
	}
	_, name, _ := strings.Cut(w.UpstreamRef, "/")
	switch {
	case held[1] && !held[0]: // also on the upstream branch itself, where it is pulled
		return "theirs", w.UpstreamRef + " has it", nil
	case held[0] && !held[1]:
		return "ours", w.UpstreamRef + " has it", nil
	case name == branch:
		return "ours", isUpstream, nil
	case held[1]:
		return "theirs", w.UpstreamRef + " has it", nil
	}
	return "theirs", "it is merged into this branch", nil
}

// behind is the place of a branch that is to be put on a revision.
func behind(ctx context.Context, repo *gitrepo.Repo, w Wish) (*Place, error) {
	onto, ok, err := repo.Resolve(ctx, w.Onto)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, &diag.Error{
			Kind: diag.Usage, Message: fmt.Sprintf("there is no revision %s here", w.Onto),
			Hint: "git fetch brings what a remote has; name it as git does, for example origin/main",
		}
	}
	head, _, err := repo.Resolve(ctx, "HEAD")
	if err != nil {
		return nil, err
	}
	base, _, err := repo.MergeBase(ctx, head, onto)
	if err != nil {
		return nil, err
	}
	return &Place{Behind: true, Base: base, Upstream: onto, Local: head, Ours: merge.Local, Why: "as --onto says"}, nil
}

// ErrNothing is what Where wraps where git joins nothing, and has joined nothing
// in the last commit.
var ErrNothing = errors.New("git joins nothing")

// Ahead is the place of a branch by itself, against the upstream branch. Upstream
// is "" where that is not known, or has nothing in common with it.
func Ahead(ctx context.Context, repo *gitrepo.Repo, w Wish) (*Place, error) {
	p := &Place{Ahead: true, Ours: merge.Local, Why: "the branch has all of " + w.UpstreamRef}
	var err error
	if p.Local, _, err = repo.Resolve(ctx, "HEAD"); err != nil || p.Local == "" || w.UpstreamRef == "" {
		return p, err
	}
	tip, ok, err := repo.Resolve(ctx, w.UpstreamRef)
	if err != nil || !ok {
		return p, err
	}
	if p.Base, ok, err = repo.MergeBase(ctx, p.Local, tip); ok {
		p.Upstream = tip
	}
	return p, err
}

// merged is the place of a merge that is finished: git found no conflict, and
// yet the folder may be broken.
func merged(ctx context.Context, repo *gitrepo.Repo, w Wish) (*Place, error) {
	if mailing, err := repo.Mailing(ctx); err != nil || mailing {
		return nil, cmp.Or(err, errMail(repo))
	}
	head, ok, err := repo.Resolve(ctx, "HEAD")
	if err != nil {
		return nil, err
	}
	var parents []string
	if ok {
		if parents, err = repo.Parents(ctx, head); err != nil {
			return nil, err
		}
	}
	if len(parents) != 2 {
		return nil, &diag.Error{
			Kind: diag.Usage, File: repo.Top, Message: "there is nothing to resolve: git is in the middle of nothing, and the last commit is no merge", Err: ErrNothing,
			Hint: "to put the migrations of this branch behind those of another one, before they meet: skein resolve --onto origin/main",
		}
	}
	p := &Place{}
	if p.Base, _, err = repo.MergeBase(ctx, parents[0], parents[1]); err != nil {
		return nil, err
	}
	branch, err := repo.Branch(ctx)
	if err != nil {
		return nil, err
	}
	side, why, err := ofMerge(ctx, repo, parents[0], parents[1], branch, w)
	if err != nil {
		return nil, err
	}
	p.take(side, parents[0], parents[1], why)
	return p, nil
}

// errMail is for patches: which migrations a patch was made on, no commit says.
func errMail(repo *gitrepo.Repo) error {
	return &diag.Error{
		Kind: diag.Usage, File: repo.Top, Message: "git is putting on patches (git am), of which it is not known what they were made on",
		Hint: "git am --abort, put the patches on a branch of the commit that they were made on, and merge that",
	}
}

// Whole is the place of all commits of a rebase up to this one, as if they were
// one: what earlier steps made of the branch's migrations counts as unmade, so
// that this commit can change them. ok is false where there is no such place.
func (p *Place) Whole(ctx context.Context, repo *gitrepo.Repo) (whole *Place, ok bool, err error) {
	if p.Doing != gitrepo.Rebasing || p.Onto == "" {
		return nil, false, nil
	}
	w := *p
	w.Upstream = p.Onto
	w.Base, ok, err = repo.MergeBase(ctx, p.Onto, p.Local)
	return &w, ok, err
}

// Covers reports whether s, the states of a whole rebase, has all that the steps
// so far have made, step being the states of this one: a commit that was left
// out, or came from elsewhere, makes it something else.
func (s *States) Covers(step *States) bool {
	for i := range step.Lines.Upstream.Migrations {
		m := &step.Lines.Upstream.Migrations[i]
		if s.Lines.Upstream.find(m) == nil && step.Lines.Base.find(m) == nil {
			return false
		}
	}
	s.head = step.Upstream
	return true
}

// Read reads the three states of a migrations folder, given as gitrepo names
// it. It runs git.
func (p *Place) Read(ctx context.Context, repo *gitrepo.Repo, folder string) (*States, error) {
	s := &States{}
	for _, one := range []struct {
		commit string
		files  *Files
	}{{p.Base, &s.Base}, {p.Upstream, &s.Upstream}, {p.Local, &s.Local}} {
		var err error
		if *one.files, err = FilesOf(ctx, repo, one.commit, folder); err != nil {
			return nil, err
		}
	}
	if p.Doing == gitrepo.Unstashing {
		if err := s.untracked(ctx, repo, p.Local, folder); err != nil {
			return nil, err
		}
	}
	lines, err := ReadLines(s.Base, s.Upstream, s.Local, func(ids ...string) ([][]byte, error) { return repo.Blobs(ctx, ids...) })
	if err != nil {
		return nil, err
	}
	s.Lines = lines
	return s, nil
}

// untracked adds to the local side what git stash -u has put aside, which is in a
// third parent of the stash.
func (s *States) untracked(ctx context.Context, repo *gitrepo.Repo, stash, folder string) error {
	parents, err := repo.Parents(ctx, stash)
	if err != nil || len(parents) < 3 {
		return err
	}
	files, err := FilesOf(ctx, repo, parents[2], folder)
	maps.Copy(s.Local, files)
	return err
}

// FilesOf returns the files of a migrations folder, given as gitrepo names it,
// at a commit; none for no commit.
func FilesOf(ctx context.Context, repo *gitrepo.Repo, commit, folder string) (Files, error) {
	files := Files{}
	if commit == "" {
		return files, nil
	}
	found, err := repo.Files(ctx, commit, folder)
	for _, f := range found {
		path := f.Path
		if folder != "." {
			path = strings.TrimPrefix(path, folder+"/")
		}
		files[path] = f.Blob
	}
	return files, err
}

// States are the three states of a folder: its files, and what they say.
type States struct {
	Base, Upstream, Local Files
	Lines                 *Lines

	head Files // what else the work tree may hold
}
