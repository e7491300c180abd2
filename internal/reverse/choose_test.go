package reverse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/snapshot"
)

// reportOf has entries named a, b, c, … in these states.
func reportOf(states ...migrate.State) *migrate.Report {
	r := &migrate.Report{}
	for i, s := range states {
		tag := fmt.Sprintf("%04d_%c", i, 'a'+i)
		r.Entries = append(r.Entries, migrate.Entry{State: s, Migration: history.Migration{
			Entry: snapshot.Entry{Idx: i, Tag: tag, When: int64(i)}, File: "drizzle/" + tag + ".sql",
		}})
	}
	return r
}

func TestChoose(t *testing.T) {
	const a, p, s, e = migrate.StateApplied, migrate.StatePending, migrate.StateSkipped, migrate.StateEdited
	for _, c := range []struct {
		name   string
		states []migrate.State
		n      int
		to     string
		want   []int
		err    string
	}{
		{"the last one", []migrate.State{a, a, a}, 1, "", []int{2}, ""},
		{"behind it something is pending", []migrate.State{a, a, p, p}, 2, "", []int{1, 0}, ""},
		{"to a tag", []migrate.State{a, a, a, p}, 0, "0000_a", []int{2, 1}, ""},
		{"to the last one", []migrate.State{a, a}, 0, "0001_b", nil, ""},
		{"more than there are", []migrate.State{a, p}, 2, "", nil, "only 1 of the migrations are applied"},
		{"an edited one in between", []migrate.State{a, e, a}, 2, "", nil, "drizzle/0001_b.sql: 0001_b was edited after it was applied"},
		{"an edited one before does not matter", []migrate.State{e, a, a}, 2, "", []int{2, 1}, ""},
		{"a skipped one in between", []migrate.State{a, s, a}, 2, "", nil, "0001_b is not applied, and is older than one that is to be taken out"},
		{"a pending one in between", []migrate.State{a, p, a}, 2, "", nil, "0001_b is not applied"},
		{"a skipped one before does not matter", []migrate.State{s, a}, 1, "", []int{1}, ""},
		{"to one that is not applied", []migrate.State{a, p}, 0, "0001_b", nil, "0001_b is not applied, so there is no way back to it"},
		{"to one that is not there", []migrate.State{a}, 0, "0000_b", nil, "the journal has no migration 0000_b\nhint: did you mean 0000_a?"},
	} {
		got, err := Choose(reportOf(c.states...), c.n)
		if c.to != "" {
			got, err = ChooseTo(reportOf(c.states...), c.to)
		}
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", c.name, err, diff)
		}
	}
}
