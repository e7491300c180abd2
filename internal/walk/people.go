package main

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// people is what the commit that joined two lines made of their migrations, set
// beside a plan.
type people struct {
	said     opinion
	evidence []string // what more can be read in the repository, line by line
}

// opinion is how the schema that people committed stands to that of a plan.
type opinion string

const (
	agree       opinion = "equal"
	agreeLater  opinion = "equal, once they had made anew what they left out"
	agreeFiles  opinion = "equal, by their schema files; their snapshot lags behind"
	addedMore   opinion = "has all that both sides did, and more of its own"
	withoutMine opinion = "lacks changes of the branch"
	withoutYou  opinion = "lacks changes of upstream"
	withoutBoth opinion = "lacks changes of both sides"
	ownJoin     opinion = "joins otherwise what both sides changed"
	conflicted  opinion = "cannot be read: conflict markers or broken JSON were committed"
	endless     opinion = "unknown: the last migration has no snapshot, and the schema files cannot be read"
)

// compareWithPeople says how what people committed stands to the plan: their
// snapshot, else what they made anew on the same branch of a migration that the
// merge left out, else, where l is not nil, their schema files.
func (w *walker) compareWithPeople(ctx context.Context, later *sequel, l *layout, c *collided) (*people, error) {
	theirs, err := later.folder.ending(ctx, c.merged)
	if err != nil {
		return &people{said: conflicted, evidence: []string{err.Error()}}, ctx.Err()
	}
	p := &people{said: endless}
	if theirs.schema != nil {
		if equalSchemas(c.plan.Schema, theirs.schema) {
			return &people{said: agree}, nil
		}
		p.said = p.weigh(c, "their snapshot", theirs.schema, nil)
	}
	if c.leftOut(theirs) {
		p.note("they left the branch's migration out")
		err := later.each(ctx, c.merged, theirs, func(commit string, anew *ending) bool {
			said := p.weigh(c, fmt.Sprintf("the migration they made anew in %.10s", commit), anew.schema, nil)
			switch said {
			case agree:
				p.said = agreeLater
			case addedMore, ownJoin:
				p.said = said
			}
			return said != withoutMine && said != withoutBoth
		})
		if err != nil {
			return nil, err
		}
	}
	if l == nil || p.said == agreeLater {
		return p, ctx.Err()
	}
	files, err := l.load(ctx, c.merged, later.path, w.env)
	if err != nil {
		p.note("their schema files cannot be read: " + l.short(err))
		return p, ctx.Err()
	}
	files = snapshot.Declared(files)
	if _, err := c.plan.Adopt(files); err != nil { // as resolve does, where a migration came without a snapshot
		return nil, err
	}
	// What the schema files of a side said otherwise before is not of this merge.
	known := map[string]bool{}
	for side, commit := range []string{1: c.upstream, 2: c.local} {
		if commit == "" {
			continue
		}
		if before, err := l.load(ctx, commit, later.path, w.env); err == nil {
			for o, differs := range apart(c.schemas[side], snapshot.Declared(before)) {
				known[o] = known[o] || differs
			}
		}
	}
	switch said := p.weigh(c, "their schema files", files, known); {
	case said == agree:
		p.said = agreeFiles
	case p.said == endless || said == addedMore && p.said != ownJoin:
		p.said = said
	}
	return p, ctx.Err()
}

func (p *people) note(line string) { p.evidence = append(p.evidence, line) }

// weigh says how a state that people left stands to the plan, object by object:
// whose version of an object it has where it has not the plan's. What is known
// to differ for another reason does not count.
func (p *people) weigh(c *collided, what string, theirs *schema.Schema, known map[string]bool) opinion {
	if equalSchemas(c.plan.Schema, theirs) {
		p.note(what + ": equal")
		return agree
	}
	upstream, local, base := apart(c.schemas[1], theirs), apart(c.schemas[2], theirs), apart(c.schemas[0], theirs)
	made, joined := apart(c.schemas[0], c.schemas[1]), apart(c.schemas[0], c.schemas[2])
	var mine, yours, both, own []string
	for o, differs := range apart(c.plan.Schema, theirs) {
		switch {
		case !differs || known[o]:
		case !upstream[o]:
			mine = append(mine, o) // as upstream has it: the branch's change is not there
		case !local[o]:
			yours = append(yours, o)
		case !base[o]:
			mine, yours = append(mine, o), append(yours, o)
		case made[o] && joined[o]:
			both = append(both, o)
		default:
			own = append(own, o)
		}
	}
	var parts []string
	for _, part := range []struct {
		text  string
		names []string
	}{{"lacks of the branch", mine}, {"lacks of upstream", yours}, {"joins otherwise", both}, {"has by itself", own}} {
		if len(part.names) > 0 {
			slices.Sort(part.names)
			text := part.names
			if more := len(text) - 4; more > 0 {
				text = append(slices.Clone(text[:4]), fmt.Sprintf("and %d more", more))
			}
			parts = append(parts, part.text+" "+strings.Join(text, ", "))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "equal, but for what the schema files and the snapshot of a side have not alike already")
	}
	p.note(what + ": " + strings.Join(parts, "; "))
	switch {
	case len(mine)+len(yours)+len(both)+len(own) == 0:
		return agree
	case len(both) > 0:
		return ownJoin
	case len(mine) > 0 && len(yours) > 0:
		return withoutBoth
	case len(mine) > 0:
		return withoutMine
	case len(yours) > 0:
		return withoutYou
	}
	return addedMore
}

// objects lists what a schema has, each object by itself: a table is what it is
// without its parts, which come beside it.
func objects(s *schema.Schema) map[string]any {
	out := map[string]any{}
	for _, name := range s.Schemas {
		out["schema "+name] = true
	}
	for _, e := range s.Enums {
		out["enum "+e.Ref().String()] = e
	}
	for _, q := range s.Sequences {
		out["sequence "+q.Ref().String()] = q
	}
	for _, r := range s.Roles {
		out["role "+r.Name] = r
	}
	for _, v := range s.Views {
		out["view "+v.Ref().String()] = v
	}
	for _, p := range s.Policies {
		out["policy "+p.On+"."+p.Name] = p
	}
	for _, t := range s.Tables {
		of := t.Ref().String() + "."
		for _, c := range t.Columns {
			out["column "+of+c.Name] = c
		}
		for _, i := range t.Indexes {
			out["index "+of+i.Name] = i
		}
		for _, f := range t.ForeignKeys {
			out["foreign key "+of+f.Name] = f
		}
		for _, k := range t.PrimaryKeys {
			out["primary key "+of+k.Name] = k
		}
		for _, u := range t.Uniques {
			out["unique constraint "+of+u.Name] = u
		}
		for _, c := range t.Checks {
			out["check "+of+c.Name] = c
		}
		for _, p := range t.Policies {
			out["policy "+of+p.Name] = p
		}
		out["table "+t.Ref().String()] = t.RLS
	}
	return out
}

// apart returns the objects that two schemas have not alike.
func apart(a, b *schema.Schema) map[string]bool {
	x, y, out := objects(a), objects(b), map[string]bool{}
	for o := range x {
		out[o] = !reflect.DeepEqual(x[o], y[o])
	}
	for o := range y {
		out[o] = !reflect.DeepEqual(x[o], y[o])
	}
	return out
}

// leftOut reports whether the merge has not all of the branch's migrations.
func (c *collided) leftOut(theirs *ending) bool {
	return slices.ContainsFunc(c.plan.Moves, func(m resolve.Move) bool {
		return m.Fate != resolve.Same && m.Fate != resolve.Gone && !theirs.hasName(m.From.Tag)
	})
}

// ending is what a migrations folder ends in at some commit.
type ending struct {
	tags   []string
	schema *schema.Schema // nil where the last migration has no snapshot
}

func (f *folder) ending(ctx context.Context, commit string) (*ending, error) {
	files, err := f.filesAt(ctx, commit)
	if err != nil {
		return nil, err
	}
	lines, err := resolve.ReadLines(files, files, files, f.blobs)
	if err != nil {
		return nil, err
	}
	e := &ending{}
	for _, m := range lines.Local.Migrations {
		e.tags = append(e.tags, m.Entry.Tag)
	}
	if n := len(e.tags); n > 0 {
		if lines.Local.Migrations[n-1].HasSnapshot() {
			e.schema, err = lines.Local.Schema()
		}
	}
	return e, err
}

// hasName reports whether a migration is there, under whatever number.
func (e *ending) hasName(tag string) bool {
	_, name, _ := strings.Cut(tag, "_")
	return slices.ContainsFunc(e.tags, func(t string) bool { return strings.HasSuffix(t, "_"+name) })
}

// equalSchemas compares two schemas whatever the order of their objects.
func equalSchemas(a, b *schema.Schema) bool {
	if schema.Equal(a, b) {
		return true
	}
	d, err := diff.Compute(a, b, diff.CreateAll)
	return err == nil && d.Empty()
}

// sequel looks for what came after a merge.
type sequel struct {
	*folder
	children map[string][]string // by first parent, of commits that are no merges, and of merges
	merges   map[string]bool
}

// mostSequels is how many migrations made after a merge are looked at for what
// the merge left out.
const mostSequels = 4

// each visits the commits after a merge, on the same branch, that added a
// migration by themselves, with how the folder ends there, until enough says so.
func (s *sequel) each(ctx context.Context, merged string, before *ending, enough func(commit string, after *ending) bool) error {
	if err := s.read(ctx); err != nil {
		return err
	}
	known, err := s.journalAt(merged)
	if err != nil {
		return err
	}
	queue, seen, found := []string{merged}, map[string]bool{merged: true, known: true}, 0
	for len(queue) > 0 && len(seen) < 500 && found < mostSequels {
		commit := queue[0]
		queue = queue[1:]
		now, err := s.journalAt(commit)
		if err != nil {
			return err
		}
		if !seen[now] && now != "" && !s.merges[commit] {
			seen[now] = true
			after, err := s.ending(ctx, commit)
			if err == nil && after.schema != nil && slices.ContainsFunc(after.tags, func(tag string) bool { return !before.hasName(tag) }) {
				if found++; enough(commit, after) {
					return nil
				}
			}
		}
		for _, child := range s.children[commit] {
			if !seen[child] {
				seen[child] = true
				queue = append(queue, child)
			}
		}
	}
	return nil
}

// read reads the repository's commits, once.
func (s *sequel) read(ctx context.Context) error {
	if s.children != nil {
		return nil
	}
	s.children, s.merges = map[string][]string{}, map[string]bool{}
	out, err := s.git(ctx, "rev-list", "--all", "--parents")
	if err != nil {
		return err
	}
	for line := range strings.Lines(out) {
		ids := strings.Fields(line)
		if len(ids) > 1 {
			s.children[ids[1]] = append(s.children[ids[1]], ids[0])
			s.merges[ids[0]] = len(ids) > 2
		}
	}
	return nil
}
