package settle

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/check"
	"github.com/skein-db/skein/internal/gitrepo"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// meeting is how two branches come together.
type meeting struct {
	ways, sizes, kinds, relations string
}

// TestMeetings makes real repositories in which two branches meet in every way,
// with every kind of migration, in every relation. Each ends in a sound history,
// or stops with nothing changed. A part of them is tried unless SKEIN_MEETINGS is
// all.
func TestMeetings(t *testing.T) {
	n := 0
	for _, way := range []string{"merge", "rebase", "rebase of 3", "pick", "clean merge", "behind"} {
		for _, size := range []string{"one", "several"} {
			for _, kind := range []string{"ddl", "data", "custom", "mixed"} {
				for _, relation := range []string{"disjoint", "identical", "same table", "disagreement"} {
					n++
					if os.Getenv("SKEIN_MEETINGS") != "all" && n%11 != 3 && !(way == "rebase of 3" && kind == "ddl" && relation == "identical") {
						continue
					}
					m := meeting{way, size, kind, relation}
					t.Run(strings.Join([]string{way, size, kind, relation}, "/"), func(t *testing.T) { m.try(t) })
				}
			}
		}
	}
}

// edits are what a side does to the schema, by the relation between the two.
func (m meeting) edit(side string, i int) func(*schema.Schema) {
	switch m.relations {
	case "disjoint":
		return column(map[string]string{"upstream": "posts", "local": "users"}[side], fmt.Sprint("c", i), "text")
	case "identical":
		return column("users", fmt.Sprint("c", i), "text")
	case "disagreement":
		return column("users", fmt.Sprint("c", i), map[string]string{"upstream": "integer", "local": "text"}[side])
	}
	return column("users", fmt.Sprint(side, i), "text")
}

func (m meeting) write(p *project, side string, i int) {
	kind := m.kinds
	if kind == "mixed" {
		kind = []string{"data", "custom", "ddl"}[i%3]
	}
	name := fmt.Sprint(side, i)
	switch {
	case kind == "custom" && m.relations == "disagreement" && side == "upstream":
		// No schema says that a statement uses what is gone.
		p.migration(name, func(s *schema.Schema) {
			t := s.Table(schema.Ref{Schema: "public", Name: "users"})
			t.Columns = slices.DeleteFunc(t.Columns, func(c schema.Column) bool { return c.Name == "email" })
		})
	case kind == "custom":
		p.migration(name, nil, `UPDATE "users" SET "email" = 'x';`)
	case kind == "data":
		p.migration(name, m.edit(side, i), `UPDATE "posts" SET "id" = 1;`)
	default:
		p.migration(name, m.edit(side, i))
	}
}

func (m meeting) try(t *testing.T) {
	p := newProject(t)
	mine, theirs := 1, 1
	if m.sizes == "several" {
		theirs, mine = 2, 2
	}
	if m.ways == "rebase of 3" {
		mine = 3
	}
	p.Git("switch", "--quiet", "--create", "mine")
	for i := range mine {
		m.write(p, "local", i)
	}
	p.Git("switch", "--quiet", "main")
	for i := range theirs {
		m.write(p, "upstream", i)
	}
	r := Request{Dir: p.dir()}
	m.meet(p, &r)
	ctx := context.Background()
	for {
		before := p.state()
		c, err := Find(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Plan.Problems) > 0 {
			if m.relations != "disagreement" {
				t.Fatalf("%+v", c.Plan.Problems)
			}
			if p.state() != before {
				t.Error("something changed")
			}
			return
		}
		if _, err := c.Apply(ctx); err != nil {
			t.Fatal(err)
		}
		sound(t, p)
		if m.ways == "behind" {
			break
		}
		after, err := c.Continue(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if after == Broken {
			r.Wish = resolve.Wish{Onto: c.Onto()}
			continue
		}
		if after == Ended {
			break
		}
	}
	if m.relations == "disagreement" {
		t.Error("nobody was asked")
	}
	sound(t, p)
	if left := p.Git("status", "--porcelain"); left != "" && m.ways != "behind" {
		t.Errorf("left over:\n%s", left)
	}
}

// meet brings the branches together as far as git goes.
func (m meeting) meet(p *project, r *Request) {
	p.Git("switch", "--quiet", "mine")
	switch m.ways {
	case "merge":
		p.try("merge", "--quiet", "main")
	case "clean merge":
		p.try("merge", "--quiet", "--no-edit", "-X", "ours", "main")
	case "rebase", "rebase of 3":
		p.try("rebase", "--quiet", "main")
	case "pick":
		p.Git("switch", "--quiet", "main")
		p.try("cherry-pick", "main..mine")
	case "behind":
		r.Wish = resolve.Wish{Onto: "main"}
	}
}

// sound holds a history against the rules, and against what they do not say.
func sound(t *testing.T, p *project) {
	t.Helper()
	report, err := check.Examine(context.Background(), check.Input{Dir: p.dir()})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		t.Errorf("%+v", f)
	}
	parent, when := snapshot.OriginID, int64(0)
	h := p.open()
	for i, m := range h.Migrations {
		s, err := h.Snapshot(i)
		if err != nil {
			t.Fatal(err)
		}
		if m.Entry.Idx != i || m.Entry.When <= when || s.PrevID != parent || !strings.HasPrefix(m.Entry.Tag, fmt.Sprintf("%04d_", i)) {
			t.Errorf("entry %d: %+v, parent %s", i, m.Entry, s.PrevID)
		}
		parent, when = s.ID, m.Entry.When
	}
	repo, err := gitrepo.Find(context.Background(), p.dir())
	if err != nil {
		t.Fatal(err)
	}
	if left, err := repo.Unmerged(context.Background()); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}
