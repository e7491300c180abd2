package gitrepo

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// Doing is what git is in the middle of.
type Doing string

// What git can be in the middle of.
const (
	Idle       Doing = ""
	Merging    Doing = "merge"
	Rebasing   Doing = "rebase"
	Picking    Doing = "cherry-pick"
	Reverting  Doing = "revert"
	Unstashing Doing = "stash"
)

// Operation is what git is in the middle of, with the three states that it
// joins. Ours and Theirs are in git's sense: of a rebase, ours is what the
// commits are put on.
type Operation struct {
	Doing              Doing
	Base, Ours, Theirs string // ids of commits; "" for an empty state
	// Step of Steps of a rebase; 0 where git does not say.
	Step, Steps int
	// Onto is what a rebase puts commits on, before the first of them.
	Onto string
	// Amends says that a commit of a rebase goes into the one before it.
	Amends bool
	// Branch is the branch that HEAD, or the rebase, is about; "" for none.
	Branch string
}

// Operation returns what git is in the middle of, nil for nothing.
func (r *Repo) Operation(ctx context.Context) (*Operation, error) {
	dir, err := r.GitDir(ctx)
	if err != nil {
		return nil, err
	}
	head, _, err := r.Resolve(ctx, "HEAD")
	if err != nil {
		return nil, err
	}
	op := &Operation{Ours: head}
	if op.Branch, err = r.Branch(ctx); err != nil {
		return nil, err
	}
	for _, find := range []func(context.Context, string, *Operation) error{r.rebase, r.pick, r.merge, r.unstash} {
		if err := find(ctx, dir, op); err != nil {
			return nil, err
		}
		if op.Doing != Idle {
			return op, nil
		}
	}
	return nil, nil
}

// GitDir returns the folder in which git keeps what belongs to this work tree.
func (r *Repo) GitDir(ctx context.Context) (string, error) {
	out, err := r.must(r.run(ctx, nil, "rev-parse", "--absolute-git-dir"))
	return filepath.FromSlash(line(out)), err
}

// Branch returns the branch that is checked out, "" for a detached HEAD.
func (r *Repo) Branch(ctx context.Context) (string, error) {
	out, err := r.run(ctx, nil, "symbolic-ref", "--quiet", "--short", "HEAD")
	if exited(err) {
		return "", nil
	}
	out, err = r.must(out, err)
	return line(out), err
}

// noteIn returns the first line of a file of git's own, "" where there is none.
func noteIn(dir string, name ...string) (string, error) {
	data, err := os.ReadFile(filepath.Join(append([]string{dir}, name...)...))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	first, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimSpace(first), err
}

// rebase recognises both kinds of a rebase that stopped at a commit.
// https://git-scm.com/docs/git-rebase
func (r *Repo) rebase(ctx context.Context, dir string, op *Operation) error {
	for _, kind := range []struct{ folder, commit, step, steps string }{
		{"rebase-merge", "stopped-sha", "msgnum", "end"},
		{patches, "original-commit", "next", "last"},
	} {
		if info, err := os.Stat(filepath.Join(dir, kind.folder)); err != nil || !info.IsDir() {
			continue
		}
		notes := map[string]string{}
		for _, name := range []string{kind.commit, kind.step, kind.steps, "onto", "head-name"} {
			text, err := noteIn(dir, kind.folder, name)
			if err != nil {
				return err
			}
			notes[name] = text
		}
		theirs, ok, err := r.Resolve(ctx, "REBASE_HEAD")
		if err != nil {
			return err
		}
		if !ok {
			if theirs, ok, err = r.Resolve(ctx, notes[kind.commit]); err != nil || !ok {
				return err // it stopped for another reason than a commit
			}
		}
		op.Doing, op.Theirs, op.Onto = Rebasing, theirs, notes["onto"]
		op.Branch = strings.TrimPrefix(notes["head-name"], "refs/heads/")
		op.Step, _ = strconv.Atoi(notes[kind.step]) // only said
		op.Steps, _ = strconv.Atoi(notes[kind.steps])
		merged, err := noteIn(dir, "MERGE_HEAD")
		if err != nil {
			return err
		}
		if merged == "" {
			return r.parent(ctx, op, theirs)
		}
		// It makes a merge again (--rebase-merges): what is joined are the two
		// sides as it has made them.
		op.Theirs = merged
		op.Base, _, err = r.MergeBase(ctx, op.Ours, merged)
		return err
	}
	return nil
}

// parent makes the first parent of a commit the base.
func (r *Repo) parent(ctx context.Context, op *Operation, commit string) (err error) {
	op.Base, _, err = r.Resolve(ctx, commit+"^1")
	return err
}

func (r *Repo) pick(ctx context.Context, _ string, op *Operation) error {
	picked, ok, err := r.Resolve(ctx, "CHERRY_PICK_HEAD")
	if err != nil {
		return err
	}
	if ok {
		op.Doing, op.Theirs = Picking, picked
		return r.parent(ctx, op, picked)
	}
	reverted, ok, err := r.Resolve(ctx, "REVERT_HEAD")
	if err != nil || !ok {
		return err
	}
	op.Doing, op.Base = Reverting, reverted
	op.Theirs, _, err = r.Resolve(ctx, reverted+"^1")
	return err
}

func (r *Repo) merge(ctx context.Context, dir string, op *Operation) error {
	data, err := os.ReadFile(filepath.Join(dir, "MERGE_HEAD"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	heads := strings.Fields(string(data))
	if len(heads) != 1 {
		return &diag.Error{
			Kind: diag.Usage, File: r.Top, Message: "a merge of more than two branches is under way",
			Hint: "git merge --abort, then merge the branches one after the other",
		}
	}
	op.Doing, op.Theirs = Merging, heads[0]
	op.Base, _, err = r.MergeBase(ctx, op.Ours, op.Theirs)
	return err
}

// unstash recognises a stash that did not apply cleanly: there are conflicts,
// nothing else is under way, and the stash is still there.
func (r *Repo) unstash(ctx context.Context, _ string, op *Operation) error {
	conflicts, err := r.Unmerged(ctx)
	if err != nil || len(conflicts) == 0 {
		return err
	}
	stash, ok, err := r.Resolve(ctx, "refs/stash")
	if err != nil || !ok {
		return err
	}
	op.Doing, op.Theirs = Unstashing, stash
	return r.parent(ctx, op, stash)
}

// Unmerged returns the paths that are in conflict, from the top of the work
// tree, sorted.
func (r *Repo) Unmerged(ctx context.Context) ([]string, error) {
	out, err := r.must(r.run(ctx, nil, "diff", "--name-only", "-z", "--diff-filter=U", "--no-relative", "--no-ext-diff"))
	if err != nil {
		return nil, err
	}
	return pathsIn(out), nil
}

// Parents returns the parents of a commit.
func (r *Repo) Parents(ctx context.Context, commit string) ([]string, error) {
	out, err := r.must(r.run(ctx, nil, "rev-list", "--parents", "-n", "1", commit, "--"))
	if err != nil {
		return nil, err
	}
	ids := strings.Fields(string(out))
	return ids[min(1, len(ids)):], nil
}

// Holds reports whether a commit is in the history of a revision.
func (r *Repo) Holds(ctx context.Context, revision, commit string) (bool, error) {
	_, err := r.run(ctx, nil, "merge-base", "--is-ancestor", commit, revision)
	if exited(err) {
		return false, nil
	}
	_, err = r.must(nil, err)
	return err == nil, err
}

// Published reports whether a remote's branch, as far as the repository knows,
// has a revision.
func (r *Repo) Published(ctx context.Context, revision string) (bool, error) {
	out, err := r.must(r.run(ctx, nil, "for-each-ref", "--count=1", "--contains", revision, "--format=%(refname)", "refs/remotes/"))
	return len(line(out)) > 0, err
}

// Perform runs a git command that changes the repository, such as "merge
// --continue", as a person would: with hooks, and with the messages that git
// proposes. It returns what git prints, also where it fails, which for a rebase
// may mean that it stopped at the next commit.
func (r *Repo) Perform(ctx context.Context, args ...string) (said string, err error) {
	var out limited
	out.most = mostOutput
	cmd := exec.CommandContext(ctx, r.git, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = r.Top, &out, &out
	cmd.Env = append(foreign(os.Environ()), "GIT_EDITOR=:", "GIT_TERMINAL_PROMPT=0")
	cmd.WaitDelay = patience
	err = cmd.Run()
	if ctx.Err() != nil {
		return out.String(), ctx.Err()
	}
	if err != nil {
		failed := &failure{args: args, stderr: strings.TrimSpace(out.String()), why: err}
		return out.String(), failed
	}
	return out.String(), nil
}
