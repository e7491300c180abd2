package reverse

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/skein-db/skein/internal/adopt"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

// Step is the way back over one migration.
type Step struct {
	Entry     int // its place in the history
	Migration history.Migration
	SQL       string // "" where the snapshots on both sides are the same
	Changes   []diff.Change
	// Losses are what the way back does to rows that are there.
	Losses []Loss
	// Stays are statements of the migration of which the way back knows nothing.
	Stays []adopt.Statement
	// Empty are tables and columns that the migration dropped: they come back
	// without what was in them.
	Empty []string
	// Fails says of what the way back does that it depends on the rows.
	Fails []string

	before, after *schema.Schema
}

// Compute returns the way back over the migrations at these places, in this
// order. It reads their snapshots. A migration that has none, or follows one
// that has none, is an error of kind Refused.
func Compute(h *history.History, places []int) ([]Step, error) {
	var steps []Step
	for _, i := range places {
		s, err := compute(h, i)
		if err != nil {
			return nil, err
		}
		steps = append(steps, *s)
	}
	return steps, nil
}

func compute(h *history.History, i int) (*Step, error) {
	m := h.Migrations[i]
	s := &Step{Entry: i, Migration: m, Stays: adopt.Unheld(m), before: &schema.Schema{}}
	after, err := own(h, i)
	if err != nil {
		return nil, err
	}
	s.after = &after.Schema
	begin := snapshot.OriginID
	if i > 0 {
		before, err := own(h, i-1)
		if err != nil {
			return nil, err
		}
		s.before, begin = &before.Schema, before.ID
	}
	if after.PrevID != begin {
		return nil, &diag.Error{Kind: diag.Refused, File: m.SnapshotFile,
			Message: "the snapshot does not follow the one before it, so what " + m.Entry.Tag + " did cannot be told from them",
			Hint:    "`skein check` tells how to mend the chain; nothing was run"}
	}
	back, err := diff.ComputeIn(diff.Correct, s.after, s.before, resolve.Backwards(m.SQL))
	if err != nil {
		return nil, err
	}
	s.Changes, s.SQL = back.Changes, sqltext.Join(back.Statements(), true)
	for _, e := range diff.Effects(back, s.after, s.before) {
		switch e.Kind {
		case diff.DataLost, diff.DataChanged:
			s.Losses = append(s.Losses, Loss{Object: e.Object, Message: e.Message, Kind: e.Kind, place: placeOf(back.Changes, e.Object), Rows: -1})
		case diff.CanFail:
			s.Fails = append(s.Fails, e.Object+": "+e.Message)
		}
	}
	s.Empty = s.empty()
	return s, nil
}

// own reads the snapshot of the i-th migration.
func own(h *history.History, i int) (*snapshot.Snapshot, error) {
	m := h.Migrations[i]
	if !adopt.HasOwn(h, i) {
		return nil, &diag.Error{Kind: diag.Refused, File: m.SnapshotFile,
			Message: fmt.Sprintf("there is no snapshot of %s, so the way back cannot be computed", m.Entry.Tag),
			Hint:    "write a new migration that undoes what is wrong (`skein generate`); nothing was run"}
	}
	return h.Snapshot(i)
}

// empty lists what appears again on the way back.
func (s *Step) empty() []string {
	var out []string
	for _, c := range s.Changes {
		switch new := c.New.(type) {
		case *schema.Table:
			if c.Kind == diff.CreateTable {
				out = append(out, "table "+c.Object)
			}
		case *schema.Column:
			if c.Kind == diff.AddColumn && new.Generated == nil {
				out = append(out, "column "+c.Object)
			}
		}
	}
	return out
}

// placeOf is the table, and perhaps the column of it, that a change with this
// object is about.
func placeOf(changes []diff.Change, object string) place {
	at := slices.IndexFunc(changes, func(c diff.Change) bool {
		return c.Object == object && (c.Kind == diff.DropTable || c.Kind == diff.DropColumn || c.Kind == diff.SetColumnType || c.Kind == diff.DropView)
	})
	if at < 0 {
		return place{}
	}
	switch old := changes[at].Old.(type) {
	case *schema.Table:
		return place{table: old.Ref()}
	case *schema.View:
		return place{table: old.Ref()}
	case *schema.Column:
		return place{table: cmp.Or(changes[at].Table, schema.Ref{}), column: old.Name}
	}
	return place{table: changes[at].Table}
}
