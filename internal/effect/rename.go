package effect

import (
	"slices"

	"github.com/skein-db/skein/internal/sqltree"
)

func (st *State) applyRename(n *sqltree.Rename) {
	switch n.Kind {
	case sqltree.Column:
		if t := st.Table(n.Table); t != nil {
			st.renameColumn(t, n.Old, n.New)
		}
	case sqltree.TableConstraint:
		if c := st.Table(n.Table).Constraint(n.Old); c != nil {
			c.Name = n.New
		}
	case sqltree.Index:
		if table, ok := st.IndexTable(n.Table); ok {
			if i := st.tables[table].Index(n.Old); i != nil {
				i.Name = n.New
			} else if c := st.tables[table].Constraint(n.Old); c != nil {
				c.Name = n.New
			}
		}
	default:
		st.move(n.Kind, n.Table, sqltree.Name{Schema: n.Table.In().Schema, Name: n.New})
	}
}

// move gives a table or a type another name.
func (st *State) move(kind sqltree.Kind, from, to sqltree.Name) {
	from = from.In()
	switch kind {
	case sqltree.Table, sqltree.View, sqltree.MaterializedView, sqltree.ForeignTable:
		st.moveTable(from, to)
	case sqltree.Type, sqltree.Domain:
		if e := st.enums[from]; e != nil {
			moved := *e
			moved.Name = to
			delete(st.enums, from)
			st.enums[to] = &moved
		}
		if d := st.domains[from]; d != nil {
			moved := *d
			moved.Name = to
			delete(st.domains, from)
			st.domains[to] = &moved
		}
		st.columnsOf(from, func(_ *Table, c *Column) { c.Type.Name = to })
	}
}

func (st *State) moveTable(from, to sqltree.Name) {
	t := st.tables[from]
	if t == nil {
		return
	}
	delete(st.tables, from)
	t.Name = to
	st.tables[to] = t
	for _, other := range st.tables {
		for i := range other.Constraints {
			if c := &other.Constraints[i]; c.RefTable.Same(from) {
				c.RefTable = to
			}
		}
		for i, p := range other.Parents {
			if p == from {
				other.Parents[i] = to
			}
		}
	}
}

func (st *State) renameColumn(t *Table, from, to string) {
	if c := t.Column(from); c != nil {
		c.Name = to
	}
	for i := range t.Constraints {
		t.Constraints[i].renameColumn(from, to)
	}
	for i := range t.Indexes {
		t.Indexes[i].Columns = renamed(t.Indexes[i].Columns, from, to)
		t.Indexes[i].Mentions = renamed(t.Indexes[i].Mentions, from, to)
	}
	tables, keys := st.referencing(t.Name)
	for i := range tables {
		keys[i].RefColumns = renamed(keys[i].RefColumns, from, to)
	}
}

func (c *Constraint) renameColumn(from, to string) {
	c.Columns = renamed(c.Columns, from, to)
	if c.Expr == nil {
		return
	}
	e := *c.Expr
	e.NotNull = renamed(e.NotNull, from, to)
	e.Uses.Columns = slices.Clone(e.Uses.Columns)
	for i := range e.Uses.Columns {
		if e.Uses.Columns[i].Name == from {
			e.Uses.Columns[i].Name = to
		}
	}
	c.Expr = &e
}

// renamed returns a copy in which one name is another.
func renamed(names []string, from, to string) []string {
	out := slices.Clone(names)
	for i := range out {
		if out[i] == from {
			out[i] = to
		}
	}
	return out
}
