package settle

import (
	"context"
	"testing"

	"github.com/skein-db/skein/internal/resolve"
)

// TestOntoAndThen puts a branch behind upstream before they meet, and then lets
// them meet: without a conflict, or with one that is resolved as any other.
func TestOntoAndThen(t *testing.T) {
	ctx := context.Background()
	for _, way := range []string{"merge", "rebase"} {
		for _, relation := range []string{"disjoint", "same"} {
			t.Run(way+" "+relation, func(t *testing.T) {
				p := newProject(t)
				p.Git("switch", "--quiet", "--create", "mine")
				p.migration("mine", column("users", "c", "text"), `UPDATE "users" SET "c" = 'x';`)
				p.migration("more", column("users", "d", "text"))
				p.Git("switch", "--quiet", "main")
				if relation == "same" {
					p.migration("theirs", column("users", "c", "text"))
				} else {
					p.migration("theirs", column("posts", "c", "text"))
				}
				p.migration("theirs too", column("posts", "e", "text"))
				p.Git("switch", "--quiet", "mine")
				c, err := Find(ctx, Request{Dir: p.dir(), Wish: resolve.Wish{Onto: "main"}})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := c.Apply(ctx); err != nil {
					t.Fatal(err)
				}
				sound(t, p)
				made := p.Git("write-tree", "--prefix=drizzle/")
				p.Git("commit", "--quiet", "-m", "behind upstream")
				if way == "merge" {
					_, err = p.Try("merge", "--quiet", "--no-edit", "main")
				} else {
					_, err = p.Try("rebase", "--quiet", "main")
				}
				if err != nil {
					p.resolveAll(t, Request{Dir: p.dir()})
				}
				sound(t, p)
				// A snapshot can be written in another order; sound has looked at it.
				if got := p.Git("diff-tree", "-r", "--name-status", made, "HEAD:drizzle", "--", "*.sql", "meta/_journal.json"); got != "" {
					t.Errorf("not what --onto made:\n%s", got)
				}
				if names := p.Git("ls-tree", "-r", "--name-only", made); p.Git("ls-tree", "-r", "--name-only", "HEAD:drizzle") != names {
					t.Errorf("want the files\n%s", names)
				}
				if left := p.Git("status", "--porcelain"); left != "" {
					t.Error(left)
				}
			})
		}
	}
}
