package main

import (
	"bytes"
	"context"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// collision writes a repository whose main line and branch both went on from one
// migration. first, theirs and mine are SQL of the three; "" is what is right.
func collision(t *testing.T, first, theirs, mine string) *story {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not here")
	}
	or := func(sql, right string) string {
		if sql == "" {
			return right
		}
		return sql
	}
	p := &story{t: t, dir: t.TempDir(), prev: snapshot.OriginID}
	p.git("init", "-q", "-b", "main")
	id := schema.Column{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true}
	users := schema.Table{Schema: schema.Public, Name: "users", Columns: []schema.Column{id}}
	p.write("client.gen.ts", "of the start\n")
	p.migrate("0000_start", users, or(first, `CREATE TABLE "users" ("id" integer PRIMARY KEY NOT NULL);`))
	start, journal := p.prev, *p.journal
	p.git("branch", "topic")
	with := func(name string) schema.Table {
		return schema.Table{Schema: schema.Public, Name: "users", Columns: []schema.Column{id, {Name: name, Type: "text"}}}
	}
	p.write("client.gen.ts", "of main\n")
	p.migrate("0001_theirs", with("theirs"), or(theirs, `ALTER TABLE "users" ADD COLUMN "theirs" text;`))
	p.git("checkout", "-q", "topic")
	p.prev, p.journal = start, &journal
	p.write("client.gen.ts", "of the branch\n")
	p.migrate("0001_mine", with("mine"), or(mine, `ALTER TABLE "users" ADD COLUMN "mine" text;`))
	p.git("checkout", "-q", "main")
	return p
}

// walked is what walk prints of a repository.
func walked(t *testing.T, p *story, flags ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(context.Background(), append(append([]string{"-collisions", "-v"}, flags...), p.dir), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestProofsOfCollisions holds that old scars of a side are told from what a plan
// would be to blame for.
func TestProofsOfCollisions(t *testing.T) {
	pgtest.Server(t) // fails or skips with the reason where there is no PostgreSQL
	for _, c := range []struct {
		name, first, theirs, mine string
		want                      proof
	}{
		{name: "sound", want: proved},
		{name: "the start made more than its snapshot says", first: `CREATE TABLE "users" ("id" integer PRIMARY KEY NOT NULL, "more" text);`, want: scarred},
		{name: "upstream forgot its column", theirs: "SELECT 1;", want: scarred},
		{name: "the branch forgot its column", mine: "SELECT 1;", want: twofold},
		{name: "the start does not run", first: `CREATE TABLE "users" ("id" nonsense);`, want: behind},
		{name: "upstream does not run", theirs: "SELECT nonsense;", want: behind},
		{name: "the branch does not run", mine: "SELECT nonsense;", want: notRun},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := walked(t, collision(t, c.first, c.theirs, c.mine), "-replay", "9")
			if !strings.Contains(got, "| "+string(c.want)+" | 1 |") {
				t.Errorf("want %s\ngot %s", c.want, got)
			}
		})
	}
}

// TestFaultOfAPlan holds that a plan which does not do what it says is found out.
func TestFaultOfAPlan(t *testing.T) {
	pgtest.Server(t)
	ctx := context.Background()
	p := collision(t, "", "", "")
	r, err := openRepo(ctx, p.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	f := &folder{repo: r, path: "drizzle"}
	w := &walker{log: io.Discard}
	for _, lost := range []string{"SELECT 1;", "SELECT nonsense;"} {
		found, err := w.collisionsIn(ctx, f)
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		c := found[0]
		c.plan.Moves[0].SQL = lost
		said, why, err := w.prove(ctx, f, c)
		if err != nil || said != worse {
			t.Errorf("%s: %s %s %v", lost, said, why, err)
		}
		j, err := w.join(ctx, f, c)
		if err != nil || j.said != amiss {
			t.Errorf("%s: %v %v", lost, j, err)
		}
	}
}

// TestJoinedInAWorkTree has git join what collides, the three ways that people
// have for it, with a client that a command makes.
func TestJoinedInAWorkTree(t *testing.T) {
	for _, c := range []struct {
		name  string
		merge []string // by people; nil for none
	}{
		{"a branch that nobody merged", nil},
		{"merged into the main line", []string{"main", "topic"}},
		{"the main line merged into it", []string{"topic", "main"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := collision(t, "", "", "")
			if c.merge != nil {
				p.git("checkout", "-q", c.merge[0])
				p.git("merge", "-q", "--no-commit", "-s", "ours", c.merge[1])
				p.git("commit", "-q", "-m", "joined")
			}
			p.git("checkout", "-q", "main")
			got := walked(t, p, "-merge", "9", "-generated", "client.gen.ts")
			if !strings.Contains(got, "| "+string(withClients)+" | 1 |") || !strings.Contains(got, "of them made by a command: client.gen.ts") {
				t.Errorf("got %s", got)
			}
			if got := walked(t, p, "-merge", "9"); !strings.Contains(got, "| "+string(madeOne)+" | 1 |") {
				t.Errorf("without the client: %s", got)
			}
		})
	}
}

// TestAdjacent takes migrations that landed one after the other apart.
func TestAdjacent(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not here")
	}
	p := &story{t: t, dir: t.TempDir(), prev: snapshot.OriginID}
	p.git("init", "-q", "-b", "main")
	p.write("readme", "")
	p.git("add", ".")
	p.git("commit", "-q", "-m", "start")
	users := schema.Table{Schema: schema.Public, Name: "users", Columns: []schema.Column{{Name: "id", Type: "integer"}}}
	p.migrate("0000_start", users, `CREATE TABLE "users" ("id" integer);`)
	for _, name := range []string{"a", "b"} {
		users.Columns = append(users.Columns, schema.Column{Name: name, Type: "text"})
		p.migrate("000"+string('0'+rune(len(p.journal.Entries)))+"_"+name, users, `ALTER TABLE "users" ADD COLUMN "`+name+`" text;`)
	}
	users.Columns[2].NotNull = true
	p.migrate("0003_c", users, `ALTER TABLE "users" ALTER COLUMN "b" SET NOT NULL;`)
	got := walked(t, p, "-adjacent")
	for _, want := range []string{"| equal to the next snapshot | 1 |", "2 more pairs, of which the second stands on what the first made", "moved 0001_b -> 0002_b"} {
		if !strings.Contains(got, want) {
			t.Errorf("want %s\ngot %s", want, got)
		}
	}
	if name := filepath.Base(p.dir); !strings.Contains(got, "| "+name+" drizzle | 1 | 1 | 0 | 0 | 0 |") {
		t.Errorf("got %s", got)
	}
}

// TestTakenBack holds the change of one schema against what it is taken back to.
func TestTakenBack(t *testing.T) {
	table := func(columns ...string) *schema.Schema {
		t := schema.Table{Schema: schema.Public, Name: "users"}
		for _, name := range columns {
			t.Columns = append(t.Columns, schema.Column{Name: name, Type: "text"})
		}
		return &schema.Schema{Tables: []schema.Table{t}}
	}
	index := func(s *schema.Schema, column string) *schema.Schema {
		s.Tables[0].Indexes = append(s.Tables[0].Indexes, schema.Index{Name: "i", Columns: []schema.IndexColumn{{Expression: column}}})
		return s
	}
	for _, c := range []struct {
		name                 string
		base, from, to, want *schema.Schema // no want: it stands on what is not there
	}{
		{"a column", table("a"), table("a", "b"), table("a", "b", "c"), table("a", "c")},
		{"a column less", table("a", "x"), table("a", "x", "b"), table("a", "b"), table("a")},
		{"an index", table("a"), table("a", "b"), index(table("a", "b"), "a"), index(table("a"), "a")},
		{"an index on what came before", table("a"), table("a", "b"), index(table("a", "b"), "b"), nil},
		{"a column less that came before", table("a"), table("a", "b"), table("a"), nil},
		{"a table that came before", &schema.Schema{}, table("a"), table("a", "b"), nil},
		{"a table", &schema.Schema{}, &schema.Schema{}, table("a"), table("a")},
	} {
		got, ok := takenBack(c.base, c.from, c.to)
		if ok != (c.want != nil) || ok && !schema.Equal(got, c.want) {
			t.Errorf("%s: %v %+v, want %+v", c.name, ok, got, c.want)
		}
	}
}
