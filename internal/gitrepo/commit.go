package gitrepo

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Edit is what becomes of a file of a tree.
type Edit struct {
	Path string // from the top of the work tree, with slashes
	Blob string // the id of its content; "" removes it
}

// WriteBlob puts a content into the repository and returns its id.
func (r *Repo) WriteBlob(ctx context.Context, data []byte) (id string, err error) {
	out, err := r.must(r.run(ctx, bytes.NewReader(data), "hash-object", "-w", "--stdin"))
	return line(out), err
}

// EditTree returns the tree of a commit with other files. It writes the tree,
// and no reference to it.
func (r *Repo) EditTree(ctx context.Context, commit string, edits []Edit) (tree string, err error) {
	dir, err := os.MkdirTemp("", "skein-tree-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	aside := *r
	aside.Index = filepath.Join(dir, "index")
	if _, err := aside.must(aside.run(ctx, nil, "read-tree", commit)); err != nil {
		return "", err
	}
	var paths []string
	var entries []Staged
	for _, e := range edits {
		paths = append(paths, e.Path)
		if e.Blob != "" {
			entries = append(entries, Staged{Path: e.Path, Mode: "100644", Blob: e.Blob})
		}
	}
	if err := aside.Restage(ctx, paths, entries); err != nil {
		return "", err
	}
	return aside.WriteTree(ctx)
}

// WriteTree writes the tree that the index holds, and returns its id.
func (r *Repo) WriteTree(ctx context.Context) (tree string, err error) {
	out, err := r.must(r.run(ctx, nil, "write-tree"))
	return line(out), err
}

// Tree returns the id of a commit's tree.
func (r *Repo) Tree(ctx context.Context, commit string) (string, error) {
	out, err := r.must(r.run(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", commit+"^{tree}"))
	return line(out), err
}

// BlobAt returns the id of a file's content at a commit; "" for no such file.
func (r *Repo) BlobAt(ctx context.Context, commit, path string) (string, error) {
	out, err := r.run(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", commit+":"+path)
	if exited(err) {
		return "", nil
	}
	out, err = r.must(out, err)
	return line(out), err
}

// Between returns the files below a folder (as Path names it) that two commits
// or trees do not have alike, as they are in the second.
func (r *Repo) Between(ctx context.Context, a, b, folder string) ([]Edit, error) {
	out, err := r.must(r.run(ctx, nil, "diff-tree", "-r", "-z", "--no-renames", "--no-commit-id", a, b, "--", below(folder)))
	if err != nil {
		return nil, err
	}
	var edits []Edit
	fields := strings.Split(string(out), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		// :<mode> SP <mode> SP <id> SP <id> SP <status>
		about := strings.Fields(fields[i])
		if len(about) != 5 {
			return nil, fmt.Errorf("git diff-tree says %q", fields[i])
		}
		e := Edit{Path: fields[i+1], Blob: about[3]}
		if about[4] == "D" {
			e.Blob = ""
		}
		edits = append(edits, e)
	}
	return edits, nil
}

// Remake returns a commit that is another one with a tree and parents of its
// own: message, author and times stay. One that was signed is signed anew. It
// writes the commit, and no reference to it.
func (r *Repo) Remake(ctx context.Context, commit, tree string, parents []string) (id string, err error) {
	was, err := r.must(r.run(ctx, nil, "cat-file", "commit", commit))
	if err != nil {
		return "", err
	}
	head, message, _ := strings.Cut(string(was), "\n\n")
	now := "tree " + tree + "\n"
	for _, p := range parents {
		now += "parent " + p + "\n"
	}
	signed, within := false, false
	for _, header := range strings.Split(head, "\n") {
		name, _, _ := strings.Cut(header, " ")
		within = name == "" && within // a signature goes on in lines that start with a space
		switch {
		case name == "gpgsig" || name == "gpgsig-sha256":
			signed, within = true, true
		case within || name == "tree" || name == "parent":
		default:
			now += header + "\n"
		}
	}
	out, err := r.must(r.run(ctx, strings.NewReader(now+"\n"+message), "hash-object", "-t", "commit", "-w", "--stdin"))
	if err != nil || !signed {
		return line(out), err
	}
	return r.sign(ctx, line(out))
}

// sign returns a commit like another one with the user's signature, or the
// commit itself where none can be made.
func (r *Repo) sign(ctx context.Context, commit string) (string, error) {
	out, err := r.must(r.run(ctx, nil, "show", "--no-patch", "--no-show-signature", "--format=%an%x00%ae%x00%ad%x00%T%x00%P%x00%B", "--date=raw", commit))
	if err != nil {
		return "", err
	}
	fields := strings.SplitN(string(out), "\x00", 6)
	if len(fields) != 6 {
		return "", fmt.Errorf("git show says %q", out)
	}
	author := *r
	author.extra = []string{"GIT_AUTHOR_NAME=" + fields[0], "GIT_AUTHOR_EMAIL=" + fields[1], "GIT_AUTHOR_DATE=" + fields[2]}
	args := []string{"commit-tree", "-S", fields[3]}
	for _, p := range strings.Fields(fields[4]) {
		args = append(args, "-p", p)
	}
	made, err := author.run(ctx, strings.NewReader(strings.TrimRight(fields[5], "\n")+"\n"), args...)
	if err != nil {
		return commit, ctx.Err()
	}
	return line(made), nil
}

// MoveHead makes HEAD, or the branch that it stands for, another commit, with
// the index and the work tree as far as the two commits differ. What else is
// changed there stays. It writes all three.
func (r *Repo) MoveHead(ctx context.Context, from, to, why string) error {
	if _, err := r.must(r.run(ctx, nil, "read-tree", "-m", "-u", from, to)); err != nil {
		return err
	}
	return r.PointHead(ctx, from, to, why)
}

// PointHead is MoveHead for HEAD alone.
func (r *Repo) PointHead(ctx context.Context, from, to, why string) error {
	_, err := r.must(r.run(ctx, nil, "update-ref", "-m", why, "HEAD", to, from))
	return err
}

// Line returns the commits behind one up to another, oldest first, as far as
// first parents go.
func (r *Repo) Line(ctx context.Context, behind, to string) ([]string, error) {
	out, err := r.must(r.run(ctx, nil, "rev-list", "--first-parent", "--reverse", to, "^"+behind, "--"))
	return strings.Fields(string(out)), err
}
