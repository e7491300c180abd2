package settle

import (
	"context"
	"fmt"
	"testing"
)

// TestGoneOnByHand rebases four commits onto an upstream that does what one of
// them does, and goes on with git's own command. Git finds no conflict in some of
// those that follow, because the numbers happen to be free. It stops at blocked,
// if at all, for another reason.
func TestGoneOnByHand(t *testing.T) {
	for _, at := range []struct{ gone, blocked int }{{0, -1}, {2, -1}, {0, 2}, {0, 3}, {1, 3}} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			ctx := context.Background()
			p := newProject(t)
			p.Git("switch", "--quiet", "--create", "mine")
			for i := range 4 {
				p.Write(fmt.Sprint("src/", i, ".ts"), "export {}\n")
				p.migration(fmt.Sprint("mine", i), column("users", fmt.Sprint("c", i), "text"))
			}
			p.Git("switch", "--quiet", "main")
			p.Write(fmt.Sprint("src/", at.blocked, ".ts"), "export const theirs = 1\n")
			p.migration("theirs", column("users", fmt.Sprint("c", at.gone), "text"))
			p.Git("switch", "--quiet", "mine")
			_, stopped := p.Try("rebase", "main")
			for range 5 {
				if stopped == nil {
					break
				}
				if _, err := apply(ctx, Request{Dir: p.dir()}); err != nil {
					t.Fatal(err)
				}
				p.Git("add", "src")
				sound(t, p)
				_, stopped = p.Try("-c", "core.editor=:", "rebase", "--continue")
			}
			if stopped != nil {
				t.Fatal("it does not end")
			}
			r, err := FindRebased(ctx, Request{Dir: p.dir()})
			if err != nil {
				t.Fatal(err)
			}
			if (r != nil) != (at.blocked != 3) {
				t.Fatalf("%+v", r)
			}
			if r != nil {
				if err := r.Apply(ctx); err != nil {
					t.Fatal(err)
				}
			}
			p.eachWhole(t, "main", "mine", "mine0\nmine1\nmine2\nmine3")
			if again, err := FindRebased(ctx, Request{Dir: p.dir()}); again != nil || err != nil {
				t.Errorf("%+v, %v", again, err)
			}
		})
	}
}
