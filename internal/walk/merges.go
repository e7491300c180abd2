package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/settle"
)

// joining is what became of a collision when git itself was made to join the two
// sides in a work tree, and resolve to finish it.
type joining struct {
	said      joined
	why       string
	conflicts []string // as git left them
	clients   []string // conflicted files that a command makes
	standIns  []string // files that the clone lacks, which had other contents here
}

type joined string

const (
	madeOne     joined = "joined, by the rules of check, and committed"
	withClients joined = "joined, by the rules of check, clients made anew, and committed"
	untouched   joined = "stopped, nothing changed"
	unsound     joined = "put back: the rules of check find something new"
	amiss       joined = "not as it has to be"
)

// wanting collects what is not as it has to be.
type wanting struct{ list []string }

func (w *wanting) unless(fine bool, format string, args ...any) {
	if !fine {
		w.list = append(w.list, fmt.Sprintf(format, args...))
	}
}

// bench is a repository in which the three commits of a collision are made again,
// with the migrations folder and the clients that a command makes, and no more:
// what else people changed is no matter of resolve's, and not all of it is there.
type bench struct {
	*repo // its own
	from  *repo
	w     *walker
	j     *joining
}

// join has git join the sides of a collision the way that people did, or by a
// rebase where nobody did, and resolve finish it.
func (w *walker) join(ctx context.Context, f *folder, c *collided) (*joining, error) {
	dir, err := os.MkdirTemp("", "skein-walk-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	b := &bench{repo: &repo{dir: dir}, from: f.repo, w: w, j: &joining{}}
	if err := b.open(ctx); err != nil {
		return nil, err
	}
	var commits [3]string
	for i, commit := range []string{c.base, c.upstream, c.local} {
		if commits[i], err = b.commit(ctx, f.path, commit, commits[0]); err != nil {
			return nil, err
		}
	}
	upstream, local := commits[1], commits[2]
	goOn := []string{"commit", "--no-edit", "-q"}
	start, join := local, []string{"merge", "-q", "--no-edit", upstream}
	switch {
	case c.merged == "":
		join, goOn = []string{"rebase", "-q", upstream}, []string{"rebase", "--continue"}
	case c.landed:
		start, join = upstream, []string{"merge", "-q", "--no-edit", local}
	}
	for _, args := range [][]string{{"update-ref", "refs/remotes/origin/main", upstream}, {"reset", "-q", "--hard", start}, {"checkout", "-q", "-b", "work"}} {
		if _, err := b.git(ctx, args...); err != nil {
			return nil, err
		}
	}
	_, stopped := b.git(ctx, join...) // with conflicts, or not
	unmerged, err := b.git(ctx, "diff", "--name-only", "--diff-filter=U")
	if err != nil {
		return nil, err
	}
	b.j.conflicts = strings.Fields(unmerged)
	if stopped != nil && len(b.j.conflicts) == 0 {
		return nil, stopped
	}
	return b.j, b.settle(ctx, f.path, c, goOn)
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

// settle does what skein resolve does, looks at what is there then, and has git go
// on.
func (b *bench) settle(ctx context.Context, folder string, c *collided, goOn []string) error {
	dir := filepath.Join(b.dir, filepath.FromSlash(folder))
	team, err := config.Load(dir)
	if err != nil {
		return err
	}
	before, err := b.state(ctx)
	if err != nil {
		return err
	}
	found, err := settle.Find(ctx, settle.Request{Dir: dir, Team: team, Wish: resolve.Wish{UpstreamRef: team.Upstream}, Run: b.command})
	if err != nil {
		return b.end(amiss, "resolve cannot: "+err.Error())
	}
	b.j.clients = found.Generated
	if len(found.Plan.Problems) > 0 {
		after, err := b.state(ctx)
		if err != nil {
			return err
		}
		if before != after || len(c.plan.Problems) == 0 {
			return b.end(amiss, "stopped where it should not have, or not without a trace")
		}
		return b.end(untouched, "")
	}
	done, err := found.Apply(ctx)
	if err != nil {
		if after, again := b.state(ctx); again != nil || before != after {
			return b.end(amiss, "put back, but not all: "+err.Error())
		}
		return b.end(unsound, err.Error())
	}
	var amissing wanting
	amissing.unless(len(done.Failed) == 0, "a command failed: %v", done.Failed)
	left, err := b.git(ctx, "diff", "--name-only", "--diff-filter=U")
	if err != nil {
		return err
	}
	amissing.unless(left == "", "in conflict still: %s", left)
	if len(b.j.conflicts) > 0 {
		_, err = b.git(ctx, goOn...)
	} else {
		_, err = b.git(ctx, "commit", "-q", "--allow-empty", "-m", "resolved")
	}
	if err != nil {
		return err
	}
	if err := b.look(ctx, folder, c, &amissing); err != nil {
		return err
	}
	switch {
	case len(amissing.list) > 0:
		return b.end(amiss, strings.Join(amissing.list, "; "))
	case len(found.Generated) > 0:
		return b.end(withClients, "")
	}
	return b.end(madeOne, "")
}

// look holds the commit that came out against the plan.
func (b *bench) look(ctx context.Context, folder string, c *collided, w *wanting) error {
	status, err := b.git(ctx, "status", "--porcelain")
	if err != nil {
		return err
	}
	w.unless(status == "", "left behind: %s", oneLine(status))
	for name, data := range c.plan.Files() {
		there, err := b.git(ctx, "cat-file", "blob", "HEAD:"+path.Join(folder, name))
		if strings.HasSuffix(name, "_snapshot.json") { // the id of one that came without is a new one every time
			w.unless(err == nil, "%s is missing", name)
			continue
		}
		w.unless(err == nil && there == string(data), "%s is another than planned", name)
	}
	h, err := history.Survey(filepath.Join(b.dir, filepath.FromSlash(folder)))
	if err != nil {
		return err
	}
	last, err := h.LastSnapshot()
	if err != nil {
		return err
	}
	w.unless(last != nil && schema.Equal(&last.Schema, c.plan.Schema), "the last snapshot is another than planned")
	if len(b.j.clients) == 0 {
		return nil
	}
	if err := b.command(ctx, b.dir, "sh codegen.sh"); err != nil {
		return err
	}
	status, err = b.git(ctx, "status", "--porcelain", "--", b.j.clients[0])
	w.unless(status == "", "%s is not what the command makes of the last snapshot", b.j.clients[0])
	for _, name := range b.j.clients {
		data, err := os.ReadFile(filepath.Join(b.dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		for _, t := range c.plan.Schema.Tables {
			w.unless(bytes.Contains(data, []byte(`"`+t.Name+`"`)), "%s lacks %s", name, t.Name)
		}
	}
	return err
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

func (b *bench) end(said joined, why string) error {
	b.j.said, b.j.why = said, why
	return nil
}

func (j *joining) tell(out io.Writer) {
	fmt.Fprintf(out, "  git: %s %s\n    conflicts in %d files\n", j.said, oneLine(j.why), len(j.conflicts))
	if len(j.clients) > 0 {
		fmt.Fprintf(out, "    of them made by a command: %s\n", strings.Join(j.clients, ", "))
	}
	if len(j.standIns) > 0 {
		fmt.Fprintf(out, "    not in the clone, with stand-in contents: %s\n", strings.Join(j.standIns, ", "))
	}
}
