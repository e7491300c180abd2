package effect

import (
	"fmt"

	"github.com/skein-db/skein/internal/sqltree"
)

func (r *reckoner) createTable(n *sqltree.CreateTable) {
	if r.st.Table(n.Name) != nil && n.IfNotExists {
		r.ends = true
		return
	}
	r.made = append(r.made, n.Name.In())
	r.partitionOf(n)
	for _, parent := range n.Inherits {
		r.lock(parent, ShareUpdateExclusive) // undocumented; the tests show it
	}
	for _, c := range n.Columns {
		r.references(c.Constraints)
	}
	r.references(n.Constraints)
}

// partitionOf: https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARTITION
func (r *reckoner) partitionOf(n *sqltree.CreateTable) {
	if n.PartitionOf.Name == "" {
		return
	}
	r.lock(n.PartitionOf, AccessExclusive)
	r.defaultPartition(n.PartitionOf, n.Name)
	// The parent's foreign keys are made for the partition too.
	if parent := r.st.Table(n.PartitionOf); parent != nil {
		for _, c := range parent.Constraints {
			if c.Kind == sqltree.ForeignKey {
				r.lock(c.RefTable, ShareRowExclusive)
			}
		}
	}
}

// defaultPartition locks and scans the default partition of a table that gets
// another one: it must hold no row that belongs there.
// https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE
func (r *reckoner) defaultPartition(parent, added sqltree.Name) {
	for _, child := range r.st.children(parent) {
		if child.Default && child.Name != added.In() {
			r.lock(child.Name, AccessExclusive)
			r.scan(child.Name, "no row of the default partition may belong into the new one", false)
		}
	}
}

// references locks the tables that foreign keys of a new table or column point
// to. https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-REFERENCES
func (r *reckoner) references(constraints []sqltree.Constraint) {
	for _, c := range constraints {
		if c.Kind == sqltree.ForeignKey {
			r.lock(c.RefTable, ShareRowExclusive)
		}
	}
}

func (r *reckoner) alterTable(n *sqltree.AlterTable) {
	if n.Kind == sqltree.Index {
		r.alterIndex(n)
		return
	}
	if n.Kind == sqltree.Sequence || n.Kind == sqltree.Type {
		return
	}
	level := NoLock
	for _, a := range n.Actions {
		level = max(level, r.st.actionLevel(n, a))
	}
	if r.st.Table(n.Name) == nil && n.IfExists {
		r.maybe = true
	}
	r.only = n.Only
	if n.Only || len(n.Actions) == 1 && (n.Actions[0].Kind == sqltree.AttachPartition || n.Actions[0].Kind == sqltree.DetachPartition) {
		r.lock(n.Name, level)
	} else {
		r.tree(n.Name, level)
	}
	for i, a := range n.Actions {
		r.action = i
		r.alter(n.Name, a)
	}
}

// alterIndex: the parameters of an index are changed under SHARE UPDATE
// EXCLUSIVE on the index; queries do not wait.
// https://www.postgresql.org/docs/current/sql-alterindex.html
func (r *reckoner) alterIndex(n *sqltree.AlterTable) {
	for _, a := range n.Actions {
		if table, ok := r.st.IndexTable(n.Name); ok && a.Kind == sqltree.SetTableSpace {
			r.build(table, n.Name.Name, "the index moves to another tablespace", false)
		}
	}
}

// The actions that need less than ACCESS EXCLUSIVE, which is the rule.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESCRIPTION
var actionLevels = map[sqltree.ActionKind]Level{
	sqltree.SetStatistics:        ShareUpdateExclusive,
	sqltree.ValidateConstraint:   ShareUpdateExclusive,
	sqltree.AttachPartition:      ShareUpdateExclusive,
	sqltree.ClusterOn:            ShareUpdateExclusive,
	"AT_DropCluster":             ShareUpdateExclusive,
	"AT_SetOptions":              ShareUpdateExclusive,
	"AT_ResetOptions":            ShareUpdateExclusive,
	sqltree.SetRelOptions:        ShareUpdateExclusive,
	"AT_ResetRelOptions":         ShareUpdateExclusive,
	"AT_DetachPartitionFinalize": ShareUpdateExclusive,
	"AT_EnableTrig":              ShareRowExclusive,
	"AT_EnableAlwaysTrig":        ShareRowExclusive,
	"AT_EnableReplicaTrig":       ShareRowExclusive,
	"AT_DisableTrig":             ShareRowExclusive,
	"AT_EnableTrigAll":           ShareRowExclusive,
	"AT_DisableTrigAll":          ShareRowExclusive,
	"AT_EnableTrigUser":          ShareRowExclusive,
	"AT_DisableTrigUser":         ShareRowExclusive,
}

func (st *State) actionLevel(n *sqltree.AlterTable, a sqltree.Action) Level {
	switch {
	case a.Kind == sqltree.AddConstraint && a.Constraint != nil && a.Constraint.Kind == sqltree.ForeignKey:
		// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT
		return ShareRowExclusive
	case a.Kind == sqltree.DetachPartition && a.Concurrently:
		return ShareUpdateExclusive
	case a.Kind == sqltree.SetRelOptions && n.Kind == sqltree.View:
		return AccessExclusive
	}
	if level, ok := actionLevels[a.Kind]; ok {
		return level
	}
	return AccessExclusive
}

// alter reckons with an action beyond its lock on the table.
func (r *reckoner) alter(name sqltree.Name, a sqltree.Action) {
	t := r.st.Table(name)
	switch a.Kind {
	case sqltree.AddColumn:
		r.addColumn(name, t, a)
	case sqltree.DropColumn:
		r.dropColumn(t, a)
	case sqltree.SetType:
		r.setType(name, t, a)
	case sqltree.SetNotNull:
		r.setNotNull(name, t, a.Name)
	case sqltree.AddConstraint:
		r.addConstraint(name, t, a)
	case sqltree.DropConstraint:
		r.dropConstraint(t, a)
	case sqltree.ValidateConstraint:
		r.validate(name, t, a)
	case sqltree.AttachPartition:
		r.attach(name, a)
	case sqltree.DetachPartition:
		r.lock(a.Partition, AccessExclusive)
	default:
		r.rewriting(name, a)
	}
}

// rewriting reckons with the actions that write a new copy of the table for
// what they are.
// https://www.postgresql.org/docs/current/sql-altertable.html
func (r *reckoner) rewriting(name sqltree.Name, a sqltree.Action) {
	switch a.Kind {
	case sqltree.SetLogged:
		r.rewrite(name, "SET LOGGED writes a new copy", false)
	case sqltree.SetUnlogged:
		r.rewrite(name, "SET UNLOGGED writes a new copy", false)
	case sqltree.SetAccessMethod:
		if a.Name != "heap" { // which all tables have, as far as is known here
			r.rewrite(name, "SET ACCESS METHOD writes a new copy", false)
		}
	case sqltree.SetTableSpace:
		r.rewrite(name, "SET TABLESPACE copies the table's files", false)
	case sqltree.SetExpression:
		r.rewrite(name, "the stored values of column "+quoted(a.Name)+" are computed anew", false)
	}
}

func (r *reckoner) attach(name sqltree.Name, a sqltree.Action) {
	// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-ATTACH-PARTITION
	r.tree(a.Partition, AccessExclusive)
	r.scan(a.Partition, "every row must belong into the partition", false)
	r.defaultPartition(name, a.Partition)
	if parent := r.st.Table(name); parent != nil {
		for _, c := range parent.Constraints {
			if c.Kind == sqltree.ForeignKey {
				r.lock(c.RefTable, ShareRowExclusive)
			}
		}
	}
}

// addColumn: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
func (r *reckoner) addColumn(name sqltree.Name, t *Table, a sqltree.Action) {
	c := a.Column
	if c == nil || a.IfExists && t.Column(c.Name) != nil {
		return
	}
	maybe := a.IfExists && (t == nil || t.Partial)
	column := "column " + quoted(c.Name)
	filled := c.Default != nil && !nothing(c.Default)
	switch domain := r.st.domains[c.Type.Name.In()]; {
	case c.Generated != nil:
		r.rewrite(name, column+" is computed for every row", maybe)
	case c.Identity:
		r.rewrite(name, column+" gets a number in every row", maybe)
	case c.Serial():
		r.rewrite(name, column+" gets a number in every row", maybe)
	case domain != nil && domain.Constrained:
		r.rewrite(name, "the domain of "+column+" has constraints", maybe)
	case filled:
		switch v, function := volatilityOf(c.Default); v {
		case volatile:
			r.rewrite(name, fmt.Sprintf("the default of %s, %s(), is computed for every row", column, function), maybe)
		case unknown:
			r.rewrite(name, fmt.Sprintf("the default of %s calls %s(), which is not known to be stable", column, function), true)
		}
	case c.NotNull:
		r.scan(name, column+" is NOT NULL and has no default", maybe)
	}
	for _, constraint := range c.Constraints {
		// The foreign key of a column without DEFAULT is not checked, since all is
		// null there. DEFAULT NULL is not seen through; the tests show it.
		checked := constraint.Kind != sqltree.ForeignKey || filled
		r.newConstraint(name, constraint, checked)
		if !checked && c.Default != nil {
			r.scan(name, "every row must point to one of "+constraint.RefTable.String(), maybe)
		}
	}
}

// nothing reports whether a default is NULL.
func nothing(e *sqltree.Expr) bool {
	return e.Constant && e.Null
}

func (r *reckoner) setNotNull(name sqltree.Name, t *Table, column string) {
	if c := t.Column(column); c != nil && c.NotNull || t != nil && t.HeldNotNull(column) {
		return
	}
	r.scan(name, "column "+quoted(column)+" must have no nulls", false)
}

// addConstraint: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT
func (r *reckoner) addConstraint(name sqltree.Name, t *Table, a sqltree.Action) {
	c := a.Constraint
	if c == nil {
		return
	}
	r.newConstraint(name, *c, !c.NotValid)
	if c.Kind == sqltree.PrimaryKey {
		for _, column := range r.keyColumns(t, c) {
			r.setNotNull(name, t, column)
		}
	}
}

// keyColumns are the columns of a constraint, also of one that takes over an
// index.
func (r *reckoner) keyColumns(t *Table, c *sqltree.Constraint) []string {
	if c.UsingIndex != "" && t != nil {
		if i := t.Index(c.UsingIndex); i != nil {
			return i.Columns
		}
	}
	return c.Columns
}

// newConstraint reckons with a constraint of a table that is there; validated
// says that its rows are looked through.
func (r *reckoner) newConstraint(name sqltree.Name, c sqltree.Constraint, validated bool) {
	switch c.Kind {
	case sqltree.ForeignKey:
		r.lock(c.RefTable, ShareRowExclusive)
		if validated {
			r.scanKey(name, c.RefTable)
		}
	case sqltree.Check:
		if validated {
			r.scan(name, "every row must pass the check", false)
		}
	case sqltree.PrimaryKey, sqltree.Unique, sqltree.Exclude:
		if c.UsingIndex == "" {
			r.build(name, c.Name, "the index of the constraint is built", false)
		}
	case sqltree.NotNull:
		for _, column := range c.Columns {
			if validated {
				r.setNotNull(name, r.st.Table(name), column)
			}
		}
	}
}

// scanKey reckons with a foreign key that is checked: both tables are read.
func (r *reckoner) scanKey(name, to sqltree.Name) {
	r.scanPart(Referencing, name, "every row must point to one of "+to.String())
	if !name.Same(to) {
		r.scanPart(Referenced, to, "the rows of "+name.String()+" are looked up in it")
	}
}

func (r *reckoner) scanPart(part KeyPart, name sqltree.Name, why string) {
	before := len(r.Scans)
	r.scan(name, why, false)
	for i := range r.Scans[before:] {
		r.Scans[before+i].Key = part
	}
}

// validate: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-VALIDATE-CONSTRAINT
func (r *reckoner) validate(name sqltree.Name, t *Table, a sqltree.Action) {
	c := t.Constraint(a.Name)
	if c == nil {
		r.scan(name, "every row must be as constraint "+quoted(a.Name)+" says", true)
		return
	}
	if c.Valid {
		return
	}
	if c.Kind == sqltree.ForeignKey {
		r.lock(c.RefTable, RowShare)
		r.scanKey(name, c.RefTable)
		return
	}
	r.scan(name, "every row must be as constraint "+quoted(a.Name)+" says", false)
}

// dropConstraint locks the other table of a foreign key, whose triggers go.
// Undocumented; the tests show it.
func (r *reckoner) dropConstraint(t *Table, a sqltree.Action) {
	c := t.Constraint(a.Name)
	if c == nil {
		r.Opaque = r.Opaque || t == nil || t.Partial
		return
	}
	r.constraintGone(t, c, a.Cascade)
}

func (r *reckoner) constraintGone(t *Table, c *Constraint, cascade bool) {
	if c.Kind == sqltree.ForeignKey {
		r.lock(c.RefTable, AccessExclusive)
	}
	if cascade && c.indexed() {
		tables, keys := r.st.referencing(t.Name)
		for i, key := range keys {
			if sameColumns(r.st.refColumns(key), c.Columns) {
				r.lock(tables[i].Name, AccessExclusive)
			}
		}
	}
}

func (r *reckoner) dropColumn(t *Table, a sqltree.Action) {
	if t == nil {
		return
	}
	for i := range t.Constraints {
		if c := &t.Constraints[i]; c.mentions(a.Name) {
			r.constraintGone(t, c, a.Cascade)
		}
	}
}
