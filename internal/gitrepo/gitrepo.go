// Package gitrepo reads a git repository through the git program.
//
// Which commits a branch holds, what a work tree differs in and how a file is
// checked out depend on configuration, filters, worktrees and partial clones
// that only git itself knows about, so git is asked and never imitated. Every
// function runs git and reads the disk; those that write, the index or more, say
// so. Errors are of type *diag.Error where a person can do something about them.
package gitrepo

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// Repo is a repository with a work tree.
type Repo struct {
	Top string // the top folder of the work tree, an absolute path without links
	// Index is the file that is used as the index; "" for the work tree's own. A
	// hook of git's is told of another one while a commit is prepared.
	Index string
	git   string   // the program
	extra []string // of the environment
}

// Installed reports whether there is a git program.
func Installed() bool {
	_, err := exec.LookPath("git")
	return err == nil
}

// Find returns the repository whose work tree holds the folder, which need not
// exist yet. It is nil where there is none, or no git program. The variables
// by which git tells a hook about its repository are not heeded: the folder
// decides. A repository that git refuses to read because of its owner is an
// error.
func Find(ctx context.Context, dir string) (*Repo, error) {
	program, err := exec.LookPath("git")
	if err != nil {
		return nil, nil
	}
	dir, err = existing(dir)
	if err != nil {
		return nil, err
	}
	r := &Repo{Top: dir, git: program}
	out, err := r.run(ctx, nil, "rev-parse", "--show-toplevel")
	if err != nil {
		var failed *failure
		if errors.As(err, &failed) && failed.noRepository() {
			return nil, nil
		}
		_, err = r.must(nil, err)
		return nil, err
	}
	top := filepath.FromSlash(line(out))
	if top == "" {
		return nil, nil
	}
	if r.Top, err = filepath.EvalSymlinks(top); err != nil {
		return nil, err
	}
	return r, nil
}

// existing returns the folder, or the nearest one above it that exists, as an
// absolute path without links.
func existing(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return filepath.EvalSymlinks(dir)
		}
		up := filepath.Dir(dir)
		if up == dir {
			return dir, nil
		}
		dir = up
	}
}

// Path returns how git names a file or folder of the work tree: relative to
// its top, with slashes, "." for the top itself. It need not exist. ok is
// false where it lies outside.
func (r *Repo) Path(file string) (name string, ok bool) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return "", false
	}
	dir, err := existing(abs)
	if err != nil {
		return "", false
	}
	if rest := missing(abs); rest != "" {
		dir = filepath.Join(dir, rest)
	}
	rel, err := filepath.Rel(r.Top, dir)
	if err != nil {
		return "", false
	}
	name = path.Clean(filepath.ToSlash(rel))
	return name, name != ".." && !strings.HasPrefix(name, "../")
}

// missing returns the part of a path behind the last folder that exists.
func missing(abs string) string {
	rest := ""
	for {
		if info, err := os.Stat(abs); err == nil && info.IsDir() {
			return rest
		}
		up := filepath.Dir(abs)
		if up == abs {
			return rest
		}
		rest = filepath.Join(filepath.Base(abs), rest)
		abs = up
	}
}

func line(out []byte) string { return strings.TrimRight(string(out), "\r\n") }

// Resolve returns the id of the commit that a revision names, such as
// "origin/main"; ok is false where it names none.
func (r *Repo) Resolve(ctx context.Context, revision string) (id string, ok bool, err error) {
	if revision == "" || strings.HasPrefix(revision, "-") {
		return "", false, nil
	}
	out, err := r.run(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	var failed *failure
	if errors.As(err, &failed) && failed.why == nil {
		return "", false, nil
	}
	return line(out), err == nil, err
}

// MergeBase returns the commit at which two histories parted; ok is false where
// they have none in common, as far as the repository holds them.
func (r *Repo) MergeBase(ctx context.Context, a, b string) (id string, ok bool, err error) {
	out, err := r.run(ctx, nil, "merge-base", a, b)
	if exited(err) {
		return "", false, nil
	}
	if out, err = r.must(out, err); err != nil {
		return "", false, err
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(first), true, nil
}

// Shallow reports whether the repository was cloned without all of its history.
func (r *Repo) Shallow(ctx context.Context) (bool, error) {
	out, err := r.run(ctx, nil, "rev-parse", "--is-shallow-repository")
	out, err = r.must(out, err)
	return line(out) == "true", err
}

// HasRemote reports whether a remote of the name is configured.
func (r *Repo) HasRemote(ctx context.Context, name string) (bool, error) {
	_, err := r.run(ctx, nil, "config", "--get-regexp", `^remote\.`+name+`\.`)
	if exited(err) {
		return false, nil
	}
	_, err = r.must(nil, err)
	return err == nil, err
}

// Upstream returns the branch that work is merged into, as far as the
// repository knows it: the default branch of the remote origin, else
// origin/main or origin/master; "" where there is none of them.
func (r *Repo) Upstream(ctx context.Context) (string, error) {
	out, err := r.run(ctx, nil, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
	candidates := []string{"origin/main", "origin/master"}
	switch {
	case err == nil:
		candidates = append([]string{line(out)}, candidates...)
	case !exited(err):
		_, err = r.must(nil, err)
		return "", err
	}
	for _, name := range candidates {
		if _, ok, err := r.Resolve(ctx, "refs/remotes/"+name); ok || err != nil {
			return name, err
		}
	}
	return "", nil
}

// exited reports whether err is git's way to say no, with the exit code 1, and
// not that something is wrong.
func exited(err error) bool {
	var failed *failure
	return errors.As(err, &failed) && failed.code == 1
}

// noRepository reports whether git found no repository, or one without a work
// tree.
func (f *failure) noRepository() bool {
	return strings.Contains(f.stderr, "not a git repository") || strings.Contains(f.stderr, "must be run in a work tree")
}

// refused makes an error of git's refusal to read what someone else owns.
func (f *failure) refused(top string) *diag.Error {
	if !strings.Contains(f.stderr, "dubious ownership") && !strings.Contains(f.stderr, "safe.directory") {
		return nil
	}
	if _, rest, found := strings.Cut(f.stderr, "repository at '"); found {
		if named, _, closed := strings.Cut(rest, "'"); closed {
			top = named
		}
	}
	return &diag.Error{
		Kind: diag.Usage, File: top, Message: "git does not read the repository, because it belongs to another user", Err: f,
		Hint: "if you trust it: git config --global --add safe.directory " + diag.ShellQuote(top),
	}
}
