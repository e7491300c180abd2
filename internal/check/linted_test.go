package check

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/filefacts"
)

// TestSQLIsLookedAtOnce: what is known of a text is not found again, and the
// findings are the same; a text that changed is looked at.
func TestSQLIsLookedAtOnce(t *testing.T) {
	f := sound(t)
	f.write("0001_two.sql", "UPDATE later SET a = 1;\nCREATE TABLE later (a int);")
	f.write("0002_three.sql", "DROP TABLE users CASCADE;")
	cache := t.TempDir()
	look := func() (*Report, *facts) {
		t.Helper()
		in := Input{Dir: f.dir, LintAll: true, Known: filefacts.Open(cache, f.dir)}
		looked, err := gather(context.Background(), in)
		f.must(err)
		report, err := Examine(context.Background(), in)
		f.must(err)
		return report, looked
	}
	parsed := func(looked *facts) (n int) {
		for _, s := range looked.statements {
			if s != nil {
				n++
			}
		}
		return n
	}
	first, looked := look()
	if parsed(looked) != 3 || first.Errors < 2 {
		t.Fatalf("%d parsed, %+v", parsed(looked), first)
	}
	again, looked := look()
	if n := parsed(looked); n != 0 {
		t.Errorf("%d texts are parsed again", n)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
	f.write("0002_three.sql", "SELECT 1;")
	changed, looked := look()
	if n := parsed(looked); n != 1 || changed.Errors >= first.Errors {
		t.Errorf("%d parsed, %d errors after %d", n, changed.Errors, first.Errors)
	}
}

// TestLandedSQLIsLeftAlone: nobody may mend what has landed, so that it is
// looked at only where all is asked for.
func TestLandedSQLIsLeftAlone(t *testing.T) {
	folder := sound(t)
	folder.write("0001_two.sql", "UPDATE later SET a = 1;\nCREATE TABLE later (a int);")
	for _, c := range []struct {
		all    bool
		landed map[string]bool
		want   int
	}{
		{false, nil, 1},
		{false, map[string]bool{"0000_one": true, "0001_two": true}, 0},
		{true, map[string]bool{"0000_one": true, "0001_two": true}, 1},
	} {
		f, err := gather(context.Background(), Input{Dir: folder.dir})
		folder.must(err)
		f.landed, f.in.LintAll = c.landed, c.all
		folder.must(f.lookAtSQL(context.Background()))
		if got := len(sqlSound(f)); got != c.want {
			t.Errorf("%+v: %d findings", c, got)
		}
	}
}
