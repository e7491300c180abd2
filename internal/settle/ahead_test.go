package settle

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/snapshot"
)

// ways are the ways in which a rebase can leave a branch of one migration whose
// history is none: git kept one side, or somebody ended the conflicts so.
var ways = map[string]func(p *project){
	"the entry of upstream lost": func(p *project) { p.Git("rebase", "--quiet", "-X", "theirs", "main") },
	"one number": func(p *project) {
		p.rebased()
		p.Git("mv", "drizzle/0002_mine.sql", "drizzle/0001_mine.sql")
		p.Git("rm", "--quiet", "drizzle/meta/0002_snapshot.json")
		p.Write("drizzle/meta/0001_snapshot.json", p.Git("show", "was:drizzle/meta/0001_snapshot.json"))
		p.entries(func(e []snapshot.Entry) { e[2].Idx, e[2].Tag = 1, "0001_mine" })
	},
	"one parent": func(p *project) {
		p.rebased()
		p.Write("drizzle/meta/0002_snapshot.json", p.Git("show", "was:drizzle/meta/0001_snapshot.json"))
	},
	"an older when": func(p *project) {
		p.rebased()
		p.entries(func(e []snapshot.Entry) { e[2].When = e[1].When - 1 })
	},
	"another order": func(p *project) {
		p.rebased()
		p.entries(func(e []snapshot.Entry) { e[1], e[2] = e[2], e[1] })
	},
	"upstream's renumbered": func(p *project) {
		p.rebased()
		p.Git("mv", "drizzle/0001_theirs.sql", "drizzle/0003_theirs.sql")
		p.Git("mv", "drizzle/0002_mine.sql", "drizzle/0001_mine.sql")
		p.Git("mv", "drizzle/0003_theirs.sql", "drizzle/0002_theirs.sql")
		ours, theirs := p.Git("show", "was:drizzle/meta/0001_snapshot.json"), p.Git("show", "main:drizzle/meta/0001_snapshot.json")
		p.Write("drizzle/meta/0001_snapshot.json", ours)
		p.Write("drizzle/meta/0002_snapshot.json", strings.Replace(theirs, "00000001-0000-4000-8000-000000000001", "00000002-0000-4000-8000-000000000002", 1))
		p.entries(func(e []snapshot.Entry) { e[1].Tag, e[2].Tag = "0001_mine", "0002_theirs" })
	},
}

// rebased puts the branch on main as it should be.
func (p *project) rebased() {
	p.try("rebase", "--quiet", "main")
	p.resolveAll(p.t, Request{Dir: p.dir()})
}

// entries changes the journal by hand.
func (p *project) entries(edit func([]snapshot.Entry)) {
	h := p.open()
	edit(h.Journal.Entries)
	p.Write("drizzle/meta/_journal.json", string(h.Journal.Encode()))
}

// brokenBranch is a branch on top of main that is broken in one of the ways. The
// reflog tells of no rebase, as something else came after it.
func brokenBranch(t *testing.T, way string) *project {
	p := newProject(t)
	p.Git("switch", "--quiet", "--create", "mine")
	p.migration("mine", column("users", "c", "text"), `UPDATE "users" SET "c" = 'x';`)
	p.Git("branch", "was")
	p.Git("switch", "--quiet", "main")
	p.migration("theirs", column("posts", "d", "text"))
	p.Git("switch", "--quiet", "mine")
	ways[way](p)
	p.Git("add", "--all")
	p.Git("commit", "--quiet", "--amend", "--no-edit")
	return p
}

// TestBrokenBranch puts the migrations of a branch that is broken by itself
// behind those of main, which it has.
func TestBrokenBranch(t *testing.T) {
	ctx := context.Background()
	for way := range ways {
		t.Run(way, func(t *testing.T) {
			p := brokenBranch(t, way)
			before := p.state()
			c, err := Find(ctx, Request{Dir: p.dir()})
			if err != nil {
				t.Fatal(err)
			}
			if !c.Place.Ahead || len(c.Broken) == 0 || len(c.Plan.Problems) > 0 {
				t.Fatalf("%+v, %+v, %+v", c.Place, c.Broken, c.Plan.Problems)
			}
			if _, err := c.Apply(ctx); err != nil {
				t.Fatal(err)
			}
			sound(t, p)
			// Upstream's are untouched, and the SQL is what the branch had.
			want := "A\tdrizzle/0002_mine.sql\nA\tdrizzle/meta/0002_snapshot.json\nM\tdrizzle/meta/_journal.json"
			if got := p.Git("diff", "--cached", "--no-renames", "--name-status", "main"); got != want {
				t.Error(got)
			}
			text, err := os.ReadFile(p.Path("drizzle/0002_mine.sql"))
			if err != nil || string(text) != p.Git("show", "was:drizzle/0001_mine.sql") {
				t.Errorf("%v: %s", err, text)
			}
			// Until it is committed it can be done again, and taken back.
			again, err := Find(ctx, Request{Dir: p.dir()})
			if err != nil {
				t.Fatal(err)
			}
			if done, err := Abort(ctx, p.dir()); !done || err != nil || p.state() != before {
				t.Fatal(done, err)
			}
			if _, err := again.Apply(ctx); err != nil {
				t.Fatal(err)
			}
			sound(t, p)
			if _, err := c.Continue(ctx); err != nil {
				t.Fatal(err)
			}
			if got := p.Git("log", "--format=%s", "main.."); got != "mine" {
				t.Error(got)
			}
			if _, err := Find(ctx, Request{Dir: p.dir()}); !errors.Is(err, resolve.ErrNothing) {
				t.Error(err)
			}
		})
	}
}

// TestBrokenBranchAlone has broken branches that cannot be put behind anything
// yet. Nothing is changed, and what to do is said.
func TestBrokenBranchAlone(t *testing.T) {
	for name, c := range map[string]struct {
		make func(p *project)
		says string
	}{
		"no upstream":   {func(p *project) { p.Git("branch", "--move", "main", "trunk") }, "no upstream branch is known"},
		"on upstream":   {func(p *project) { p.Git("branch", "--force", "main") }, "main has all of them"},
		"not committed": {func(p *project) { p.Write("drizzle/0001_theirs.sql", "SELECT 1;\n") }, "changes that are not committed"},
		"upstream ahead": {func(p *project) {
			p.Git("switch", "--quiet", "main")
			p.migration("more", nil)
			p.Git("switch", "--quiet", "mine")
		}, "does not have all of main yet"},
		"by something else": {func(p *project) {
			p.Git("reset", "--quiet", "--hard", "main")
			p.Write("drizzle/0007_left.sql", "SELECT 1;\n")
			p.Commit("left")
		}, "cannot mend it"},
	} {
		t.Run(name, func(t *testing.T) {
			p := brokenBranch(t, "one parent")
			c.make(p)
			before := p.state()
			_, err := Find(context.Background(), Request{Dir: p.dir()})
			var told *diag.Error
			if !errors.As(err, &told) || told.Kind != diag.Refused || !strings.Contains(told.Message, c.says) || told.Detail == "" || told.Hint == "" {
				t.Errorf("%+v", err)
			}
			if p.state() != before {
				t.Error("something changed")
			}
		})
	}
}
