package effect

import (
	"slices"

	"github.com/skein-db/skein/internal/sqltree"
)

// statement reckons with one statement.
func (r *reckoner) statement(s *sqltree.Statement) {
	r.Outside = r.outside(s)
	r.Opaque = s.Opaque || s.Err != nil
	switch n := s.Node.(type) {
	case *sqltree.Do:
		r.body(s)
		return
	case *sqltree.CreateTable:
		r.createTable(n)
	case *sqltree.AlterTable:
		r.alterTable(n)
	case *sqltree.CreateIndex:
		r.createIndex(n)
	case *sqltree.Drop:
		r.drop(n)
	case *sqltree.Rename:
		r.rename(n)
	case *sqltree.SetSchema:
		r.moved(n.Kind, n.Name)
	case *sqltree.AlterDomain:
		r.alterDomain(n)
	case *sqltree.CreateView:
		r.createView(n)
	case *sqltree.CreateTrigger:
		// https://www.postgresql.org/docs/current/explicit-locking.html (SHARE ROW EXCLUSIVE)
		r.lock(n.Table, ShareRowExclusive)
	case *sqltree.CreatePolicy:
		// Undocumented; the tests show it.
		r.lock(n.Table, AccessExclusive)
	case *sqltree.Comment:
		r.comment(n)
	case *sqltree.CreateExtension:
		r.Opaque = true // it runs a script
	default:
		r.rows(s)
	}
	r.reads(s)
}

// rows reckons with statements about rows and maintenance.
func (r *reckoner) rows(s *sqltree.Statement) {
	switch n := s.Node.(type) {
	// https://www.postgresql.org/docs/current/explicit-locking.html (ROW EXCLUSIVE)
	case *sqltree.Insert:
		r.query(n.Table, RowExclusive)
	case *sqltree.Update:
		r.query(n.Table, RowExclusive)
	case *sqltree.Delete:
		r.query(n.Table, RowExclusive)
	case *sqltree.Truncate:
		r.truncate(n)
	case *sqltree.Select:
		r.selects(s, n)
	case *sqltree.LockTable:
		for _, name := range n.Tables {
			r.query(name, levelOf(n.Mode))
		}
	case *sqltree.Maintenance:
		r.maintain(n)
	case *sqltree.Grant:
		for _, use := range s.Uses.Tables {
			r.lockMaybe(use.Name, AccessShare, true) // since PostgreSQL 17; the tests show it
		}
	case *sqltree.Other:
		r.other(s, n)
	}
}

// body reckons with what a DO block runs.
func (r *reckoner) body(s *sqltree.Statement) {
	st := r.st.clone()
	for i := range s.Body {
		inner := reckoner{st: st, action: -1, offset: s.Body[i].Offset, maybe: s.Body[i].Guarded, Effect: Effect{}}
		inner.statement(&s.Body[i])
		for _, l := range inner.Locks {
			if t := st.Table(l.Table); t == nil || r.st.Table(l.Table) != nil { // not made by the block itself
				r.lockMaybe(l.Table, l.Level, l.Maybe)
			}
		}
		r.Rewrites = append(r.Rewrites, inner.Rewrites...)
		r.Scans = append(r.Scans, inner.Scans...)
		r.Builds = append(r.Builds, inner.Builds...)
		r.Opaque = r.Opaque || inner.Opaque
		if r.Outside == "" {
			r.Outside = inner.Outside
		}
		st.Apply(&s.Body[i])
	}
}

// reads locks what a query or an expression reads. It comes last: what is
// written or altered has its lock already.
// https://www.postgresql.org/docs/current/explicit-locking.html (ACCESS SHARE)
func (r *reckoner) reads(s *sqltree.Statement) {
	if r.ends || namesNoTable(s.Node) {
		return
	}
	lock := r.lock
	if queries(s.Node) {
		lock = r.query
	}
	for _, use := range s.Uses.Tables {
		level := AccessShare
		if use.Write {
			level = RowExclusive
		}
		lock(use.Name, level)
	}
}

// namesNoTable reports whether the names in a statement are not those of
// tables, or need no lock.
func namesNoTable(node sqltree.Node) bool {
	switch n := node.(type) {
	case *sqltree.Drop, *sqltree.CreateSequence, *sqltree.Grant, *sqltree.CreateFunction, *sqltree.Rename, *sqltree.SetSchema:
		return true
	case *sqltree.AlterTable:
		return n.Kind == sqltree.Index || n.Kind == sqltree.Sequence || n.Kind == sqltree.Type
	case *sqltree.Maintenance:
		return true
	}
	return false
}

// queries reports whether a statement reads the rows of what it names, and so
// also of what inherits from it.
func queries(node sqltree.Node) bool {
	switch n := node.(type) {
	case *sqltree.Insert, *sqltree.Update, *sqltree.Delete, *sqltree.Select:
		return true
	case *sqltree.CreateTable:
		return n.AsQuery
	case *sqltree.CreateView:
		return n.Materialized
	}
	return false
}

// selects reckons with a query. One that locks rows has ROW SHARE on its
// tables, on all of them as far as can be seen here.
func (r *reckoner) selects(s *sqltree.Statement, n *sqltree.Select) {
	if n.Into.Name != "" {
		r.made = append(r.made, n.Into.In())
	}
	for _, use := range s.Uses.Tables {
		if n.Locking && !use.Write {
			r.query(use.Name, RowShare)
		}
	}
}

func (r *reckoner) truncate(n *sqltree.Truncate) {
	// https://www.postgresql.org/docs/current/sql-truncate.html
	for _, name := range n.Tables {
		r.tree(name, AccessExclusive)
		if n.Cascade {
			r.cascade(name, map[sqltree.Name]bool{})
		}
	}
}

// cascade locks the tables whose rows go with those of one.
func (r *reckoner) cascade(name sqltree.Name, seen map[sqltree.Name]bool) {
	seen[name.In()] = true
	tables, _ := r.st.referencing(name)
	for _, t := range tables {
		if !seen[t.Name] {
			r.tree(t.Name, AccessExclusive)
			r.cascade(t.Name, seen)
		}
	}
}

func (r *reckoner) createIndex(n *sqltree.CreateIndex) {
	if n.IfNotExists && n.Name != "" && r.st.Table(n.Table) != nil && r.st.Table(n.Table).Index(n.Name) != nil {
		r.lock(n.Table, indexLevel(n.Concurrently))
		return
	}
	level := indexLevel(n.Concurrently)
	r.only = n.Only
	if n.Only {
		r.lock(n.Table, level)
	} else if t := r.st.Table(n.Table); t != nil && t.Partitioned {
		r.tree(n.Table, level)
	} else {
		r.only = true // inheriting tables have indexes of their own
		r.lock(n.Table, level)
	}
	r.build(n.Table, n.Name, "the index is built", false)
}

// indexLevel is the lock on the table while an index is built.
// https://www.postgresql.org/docs/current/explicit-locking.html (SHARE, SHARE UPDATE EXCLUSIVE)
func indexLevel(concurrently bool) Level {
	if concurrently {
		return ShareUpdateExclusive
	}
	return Share
}

func (r *reckoner) createView(n *sqltree.CreateView) {
	if r.st.Table(n.Name) != nil && n.Replace {
		r.lock(n.Name, AccessExclusive)
		return
	}
	r.made = append(r.made, n.Name.In())
}

// comment: https://www.postgresql.org/docs/current/explicit-locking.html
// (SHARE UPDATE EXCLUSIVE, COMMENT ON)
func (r *reckoner) comment(n *sqltree.Comment) {
	switch n.Kind {
	case sqltree.Table, sqltree.View, sqltree.MaterializedView, sqltree.Column, sqltree.ForeignTable:
		r.lock(n.Name, ShareUpdateExclusive)
	case sqltree.TableConstraint, sqltree.Trigger, sqltree.Policy, sqltree.Rule:
		r.lock(n.Name, AccessShare)
	}
}

func (r *reckoner) maintain(n *sqltree.Maintenance) {
	switch n.Kind {
	case "analyze":
		// https://www.postgresql.org/docs/current/explicit-locking.html (SHARE UPDATE EXCLUSIVE)
		r.eachNamed(n, func(name sqltree.Name) { r.lock(name, ShareUpdateExclusive) })
	case "vacuum":
		if n.Full {
			// https://www.postgresql.org/docs/current/sql-vacuum.html (FULL)
			r.eachNamed(n, func(name sqltree.Name) {
				r.lock(name, AccessExclusive)
				r.rewrite(name, "VACUUM FULL writes a new copy", false)
			})
			return
		}
		r.eachNamed(n, func(name sqltree.Name) { r.lock(name, ShareUpdateExclusive) })
	case "cluster":
		// https://www.postgresql.org/docs/current/sql-cluster.html
		r.eachNamed(n, func(name sqltree.Name) {
			r.lock(name, AccessExclusive)
			r.rewrite(name, "CLUSTER writes a new copy in the order of an index", false)
		})
	case "refresh":
		r.refresh(n)
	case "reindex":
		r.reindex(n)
	}
}

// eachNamed calls f for the tables that are named, or for all.
func (r *reckoner) eachNamed(n *sqltree.Maintenance, f func(sqltree.Name)) {
	for _, name := range n.Names {
		f(name)
	}
	if len(n.Names) == 0 {
		maybe := r.maybe
		r.maybe = maybe || n.Kind == "cluster" // only tables that were clustered before
		for _, t := range r.st.where(func(t *Table) bool { return t.Kind != sqltree.View }) {
			f(t.Name)
		}
		r.maybe = maybe
	}
}

// refresh: https://www.postgresql.org/docs/current/explicit-locking.html
// (EXCLUSIVE, REFRESH MATERIALIZED VIEW CONCURRENTLY; ACCESS EXCLUSIVE without)
func (r *reckoner) refresh(n *sqltree.Maintenance) {
	for _, name := range n.Names {
		if t := r.st.Table(name); t != nil {
			for _, read := range t.Reads {
				r.query(read, AccessShare)
			}
		}
		if n.Concurrently {
			r.lock(name, Exclusive)
			continue
		}
		r.lock(name, AccessExclusive)
		r.rewrite(name, "REFRESH writes a new copy", false)
	}
}

// reindex locks the table as CREATE INDEX does. The index itself has an ACCESS
// EXCLUSIVE lock, for which queries of the table wait too.
// https://www.postgresql.org/docs/current/sql-reindex.html#id-1.9.3.160.7
func (r *reckoner) reindex(n *sqltree.Maintenance) {
	level := indexLevel(n.Concurrently)
	one := func(table sqltree.Name, index string) {
		r.lock(table, level)
		r.build(table, index, "REINDEX builds it anew", false)
	}
	switch n.Object {
	case sqltree.Index:
		for _, name := range n.Names {
			if table, ok := r.st.IndexTable(name); ok {
				one(table, name.Name)
			} else {
				r.Opaque = true
			}
		}
	case sqltree.Table:
		for _, name := range n.Names {
			one(name, "")
		}
	default:
		wanted := func(t *Table) bool {
			return t.Kind != sqltree.View && (n.Object != sqltree.Schema || len(n.Names) == 0 || t.Name.Schema == n.Names[0].Name)
		}
		for _, t := range r.st.where(wanted) {
			one(t.Name, "")
		}
	}
}

// alterDomain reckons with tables that have columns of the domain: their rows
// are looked through.
// https://www.postgresql.org/docs/current/sql-alterdomain.html
func (r *reckoner) alterDomain(n *sqltree.AlterDomain) {
	validates := n.Action == "O" || n.Action == "V" || n.Action == "C" && (n.Constraint == nil || !n.Constraint.NotValid)
	if !validates {
		return
	}
	r.st.columnsOf(n.Name, func(t *Table, c *Column) {
		r.lock(t.Name, Share)
		r.scan(t.Name, "column "+quoted(c.Name)+" is of the domain", false)
	})
}

// The statements that are known to touch no table, or are known by what they
// name.
func (r *reckoner) other(s *sqltree.Statement, n *sqltree.Other) {
	switch n.Kind {
	case "RuleStmt":
		// https://www.postgresql.org/docs/current/sql-createrule.html; undocumented, the tests show it
		for _, use := range s.Uses.Tables[:min(1, len(s.Uses.Tables))] {
			r.lock(use.Name, AccessExclusive)
		}
	case "CreateStatsStmt":
		// https://www.postgresql.org/docs/current/explicit-locking.html (SHARE UPDATE EXCLUSIVE)
		for _, use := range s.Uses.Tables {
			r.lock(use.Name, ShareUpdateExclusive)
		}
	case "CallStmt", "ExecuteStmt", "DropOwnedStmt", "ReassignOwnedStmt", "AlterTableMoveAllStmt", "ImportForeignSchemaStmt", "AlterExtensionStmt":
		r.Opaque = true
	}
}

func quoted(name string) string { return `"` + name + `"` }

func has[T comparable](list []T, item T) bool { return slices.Contains(list, item) }
