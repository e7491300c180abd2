package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/schema"
)

// collided is a pair of lines of a history that both added migrations, and what
// resolve makes of them.
type collided struct {
	meeting
	lines    *resolve.Lines
	files    [3]resolve.Files  // of base, upstream and local
	schemas  [3]*schema.Schema // what each of them ends in
	plan     *resolve.Plan
	err      error
	truth    *schema.Schema // what has to come out, where that is known
	people   *people        // nil where nobody joined them, or the plan stopped
	joining  *joining       // nil where git was not asked to join them
	proof    proof
	proofWhy string
}

// meeting is three commits that are to be made one.
type meeting struct {
	base, upstream, local string
	merged                string // the commit in which people joined them; "" where they did not
	landed                bool   // that was on the main line
}

// collisions finds every merge, and every branch that was never merged, whose
// two sides both added migrations, plans each, and compares it with what people
// made of it.
func (w *walker) collisions(ctx context.Context, dir string) ([]*survey, error) {
	r, err := openRepo(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer r.close()
	folders, err := r.folders(ctx)
	if err != nil {
		return nil, err
	}
	var l *layout
	if w.schemas {
		temp, err := os.MkdirTemp("", "skein-walk-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(temp)
		l = &layout{repo: r, dir: temp, have: map[string]string{}}
	}
	var out []*survey
	for _, path := range folders {
		if !strings.Contains(path, w.only) {
			continue
		}
		f := &folder{repo: r, path: path}
		of := &survey{name: projectName(dir) + " " + path}
		if w.adjacent {
			of.found, of.onTop, err = w.adjacentIn(ctx, f)
		} else {
			of.found, err = w.collisionsIn(ctx, f)
		}
		if err != nil {
			return nil, err
		}
		found := of.found
		later := &sequel{folder: f}
		for i, c := range found {
			if i%10 == 0 {
				fmt.Fprintf(w.log, "%s: compared %d of %d\n", path, i, len(found))
			}
			if c.err == nil && c.merged != "" && len(c.plan.Problems) == 0 {
				if c.people, err = w.compareWithPeople(ctx, later, l, c); err != nil {
					return nil, err
				}
			}
			if c.err == nil && spread(i, len(found), w.merges) {
				if c.joining, err = w.join(ctx, f, c); err != nil {
					return nil, fmt.Errorf("upstream %.10s, local %.10s: %w", c.upstream, c.local, err)
				}
				fmt.Fprintf(w.log, "%s: upstream %.10s, local %.10s in a work tree: %s\n", path, c.upstream, c.local, c.joining.said)
			}
			if c.err == nil && len(c.plan.Problems) == 0 && spread(i, len(found), w.proofs) {
				if c.proof, c.proofWhy, err = w.prove(ctx, f, c); err != nil {
					return nil, err
				}
				fmt.Fprintf(w.log, "%s: upstream %.10s, local %.10s in PostgreSQL: %s\n", path, c.upstream, c.local, c.proof)
			}
		}
		if len(found) > 0 {
			out = append(out, of)
		}
	}
	return out, nil
}

// spread says whether the i-th of n is among those that are chosen, evenly.
func spread(i, n, chosen int) bool { return i*chosen/n != (i+1)*chosen/n }

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
			m.upstream, m.local, m.landed = ids[1], ids[2], true
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
		if !strings.HasPrefix(m.merged, w.at) && !strings.HasPrefix(m.local, w.at) {
			continue
		}
		if i%500 == 0 {
			fmt.Fprintf(w.log, "%s: %d of %d\n", f.path, i, len(meetings))
		}
		up, err := f.journalAt(m.upstream)
		if err != nil {
			return nil, err
		}
		mine, err := f.journalAt(m.local)
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
		if before, err := f.journalAt(m.base); err != nil || before == up || before == mine {
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
func (f *folder) journalAt(commit string) (string, error) {
	return f.id(commit + ":" + f.path + journalPath)
}

// collision plans a meeting; nil where not both sides added migrations.
func (f *folder) collision(ctx context.Context, m meeting) (found *collided, key string, err error) {
	c := &collided{meeting: m}
	for i, commit := range []string{m.base, m.upstream, m.local} {
		if c.files[i], err = f.filesAt(ctx, commit); err != nil {
			return nil, "", err
		}
	}
	if c.read(f); c.err != nil {
		return c, m.base + m.local, nil
	}
	var added []string
	for _, l := range c.lines.Local.Migrations {
		if !has(c.lines.Base, &l) && !has(c.lines.Upstream, &l) {
			added = append(added, c.files[2][l.Entry.Tag+".sql"])
		}
	}
	if len(added) == 0 || !slices.ContainsFunc(c.lines.Upstream.Migrations, func(u resolve.Migration) bool { return !has(c.lines.Base, &u) && !has(c.lines.Local, &u) }) {
		return nil, "", nil
	}
	c.make(ctx)
	if c.err == nil && len(c.plan.Moves)+len(c.plan.Problems) == 0 {
		return nil, "", nil // a branch that only gave landed migrations other names
	}
	return c, m.base + strings.Join(added, " "), nil
}

// read reads the three states.
func (c *collided) read(f *folder) {
	if c.lines, c.err = resolve.ReadLines(c.files[0], c.files[1], c.files[2], f.blobs); c.err != nil {
		return
	}
	for i, line := range []*resolve.Line{c.lines.Base, c.lines.Upstream, c.lines.Local} {
		if c.schemas[i], c.err = line.Schema(); c.err != nil {
			return
		}
	}
}

// make plans them.
func (c *collided) make(ctx context.Context) {
	c.plan, c.err = resolve.Make(ctx, resolve.Input{Lines: *c.lines, NewID: uuid.NewString})
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
		if data, made := f.made[id]; made {
			out[i] = data
			continue
		}
		data, err := f.blob(id)
		if err != nil && !errors.Is(err, errAbsent) {
			return nil, err
		}
		out[i] = data
	}
	return out, nil
}

// outcome is what became of a collision, in a word.
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
	if c.truth != nil {
		fmt.Fprintf(out, "\n%s, %s", c.equalsTruth(), c.outcome())
	} else {
		fmt.Fprintf(out, "\n%s", c.outcome())
	}
	fmt.Fprintf(out, ": base %.10s, upstream %.10s, local %.10s, merged %.10s\n", c.base, c.upstream, c.local, c.merged)
	if c.err != nil {
		fmt.Fprintf(out, "  %v\n", c.err)
		return
	}
	for _, m := range c.plan.Moves {
		if m.Fate == resolve.Same {
			continue
		}
		fmt.Fprintf(out, "  %s %s -> %s\n", m.Fate, m.From.Tag, m.To.Tag)
		for _, s := range m.Statements {
			fmt.Fprintf(out, "    %s\n", s.Verdict)
			if s.Verdict != resolve.Kept && s.Verdict != resolve.Handwritten {
				fmt.Fprintf(out, "      - %s\n      + %s\n", strings.TrimSpace(s.Old), strings.TrimSpace(s.New))
			}
		}
	}
	for _, p := range c.plan.Problems {
		fmt.Fprintf(out, "  problem %s: %s\n", p.Migration, describeProblem(&p))
	}
	if c.people != nil {
		fmt.Fprintf(out, "  people: %s\n", c.people.said)
		for _, line := range c.people.evidence {
			fmt.Fprintf(out, "    %s\n", line)
		}
	}
	if c.joining != nil {
		c.joining.tell(out)
	}
	if c.proof != "" {
		fmt.Fprintf(out, "  PostgreSQL: %s %s\n", c.proof, c.proofWhy)
	}
}
