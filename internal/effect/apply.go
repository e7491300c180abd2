package effect

import (
	"maps"
	"slices"

	"github.com/skein-db/skein/internal/sqltree"
)

// clone copies a state so far that Apply to the copy leaves the original.
func (st *State) clone() *State {
	out := &State{tables: map[sqltree.Name]*Table{}, enums: maps.Clone(st.enums), domains: maps.Clone(st.domains)}
	for name, t := range st.tables {
		out.tables[name] = t.clone()
	}
	return out
}

func (t *Table) clone() *Table {
	c := *t
	c.Parents, c.Columns = slices.Clone(t.Parents), slices.Clone(t.Columns)
	c.Constraints, c.Indexes = slices.Clone(t.Constraints), slices.Clone(t.Indexes)
	return &c
}

// Apply changes the state as the statement changes the database, as far as it
// can be told. Of a DO block all that it runs is applied, guarded or not: what
// it may have created is there afterwards, by it or before it.
func (st *State) Apply(s *sqltree.Statement) {
	switch n := s.Node.(type) {
	case *sqltree.Do:
		for i := range s.Body {
			st.Apply(&s.Body[i])
		}
	case *sqltree.CreateTable:
		st.applyCreate(n)
	case *sqltree.AlterTable:
		st.applyAlter(n)
	case *sqltree.CreateIndex:
		st.applyIndex(n)
	case *sqltree.CreateView:
		st.applyView(n, s.Uses.Tables)
	case *sqltree.Select:
		if n.Into.Name != "" {
			st.put(&Table{Name: n.Into.In(), Kind: sqltree.Table, New: true, Partial: true})
		}
	case *sqltree.Drop:
		st.applyDrop(n)
	case *sqltree.Rename:
		st.applyRename(n)
	case *sqltree.SetSchema:
		st.move(n.Kind, n.Name, sqltree.Name{Schema: n.New, Name: n.Name.Name})
	case *sqltree.CreateEnum:
		st.enums[n.Name.In()] = &Enum{Name: n.Name.In(), New: true}
	case *sqltree.AlterEnum:
		st.applyEnum(n)
	case *sqltree.CreateDomain:
		st.domains[n.Name.In()] = &Domain{Name: n.Name.In(), Base: n.Type, Constrained: len(n.Constraints) > 0}
	case *sqltree.AlterDomain:
		if d := st.domains[n.Name.In()]; d != nil && (n.Action == "C" || n.Action == "O") {
			changed := *d
			changed.Constrained = true
			st.domains[n.Name.In()] = &changed
		}
	}
}

func (st *State) put(t *Table) *Table {
	st.tables[t.Name] = t
	return t
}

// open returns a table to change; one that is not known becomes known by name.
func (st *State) open(name sqltree.Name) *Table {
	name = name.In()
	if t := st.tables[name]; t != nil {
		return t
	}
	return st.put(&Table{Name: name, Kind: sqltree.Table, Partial: true})
}

func (st *State) applyCreate(n *sqltree.CreateTable) {
	if st.Table(n.Name) != nil && n.IfNotExists {
		return
	}
	t := &Table{Name: n.Name.In(), Kind: sqltree.Table, New: true, Partial: n.AsQuery, Partitioned: n.Partitioned, Default: n.DefaultPartition}
	for _, parent := range append(slices.Clone(n.Inherits), n.PartitionOf) {
		if parent.Name == "" {
			continue
		}
		t.Parents = append(t.Parents, parent.In())
		p := st.Table(parent)
		if p == nil {
			t.Partial = true
			continue
		}
		t.Columns = append(t.Columns, slices.Clone(p.Columns)...)
		t.Constraints = append(t.Constraints, slices.Clone(p.Constraints)...)
	}
	st.put(t)
	for _, c := range n.Columns {
		t.addColumn(c)
	}
	for _, c := range n.Constraints {
		t.addConstraint(c, true)
	}
	for i := range t.Columns {
		t.Columns[i].New = true
	}
}

func (t *Table) addColumn(c sqltree.ColumnDef) {
	if t.Column(c.Name) == nil {
		t.Columns = append(t.Columns, Column{
			Name: c.Name, Type: plain(c.Type), NotNull: c.NotNull, Identity: c.Identity, Generated: c.Generated != nil,
			Default: c.Default != nil || c.Serial(), New: true,
		})
	}
	for _, constraint := range c.Constraints {
		t.addConstraint(constraint, true)
	}
}

func (t *Table) addConstraint(c sqltree.Constraint, valid bool) {
	if c.Kind == sqltree.NotNull {
		for _, name := range c.Columns {
			if column := t.Column(name); column != nil {
				column.NotNull = true
			}
		}
	}
	if c.UsingIndex != "" {
		if i := t.Index(c.UsingIndex); i != nil {
			c.Columns = i.Columns
		}
		t.Indexes = slices.DeleteFunc(t.Indexes, func(i Index) bool { return i.Name == c.UsingIndex })
		if c.Name == "" {
			c.Name = c.UsingIndex
		}
	}
	added := t.add(c)
	added.New, added.Valid = true, valid
}

func (st *State) applyAlter(n *sqltree.AlterTable) {
	switch n.Kind {
	case sqltree.Index, sqltree.Sequence, sqltree.Type:
		return
	}
	if n.IfExists && st.Table(n.Name) == nil {
		return
	}
	t := st.open(n.Name)
	for _, a := range n.Actions {
		st.applyAction(t, a)
	}
}

func (st *State) applyAction(t *Table, a sqltree.Action) {
	column := t.Column(a.Name)
	switch a.Kind {
	case sqltree.AddColumn:
		if a.Column != nil {
			t.addColumn(*a.Column)
		}
	case sqltree.DropColumn:
		t.Columns = slices.DeleteFunc(t.Columns, func(c Column) bool { return c.Name == a.Name })
		t.Constraints = slices.DeleteFunc(t.Constraints, func(c Constraint) bool { return c.mentions(a.Name) })
		t.Indexes = slices.DeleteFunc(t.Indexes, func(i Index) bool { return has(i.Mentions, a.Name) })
	case sqltree.AddConstraint:
		if a.Constraint != nil {
			t.addConstraint(*a.Constraint, !a.Constraint.NotValid)
		}
	case sqltree.DropConstraint:
		t.Constraints = slices.DeleteFunc(t.Constraints, func(c Constraint) bool { return c.Name == a.Name })
	case sqltree.ValidateConstraint:
		if c := t.Constraint(a.Name); c != nil {
			c.Valid = true
		}
	case sqltree.AttachPartition:
		child := st.open(a.Partition)
		child.Parents = append(child.Parents, t.Name)
	case sqltree.DetachPartition:
		child := st.open(a.Partition)
		child.Parents = slices.DeleteFunc(child.Parents, func(p sqltree.Name) bool { return p == t.Name })
	default:
		if column != nil {
			column.alter(a)
		}
	}
}

func (c *Column) alter(a sqltree.Action) {
	switch a.Kind {
	case sqltree.SetType:
		c.Type = a.Type
	case sqltree.SetDefault:
		c.Default = a.Default != nil
	case sqltree.SetNotNull:
		c.NotNull = true
	case sqltree.DropNotNull:
		c.NotNull = false
	case sqltree.AddIdentity:
		c.Identity = true
	case sqltree.DropIdentity:
		c.Identity = false
	case sqltree.DropExpression:
		c.Generated = false
	}
}

func (st *State) applyIndex(n *sqltree.CreateIndex) {
	t := st.open(n.Table)
	name := n.Name
	if name == "" {
		name = t.indexName(n.Keys)
	}
	if t.Index(name) != nil {
		return
	}
	i := Index{Name: name, Unique: n.Unique, Filtered: n.Where != nil, New: true, Mentions: slices.Clone(n.Include)}
	mention := func(e *sqltree.Expr) {
		if e != nil {
			for _, u := range e.Uses.Columns {
				i.Mentions = append(i.Mentions, u.Name)
			}
		}
	}
	for _, k := range n.Keys {
		mention(k.Expr)
		if k.Column == "" {
			i.Computed = true
			continue
		}
		i.Mentions = append(i.Mentions, k.Column)
		if !i.Computed {
			i.Columns = append(i.Columns, k.Column)
		}
	}
	mention(n.Where)
	t.Indexes = append(t.Indexes, i)
}

func (st *State) applyView(n *sqltree.CreateView, uses []sqltree.TableUse) {
	if old := st.Table(n.Name); old != nil && !n.Replace {
		return
	}
	t := &Table{Name: n.Name.In(), Kind: sqltree.View, New: true, Partial: true}
	if n.Materialized {
		t.Kind = sqltree.MaterializedView
	}
	for _, use := range uses {
		if name := use.Name.In(); name != t.Name && !catalog(name) {
			t.Reads = append(t.Reads, name)
		}
	}
	st.put(t)
}

func (st *State) applyEnum(n *sqltree.AlterEnum) {
	e := &Enum{Name: n.Name.In()}
	if known := st.enums[e.Name]; known != nil {
		*e = *known
	}
	if n.Old == "" {
		e.Added = append(slices.Clone(e.Added), n.New)
	}
	st.enums[e.Name] = e
}

func (st *State) applyDrop(n *sqltree.Drop) {
	for _, name := range n.Names {
		switch n.Kind {
		case sqltree.Table, sqltree.View, sqltree.MaterializedView, sqltree.ForeignTable:
			st.forget(name.In())
		case sqltree.Index:
			if table, ok := st.IndexTable(name); ok {
				t := st.tables[table]
				t.Indexes = slices.DeleteFunc(t.Indexes, func(i Index) bool { return i.Name == name.Name })
			}
		case sqltree.Type, sqltree.Domain:
			delete(st.enums, name.In())
			delete(st.domains, name.In())
			st.columnsOf(name, func(t *Table, c *Column) { t.Partial = true })
		case sqltree.Schema:
			for _, t := range st.where(func(t *Table) bool { return t.Name.Schema == name.Name }) {
				st.forget(t.Name)
			}
		}
	}
}

// forget takes a table out, with the foreign keys that point to it.
func (st *State) forget(name sqltree.Name) {
	for _, child := range st.children(name) {
		if p := st.tables[name]; p != nil && p.Partitioned {
			st.forget(child.Name)
		}
	}
	delete(st.tables, name)
	for _, t := range st.tables {
		t.Constraints = slices.DeleteFunc(t.Constraints, func(c Constraint) bool {
			return c.Kind == sqltree.ForeignKey && c.RefTable.Same(name)
		})
	}
}
