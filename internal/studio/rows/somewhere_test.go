package rows

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"
)

// TestPlaces goes into the middle of small tables, where the place is exact, in
// orders of every sort.
func TestPlaces(t *testing.T) {
	p := open(t, many+"ANALYZE")
	first := true
	for _, table := range []string{"keyed", "pair", "uniquely", "parted", "parent", "kept"} {
		for _, sort := range [][]Sort{nil, {{Column: "number"}, {Column: "Size", Desc: true}}, {{Column: "text", Desc: true}}, {{Column: "float", NullsFirst: &first}}} {
			ask := Request{Ref: Ref{"public", table}, Filters: []Filter{}, Sort: sort, Limit: 7}
			if sort == nil && (table == "kept") { // by their places, which blocks tell
				continue
			}
			want := wanted(t, p, ask)
			for _, share := range []float64{0.001, 0.25, 0.5, 0.99} {
				ask.At = share
				page := mustRead(t, p, ask)
				var got []string
				for _, row := range page.Rows {
					got = append(got, line(row))
				}
				begin := int(share * float64(len(want)))
				if !slices.Equal(got, want[begin:min(len(want), begin+7)]) {
					t.Errorf("%s by %+v at %v: got %q\nwant %q", table, sort, share, got, want[begin:min(len(want), begin+7)])
				}
				// From there it goes on in both directions.
				if begin > 0 {
					before := mustRead(t, p, Request{Ref: ask.Ref, Filters: ask.Filters, Sort: sort, Before: *page.First, Limit: 1})
					if len(before.Rows) != 1 || line(before.Rows[0]) != want[begin-1] {
						t.Errorf("%s by %+v in front of %v: %+v", table, sort, share, before.Rows)
					}
				}
			}
		}
	}
	for name, ask := range map[string]Request{
		"a view":   {Ref: Ref{"public", "seen"}, At: 0.5, Limit: 1},
		"too far":  {Ref: Ref{"public", "keyed"}, At: 1, Limit: 1},
		"two ways": {Ref: Ref{"public", "keyed"}, At: 0.5, End: true, Limit: 1},
	} {
		if _, err := read(t, p, ask); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// TestPlacesOfLargeTables goes into the middle of tables that are not read whole
// for it: in the order in which they are stored, in any other, and without one.
// Of the partitions nobody knows how many rows they have, so few are looked at.
func TestPlacesOfLargeTables(t *testing.T) {
	const rows = 20_000
	p := open(t, fmt.Sprintf(`
CREATE UNLOGGED TABLE large (id int, other int, filler text);
ALTER TABLE large ALTER filler SET STORAGE PLAIN;
INSERT INTO large SELECT n, (n * 7919::bigint) %% %[1]d, repeat('x', 900) FROM generate_series(0, %[1]d - 1) n;
CREATE UNLOGGED TABLE placed (LIKE large);
INSERT INTO placed TABLE large; -- not CREATE TABLE AS, which since PostgreSQL 16 leaves empty blocks at the end
ALTER TABLE large ADD PRIMARY KEY (id);
CREATE TABLE parted (id int PRIMARY KEY, other int, filler text) PARTITION BY RANGE (id);
CREATE UNLOGGED TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (%[1]d / 10);
CREATE UNLOGGED TABLE parted_2 PARTITION OF parted FOR VALUES FROM (%[1]d / 10) TO (%[1]d);
INSERT INTO parted SELECT n, (n * 7919::bigint) %% %[1]d, repeat('x', 900) FROM generate_series(0, %[1]d - 1) n;
ANALYZE large; ANALYZE placed`, rows))
	for _, c := range []struct {
		table string
		sort  []Sort
		near  float64
	}{
		{"large", nil, 0.002}, {"large", []Sort{{Column: "id", Desc: true}}, 0.002}, {"large", []Sort{{Column: "other"}}, 0.03},
		{"placed", nil, 0.002}, {"parted", nil, 0.3}, {"parted", []Sort{{Column: "other"}}, 0.3},
	} {
		for _, share := range []float64{0.1, 0.5, 0.9} {
			page := mustRead(t, p, Request{Ref: Ref{"public", c.table}, Filters: []Filter{}, Sort: c.sort, At: share, Limit: 1, Columns: []string{"id", "other"}})
			at := 0
			if len(c.sort) > 0 && c.sort[0].Column == "other" {
				at = 1
			}
			value, _ := strconv.Atoi(*page.Rows[0][at].Text)
			got := float64(value) / rows
			if len(c.sort) > 0 && c.sort[0].Desc {
				got = 1 - got
			}
			if math.Abs(got-share) > c.near {
				t.Errorf("%s by %+v at %v: came to %v", c.table, c.sort, share, got)
			}
		}
	}
	few := "1"
	if _, err := read(t, p, Request{Ref: Ref{"public", "large"}, Filters: []Filter{{Column: "other", Op: "eq", Value: &few}}, At: 0.5, Limit: 1}); err == nil {
		t.Error("of too few rows a middle was told")
	}
}
