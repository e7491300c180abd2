package settle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// part makes the branch mine, and a migration on either side; mine is switched to.
func (p *project) part() {
	p.Git("switch", "--quiet", "--create", "mine")
	p.migration("age", column("users", "age", "integer"))
	p.Git("switch", "--quiet", "main")
	p.migration("title", column("posts", "title", "text"))
	p.Git("switch", "--quiet", "mine")
}

// collide makes a merge that git gave up: two migrations on either side.
func collide(t *testing.T) *project {
	p := newProject(t)
	p.Git("switch", "--quiet", "--create", "mine")
	p.migration("age", column("users", "age", "integer"), `UPDATE "users" SET "age" = 1;`)
	p.migration("fill", nil, `UPDATE "users" SET "age" = 2;`)
	p.Git("switch", "--quiet", "main")
	p.migration("title", column("posts", "title", "text"))
	p.migration("body", column("posts", "body", "text"))
	p.Git("switch", "--quiet", "mine")
	p.try("merge", "--quiet", "main")
	return p
}

// TestKilledAtEveryStep kills a resolve at each of its steps; then either
// takes it back, or runs it again.
func TestKilledAtEveryStep(t *testing.T) {
	p := collide(t)
	ctx := context.Background()
	before := p.state()
	request := Request{Dir: p.dir()}
	if _, err := apply(ctx, request); err != nil {
		t.Fatal(err)
	}
	after := p.state()
	back := func() {
		t.Helper()
		if _, err := Abort(ctx, p.dir()); err != nil {
			t.Fatal(err)
		}
		if p.state() != before {
			t.Fatal("not as before")
		}
	}
	back()
	var steps []string
	for n := 1; ; n++ {
		at, err := p.killed(n)
		if err == nil {
			break
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.String() != "signal: killed" {
			t.Fatal(at, err)
		}
		steps = append(steps, at)
		back()
		if _, err := p.killed(n); err == nil {
			t.Fatal("it was not killed again")
		}
		if _, err := apply(ctx, request); err != nil {
			t.Fatalf("after %s: %v", at, err)
		}
		if p.state() != after {
			t.Fatalf("after %s it is not what it is without", at)
		}
		back()
	}
	if got := strings.Join(steps, " "); got != "keep write stage prove generate done" {
		t.Errorf("killed at: %s", got)
	}
	// Its taking back can be killed too.
	if _, err := p.killed(4); err == nil {
		t.Fatal("it was not killed")
	}
	if at, err := p.killed(1); err == nil || at != "put back" {
		t.Fatal(at, err)
	}
	back()
}

func (p *project) killed(n int) (at string, err error) {
	program, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "SKEIN_TEST_RESOLVE="+p.dir(), fmt.Sprint("SKEIN_TEST_KILL=", n))
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

func apply(ctx context.Context, r Request) (*Outcome, error) {
	c, err := Find(ctx, r)
	if err != nil {
		return nil, err
	}
	return c.Apply(ctx)
}

// TestInterrupted ends a resolve at each of its steps as Ctrl-C does: it takes
// back what it began by itself.
func TestInterrupted(t *testing.T) {
	p := collide(t)
	before := p.state()
	t.Cleanup(func() { step = func(string) {} })
	for _, at := range []string{"keep", "write", "stage", "prove", "generate"} {
		ctx, cancel := context.WithCancel(context.Background())
		step = func(name string) {
			if name == at {
				cancel()
			}
		}
		_, err := apply(ctx, Request{Dir: p.dir()})
		step = func(string) {}
		cancel()
		if err == nil { // there was nothing left to wait for
			if _, err := Abort(context.Background(), p.dir()); err != nil {
				t.Fatal(at, err)
			}
		}
		if p.state() != before {
			t.Fatalf("interrupted at %s it is not as before", at)
		}
	}
}

// TestWorkedOnSince holds that what a person did after a resolve is not lost.
func TestWorkedOnSince(t *testing.T) {
	p := collide(t)
	ctx := context.Background()
	if _, err := apply(ctx, Request{Dir: p.dir()}); err != nil {
		t.Fatal(err)
	}
	p.Write("drizzle/0003_age.sql", "SELECT 1;")
	was := p.state()
	if _, err := Abort(ctx, p.dir()); err == nil || !strings.Contains(err.Error(), "0003_age.sql: the file has been worked on since") {
		t.Fatal(err)
	}
	if p.state() != was {
		t.Error("something was put back")
	}
}

// TestOneAtATime holds that two do not write at once.
func TestOneAtATime(t *testing.T) {
	p := collide(t)
	ctx := context.Background()
	c, err := Find(ctx, Request{Dir: p.dir()})
	if err != nil {
		t.Fatal(err)
	}
	var second error
	step = func(name string) {
		if name == "write" {
			_, second = apply(ctx, Request{Dir: p.dir()})
		}
	}
	t.Cleanup(func() { step = func(string) {} })
	if _, err := c.Apply(ctx); err != nil {
		t.Fatal(err)
	}
	if second == nil || !strings.Contains(second.Error(), "another skein resolve is at work") {
		t.Error(second)
	}
}

// TestPutBackWhenUnsound holds that an outcome that the rules object to does
// not stay.
func TestPutBackWhenUnsound(t *testing.T) {
	p := collide(t)
	before := p.state()
	step = func(name string) {
		if name == "prove" {
			if err := os.Remove(p.Path("drizzle/0004_fill.sql")); err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(func() { step = func(string) {} })
	_, err := apply(context.Background(), Request{Dir: p.dir()})
	if err == nil || !strings.Contains(err.Error(), "not sound, so everything was put back\nentry 0004_fill has no SQL file") {
		t.Fatal(err)
	}
	if p.state() != before {
		t.Error("not as before")
	}
}

// TestResolvedByHand leaves alone what a person has joined, also where upstream
// had faults of its own before.
func TestResolvedByHand(t *testing.T) {
	p := newProject(t)
	p.Write("drizzle/0000_left_over.sql", "SELECT 1;") // no entry names it
	p.Commit("a fault")
	p.part()
	p.try("merge", "--quiet", "main")
	p.Git("rm", "--quiet", "--force", "drizzle/0001_age.sql")
	p.Git("checkout", "--quiet", "--theirs", "drizzle/meta")
	p.Git("add", "--all")
	before := p.state()
	c, err := Find(context.Background(), Request{Dir: p.dir()})
	if err != nil {
		t.Fatal(err)
	}
	if !c.Settled {
		t.Errorf("%+v", c.Plan)
	}
	if _, err := c.Apply(context.Background()); err != nil {
		t.Fatal(err)
	}
	if p.state() != before {
		t.Error("something changed")
	}
}
