package migrate

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/skein-db/skein/internal/history"
)

func TestLeft(t *testing.T) {
	for _, c := range []struct {
		name, old, now string
		left, gone     []string
	}{
		{"the same", "ALTER TABLE a ADD b int;--> statement-breakpoint\nUPDATE a SET b = 1;", "-- tidy\nALTER  TABLE a\nADD b int;\nUPDATE a SET b = 1;", nil, nil},
		{"less", "SELECT 1; SELECT 2;", "SELECT 2;", nil, []string{"SELECT 1;"}},
		{"more", "SELECT 1;", "SELECT 2;--> statement-breakpoint\nSELECT 1;", []string{"SELECT 2;"}, nil},
		{"another", "SELECT 1;", "SELECT 2;", []string{"SELECT 2;"}, []string{"SELECT 1;"}},
		{"twice is not once", "SELECT 1;", "SELECT 1; SELECT 1;", []string{"SELECT 1;"}, nil},
		{"nothing", "-- nothing", "", nil, nil},
	} {
		left, gone := Left(c.old, c.now)
		if diff := cmp.Diff([][]string{c.left, c.gone}, [][]string{trimmed(left), trimmed(gone)}, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func trimmed(all []string) (out []string) {
	for _, s := range all {
		out = append(out, strings.TrimSpace(s))
	}
	return out
}

// resolved is a history in which b, that a database has run, was put behind
// upstream's.
func resolved(sql string) (before, after *history.History) {
	before = historyOf("CREATE TABLE a (id int);", "ALTER TABLE a ADD mine int;")
	after = historyOf("CREATE TABLE a (id int);", "ALTER TABLE a ADD theirs int;", sql)
	after.Migrations[1].Entry.When -= 500
	if mine := &after.Migrations[2]; sql != before.Migrations[1].SQL {
		mine.Entry.Was = before.Migrations[1].Hash()
	}
	return before, after
}

func TestMove(t *testing.T) {
	conn := fresh(t)
	before, after := resolved("ALTER TABLE a ADD mine int;")
	mustUp(t, conn, before)
	if diff := cmp.Diff([]State{StateApplied, StateSkipped, StateMoved}, states(mustStatus(t, conn, after))); diff != "" {
		t.Error(diff)
	}
	done := mustUp(t, conn, after)
	if len(done.Migrations) != 1 || !slices.Equal(done.Moved, []string{"0002_c"}) {
		t.Errorf("%+v", done)
	}
	if diff := cmp.Diff([]State{StateApplied, StateApplied, StateApplied}, states(mustStatus(t, conn, after))); diff != "" {
		t.Error(diff)
	}
	// drizzle's migrator runs what is newer than the newest row.
	if got := value(t, conn, `SELECT max(created_at) FROM drizzle.__drizzle_migrations`); got != "1700000002000" {
		t.Error(got)
	}
	if got := value(t, conn, `SELECT event || ' ' || tag || ' ' || (details->>'wasTime') FROM drizzle.__skein_log WHERE event = 'moved'`); got != "moved 0002_c 1700000001000" {
		t.Error(got)
	}
	if done := mustUp(t, conn, after); len(done.Migrations)+len(done.Moved) != 0 {
		t.Errorf("again: %+v", done)
	}
}

// TestMoveMeanwhile has another runner do it between the plan and the run, and
// somebody change the row.
func TestMoveMeanwhile(t *testing.T) {
	ctx := context.Background()
	conn := fresh(t)
	before, after := resolved("ALTER TABLE a ADD mine int;")
	mustUp(t, conn, before)
	plan := func() *Pending {
		p, err := Plan(ctx, conn, after, Target{})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := plan()
	mustUp(t, conn, after)
	done, err := Apply(ctx, conn, p, Options{})
	if err != nil || len(done.Migrations)+len(done.Moved) != 0 || !slices.Equal(done.ByOthers, []string{"0001_b", "0002_c"}) {
		t.Errorf("%+v, %v", done, err)
	}
	exec := func(sql string) {
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	exec("UPDATE drizzle.__drizzle_migrations SET created_at = 1700000001000 WHERE id = 2")
	p = plan()
	exec("UPDATE drizzle.__drizzle_migrations SET hash = 'x' WHERE id = 2")
	if _, err = Apply(ctx, conn, p, Options{}); err == nil || !strings.Contains(err.Error(), "the database has changed since the plan was made") {
		t.Error(err)
	}
}

func TestRewritten(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name, now string
		known     bool
		says      string // of the error; "" for a move
	}{
		{"words are the same", "-- told anew\nALTER TABLE a ADD mine int;", true, ""},
		{"upstream does it now", "-- nothing is left", true, ""},
		{"another statement", "ALTER TABLE a ADD mine bigint;", true, "ALTER TABLE a ADD mine bigint;"},
		{"git does not know", "ALTER TABLE a ADD mine bigint;", false, "it is not known what that was"},
	} {
		conn := fresh(t)
		before, after := resolved(c.now)
		mustUp(t, conn, before)
		asked := 0
		p, err := PlanWith(ctx, conn, after, Target{}, func(hashes []string) map[string]string {
			asked += len(hashes)
			if !c.known {
				return nil
			}
			return map[string]string{hashes[0]: before.Migrations[1].SQL}
		})
		if asked != 1 {
			t.Errorf("%s: asked for %d texts", c.name, asked)
		}
		if c.says != "" {
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if done, err := Apply(ctx, conn, p, Options{}); err != nil || !slices.Equal(done.Moved, []string{"0002_c"}) {
			t.Errorf("%s: %+v, %v", c.name, done, err)
		}
		if diff := cmp.Diff([]State{StateApplied, StateApplied, StateApplied}, states(mustStatus(t, conn, after))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}
