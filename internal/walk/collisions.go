package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// collided is a pair of lines of a history that both added migrations, and what
// resolve makes of them.
type collided struct {
	base, upstream, local string
	merged                string // the commit in which people joined them; "" where they did not
	plan                  *resolve.Plan
	err                   error
	people                string // how their outcome compares
}

// collisions finds every merge, and every branch that was never merged, whose
// two sides both added migrations, and plans each.
func (w *walker) collisions(ctx context.Context, dir string, out io.Writer) error {
	r, err := openRepo(ctx, dir)
	if err != nil {
		return err
	}
	defer r.close()
	folders, err := r.folders(ctx)
	if err != nil {
		return err
	}
	for _, path := range folders {
		if !strings.Contains(path, w.only) {
			continue
		}
		found, err := w.collisionsIn(ctx, &folder{repo: r, path: path})
		if err != nil {
			return err
		}
		tellCollisions(out, projectName(dir)+" "+path, found, w.verbose)
	}
	return nil
}

// meeting is three commits that are to be made one.
type meeting struct{ base, upstream, local, merged string }

// meetings lists the merges, and the tips of branches against the main line.
func (f *folder) meetings(ctx context.Context) ([]meeting, error) {
	main, err := f.git(ctx, "rev-list", "--first-parent", "HEAD")
	if err != nil {
		return nil, err
	}
	landed := map[string]bool{}
	for _, id := range strings.Fields(main) {
		landed[id] = true
	}
	merges, err := f.git(ctx, "rev-list", "--all", "--merges", "--min-parents=2", "--max-parents=2", "--parents")
	if err != nil {
		return nil, err
	}
	var out []meeting
	for line := range strings.Lines(merges) {
		ids := strings.Fields(line)
		m := meeting{merged: ids[0], upstream: ids[2], local: ids[1]}
		if landed[ids[0]] {
			m.upstream, m.local = ids[1], ids[2]
		}
		out = append(out, m)
	}
	tips, err := f.git(ctx, "for-each-ref", "--format=%(objectname)", "refs/heads", "refs/remotes")
	if err != nil {
		return nil, err
	}
	for _, tip := range strings.Fields(tips) {
		out = append(out, meeting{upstream: strings.Fields(main)[0], local: tip})
	}
	return out, nil
}

func (w *walker) collisionsIn(ctx context.Context, f *folder) ([]*collided, error) {
	meetings, err := f.meetings(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var out []*collided
	for i, m := range meetings {
		if i%500 == 0 {
			fmt.Fprintf(w.log, "%s: %d of %d\n", f.path, i, len(meetings))
		}
		up, err := f.journalAt(ctx, m.upstream)
		if err != nil {
			return nil, err
		}
		mine, err := f.journalAt(ctx, m.local)
		if err != nil {
			return nil, err
		}
		if up == mine || up == "" || mine == "" {
			continue
		}
		base, err := f.git(ctx, "merge-base", m.upstream, m.local)
		if err != nil {
			continue // no history in common
		}
		m.base = strings.Fields(base)[0]
		if before, err := f.journalAt(ctx, m.base); err != nil || before == up || before == mine {
			continue
		}
		found, key, err := f.collision(ctx, m)
		if err != nil {
			return nil, err
		}
		if found != nil && !seen[key] {
			seen[key] = true
			out = append(out, found)
		}
	}
	return out, nil
}

// journalAt returns the blob of the journal at a commit, "" for none.
func (f *folder) journalAt(ctx context.Context, commit string) (string, error) {
	out, err := f.git(ctx, "ls-tree", commit, "--", f.path+journalPath)
	if words := strings.Fields(out); err == nil && len(words) > 2 {
		return words[2], nil
	}
	return "", err
}

// collision plans a meeting; nil where not both sides added migrations.
func (f *folder) collision(ctx context.Context, m meeting) (found *collided, key string, err error) {
	c := &collided{base: m.base, upstream: m.upstream, local: m.local, merged: m.merged}
	var files [3]resolve.Files
	for i, commit := range []string{m.base, m.upstream, m.local} {
		if files[i], err = f.filesAt(ctx, commit); err != nil {
			return nil, "", err
		}
	}
	lines, err := resolve.ReadLines(files[0], files[1], files[2], f.blobs)
	if err != nil {
		c.err = err
		return c, m.base + m.local, nil
	}
	var added []string
	for _, l := range lines.Local.Migrations {
		if !has(lines.Base, &l) && !has(lines.Upstream, &l) {
			added = append(added, files[2][l.Entry.Tag+".sql"])
		}
	}
	if len(added) == 0 || !slices.ContainsFunc(lines.Upstream.Migrations, func(u resolve.Migration) bool { return !has(lines.Base, &u) && !has(lines.Local, &u) }) {
		return nil, "", nil
	}
	c.plan, c.err = resolve.Make(ctx, resolve.Input{Lines: *lines, NewID: uuid.NewString})
	if c.err == nil && m.merged != "" && len(c.plan.Problems) == 0 {
		c.people = f.compare(ctx, m.merged, c.plan)
	}
	return c, m.base + strings.Join(added, " "), nil
}

// has reports whether a line has a migration under this very name.
func has(l *resolve.Line, m *resolve.Migration) bool {
	return slices.ContainsFunc(l.Migrations, func(o resolve.Migration) bool { return o.Entry.Tag == m.Entry.Tag && o.SQL == m.SQL })
}

func (f *folder) filesAt(ctx context.Context, commit string) (resolve.Files, error) {
	tree, err := f.tree(ctx, commit, f.path)
	if err != nil {
		return nil, err
	}
	files := resolve.Files{}
	for path, id := range tree {
		files[strings.TrimPrefix(path, f.path+"/")] = id
	}
	return files, nil
}

func (f *folder) blobs(ids ...string) ([][]byte, error) {
	out := make([][]byte, len(ids))
	for i, id := range ids {
		data, err := f.blob(id)
		if err != nil && !errors.Is(err, errAbsent) {
			return nil, err
		}
		out[i] = data
	}
	return out, nil
}

// compare says how what people committed stands to a plan.
func (f *folder) compare(ctx context.Context, commit string, p *resolve.Plan) string {
	s := p.Schema
	files, err := f.filesAt(ctx, commit)
	if err != nil {
		return err.Error()
	}
	lines, err := resolve.ReadLines(files, files, files, f.blobs)
	if err != nil {
		return "their outcome cannot be read: " + err.Error()
	}
	var last *snapshot.Snapshot
	for _, m := range lines.Local.Migrations {
		if m.Snapshot != nil {
			last = m.Snapshot
		}
	}
	if n := len(lines.Local.Migrations); last == nil || lines.Local.Migrations[n-1].Snapshot == nil {
		return "theirs has no snapshot at its end"
	}
	if schema.Equal(&last.Schema, s) {
		return "equals theirs"
	}
	for _, m := range p.Moves {
		if _, name, _ := strings.Cut(m.From.Tag, "_"); m.To.Tag != "" && !slices.ContainsFunc(lines.Local.Migrations, func(o resolve.Migration) bool {
			return strings.HasSuffix(o.Entry.Tag, "_"+name)
		}) {
			return "theirs leaves out " + m.From.Tag + ", to make it anew later"
		}
	}
	d, err := diff.Compute(s, &last.Schema, diff.CreateAll)
	if err != nil {
		return err.Error()
	}
	if d.Empty() {
		return "equals theirs but for the order"
	}
	return "theirs differs:\n" + strings.Join(d.Statements(), "\n")
}

// tellCollisions prints one line of counts and, if wanted, each collision.
func tellCollisions(out io.Writer, name string, found []*collided, verbose bool) {
	counts := map[string]int{}
	for _, c := range found {
		counts[c.outcome()]++
		if verbose {
			c.tell(out)
		}
	}
	fmt.Fprintf(out, "| %s | %d collisions |", name, len(found))
	for _, kind := range []string{"moved", "rewritten", "stopped", "unreadable"} {
		fmt.Fprintf(out, " %s %d |", kind, counts[kind])
	}
	fmt.Fprintln(out)
}

func (c *collided) outcome() string {
	switch {
	case c.err != nil:
		return "unreadable"
	case len(c.plan.Problems) > 0:
		return "stopped"
	}
	for _, m := range c.plan.Moves {
		if m.SQL != m.OldSQL {
			return "rewritten"
		}
	}
	return "moved"
}

func (c *collided) tell(out io.Writer) {
	fmt.Fprintf(out, "\n%s: base %.10s, upstream %.10s, local %.10s, merged %.10s\n", c.outcome(), c.base, c.upstream, c.local, c.merged)
	if c.err != nil {
		fmt.Fprintf(out, "  %v\n", c.err)
		return
	}
	for _, m := range c.plan.Moves {
		fmt.Fprintf(out, "  %s %s -> %s\n", m.Fate, m.From.Tag, m.To.Tag)
		for _, s := range m.Statements {
			fmt.Fprintf(out, "    %s\n", s.Verdict)
			if s.Verdict != resolve.Kept && s.Verdict != resolve.Handwritten {
				fmt.Fprintf(out, "      - %s\n      + %s\n", strings.TrimSpace(s.Old), strings.TrimSpace(s.New))
			}
		}
	}
	for _, p := range c.plan.Problems {
		fmt.Fprintf(out, "  problem %s: %s", p.Migration, p.Object())
		if d := p.Disagreement; d != nil {
			fmt.Fprintf(out, " %s upstream %q local %q uses %v dropped by %s", d.Attribute, d.Upstream, d.Local, d.Uses, d.DroppedBy)
		}
		fmt.Fprintf(out, " statement %.300q edited %.300q landed %v by %s in %s\n", p.Statement, p.Edited, p.Landed, p.By, p.In)
	}
	if c.people != "" {
		fmt.Fprintf(out, "  %s\n", c.people)
	}
}
