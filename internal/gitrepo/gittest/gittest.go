// Package gittest makes real git repositories for tests.
package gittest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Repo is a repository of one test. Nothing of the machine's git configuration
// has an effect on it.
type Repo struct {
	Dir string // the top of its work tree, without links
	t   testing.TB
}

// New makes an empty repository on the branch main.
func New(t testing.TB) *Repo {
	t.Helper()
	r := At(t, t.TempDir())
	r.Git("init", "--quiet", "--initial-branch=main", "--template=")
	return r
}

// At returns the repository whose work tree is a folder, for example a clone
// or a worktree made with Git.
func At(t testing.TB, dir string) *Repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git program")
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	return &Repo{Dir: dir, t: t}
}

// Clone clones the repository over its file:// address, so that a depth is
// heeded, and returns the clone.
func (r *Repo) Clone(options ...string) *Repo {
	r.t.Helper()
	dir := filepath.Join(r.t.TempDir(), "clone")
	r.Git(append(append([]string{"clone", "--quiet", "--template="}, options...), r.Address(), dir)...)
	return At(r.t, dir)
}

// Address is the repository's file:// address.
func (r *Repo) Address() string { return "file://" + filepath.ToSlash(r.Dir) }

// Git runs git at the top of the work tree and returns what it prints, without
// the last new line. The author of commits is Ada.
func (r *Repo) Git(args ...string) string {
	r.t.Helper()
	out, err := r.Try(args...)
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// Try is Git for what may fail, such as a merge with conflicts.
func (r *Repo) Try(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = r.Dir
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.org",
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.org",
		"GIT_AUTHOR_DATE=2026-03-04T05:06:07Z", "GIT_COMMITTER_DATE=2026-03-04T05:06:07Z")
	out, err := cmd.CombinedOutput()
	return strings.TrimRight(string(out), "\n"), err
}

// Path returns the path of a file of the work tree, which is named with slashes.
func (r *Repo) Path(name string) string { return filepath.Join(r.Dir, filepath.FromSlash(name)) }

// Write writes a file of the work tree.
func (r *Repo) Write(name, text string) {
	r.t.Helper()
	file := r.Path(name)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		r.t.Fatal(err)
	}
}

// Commit commits all of the work tree and returns the commit's id.
func (r *Repo) Commit(message string) string {
	r.t.Helper()
	r.Git("add", "--all")
	r.Git("commit", "--quiet", "--allow-empty", "--message", message)
	return r.Git("rev-parse", "HEAD")
}
