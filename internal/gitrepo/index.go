package gitrepo

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Staged is an entry of the index. A path that is in conflict has several, each
// with another stage.
type Staged struct {
	Path  string `json:"path"` // from the top of the work tree, with slashes
	Mode  string `json:"mode"`
	Blob  string `json:"blob"`
	Stage int    `json:"stage"` // 0; of a conflict 1 the base, 2 ours, 3 theirs
}

// Staged returns what the index has of paths, which are as Path names them.
func (r *Repo) Staged(ctx context.Context, paths ...string) ([]Staged, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	out, err := r.must(r.run(ctx, nil, append([]string{"ls-files", "--stage", "-z", "--full-name", "--"}, paths...)...))
	if err != nil {
		return nil, err
	}
	var entries []Staged
	for record := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		// <mode> SP <blob> SP <stage> TAB <path>
		about, path, ok := strings.Cut(record, "\t")
		e := Staged{Path: path}
		if _, err := fmt.Sscanf(about, "%s %s %d", &e.Mode, &e.Blob, &e.Stage); ok && err == nil {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// Unchanged reports whether the index holds what HEAD does: a commit made of it
// would be empty.
func (r *Repo) Unchanged(ctx context.Context) (bool, error) {
	_, err := r.run(ctx, nil, "diff", "--cached", "--quiet", "--no-ext-diff", "HEAD", "--")
	if exited(err) {
		return false, nil
	}
	_, err = r.must(nil, err)
	return err == nil, err
}

// Restage makes entries all that the index has of paths. It writes the index.
func (r *Repo) Restage(ctx context.Context, paths []string, entries []Staged) error {
	if len(paths) == 0 {
		return nil
	}
	none := strings.Repeat("0", 40)
	if head, ok, err := r.Resolve(ctx, "HEAD"); err != nil {
		return err
	} else if ok {
		none = strings.Repeat("0", len(head)) // the length that the repository's ids have
	}
	var in strings.Builder
	for _, path := range paths {
		fmt.Fprintf(&in, "0 %s\t%s\x00", none, path)
	}
	for _, e := range entries {
		fmt.Fprintf(&in, "%s %s %d\t%s\x00", e.Mode, e.Blob, e.Stage, e.Path)
	}
	_, err := r.must(r.run(ctx, strings.NewReader(in.String()), "update-index", "-z", "--index-info"))
	return err
}

// Stage records files of the work tree, or that they are gone, in the index.
// Paths are as Path names them; those that neither the work tree nor the index
// has are left out. It writes the index.
func (r *Repo) Stage(ctx context.Context, paths ...string) error {
	known := map[string]bool{}
	entries, err := r.Staged(ctx, paths...)
	if err != nil {
		return err
	}
	for _, e := range entries {
		known[e.Path] = true
	}
	var in strings.Builder
	for _, path := range paths {
		if _, err := os.Lstat(filepath.Join(r.Top, filepath.FromSlash(path))); err == nil || known[path] {
			in.WriteString(path + "\x00")
		}
	}
	if in.Len() == 0 {
		return nil
	}
	_, err = r.must(r.run(ctx, strings.NewReader(in.String()), "add", "--all", "--force", "--sparse", "--pathspec-from-file=-", "--pathspec-file-nul"))
	return err
}

// Matching returns the files of the work tree or the index that patterns match,
// as Path names them, without those that git ignores. Patterns are from the top
// of the work tree; ** stands for any folders.
func (r *Repo) Matching(ctx context.Context, patterns ...string) ([]string, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	args := []string{"--no-literal-pathspecs", "--glob-pathspecs", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--full-name", "--"}
	out, err := r.must(r.run(ctx, nil, append(args, patterns...)...))
	if err != nil {
		return nil, err
	}
	return pathsIn(out), nil
}

// pathsIn are the paths of a list that git has written with -z.
func pathsIn(out []byte) (paths []string) {
	for path := range strings.SplitSeq(string(out), "\x00") {
		if path != "" {
			paths = append(paths, path)
		}
	}
	return paths
}

// TakeFrom makes files of the work tree what they are at a commit; those that
// the commit does not have go. Conflicts in the index stay, so that git still
// asks for them. It writes the work tree.
func (r *Repo) TakeFrom(ctx context.Context, commit string, paths ...string) error {
	if len(paths) == 0 {
		return nil
	}
	entries, err := r.Staged(ctx, paths...)
	if err != nil {
		return err
	}
	out, err := r.must(r.run(ctx, nil, append([]string{"ls-tree", "-z", "--name-only", "--full-tree", commit, "--"}, paths...)...))
	if err != nil {
		return err
	}
	for _, path := range paths {
		if !strings.Contains("\x00"+string(out), "\x00"+path+"\x00") {
			if err := os.Remove(filepath.Join(r.Top, filepath.FromSlash(path))); err != nil && !os.IsNotExist(err) {
				return err
			}
		}
	}
	if len(out) > 0 {
		// checkout is what replaces a file that is in conflict, as the
		// configuration converts it; it resolves the conflict along with it.
		if _, err := r.must(r.run(ctx, strings.NewReader(string(out)), "checkout", "--quiet", commit, "--pathspec-from-file=-", "--pathspec-file-nul")); err != nil {
			return err
		}
	}
	return r.Restage(ctx, paths, entries)
}

// LeftOut reports whether a sparse checkout leaves out files that git tracks in a
// folder. https://git-scm.com/docs/git-sparse-checkout
func (r *Repo) LeftOut(ctx context.Context, folder string) (bool, error) {
	out, err := r.must(r.run(ctx, nil, "ls-files", "-t", "-z", "--", folder))
	return bytes.HasPrefix(out, []byte("S ")) || bytes.Contains(out, []byte("\x00S ")), err
}
