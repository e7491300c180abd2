package effect

import "github.com/skein-db/skein/internal/sqltree"

// drop: https://www.postgresql.org/docs/current/explicit-locking.html
// (ACCESS EXCLUSIVE, DROP TABLE). What goes along with CASCADE is locked too.
func (r *reckoner) drop(n *sqltree.Drop) {
	switch n.Kind {
	case sqltree.Table, sqltree.ForeignTable, sqltree.View, sqltree.MaterializedView:
		for _, name := range n.Names {
			r.dropTable(name, n)
		}
	case sqltree.Index:
		for _, name := range n.Names {
			r.dropIndex(name, n)
		}
	case sqltree.Policy, sqltree.Trigger, sqltree.Rule:
		r.lockMaybe(n.Table, AccessExclusive, n.IfExists)
	case sqltree.Type, sqltree.Domain:
		for _, name := range n.Names {
			if n.Cascade {
				r.st.columnsOf(name, func(t *Table, _ *Column) { r.lock(t.Name, AccessExclusive) })
			}
		}
	case sqltree.Schema:
		r.dropSchema(n)
	default:
		r.Opaque = r.Opaque || n.Cascade
	}
}

func (r *reckoner) dropTable(name sqltree.Name, n *sqltree.Drop) {
	t := r.st.Table(name)
	if t == nil {
		r.lockMaybe(name, AccessExclusive, n.IfExists)
		r.Opaque = true // it may reference others
		return
	}
	r.lock(name, AccessExclusive)
	for _, parent := range t.Parents {
		// The parent's partitions change; the tests show it.
		if p := r.st.Table(parent); p != nil && p.Partitioned {
			r.lock(parent, AccessExclusive)
		}
	}
	for _, child := range r.st.children(name) {
		r.dropTable(child.Name, n)
	}
	for _, c := range t.Constraints {
		if c.Kind == sqltree.ForeignKey {
			r.lock(c.RefTable, AccessExclusive)
		}
	}
	if n.Cascade {
		r.Opaque = true // views are not known by what they read
		for _, view := range r.st.where(func(v *Table) bool { return has(v.Reads, t.Name) }) {
			r.lock(view.Name, AccessExclusive)
		}
		tables, _ := r.st.referencing(name)
		for _, referencing := range tables {
			r.lock(referencing.Name, AccessExclusive)
		}
	}
}

// dropIndex: https://www.postgresql.org/docs/current/sql-dropindex.html
func (r *reckoner) dropIndex(name sqltree.Name, n *sqltree.Drop) {
	table, ok := r.st.IndexTable(name)
	switch {
	case !ok:
		r.Opaque = true
	case n.Concurrently:
		r.lock(table, ShareUpdateExclusive)
	default:
		r.tree(table, AccessExclusive)
	}
}

func (r *reckoner) dropSchema(n *sqltree.Drop) {
	if !n.Cascade {
		return
	}
	r.Opaque = true
	for _, name := range n.Names {
		for _, t := range r.st.where(func(t *Table) bool { return t.Name.Schema == name.Name }) {
			r.dropTable(t.Name, n)
		}
	}
}

func (r *reckoner) rename(n *sqltree.Rename) {
	switch n.Kind {
	case sqltree.Index:
		// SHARE UPDATE EXCLUSIVE on the index, none on the table.
		// https://www.postgresql.org/docs/current/sql-alterindex.html
	case sqltree.Column, sqltree.TableConstraint, sqltree.Policy, sqltree.Trigger, sqltree.Rule:
		r.tree(n.Table, AccessExclusive)
	default:
		r.moved(n.Kind, n.Table)
	}
}

// moved reckons with a relation that gets another name or schema.
func (r *reckoner) moved(kind sqltree.Kind, name sqltree.Name) {
	switch kind {
	case sqltree.Table, sqltree.View, sqltree.MaterializedView, sqltree.ForeignTable:
		r.lock(name, AccessExclusive)
	}
}
