package gitrepo

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// File is a file of a commit.
type File struct {
	Path string // from the top of the work tree, with slashes
	Blob string // the id of its content
}

// Files returns the files below a folder (as Path names it) at a commit, in
// the order of their paths. A folder that the commit does not have is empty.
func (r *Repo) Files(ctx context.Context, commit, folder string) ([]File, error) {
	out, err := r.must(r.run(ctx, nil, "ls-tree", "-r", "-z", "--full-tree", commit, "--", below(folder)))
	if err != nil {
		return nil, err
	}
	var files []File
	for record := range strings.SplitSeq(string(out), "\x00") {
		// <mode> SP <type> SP <object> TAB <path>
		about, name, ok := strings.Cut(record, "\t")
		fields := strings.Fields(about)
		if ok && len(fields) == 3 && fields[1] == "blob" {
			files = append(files, File{Path: name, Blob: fields[2]})
		}
	}
	return files, nil
}

// below is the pathspec of what is in a folder.
func below(folder string) string {
	if folder == "." {
		return folder
	}
	return folder + "/"
}

// Blobs returns the contents of blobs in the order of their ids, read by one
// process. One that the repository does not have is nil.
func (r *Repo) Blobs(ctx context.Context, ids ...string) ([][]byte, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	out, err := r.must(r.run(ctx, strings.NewReader(strings.Join(ids, "\n")+"\n"), "cat-file", "--batch"))
	if err != nil {
		return nil, err
	}
	contents := make([][]byte, len(ids))
	in := bufio.NewReader(bytes.NewReader(out))
	for i := range ids {
		if contents[i], err = nextBlob(in); err != nil {
			return nil, fmt.Errorf("reading the answer of git cat-file: %w", err)
		}
	}
	return contents, nil
}

// nextBlob reads "<id> <type> <size>", a new line, the content and a new line,
// or "<id> missing".
func nextBlob(in *bufio.Reader) ([]byte, error) {
	head, err := in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(head)
	if len(fields) != 3 {
		return nil, nil
	}
	size, err := strconv.Atoi(fields[2])
	if err != nil || size < 0 {
		return nil, fmt.Errorf("a size of %q", fields[2])
	}
	content := make([]byte, size+1)
	if _, err := io.ReadFull(in, content); err != nil {
		return nil, err
	}
	return content[:size], nil
}

// Commit is who made a commit, when and why.
type Commit struct {
	ID      string
	Author  string
	Date    time.Time // when the author made it
	Subject string    // the first line of the message
}

// LastTouching returns the last commit up to a revision that changed a path
// (as Path names it), or nil where there is none.
func (r *Repo) LastTouching(ctx context.Context, revision, path string) (*Commit, error) {
	return r.log(ctx, revision, "--", path)
}

// Commit returns a commit by its id.
func (r *Repo) Commit(ctx context.Context, id string) (*Commit, error) { return r.log(ctx, id) }

func (r *Repo) log(ctx context.Context, args ...string) (*Commit, error) {
	out, err := r.must(r.run(ctx, nil, append([]string{"log", "-1", "--no-show-signature", "--format=%H%x00%an%x00%at%x00%s", "--end-of-options"}, args...)...))
	if err != nil {
		return nil, err
	}
	fields := strings.Split(line(out), "\x00")
	if len(fields) != 4 {
		return nil, nil
	}
	seconds, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("git log gives a time of %q", fields[2])
	}
	return &Commit{ID: fields[0], Author: fields[1], Date: time.Unix(seconds, 0).UTC(), Subject: fields[3]}, nil
}

// Changed returns the paths below a folder (as Path names it) in which the work
// tree differs from a commit: files of the commit that have another content,
// and files that it has and the work tree has not. What git's configuration
// converts when it checks a file out is no difference.
func (r *Repo) Changed(ctx context.Context, commit, folder string) (edited, removed []string, err error) {
	out, err := r.must(r.run(ctx, nil, "diff", "--name-status", "-z", "--no-renames", "--no-ext-diff", "--no-textconv",
		"--ignore-submodules", "--no-relative", "--end-of-options", commit, "--", below(folder)))
	if err != nil {
		return nil, nil, err
	}
	fields := strings.Split(string(out), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		switch fields[i] {
		case "M", "T":
			edited = append(edited, fields[i+1])
		case "D":
			removed = append(removed, fields[i+1])
		}
	}
	return edited, removed, nil
}
