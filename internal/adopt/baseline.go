package adopt

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/schema"
)

// Fit is how a database stands to the first N migrations of a history.
type Fit struct {
	N           int
	Snapshot    string // the file that it was compared with, "" for none
	Differences []replay.Difference
	// Own are further differences from the snapshot that the migrations
	// themselves make: the database is as they leave it.
	Own []replay.Difference
}

// Database is the one to be adopted.
type Database struct {
	Conn *pgx.Conn
	// Reading says what of it belongs to the history.
	Reading catalog.Options
	// Options are for the throwaway server, which has to be of the version of
	// the database's.
	Options replay.Options
}

// Compare compares the database with the snapshot after the first n
// migrations, in PostgreSQL's own words.
func (d *Database) Compare(ctx context.Context, h *history.History, n int) (*Fit, error) {
	return d.compare(ctx, h, []int{n})
}

// mostBuilt bounds how many snapshots Search builds.
const mostBuilt = 12

// Search finds the longest prefix of the history that the database fits, of at
// least least migrations; where none fits, the one with the fewest differences.
// Which prefixes come near is seen by names; only those are built.
func (d *Database) Search(ctx context.Context, h *history.History, least int) (*Fit, error) {
	live, err := catalog.Read(ctx, d.Conn, d.Reading)
	if err != nil {
		return nil, err
	}
	near, err := nearest(h, namesOf(live), least)
	if err != nil {
		return nil, err
	}
	if len(near) > 0 && near[0] == 0 {
		return &Fit{}, nil
	}
	return d.compare(ctx, h, near[:min(len(near), mostBuilt)])
}

// patience is for how many snapshots in a row the search goes on although they
// come no nearer.
const patience = 40

// nearest returns the prefixes whose names differ least from the database's,
// the longest first. Prefixes that end in the same schema are one, the longest.
func nearest(h *history.History, live names, least int) ([]int, error) {
	best, since := -1, 0
	var found []int
	var last *schema.Schema
	for n := len(h.Migrations); n >= least && since < patience; n-- {
		s, _, err := SchemaAfter(h, n)
		if err != nil {
			return nil, err
		}
		if last != nil && schema.Equal(last, s) {
			continue
		}
		last = s
		switch d := distance(namesOf(s), live); {
		case best < 0 || d < best:
			best, since, found = d, 0, []int{n}
		case d == best:
			since, found = 0, append(found, n)
		default:
			since++
		}
	}
	return found, nil
}

// compare compares with several prefixes, on one server, and returns the first
// that fits, or the one with the fewest differences.
func (d *Database) compare(ctx context.Context, h *history.History, prefixes []int) (*Fit, error) {
	want, _, err := SchemaAfter(h, prefixes[0])
	if err != nil {
		return nil, err
	}
	stage, err := replay.Open(ctx, h.Migrations[:prefixes[0]], want, d.Options)
	if err != nil {
		return nil, err
	}
	defer stage.Close()
	var best *Fit
	for _, n := range prefixes {
		fit, err := d.fit(ctx, stage, h, n)
		if err != nil {
			return nil, err
		}
		if best == nil || len(fit.Differences) < len(best.Differences) {
			best = fit
		}
		if len(fit.Differences) == 0 {
			return fit, nil
		}
	}
	return best, d.explain(ctx, stage, h, best)
}

// explain runs the migrations of the prefix. A database that was made by them,
// and not by push, differs from the snapshot wherever they do; that is no
// reason to refuse it.
func (d *Database) explain(ctx context.Context, stage *replay.Stage, h *history.History, fit *Fit) error {
	for _, m := range h.Migrations[:fit.N] {
		if !m.HasSQL {
			return nil
		}
	}
	failure, err := stage.Forward(ctx, fit.N)
	if err != nil || failure != nil {
		return err
	}
	made, err := stage.Read(ctx)
	if err != nil {
		return err
	}
	want, _, err := SchemaAfter(h, fit.N)
	if err != nil {
		return err
	}
	live, err := d.read(ctx, want)
	if err != nil {
		return err
	}
	type object struct{ kind, name string }
	unlike := map[object]bool{}
	for _, one := range replay.Compare(live, &made.Schema, &made.Schema) {
		unlike[object{one.Kind, one.Object}] = true
	}
	all := fit.Differences
	fit.Differences = nil
	for _, one := range all {
		if unlike[object{one.Kind, one.Object}] {
			fit.Differences = append(fit.Differences, one)
		} else {
			fit.Own = append(fit.Own, one)
		}
	}
	return nil
}

// read reads the database for a comparison with a schema.
func (d *Database) read(ctx context.Context, want *schema.Schema) (*schema.Schema, error) {
	return catalog.Read(ctx, d.Conn, d.Reading.Against(want))
}

func (d *Database) fit(ctx context.Context, stage *replay.Stage, h *history.History, n int) (*Fit, error) {
	want, file, err := SchemaAfter(h, n)
	if err != nil {
		return nil, err
	}
	live, err := d.read(ctx, want)
	if err != nil {
		return nil, err
	}
	built, refused, err := stage.Build(ctx, want, live)
	if err != nil {
		return nil, err
	}
	if refused != nil {
		return nil, unbuildable(file, refused)
	}
	return &Fit{N: n, Snapshot: file, Differences: replay.Compare(live, built, want)}, nil
}

func unbuildable(file string, refused error) error {
	e := &diag.Error{Kind: diag.Refused, File: file, Message: "the snapshot cannot be compared with: " + refused.Error(), Err: refused,
		Hint: "`skein check --replay` tells more; nothing was changed"}
	return e
}
