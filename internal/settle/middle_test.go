package settle

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/schema"
)

// TestNothingLeftInTheMiddle rebases three commits onto an upstream that does
// what one of them does. Git finds no conflict in those that follow, because the
// numbers happen to be free, and yet each commit ends whole.
func TestNothingLeftInTheMiddle(t *testing.T) {
	for gone := range 3 {
		t.Run(fmt.Sprint(gone), func(t *testing.T) {
			p := newProject(t)
			p.Git("switch", "--quiet", "--create", "mine")
			for i := range 3 {
				p.Write(fmt.Sprint("src/", i, ".ts"), "export {}\n")
				p.migration(fmt.Sprint("mine", i), column("users", fmt.Sprint("c", i), "text"))
			}
			p.Git("switch", "--quiet", "main")
			p.migration("theirs", column("users", fmt.Sprint("c", gone), "text"))
			p.Git("switch", "--quiet", "mine")
			p.try("rebase", "--quiet", "main")
			p.resolveAll(t, Request{Dir: p.dir()})
			p.eachWhole(t, "main", "mine", "mine0\nmine1\nmine2")
			if got := p.Git("log", "--format=", "--name-only", "main..mine", "--", "src"); len(strings.Fields(got)) != 3 {
				t.Errorf("files of the branch: %s", got)
			}
		})
	}
}

// TestAllGone rebases a branch of which upstream does everything.
func TestAllGone(t *testing.T) {
	p := newProject(t)
	p.Git("switch", "--quiet", "--create", "mine")
	for i := range 3 {
		p.migration(fmt.Sprint("mine", i), column("users", fmt.Sprint("c", i), "text"))
	}
	p.Git("switch", "--quiet", "main")
	p.migration("theirs", func(s *schema.Schema) {
		for i := range 3 {
			column("users", fmt.Sprint("c", i), "text")(s)
		}
	})
	p.Git("switch", "--quiet", "mine")
	p.try("rebase", "--quiet", "main")
	p.resolveAll(t, Request{Dir: p.dir()})
	p.eachWhole(t, "main", "mine", "")
}

// resolveAll resolves one step after the other, as far as git goes on.
func (p *project) resolveAll(t *testing.T, r Request) {
	t.Helper()
	ctx := context.Background()
	for range 20 {
		c, err := Find(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Plan.Problems) > 0 {
			t.Fatalf("%+v", c.Plan.Problems)
		}
		if _, err := c.Apply(ctx); err != nil {
			t.Fatal(err)
		}
		sound(t, p)
		after, err := c.Continue(ctx)
		if err != nil {
			t.Fatal(err)
		}
		switch after {
		case Ended:
			return
		case Broken:
			t.Fatal("commits in between are broken")
		}
	}
	t.Fatal("it does not end")
}

// eachWhole checks every commit of a branch out and holds it to the rules.
func (p *project) eachWhole(t *testing.T, upstream, branch, subjects string) {
	t.Helper()
	if left := p.Git("status", "--porcelain"); left != "" {
		t.Errorf("left over:\n%s", left)
	}
	if got := p.Git("log", "--format=%s", "--reverse", upstream+".."+branch); got != subjects {
		t.Errorf("commits:\n%s\nwant\n%s", got, subjects)
	}
	for _, commit := range strings.Fields(p.Git("rev-list", "--reverse", upstream+".."+branch)) {
		p.Git("checkout", "--quiet", "--detach", commit)
		sound(t, p)
	}
	p.Git("checkout", "--quiet", branch)
}
