package replay

import (
	"context"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// introduction is the migration that brought a difference in: the first after
// which the database and its snapshot differ there. Where migrations before it
// have no snapshot, from is the first that may be it instead.
type introduction struct {
	tag, from string
	lo, hi    int // numbers of migrations before and after
}

// introduced finds the migration behind each difference. In the beginning
// there is no difference, at the end there is; halving the way between finds a
// migration that brings it in. Each step clones the database of the nearest
// step before it and runs only what is between, and differences that lie on
// the same side share their steps. Migrations whose SQL names the object are
// tried first; without them a difference takes log2 of the history's length.
func (p *prover) introduced(ctx context.Context, v *views, rows []pairing) (map[key]introduction, error) {
	known := p.knownFacts()
	found := map[key]introduction{}
	var open []pairing
	for _, r := range rows {
		if i, is := known.holds(r.key); is {
			found[r.key] = i
		} else {
			open = append(open, r)
		}
	}
	if len(open) == 0 {
		return found, nil
	}
	b := &bisection{prover: p, views: v, found: found, built: map[string]*schema.Schema{}, useless: map[int]bool{}}
	start, err := p.create(ctx)
	if err != nil {
		return nil, err
	}
	defer start.close()
	if err := b.search(ctx, 0, start, len(p.history.Migrations), open); err != nil {
		return nil, err
	}
	known.keep(found)
	return found, nil
}

type bisection struct {
	*prover
	views   *views
	found   map[key]introduction
	built   map[string]*schema.Schema // by the wanted schema
	useless map[int]bool              // numbers of migrations whose snapshot says nothing
}

// search finds where between two numbers of migrations the differences come
// in: none of them is there after lo, which base is the database of, and all
// are after hi.
func (b *bisection) search(ctx context.Context, lo int, base *database, hi int, rows []pairing) error {
	for {
		if len(rows) == 0 {
			return nil
		}
		mid := b.between(lo, hi, rows)
		if mid == 0 {
			b.conclude(lo, hi, rows)
			return nil
		}
		b.options.Progress("looking for where the snapshot went wrong: " + b.history.Migrations[mid-1].Entry.Tag)
		work, err := b.clone(ctx, base)
		if err != nil {
			return err
		}
		if failure, err := b.apply(ctx, work, lo, mid); err != nil {
			return err
		} else if failure != nil { // ran a moment ago: the history does not do the same every time
			b.conclude(lo, hi, rows)
			return b.drop(ctx, work)
		}
		there, err := b.differing(ctx, work, mid, rows)
		if err != nil {
			return err
		}
		if there != nil {
			var before, after []pairing
			for _, r := range rows {
				if there[r.key] {
					before = append(before, r)
				} else {
					after = append(after, r)
				}
			}
			if err := b.search(ctx, mid, work, hi, after); err != nil {
				return err
			}
			hi, rows = mid, before
		}
		if err := b.drop(ctx, work); err != nil {
			return err
		}
	}
}

// between returns a number of migrations after which there is a snapshot to
// compare with; 0 where there is none. It is the middle one of those around
// migrations that name an object looked for, else of all.
func (b *bisection) between(lo, hi int, rows []pairing) int {
	var all, named []int
	for n := lo + 1; n < hi; n++ {
		m, next := b.history.Migrations[n-1], b.history.Migrations[n]
		if !m.HasSnapshot || m.SnapshotFile == next.SnapshotFile || b.useless[n] {
			continue
		}
		all = append(all, n)
		if names(m.SQL, rows) || names(next.SQL, rows) {
			named = append(named, n)
		}
	}
	switch {
	case len(named) > 0:
		return named[len(named)/2]
	case len(all) > 0:
		return all[len(all)/2]
	}
	return 0
}

// names says whether SQL has the name of one of the objects in it.
func names(sql string, rows []pairing) bool {
	return slices.ContainsFunc(rows, func(p pairing) bool {
		return strings.Contains(sql, p.Object[strings.LastIndexByte(p.Object, '.')+1:])
	})
}

func (b *bisection) conclude(lo, hi int, rows []pairing) {
	i := introduction{tag: b.history.Migrations[hi-1].Entry.Tag, lo: lo, hi: hi}
	if hi-lo > 1 {
		i.from = b.history.Migrations[lo].Entry.Tag
	}
	for _, r := range rows {
		b.found[r.key] = i
	}
}

// differing says which of the differences are there after n migrations; nil
// where the snapshot there cannot be compared with.
func (b *bisection) differing(ctx context.Context, d *database, n int, rows []pairing) (map[key]bool, error) {
	snap, err := b.history.Snapshot(n - 1)
	if err != nil {
		b.useless[n] = true // package check says what is wrong with it
		return nil, nil
	}
	live, err := b.read(ctx, d, b.reading())
	if err != nil {
		return nil, err
	}
	want := concerned(&snap.Schema, rows)
	memo := string(digestible(want))
	built := b.built[memo]
	if built == nil {
		var refused error
		built, refused, err = b.buildWith(ctx, b.views.state, want, &snap.Schema)
		if err != nil {
			return nil, err
		}
		if refused != nil {
			b.useless[n] = true
			return nil, nil
		}
		b.built[memo] = built
	}
	there := map[key]bool{}
	for _, p := range compare(&live.Schema, built, want) {
		there[p.key] = true
	}
	return there, nil
}

// concerned is a schema without the tables that no difference is about; to
// build those would take most of the time. A view may need any table.
func concerned(s *schema.Schema, rows []pairing) *schema.Schema {
	out := s.Clone()
	if slices.ContainsFunc(rows, func(p pairing) bool { return p.Kind == "view" }) {
		return out
	}
	out.Views = nil
	out.Tables = slices.DeleteFunc(out.Tables, func(t schema.Table) bool {
		return !slices.ContainsFunc(rows, func(p pairing) bool { return p.table == t.Ref() })
	})
	return out
}
