package merge

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/schema/schematest"
)

// settledOrder is a schema in one order, to compare regardless of it. The
// values of an enum keep theirs.
func settledOrder(s *schema.Schema) *schema.Schema {
	out := s.Clone()
	for i := range out.Tables {
		out.Tables[i] = sorted(&out.Tables[i])
	}
	slices.Sort(out.Schemas)
	out.Enums = byName(out.Enums, func(e *schema.Enum) string { return e.Ref().String() })
	out.Sequences = byName(out.Sequences, func(s *schema.Sequence) string { return s.Ref().String() })
	out.Roles = byName(out.Roles, func(r *schema.Role) string { return r.Name })
	out.Tables = byName(out.Tables, func(t *schema.Table) string { return t.Ref().String() })
	out.Policies = byName(out.Policies, func(p *schema.LinkedPolicy) string { return p.On + p.Name })
	out.Views = byName(out.Views, func(v *schema.View) string { return v.Ref().String() })
	return out.Clone()
}

// TestLaws: what holds of every join, on random schemas and edits.
func TestLaws(t *testing.T) {
	commuted := 0
	for seed := range uint64(400) {
		g := schematest.New(seed, "r")
		up := g.Pair()
		base, upstream := up.From, up.To
		local := g.Edit(base).To
		same := func(law string, want, got *schema.Schema) {
			t.Helper()
			if diff := cmp.Diff(settledOrder(want), settledOrder(got)); diff != "" {
				t.Fatalf("seed %d: %s:\n%s", seed, law, diff)
			}
		}
		same("one side alone is that side", upstream, Schemas(base, upstream, base, nil).Schema)
		same("the other side alone is the other side", local, Schemas(base, base, local, nil).Schema)
		same("both alike are one", upstream, Schemas(base, upstream, upstream, nil).Schema)
		joined, turned := Schemas(base, upstream, local, nil), Schemas(base, local, upstream, nil)
		// One disagreement can hide another, so only whether there are any counts.
		if a, b := len(joined.Open), len(turned.Open); (a == 0) != (b == 0) {
			t.Fatalf("seed %d: %d disagreements, %d the other way round:\n%+v\n%+v", seed, a, b, joined.Open, turned.Open)
		}
		if len(joined.Open) > 0 || bothAdded(base, upstream, local) {
			continue
		}
		commuted++
		same("the order does not matter", joined.Schema, turned.Schema)
	}
	if commuted < 100 {
		t.Errorf("only %d of 400 pairs of edits agree: the edits are not what this test needs", commuted)
	}
}

// bothAdded says whether both sides added values to one enum: their order is
// upstream's first.
func bothAdded(base, upstream, local *schema.Schema) bool {
	for _, e := range base.Enums {
		u, l := find(upstream.Enums, e.Ref().Object(schema.KindEnum)), find(local.Enums, e.Ref().Object(schema.KindEnum))
		if u != nil && l != nil && strings.Join(u.Values, "\x00") != strings.Join(l.Values, "\x00") {
			return true
		}
	}
	return false
}
