package resolve

import (
	"context"
	"slices"

	"github.com/skein-db/skein/internal/merge"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// Problem is what a person has to settle before two histories can be one.
// Exactly one of its kinds is set.
type Problem struct {
	Migration string // the tag of the local migration
	// Disagreement is between the schemas.
	Disagreement *merge.Disagreement
	// Statement was written by hand and uses Uses, which the other side, By,
	// dropped or renamed.
	Statement string
	Uses      schema.Object
	By        merge.Side
	// In is upstream's migration that Statement is in; "" for a local one.
	In string
	// Edited is a generated statement that somebody changed by hand, and that
	// would have to be another one now.
	Edited string
	// Landed says that the local side changed or removed a migration that
	// upstream has.
	Landed bool
}

// Object returns what --take names to settle the problem.
func (p *Problem) Object() schema.Object {
	if p.Disagreement != nil {
		return p.Disagreement.Object
	}
	return p.Uses
}

// Choices are the sides that --take can settle the problem with; none where the
// migration itself has to be changed. Of a statement that uses what the other
// side dropped only the drop can be taken: it cannot be had back.
func (p *Problem) Choices() []merge.Side {
	switch {
	case p.Disagreement != nil:
		return []merge.Side{merge.Upstream, merge.Local}
	case p.Statement != "":
		return []merge.Side{p.By}
	}
	return nil
}

// landed finds that the local side changed or removed what upstream has. Where
// it only gave it another number, upstream's is taken.
func (p *planner) landed() {
	for i := range p.Base.Migrations {
		m := &p.Base.Migrations[i]
		if p.Upstream.find(m) == nil {
			continue
		}
		mine := p.Local.find(m)
		if mine == nil && m.sqlID != "" && p.Local.files[m.Entry.Tag+".sql"] == m.sqlID {
			continue // an earlier merge lost its entry; upstream's journal has it
		}
		switch {
		case mine != nil && mine.sqlID == m.sqlID:
		case mine == nil && p.Keep:
			p.plan.Moves = append(p.plan.Moves, Move{Fate: Stays, From: m.Entry, To: m.Entry, OldSQL: m.SQL, SQL: m.SQL})
		default:
			p.plan.Problems = append(p.plan.Problems, Problem{Migration: m.Entry.Tag, Landed: true})
		}
	}
}

// edited finds generated statements that somebody changed by hand and that
// cannot stay: they cannot be exchanged blindly. One that is not in the file in
// any form, and that nothing asks for now, is nobody's concern.
func (p *planner) edited(m *Migration, f *file, now []generated) {
	for _, g := range f.missing() {
		if !slices.ContainsFunc(now, func(o generated) bool { return o.plain == g.plain }) && f.resembles(g) {
			p.plan.Problems = append(p.plan.Problems, Problem{Migration: m.Entry.Tag, Edited: g.sql})
		}
	}
}

// unknown finds statements written by hand that use what the other side
// dropped or renamed: no schema knows of them. Only what has one of those names
// is looked at closely.
func (p *planner) unknown(ctx context.Context, m *Migration, r *reading) error {
	gone := namesLost(r.before, p.plan.Schema)
	for i := range r.statements {
		s := &r.statements[i]
		if r.generated[i] >= 0 {
			continue
		}
		done, err := p.done(ctx, s)
		if err != nil {
			return err
		}
		if done {
			r.without[i] = true
			continue
		}
		used, ok, err := lost(ctx, s, gone, r.before, p.plan.Schema, r.after)
		if err != nil {
			return err
		}
		if ok {
			r.without[i] = p.problem(Problem{Migration: m.Entry.Tag, Statement: s.Text, Uses: used, By: merge.Upstream})
		}
	}
	gone = namesLost(r.before, r.after)
	if len(gone) == 0 {
		return nil
	}
	for i := range p.added() {
		s := &p.theirs[i]
		used, ok, err := lost(ctx, &s.Statement, gone, r.before, r.after, p.upstream)
		if err != nil {
			return err
		}
		if ok {
			p.problem(Problem{Migration: m.Entry.Tag, Statement: s.Text, Uses: used, By: merge.Local, In: s.tag})
		}
	}
	return nil
}

// done reports whether upstream has a statement word for word that must not run
// twice, or need not: one that changes rows, or makes, changes or removes
// something. What is for the session, such as SET and COMMIT, is for each file.
func (p *planner) done(ctx context.Context, s *sqltree.Statement) (bool, error) {
	plain, last := sqltext.Plain(s.Text), -1
	for i := range p.added() {
		if p.theirs[i].plain == plain {
			last = i
		}
	}
	if last < 0 {
		return false, nil
	}
	switch word := append(sqltext.Keywords(s.Text, 1), "")[0]; word {
	case "INSERT", "UPDATE", "DELETE":
		return true, nil
	case "CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE":
		names := sqltext.Names(s.Text)
		return !slices.ContainsFunc(p.theirs[last+1:], func(u upstreamStatement) bool { return u.undoes(word, names) }), nil
	case "WITH":
		if err := parse(ctx, s); err != nil {
			return false, err
		}
		switch s.Node.(type) {
		case *sqltree.Insert, *sqltree.Update, *sqltree.Delete:
			return true, nil
		}
	}
	return false, nil
}

// problem adds one, unless a person has settled it: then it returns true.
func (p *planner) problem(found Problem) (settled bool) {
	d := merge.Disagreement{Object: found.Uses, Uses: &found.Uses, DroppedBy: found.By}
	if p.Take != nil {
		if side, ok := p.Take(d); ok && side == found.By {
			p.plan.Settled = append(p.plan.Settled, d)
			return true
		}
	}
	p.plan.Problems = append(p.plan.Problems, found)
	return false
}

// lost returns a table or column that a statement about rows uses, that was in
// had and is neither in has nor made on the statement's own side. gone are the
// names of what had has and has has not: a statement without any is not parsed.
func lost(ctx context.Context, s *sqltree.Statement, gone []string, had, has, own *schema.Schema) (schema.Object, bool, error) {
	if !mentions(s.Text, gone) {
		return schema.Object{}, false, nil
	}
	if err := parse(ctx, s); err != nil {
		return schema.Object{}, false, err
	}
	o, ok := lostIn(s, had, has, own)
	return o, ok, nil
}

func lostIn(s *sqltree.Statement, had, has, own *schema.Schema) (schema.Object, bool) {
	for _, inner := range s.Body {
		if o, ok := lostIn(&inner, had, has, own); ok {
			return o, true
		}
	}
	if !aboutRows(s.Node) {
		return schema.Object{}, false
	}
	for _, use := range s.Uses.Tables {
		ref := refOf(use.Name)
		if had.Table(ref) != nil && has.Table(ref) == nil && own.Table(ref) != nil {
			return ref.Object(schema.KindTable), true
		}
	}
	for _, c := range s.Uses.Columns {
		if ref, ok := columnLost(s, c, had, has, own); ok {
			return ref.Column(c.Name), true
		}
	}
	return schema.Object{}, false
}

// aboutRows says whether a statement reads or writes rows. DDL is told by the
// schemas.
func aboutRows(n sqltree.Node) bool {
	switch n := n.(type) {
	case *sqltree.Insert, *sqltree.Update, *sqltree.Delete, *sqltree.Select, *sqltree.CreateView, *sqltree.CreateFunction:
		return true
	case *sqltree.CreateTable:
		return n.AsQuery
	}
	return false
}

// columnLost finds the table of a column among those that the statement uses.
// A column that any of them still has may be that one.
func columnLost(s *sqltree.Statement, c sqltree.ColumnUse, had, has, own *schema.Schema) (schema.Ref, bool) {
	var gone schema.Ref
	for _, use := range s.Uses.Tables {
		ref := refOf(use.Name)
		if c.Qualifier != "" && c.Qualifier != use.Alias && c.Qualifier != use.Name.Name && c.Qualifier != use.Name.String() {
			continue
		}
		was, is, mine := had.Table(ref), has.Table(ref), own.Table(ref)
		if is != nil && is.Column(c.Name) != nil {
			return schema.Ref{}, false
		}
		if was != nil && was.Column(c.Name) != nil && mine != nil && mine.Column(c.Name) != nil {
			gone = ref
		}
	}
	return gone, gone != schema.Ref{}
}

// Theirs returns the tag of upstream's migration that a problem is with: the
// last that did something to the object; "" where none is found.
func (p *Problem) Theirs(l *Lines) string {
	if p.In != "" {
		return p.In
	}
	if p.Landed || p.Edited != "" {
		return ""
	}
	objects := []schema.Object{p.Object()}
	if d := p.Disagreement; d != nil && d.Uses != nil {
		objects = append(objects, *d.Uses)
	}
	for i := len(l.Upstream.Migrations) - 1; i >= 0; i-- {
		m := &l.Upstream.Migrations[i]
		if m.snapshot == nil || l.Base.find(m) != nil {
			continue
		}
		before, err := l.Upstream.last(i).schema()
		if err != nil {
			continue // a snapshot on the way that cannot be read names nobody
		}
		after, err := m.snapshot.schema()
		if err != nil {
			continue
		}
		for _, t := range merge.Schemas(before, after, before, nil).Touched {
			if slices.ContainsFunc(objects, func(o schema.Object) bool { return within(o, t.Object) }) {
				return m.Entry.Tag
			}
		}
	}
	return ""
}

// within reports whether an object is another one or a part of it.
func within(o, whole schema.Object) bool {
	return o == whole || o.Part() && o.Table() == whole
}
