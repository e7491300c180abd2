package settle

import (
	"context"
	"os"
	"testing"
)

// TestEditedLater rebases a branch whose later commits change, and make anew,
// migrations of earlier ones.
func TestEditedLater(t *testing.T) {
	p := newProject(t)
	p.Git("switch", "--quiet", "--create", "mine")
	p.migration("age", column("users", "age", "integer"))
	// Another commit mends it by hand.
	p.Write("drizzle/0001_age.sql", `ALTER TABLE "users" ADD COLUMN "age" integer;
--> statement-breakpoint
UPDATE "users" SET "age" = 7;`)
	p.Commit("fill age")
	// The next throws it away and generates it anew, under another name.
	p.Git("rm", "--quiet", "drizzle/0001_age.sql", "drizzle/meta/0001_snapshot.json")
	p.Git("checkout", "--quiet", "main", "--", "drizzle/meta/_journal.json")
	p.migration("years", column("users", "years", "integer"))
	p.migration("more", column("users", "more", "text"))
	p.Git("switch", "--quiet", "main")
	p.migration("title", column("posts", "title", "text"))
	p.Git("switch", "--quiet", "mine")
	p.try("rebase", "--quiet", "main")
	ctx := context.Background()
	for {
		c, err := Find(ctx, Request{Dir: p.dir()})
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Plan.Problems) > 0 {
			t.Fatalf("commit %d: %+v", c.Place.Step, c.Plan.Problems)
		}
		if _, err := c.Apply(ctx); err != nil {
			t.Fatal(err)
		}
		sound(t, p)
		if c.Place.Step == 2 {
			text, err := os.ReadFile(p.Path("drizzle/0002_age.sql"))
			if want := p.Git("show", "ORIG_HEAD~2:drizzle/0001_age.sql"); err != nil || string(text) != want {
				t.Errorf("%v: %s", err, text)
			}
		}
		after, err := c.Continue(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if after == Ended {
			break
		}
	}
	sound(t, p)
	if got := p.Git("log", "--format=%s", "--reverse", "main.."); got != "age\nfill age\nyears\nmore" {
		t.Error(got)
	}
	if got := p.Git("ls-files", "drizzle/*.sql"); got != "drizzle/0000_init.sql\ndrizzle/0001_title.sql\ndrizzle/0002_years.sql\ndrizzle/0003_more.sql" {
		t.Error(got)
	}
}
