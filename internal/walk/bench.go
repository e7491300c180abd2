package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// bench is a repository in which the three commits of a collision are made again,
// with the migrations folder and the clients that a command makes, and no more:
// what else people changed is no matter of resolve's, and not all of it is there.
type bench struct {
	*repo // its own
	from  *repo
	w     *walker
	j     *joining
}

// open makes the repository, which reads what the other one has.
func (b *bench) open(ctx context.Context) error {
	objects, err := b.from.git(ctx, "rev-parse", "--path-format=absolute", "--git-path", "objects")
	if err != nil {
		return err
	}
	for _, args := range [][]string{{"init", "-q", "-b", "start"}, {"config", "user.name", "walk"}, {"config", "user.email", "walk@example.com"}, {"config", "core.editor", "true"}, {"config", "gc.auto", "0"}} {
		if _, err := b.git(ctx, args...); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(b.dir, ".git", "objects", "info", "alternates"), []byte(objects), 0o644)
}

// commit makes a commit again, and returns the new one.
func (b *bench) commit(ctx context.Context, folder, commit, parent string) (string, error) {
	lines, err := b.from.git(ctx, "ls-tree", "-r", commit, "--", folder+"/")
	if err != nil {
		return "", err
	}
	clients, err := b.clients(ctx, commit)
	if err != nil {
		return "", err
	}
	for name, content := range map[string]string{"skein.yaml": b.team(), "codegen.sh": b.generator(folder)} {
		id, err := b.write(ctx, content)
		if err != nil {
			return "", err
		}
		clients += "100644 blob " + id + "\t" + name + "\n"
	}
	if _, err := b.git(ctx, "read-tree", "--empty"); err != nil {
		return "", err
	}
	if _, err := b.feed(ctx, lines+clients, "update-index", "--add", "--index-info"); err != nil {
		return "", err
	}
	tree, err := b.git(ctx, "write-tree")
	if err != nil {
		return "", err
	}
	args := []string{"commit-tree", "-m", commit, strings.TrimSpace(tree)}
	if parent != "" {
		args = append(args, "-p", parent)
	}
	made, err := b.git(ctx, args...)
	return strings.TrimSpace(made), err
}

// clients lists the files that a command makes, as ls-tree does. One that the
// clone lacks gets another content, which differs where the files differed.
func (b *bench) clients(ctx context.Context, commit string) (string, error) {
	if len(b.w.generated) == 0 {
		return "", nil
	}
	args := []string{"ls-tree", "-r", commit, "--"}
	for _, path := range b.w.generated {
		args = append(args, strings.TrimSuffix(path, "**"))
	}
	lines, err := b.from.git(ctx, args...)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(lines) {
		meta, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		id := strings.Fields(meta)[2]
		if there, err := b.from.id(id); err != nil || there != "" {
			continue
		}
		made, err := b.write(ctx, strings.Repeat("stand-in for "+id+"\n", 3))
		if err != nil {
			return "", err
		}
		lines = strings.ReplaceAll(lines, id, made)
		if !slices.Contains(b.j.standIns, name) {
			b.j.standIns = append(b.j.standIns, name)
		}
	}
	return lines, nil
}

func (b *bench) team() string {
	if len(b.w.generated) == 0 {
		return "upstream: origin/main\n"
	}
	return "upstream: origin/main\ngenerated:\n  - paths: [\"" + strings.Join(b.w.generated, `", "`) + "\"]\n    run: sh codegen.sh\n"
}

// generator makes every client out of the last snapshot: its names, one a line. It
// stands for the project's own command, which needs all of the project.
func (b *bench) generator(folder string) string {
	return `set -e
last=$(ls ` + folder + `/meta/*_snapshot.json | sort | tail -n 1)
git ls-files -- ` + "'" + strings.Join(b.w.generated, "' '") + "'" + ` | sort -u | while read -r file; do
  tr ',{}' '\n' < "$last" | grep -o '"name": *"[^"]*"' | sort -u > "$file"
done
`
}

func (b *bench) write(ctx context.Context, content string) (string, error) {
	id, err := b.feed(ctx, content, "hash-object", "-w", "--stdin")
	return strings.TrimSpace(id), err
}

// feed is git with something to read.
func (b *bench) feed(ctx context.Context, input string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", b.dir}, args...)...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return string(out), nil
}

// state is all that resolve may not change where it stops.
func (b *bench) state(ctx context.Context) (string, error) {
	var all strings.Builder
	for _, args := range [][]string{{"status", "--porcelain=v2", "--branch"}, {"ls-files", "--stage"}, {"diff"}} {
		out, err := b.git(ctx, args...)
		if err != nil {
			return "", err
		}
		all.WriteString(out)
	}
	return all.String(), nil
}

// command runs what skein.yaml says.
func (b *bench) command(ctx context.Context, dir, line string) error {
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.Dir, cmd.Stderr = dir, b.w.log
	return cmd.Run()
}

// unmerged lists the files with conflicts.
func (b *bench) unmerged(ctx context.Context) ([]string, error) {
	out, err := b.git(ctx, "diff", "--name-only", "-z", "--diff-filter=U")
	return strings.FieldsFunc(out, func(r rune) bool { return r == 0 }), err
}
