package radius

import (
	"cmp"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/sqltree"
)

// draft is a statement of which the sizes are not known yet.
type draft struct {
	Statement
	migration    int
	transaction  int  // which, over the whole plan
	concurrently bool // it waits for everybody who has a snapshot
	fails        bool
	drops        []*Table // of which the rows go
}

// follower goes through a plan, statement by statement.
type follower struct {
	*target
	emptied map[*Table]bool
	drafts  []*draft
}

// follow drafts the statements that are to be run. Afterwards the target's
// state is that at the end of the plan.
func (t *target) follow(p Plan, parsed [][]sqltree.Statement) []*draft {
	f := &follower{target: t, emptied: map[*Table]bool{}}
	transaction := 0
	for i, m := range p.Migrations {
		at := diag.NewCursor(m.SQL)
		for n, stretch := range m.Stretches {
			if transaction == 0 || !p.Whole {
				transaction++
			}
			for j := range parsed[i] {
				s := &parsed[i][j]
				if s.Offset < stretch.Start || n+1 < len(m.Stretches) && s.Offset >= stretch.End || controls(s) {
					continue
				}
				d := f.draft(s)
				d.migration, d.transaction = i, transaction
				d.Line, d.Column = at.To(s.Offset)
				f.drafts = append(f.drafts, d)
				f.apply(s)
			}
		}
	}
	return f.drafts
}

// controls reports whether a statement begins or ends a transaction; the
// runner does that itself.
func controls(s *sqltree.Statement) bool {
	n, ok := s.Node.(*sqltree.Transaction)
	return ok && (n.Kind == "begin" || n.Kind == "start" || n.Kind == "commit")
}

// old returns the table or view of a name if it was there before the plan.
func (t *target) old(name sqltree.Name) *Table {
	if known := t.state.Table(name); known == nil || known.New {
		return nil
	}
	return t.tables[name.In()]
}

func (f *follower) draft(s *sqltree.Statement) *draft {
	e := effect.Of(s, f.state)
	d := &draft{Statement: Statement{SQL: s.Text, Title: title(s), Opaque: e.Opaque}}
	d.concurrently = strings.HasSuffix(e.Outside, "CONCURRENTLY")
	for _, l := range e.Locks {
		if table := f.old(l.Table); table != nil {
			d.Locks = append(d.Locks, Lock{Table: table, Level: l.Level, Maybe: l.Maybe})
		}
	}
	add := func(kind Kind, list []effect.Work) {
		for _, w := range list {
			if table := f.old(w.Table); table != nil && w.Key != effect.Referenced && !f.emptied[table] {
				d.Work = append(d.Work, Work{Kind: kind, Table: table, Index: w.Index, Level: w.Level, Why: w.Why, Maybe: w.Maybe, lookups: w.Key == effect.Referencing})
			}
		}
	}
	add(Rewrite, e.Rewrites)
	add(Scan, e.Scans)
	add(Build, e.Builds)
	if n, ok := s.Node.(*sqltree.CreateIndex); ok && n.Method != "" && n.Method != "btree" {
		for i := range d.Work {
			d.Work[i].otherMethod = true
		}
	}
	if n, ok := s.Node.(*sqltree.Drop); ok && f.nothing(n) {
		d.Opaque = false
	}
	f.changes(d, s)
	f.dependents(d, s)
	return d
}

// nothing reports whether what is to be dropped is not there.
func (f *follower) nothing(n *sqltree.Drop) bool {
	return n.Kind == sqltree.Table && n.IfExists &&
		!slices.ContainsFunc(n.Names, func(name sqltree.Name) bool { return f.state.Table(name) != nil })
}

// changes is the work on rows, of UPDATE and DELETE.
func (f *follower) changes(d *draft, s *sqltree.Statement) {
	var where *sqltree.Expr
	var why string
	var event int
	switch n := s.Node.(type) {
	case *sqltree.Update:
		where, why, event = n.Where, "every row is written anew", triggerUpdate
	case *sqltree.Delete:
		where, why, event = n.Where, "every row is deleted", triggerDelete
	case *sqltree.Insert:
		if table := f.old(n.Table); table != nil {
			d.fires(table, triggerInsert)
		}
		return
	default:
		return
	}
	if where != nil {
		why = "those rows that its WHERE finds are changed"
	}
	for _, l := range d.Locks {
		if l.Level == effect.RowExclusive && l.Table.kind != sqltree.View && !f.emptied[l.Table] {
			d.Work = append(d.Work, Work{Kind: Change, Table: l.Table, Level: l.Level, Why: why, Maybe: where != nil, All: where == nil, update: event == triggerUpdate})
			d.fires(l.Table, event)
		}
	}
}

// The bits of pg_trigger.tgtype.
// https://www.postgresql.org/docs/current/catalog-pg-trigger.html, and
// catalog/pg_trigger.h in PostgreSQL's source
const (
	triggerInsert = 1 << 2
	triggerDelete = 1 << 3
	triggerUpdate = 1 << 4
)

func (d *draft) fires(table *Table, event int) {
	var names []string
	for _, t := range table.triggers {
		if t.mask&event != 0 {
			names = append(names, t.name)
		}
	}
	if len(names) > 0 {
		d.note("triggers of " + short(table.Name) + " run too: " + strings.Join(names, ", "))
	}
}

func (d *draft) note(text string) {
	if !slices.Contains(d.Notes, text) {
		d.Notes = append(d.Notes, text)
	}
}

// dependents looks for views that are in the way of what the statement does.
// https://www.postgresql.org/docs/current/ddl-depend.html
func (f *follower) dependents(d *draft, s *sqltree.Statement) {
	switch n := s.Node.(type) {
	case *sqltree.AlterTable:
		table := f.old(n.Name)
		for _, a := range n.Actions {
			if table != nil && (a.Kind == sqltree.SetType || a.Kind == sqltree.DropColumn && !a.Cascade) {
				f.inTheWay(d, table, a.Name, n.Name)
			}
		}
	case *sqltree.Drop:
		for _, name := range n.Names {
			table := f.old(name)
			if table == nil || n.Kind != sqltree.Table && n.Kind != sqltree.View && n.Kind != sqltree.MaterializedView {
				continue
			}
			if table.kind != sqltree.View {
				d.drops = append(d.drops, table)
			}
			if !n.Cascade {
				f.inTheWay(d, table, "", n.Names...)
			}
		}
	}
}

// inTheWay notes the views that read a column of the table, or any of them for
// "", but for those that go as well.
func (f *follower) inTheWay(d *draft, table *Table, column string, going ...sqltree.Name) {
	for _, v := range table.views {
		goes := slices.ContainsFunc(going, v.view.Same)
		if goes || f.old(v.view) == nil || column != "" && v.column != column {
			continue
		}
		what := short(table.Name)
		if column != "" {
			what += "." + column
		}
		d.note("PostgreSQL refuses this while " + string(f.state.Table(v.view).Kind) + " " + short(v.view) + " reads " + what)
		d.fails = true
	}
}

// apply changes what is known as the statement changes the database.
func (f *follower) apply(s *sqltree.Statement) {
	for i := range s.Body {
		f.apply(&s.Body[i])
	}
	switch n := s.Node.(type) {
	case *sqltree.Truncate:
		for _, name := range n.Tables {
			if table := f.old(name); table != nil {
				f.emptied[table] = true
			}
		}
	case *sqltree.Rename:
		if n.Kind != sqltree.Column && n.Kind != sqltree.TableConstraint {
			f.renamed(n.Table, sqltree.Name{Schema: n.Table.In().Schema, Name: n.New})
		}
	case *sqltree.SetSchema:
		f.renamed(n.Name, sqltree.Name{Schema: n.New, Name: n.Name.Name})
	}
	if _, do := s.Node.(*sqltree.Do); !do { // its body is applied already
		f.state.Apply(s)
	}
}

// renamed lets what is known of a table be found under its new name.
func (f *follower) renamed(from, to sqltree.Name) {
	if table := f.old(from); table != nil {
		f.tables[to.In()] = table
	}
}

// touched are the tables that the drafts lock, by their names.
func touched(drafts []*draft) []*Table {
	var out []*Table
	for _, d := range drafts {
		for _, l := range d.Locks {
			if !slices.Contains(out, l.Table) {
				out = append(out, l.Table)
			}
		}
	}
	slices.SortFunc(out, func(a, b *Table) int {
		return cmp.Or(strings.Compare(a.Name.Schema, b.Name.Schema), strings.Compare(a.Name.Name, b.Name.Name))
	})
	return out
}

// short is a name without the schema that everybody means.
func short(n sqltree.Name) string {
	if n.Schema == "public" {
		return n.Name
	}
	return n.String()
}
