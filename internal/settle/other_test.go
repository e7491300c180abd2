package settle

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/schema"
)

// TestRevert takes commits back whose migrations have landed: they stay, and what
// undoes them is for generate.
func TestRevert(t *testing.T) {
	ctx := context.Background()
	p := newProject(t)
	p.Write("src/one.ts", "one")
	p.migration("one", column("users", "one", "text"))
	p.migration("two", column("users", "two", "text"))
	before := p.Git("rev-parse", "HEAD:drizzle")
	// The schema files are without the column again.
	last, err := p.open().LastSnapshot()
	if err != nil {
		t.Fatal(err)
	}
	declared := last.Schema.Clone()
	users := declared.Table(schema.Ref{Schema: "public", Name: "users"})
	users.Columns = append(users.Columns[:2], users.Columns[3:]...)
	files := func(context.Context) (*schema.Schema, error) { return declared, nil }
	p.try("revert", "--no-edit", "HEAD^")
	c, err := Find(ctx, Request{Dir: p.dir(), Schema: files})
	if err != nil {
		t.Fatal(err)
	}
	if moves := c.Plan.Moves; len(c.Plan.Problems) > 0 || len(moves) != 1 || moves[0].Fate != resolve.Stays || moves[0].From.Tag != "0001_one" {
		t.Fatalf("%+v", c.Plan)
	}
	if _, err := c.Apply(ctx); err != nil {
		t.Fatal(err)
	}
	sound(t, p)
	if c.Schema != Different {
		t.Fatal(c.Schema)
	}
	if got := c.Differs.Statements(); len(got) != 1 || got[0] != `ALTER TABLE "users" DROP COLUMN "one";` {
		t.Errorf("%q", got)
	}
	if after, err := c.Continue(ctx); err != nil || after != Ended {
		t.Fatal(after, err)
	}
	if got := p.Git("rev-parse", "HEAD:drizzle"); got != before {
		t.Error("the migrations are others")
	}
	if got := p.Git("log", "-1", "--format=%s", "--name-status"); got != "Revert \"one\"\n\nD\tsrc/one.ts" {
		t.Error(got)
	}
	// To revert that is to have it again, which touches no migration.
	p.Git("revert", "--no-edit", "HEAD")
	sound(t, p)
}

// TestStash pops a stash with migrations onto an upstream that has others.
func TestStash(t *testing.T) {
	ctx := context.Background()
	for name, put := range map[string]func(p *project){
		"staged":    func(p *project) { p.Git("add", "--all"); p.Git("stash", "push", "--quiet") },
		"untracked": func(p *project) { p.Git("stash", "push", "--quiet", "--include-untracked") },
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			p.Git("switch", "--quiet", "--create", "mine")
			p.migration("mine", column("users", "one", "text"), "UPDATE users SET one = 'x';")
			p.migration("more", nil, "UPDATE users SET one = 'y';")
			p.Git("reset", "--quiet", "--mixed", "HEAD~2")
			put(p)
			p.Git("switch", "--quiet", "main")
			p.migration("theirs", column("users", "two", "text"))
			p.try("stash", "pop")
			before := p.state()
			c, err := Find(ctx, Request{Dir: p.dir()})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Apply(ctx); err != nil {
				t.Fatal(err)
			}
			sound(t, p)
			text, err := os.ReadFile(p.Path("drizzle/0002_mine.sql"))
			if err != nil || !strings.Contains(string(text), "UPDATE users SET one = 'x';") {
				t.Errorf("%s, %v", text, err)
			}
			if got := p.Git("status", "--porcelain"); strings.Contains(got, "??") || strings.Contains(got, "U") {
				t.Error(got)
			}
			if next, err := c.Next(ctx); err != nil || next != nil {
				t.Error(next, err)
			}
			if done, err := Abort(ctx, p.dir()); !done || err != nil || p.state() != before {
				t.Error(done, err)
			}
		})
	}
}
