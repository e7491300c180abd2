package gitrepo

import (
	"context"
	"regexp"
	"strings"
)

// finished is what the reflog of a branch says of a rebase that is over, that of
// a pull among them. https://git-scm.com/docs/git-reflog
var finished = regexp.MustCompile(`\(finish\): refs/heads/.* onto ([0-9a-f]{40,64})$`)

// Rebased returns what the branch that is checked out was put on by a rebase, and
// which commit it was before. ok is false where a rebase was not the last thing
// that happened to it.
func (r *Repo) Rebased(ctx context.Context) (onto, was string, ok bool, err error) {
	branch, err := r.Branch(ctx)
	if err != nil || branch == "" {
		return "", "", false, err
	}
	out, err := r.must(r.run(ctx, nil, "log", "--walk-reflogs", "--max-count=2", "--no-show-signature", "--format=%H %gs", "refs/heads/"+branch, "--"))
	if err != nil {
		return "", "", false, err
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	found := finished.FindStringSubmatch(lines[0])
	if found == nil || len(lines) < 2 {
		return "", "", false, nil
	}
	was, _, _ = strings.Cut(lines[1], " ")
	return found[1], was, true, nil
}
