package gitrepo

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Joining returns what git is joining while it runs a merge driver. It has
// noted nothing of it by then that Operation could read: which commits they are
// is told by its environment and its notes, and for a pick by which commit did to
// the file what is to be done now. path is the file (as Path names it) that the
// driver is run for, in a folder all of which is to be joined, with its three
// contents; nil is returned unless exactly these are what the three commits
// have. environ is the driver's.
//
// A stash, a merge of more than two branches, mail, and a rebase that makes merges
// again are not told.
func (r *Repo) Joining(ctx context.Context, environ []string, folder, path string, base, ours, theirs []byte) (*Operation, error) {
	head, born, err := r.Resolve(ctx, "HEAD")
	if err != nil || !born {
		return nil, err
	}
	op := &Operation{Ours: head}
	if op.Branch, err = r.Branch(ctx); err != nil {
		return nil, err
	}
	dir, err := r.GitDir(ctx)
	if err != nil {
		return nil, err
	}
	for _, find := range []func() error{
		func() error { return r.joiningRebase(ctx, dir, op) },
		func() error { return r.joiningPatch(ctx, dir, op) },
		func() error { return r.joiningMerge(ctx, environ, op) },
		func() error { return r.joiningPick(ctx, dir, folder, path, base, theirs, op) },
	} {
		if err := find(); err != nil {
			return nil, err
		}
		if op.Doing != Idle {
			break
		}
	}
	if op.Doing == Idle || op.Base == "" || op.Theirs == "" {
		return nil, nil
	}
	crossed := false
	if op.Doing == Merging {
		if crossed, err = r.crossed(ctx, op.Ours, op.Theirs); err != nil {
			return nil, err
		}
	}
	for _, side := range []struct {
		commit string
		data   []byte
	}{{op.Base, base}, {op.Ours, ours}, {op.Theirs, theirs}} {
		if crossed && side.commit == op.Base {
			continue // git has made a base of several, which no commit has
		}
		if ok, err := r.has(ctx, side.commit, path, side.data); err != nil || !ok {
			return nil, err
		}
	}
	return op, nil
}

// crossed reports whether two histories have merged each other, so that more than
// one commit is where they parted.
func (r *Repo) crossed(ctx context.Context, a, b string) (bool, error) {
	out, err := r.must(r.run(ctx, nil, "merge-base", "--all", a, b))
	return len(strings.Fields(string(out))) > 1, err
}

// has reports whether a commit's file has a content; nothing is no file too.
func (r *Repo) has(ctx context.Context, commit, path string, data []byte) (bool, error) {
	contents, err := r.Blobs(ctx, commit+":"+path)
	return err == nil && bytes.Equal(contents[0], data), err
}

// picks are the words of a rebase's list that put a commit on; those from the
// seventh on put it into the one before.
var picks = []string{"pick", "p", "reword", "r", "edit", "e", "squash", "s", "fixup", "f"}

// joiningRebase reads which commit a rebase is about to put on: the last of
// those that it counts as done.
func (r *Repo) joiningRebase(ctx context.Context, dir string, op *Operation) error {
	done, err := os.ReadFile(filepath.Join(dir, "rebase-merge", "done"))
	if err != nil {
		return nil // there is no rebase, or it has begun with nothing
	}
	lines := strings.Split(strings.TrimSpace(string(done)), "\n")
	words := strings.Fields(lines[len(lines)-1])
	op.Doing = Rebasing
	todo, err := os.ReadFile(filepath.Join(dir, "rebase-merge", "git-rebase-todo"))
	if err != nil || len(words) < 2 || !slices.Contains(picks, words[0]) || merges(lines) || merges(strings.Split(string(todo), "\n")) {
		return nil // the commits are in no line that could be made whole at the end
	}
	op.Amends = slices.Contains(picks[6:], words[0])
	if strings.HasPrefix(words[1], "-") { // fixup -C
		words = words[1:]
	}
	if op.Onto, err = noteIn(dir, "rebase-merge", "onto"); err != nil {
		return err
	}
	if op.Theirs, _, err = r.Resolve(ctx, words[1]); err != nil || op.Theirs == "" {
		return err
	}
	return r.parent(ctx, op, op.Theirs)
}

// merges reports whether a rebase makes merges again.
func merges(lines []string) bool {
	return slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "merge ") || strings.HasPrefix(l, "m ") })
}

// joiningPatch reads which commit a rebase by patches is about to put on. Of
// patches that are somebody's mail it is not told: no hook could finish them.
func (r *Repo) joiningPatch(ctx context.Context, dir string, op *Operation) error {
	if info, err := os.Stat(filepath.Join(dir, patches)); err != nil || !info.IsDir() {
		return nil
	}
	op.Doing = Rebasing
	if !rebasingPatches(dir) {
		return nil
	}
	commit, err := noteIn(dir, patches, "original-commit")
	if err != nil || commit == "" {
		return err
	}
	if op.Onto, err = r.RebaseOnto(ctx); err != nil || op.Onto == "" {
		return err
	}
	if op.Theirs, _, err = r.Resolve(ctx, commit); err != nil || op.Theirs == "" {
		return err
	}
	return r.parent(ctx, op, op.Theirs)
}

// patches is git's folder of a rebase by patches (rebase --apply), or of mail.
const patches = "rebase-apply"

func rebasingPatches(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, patches, "rebasing"))
	return err == nil
}

// Mailing reports whether git is in the middle of putting on patches that came by
// mail (git am).
func (r *Repo) Mailing(ctx context.Context) (bool, error) {
	dir, err := r.GitDir(ctx)
	if err != nil {
		return false, err
	}
	_, err = os.Stat(filepath.Join(dir, patches, "applying"))
	return err == nil, nil
}

// ByPatches reports whether a rebase by patches is under way.
func (r *Repo) ByPatches(ctx context.Context) (bool, error) {
	dir, err := r.GitDir(ctx)
	return err == nil && rebasingPatches(dir), err
}

// joiningMerge reads which commit git merge joins with HEAD: it gives names to
// those that it merges in its environment.
func (r *Repo) joiningMerge(ctx context.Context, environ []string, op *Operation) error {
	var heads []string
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if id, ok := strings.CutPrefix(name, "GITHEAD_"); ok && id != op.Ours {
			heads = append(heads, id)
		}
	}
	if len(heads) == 0 {
		return nil
	}
	op.Doing = Merging
	if len(heads) > 1 {
		return nil
	}
	theirs, ok, err := r.Resolve(ctx, heads[0])
	if err != nil || !ok {
		return err
	}
	op.Theirs = theirs
	op.Base, _, err = r.MergeBase(ctx, op.Ours, op.Theirs)
	return err
}

// mostPicked is how many commits that changed a file are looked at.
const mostPicked = "300"

// joiningPick finds the commit that is being picked: the one that the sequencer
// is at, or the newest that made of the file what is to be made of it.
func (r *Repo) joiningPick(ctx context.Context, dir, folder, path string, base, theirs []byte, op *Operation) error {
	if todo, err := noteIn(dir, "sequencer", "todo"); err == nil {
		if words := strings.Fields(todo); len(words) > 1 && words[0] == "pick" {
			op.Doing = Picking
			var err error
			if op.Theirs, _, err = r.Resolve(ctx, words[1]); err != nil || op.Theirs == "" {
				return err
			}
			return r.parent(ctx, op, op.Theirs)
		}
	}
	out, err := r.must(r.run(ctx, nil, "log", "--all", "HEAD", "--max-count="+mostPicked, "--format=%H", "--no-show-signature", "--no-merges", "--", path))
	if err != nil {
		return err
	}
	for _, commit := range strings.Fields(string(out)) {
		after, err := r.has(ctx, commit, path, theirs)
		if err != nil {
			return err
		}
		if !after {
			continue
		}
		before, err := r.has(ctx, commit+"^1", path, base)
		if err != nil {
			return err
		}
		switch {
		case !before:
		case op.Doing == Idle:
			op.Doing, op.Theirs = Picking, commit
		default: // of a commit there can be copies, and they may differ
			same, err := r.Between(ctx, op.Theirs, commit, folder)
			if err != nil {
				return err
			}
			if len(same) > 0 {
				op.Theirs = ""
				return nil
			}
		}
	}
	if op.Doing == Idle {
		return nil
	}
	return r.parent(ctx, op, op.Theirs)
}

// PickedOnto returns the commit on which a row of picks began to put others; ""
// where no row is under way.
func (r *Repo) PickedOnto(ctx context.Context) (string, error) {
	dir, err := r.GitDir(ctx)
	if err != nil {
		return "", err
	}
	return noteIn(dir, "sequencer", "head")
}

// PicksLeft returns how many commits are still to be picked, the one that is
// being picked among them.
func (r *Repo) PicksLeft(ctx context.Context) (int, error) {
	dir, err := r.GitDir(ctx)
	if err != nil {
		return 0, err
	}
	todo, err := os.ReadFile(filepath.Join(dir, "sequencer", "todo"))
	if err != nil {
		return 0, nil
	}
	n := 0
	for line := range strings.Lines(string(todo)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			n++
		}
	}
	return n, nil
}

// RebaseOnto returns what a rebase that is under way puts commits on; "" where
// there is none.
func (r *Repo) RebaseOnto(ctx context.Context) (string, error) {
	dir, err := r.GitDir(ctx)
	if err != nil {
		return "", err
	}
	onto, err := noteIn(dir, "rebase-merge", "onto")
	if err != nil || onto != "" {
		return onto, err
	}
	if !rebasingPatches(dir) {
		return "", nil
	}
	// Of one by patches git notes it when it stops; before that the reflog has it.
	out, err := r.must(r.run(ctx, nil, "log", "--walk-reflogs", "--max-count="+mostSteps, "--no-show-signature", "--format=%H %gs", "HEAD", "--"))
	if err != nil {
		return "", err
	}
	for entry := range strings.Lines(string(out)) {
		if id, what, _ := strings.Cut(entry, " "); strings.Contains(what, "(start): ") {
			return id, nil
		}
	}
	return "", nil
}

// mostSteps is how far back in the reflog the start of a rebase is looked for.
const mostSteps = "10000"

// Rewritten returns of the commits that a rebase has made so far what they were.
func (r *Repo) Rewritten(ctx context.Context) (map[string]string, error) {
	dir, err := r.GitDir(ctx)
	if err != nil {
		return nil, err
	}
	were := map[string]string{}
	list, err := os.ReadFile(filepath.Join(dir, "rebase-merge", "rewritten-list"))
	if err != nil {
		if list, err = os.ReadFile(filepath.Join(dir, patches, "rewritten")); err != nil {
			list = nil // nothing is listed yet
		}
	}
	for line := range strings.Lines(string(list)) {
		if ids := strings.Fields(line); len(ids) == 2 {
			were[ids[1]] = ids[0]
		}
	}
	// The last is not listed before it is known that nothing is added to it.
	pending, err := noteIn(dir, "rebase-merge", "rewritten-pending")
	if err != nil || pending == "" {
		return were, err
	}
	head, _, err := r.Resolve(ctx, "HEAD")
	were[head] = pending
	return were, err
}

// ToPick returns the commits that a rebase or a row of picks has still to put
// on, in their order, beginning with the one at which it stopped.
func (r *Repo) ToPick(ctx context.Context, op *Operation) ([]string, error) {
	dir, err := r.GitDir(ctx)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "sequencer", "todo")
	if op.Doing == Rebasing {
		file = filepath.Join(dir, "rebase-merge", "git-rebase-todo")
	}
	ids := []string{op.Theirs}
	todo, err := os.ReadFile(file)
	if err != nil {
		return append(ids, patchesLeft(dir)...), nil
	}
	for line := range strings.Lines(string(todo)) {
		words := strings.Fields(line)
		if len(words) < 2 || !slices.Contains(picks, words[0]) {
			continue
		}
		id, ok, err := r.Resolve(ctx, words[1])
		if err != nil {
			return nil, err
		}
		if ok && id != op.Theirs {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// patchesLeft returns the commits that a rebase by patches has still to put on,
// behind the one that it is at: each is a mail with the commit in its first line.
func patchesLeft(dir string) []string {
	next, _ := noteIn(dir, patches, "next")
	last, _ := noteIn(dir, patches, "last")
	from, err1 := strconv.Atoi(next)
	to, err2 := strconv.Atoi(last)
	if err1 != nil || err2 != nil {
		return nil // there is no such rebase
	}
	var ids []string
	for n := from + 1; n <= to; n++ {
		first, _ := noteIn(dir, patches, fmt.Sprintf("%04d", n))
		if words := strings.Fields(first); len(words) > 1 && words[0] == "From" {
			ids = append(ids, words[1])
		}
	}
	return ids
}

// StepsDir returns git's folder of the rebase or the row of picks that is under
// way, which it removes at the end; "" where there is none.
func (r *Repo) StepsDir(ctx context.Context) (string, error) {
	dir, err := r.GitDir(ctx)
	if err != nil {
		return "", err
	}
	for _, name := range []string{"rebase-merge", patches, "sequencer"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.IsDir() {
			return filepath.Join(dir, name), nil
		}
	}
	return "", nil
}
