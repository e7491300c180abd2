package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// repo reads a git repository through git.
type repo struct {
	dir         string
	cat, naming *conversation
}

// conversation is a git cat-file that answers as long as it is asked.
type conversation struct {
	cmd   *exec.Cmd
	ask   io.WriteCloser
	reply *bufio.Reader
}

func openRepo(ctx context.Context, dir string) (*repo, error) {
	r := &repo{dir: dir}
	var err error
	if r.cat, err = converse(ctx, dir, "--batch"); err != nil {
		return nil, err
	}
	if r.naming, err = converse(ctx, dir, "--batch-check"); err != nil {
		r.cat.close()
		return nil, err
	}
	return r, nil
}

func converse(ctx context.Context, dir, how string) (*conversation, error) {
	c := &conversation{cmd: exec.CommandContext(ctx, "git", "-C", dir, "cat-file", how)}
	var err error
	if c.ask, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.reply = bufio.NewReaderSize(out, 1<<20)
	return c, c.cmd.Start()
}

// question asks and returns the words of the answer's first line.
func (c *conversation) question(name string) ([]string, error) {
	if _, err := io.WriteString(c.ask, name+"\n"); err != nil {
		return nil, err
	}
	head, err := c.reply.ReadString('\n')
	return strings.Fields(head), err
}

func (c *conversation) close() {
	c.ask.Close()
	c.cmd.Wait()
}

func (r *repo) close() {
	r.cat.close()
	r.naming.close()
}

// id returns what git calls the object of a name such as COMMIT:PATH, "" where
// there is none.
func (r *repo) id(name string) (string, error) {
	words, err := r.naming.question(name) // id, type and size, or the name and "missing"
	if err != nil || len(words) != 3 {
		return "", err
	}
	return words[0], nil
}

func (r *repo) git(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", r.dir}, args...)...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(complaint.String()))
	}
	return string(out), nil
}

// errAbsent is for a blob that the clone does not have.
var errAbsent = errors.New("not in this clone")

// blob returns the bytes of a blob.
func (r *repo) blob(id string) ([]byte, error) {
	words, err := r.cat.question(id) // id, type and size, or id and "missing"
	if err != nil {
		return nil, err
	}
	if len(words) != 3 {
		return nil, errAbsent
	}
	size, err := strconv.Atoi(words[2])
	if err != nil {
		return nil, err
	}
	data := make([]byte, size+1) // and a newline
	if _, err := io.ReadFull(r.cat.reply, data); err != nil {
		return nil, err
	}
	return data[:size], nil
}

// tree returns the ordinary files of a commit by path, those under the folder
// if one is named, with the ids of their blobs.
func (r *repo) tree(ctx context.Context, commit, under string) (map[string]string, error) {
	args := []string{"ls-tree", "-r", "-z", commit}
	if under != "" {
		args = append(args, "--", under+"/")
	}
	out, err := r.git(ctx, args...)
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for line := range strings.SplitSeq(out, "\x00") {
		meta, path, ok := strings.Cut(line, "\t")
		if words := strings.Fields(meta); ok && words[1] == "blob" && strings.HasPrefix(words[0], "100") {
			files[path] = words[2]
		}
	}
	return files, nil
}

const journalPath = "/meta/_journal.json"

// folders returns the migrations folders that the repository has or once had.
func (r *repo) folders(ctx context.Context) ([]string, error) {
	out, err := r.git(ctx, "log", "--first-parent", "--diff-merges=first-parent", "--name-only", "--format=", "HEAD", "--", "*"+journalPath)
	if err != nil {
		return nil, err
	}
	var found []string
	for path := range strings.Lines(out) {
		if folder, ok := strings.CutSuffix(strings.TrimSpace(path), journalPath); ok && !slices.Contains(found, folder) {
			found = append(found, folder)
		}
	}
	slices.Reverse(found) // oldest first, so that a moved folder's migrations count where they were made
	return found, nil
}

// commits returns the commits of the main line that changed a folder, oldest
// first.
func (r *repo) commits(ctx context.Context, folder string) ([]string, error) {
	out, err := r.git(ctx, "rev-list", "--first-parent", "--reverse", "HEAD", "--", folder)
	return strings.Fields(out), err
}
