package resolve

import (
	"context"
	"slices"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/schema"
)

// reading is a local migration as it is understood.
type reading struct {
	*file
	// before and after are the states that it leads from and to.
	before, after *schema.Schema
	mode          diff.Mode
	answers       *answers
}

// explained says how the reading accounts for the file: everything that the
// differ makes of the two states is there.
func (r *reading) explained() bool { return len(r.missing()) == 0 }

// recognised reports whether any statement is one of the differ's.
func (r *reading) recognised() bool {
	return slices.ContainsFunc(r.generated, func(at int) bool { return at >= 0 })
}

// read recognises what in the i-th local migration was generated, and from which
// of the states that it may start from: the one that explains most of the file.
func (p *planner) read(ctx context.Context, i int) (*reading, error) {
	m := &p.Local.Migrations[i]
	starts, err := p.starts(i)
	if err != nil {
		return nil, err
	}
	told := &answers{ctx: ctx, statements: cut(m.SQL)}
	var best *reading
	for _, before := range starts {
		r, err := m.read(before, told)
		if err != nil {
			return nil, err
		}
		if best == nil || len(r.missing()) < len(best.missing()) {
			best = r
		}
		if best.explained() {
			return best, nil
		}
	}
	return p.older(i, best)
}

// read recognises what in the migration was generated from a state, and in which
// of the differ's modes.
func (m *Migration) read(before *schema.Schema, told *answers) (best *reading, err error) {
	after := before
	if m.snapshot != nil {
		if after, err = m.snapshot.schema(); err != nil {
			return nil, err
		}
	}
	for _, mode := range []diff.Mode{diff.Compat, diff.Correct, diff.Exact} {
		was, err := diff.ComputeIn(mode, before, after, told)
		if err != nil {
			return nil, err
		}
		f := recognise(m.SQL, told.statements, flatten(was))
		if best == nil || len(f.missing()) < len(best.missing()) {
			best = &reading{f, before, after, mode, told}
		}
		if best.explained() {
			break
		}
	}
	return best, nil
}

// older looks further back for what the i-th local migration starts from, where
// its snapshot claims more than its statements do: somebody gave an old snapshot
// a new parent, and an older state explains all of the file. It is not for a
// file in which anything may be a claimed statement that was changed by hand.
func (p *planner) older(i int, best *reading) (*reading, error) {
	if !best.recognised() || slices.ContainsFunc(best.missing(), best.resembles) {
		return best, nil
	}
	for _, m := range slices.Backward(p.Local.Migrations[max(0, i-mostParents):i]) {
		if m.snapshot == nil {
			continue
		}
		before, err := m.snapshot.schema()
		if err != nil {
			continue // an old snapshot that cannot be read is as good as none
		}
		if err := best.answers.ctx.Err(); err != nil {
			return nil, err
		}
		r, err := p.Local.Migrations[i].read(before, best.answers)
		if err != nil {
			return nil, err
		}
		if r.explained() && r.recognised() {
			return r, nil
		}
	}
	return best, nil
}
