package diff_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/schema/schematest"
	"github.com/skein-db/skein/internal/sqltext"
)

// TestCompatDepartsWhereItMust runs what Compat writes for random pairs of
// schemas. Where drizzle-kit's text would do the same, it is that text.
// SKEIN_PAIRS says how many, SKEIN_PAIRS_SEED where to start.
func TestCompatDepartsWhereItMust(t *testing.T) {
	t.Parallel()
	db := open(t)
	first, n := envInt("SKEIN_PAIRS_SEED", 1), envInt("SKEIN_PAIRS", 25)
	departed := 0
	for seed := first; seed < first+n; seed++ {
		p := schematest.New(uint64(seed), fmt.Sprintf("skein_%d_d_", os.Getpid())).Pair()
		ask := func() diff.Resolver {
			return diff.ResolverFunc(func(q diff.Question) (diff.Answer, error) {
				for _, c := range q.Candidates {
					if c.Name == p.Origin(q.Created.Name) {
						return diff.Answer{Rename: true, From: c}, nil
					}
				}
				return diff.Answer{}, nil
			})
		}
		from := text(t, diff.Correct, empty, p.From, diff.CreateAll)
		exact := text(t, diff.Exact, p.From, p.To, ask())
		r, err := diff.ComputeIn(diff.Compat, p.From, p.To, ask())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(strings.Join(r.Notes, "\n"), "--sql=correct") {
			continue // what is left out may be missed by what follows
		}
		compat := sqltext.Join(r.Statements(), true)
		got, _, err := db.run("", schematest.OutsideSQL, from, compat)
		if err != nil && strings.Contains(err.Error(), "unsafe use of new value") {
			continue // this is a transaction
		}
		if err != nil {
			t.Errorf("pair %d: %v\nfrom\n%s\ncompat\n%s\nexact\n%s", seed, err, from, compat, exact)
			continue
		}
		if exact == compat {
			continue
		}
		departed++
		if kit, _, err := db.run("", schematest.OutsideSQL, from, exact); err == nil && cmp.Equal(kit, got) {
			t.Errorf("pair %d: drizzle-kit's text does the same\nfrom\n%s\ncompat\n%s\nexact\n%s", seed, from, compat, exact)
		}
	}
	t.Logf("%d pairs, %d departures", n, departed)
}

func envInt(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}
