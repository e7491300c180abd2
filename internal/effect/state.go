package effect

import (
	"slices"

	"github.com/skein-db/skein/internal/sqltree"
)

// State is what is known of a database: of its tables what the effects of
// statements depend on. It is made of a schema (NewState) and changed by each
// statement that went before (Apply). Names are with their schema.
type State struct {
	tables  map[sqltree.Name]*Table
	enums   map[sqltree.Name]*Enum
	domains map[sqltree.Name]*Domain
}

// Table is a table, a view or a materialized view.
type Table struct {
	Name sqltree.Name
	Kind sqltree.Kind // Table, View or MaterializedView
	// New says that a statement which was applied created it.
	New bool
	// Partial says that not all of the columns are known.
	Partial     bool
	Partitioned bool
	// Parents are what it is a partition of or inherits from.
	Parents []sqltree.Name
	// Default says that it is the default partition.
	Default bool
	// Reads are what the query of a view reads, where that is known.
	Reads       []sqltree.Name
	Columns     []Column
	Constraints []Constraint
	Indexes     []Index // not those of constraints
}

// Column is a column.
type Column struct {
	Name    string
	Type    sqltree.TypeName // serial types are the integers they are
	NotNull bool
	// Default says that it has one.
	Default   bool
	Identity  bool
	Generated bool
	// New says that a statement which was applied added it.
	New bool
}

// Constraint is a constraint. One that nobody named has the name that
// PostgreSQL makes up.
type Constraint struct {
	sqltree.Constraint
	// Valid says that all rows are known to be as it says.
	Valid bool
	// New says that a statement which was applied added it.
	New bool
}

// Index is an index that belongs to no constraint.
type Index struct {
	Name    string
	Unique  bool
	Columns []string // keys that are columns, in front of the first that is not
	// Mentions are all columns: keys, included ones, in expressions and WHERE.
	Mentions []string
	// Computed says that a key is an expression, Filtered that it has a WHERE.
	Computed, Filtered bool
	// New says that a statement which was applied created it.
	New bool
}

// Enum is an enum type.
type Enum struct {
	Name sqltree.Name
	// New says that a statement which was applied created it.
	New bool
	// Added are the values that statements which were applied added.
	Added []string
}

// Domain is a domain.
type Domain struct {
	Name        sqltree.Name
	Base        sqltree.TypeName
	Constrained bool
}

// Table returns what is known of a table or view, nil for nothing. It must not
// be changed.
func (st *State) Table(name sqltree.Name) *Table { return st.tables[name.In()] }

// Enum returns what is known of an enum, nil for nothing.
func (st *State) Enum(name sqltree.Name) *Enum { return st.enums[name.In()] }

// Column returns what is known of a column, nil for nothing.
func (t *Table) Column(name string) *Column {
	if t == nil {
		return nil
	}
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

// Constraint returns the named constraint, nil where it is not known.
func (t *Table) Constraint(name string) *Constraint {
	if t == nil {
		return nil
	}
	for i := range t.Constraints {
		if t.Constraints[i].Name == name {
			return &t.Constraints[i]
		}
	}
	return nil
}

// HeldNotNull reports whether a valid check proves that the column has no
// nulls, so that SET NOT NULL need not look.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL
func (t *Table) HeldNotNull(column string) bool {
	return slices.ContainsFunc(t.Constraints, func(c Constraint) bool {
		return c.Kind == sqltree.Check && c.Valid && c.Expr != nil && slices.Contains(c.Expr.NotNull, column)
	})
}

// Indexed reports whether an index or key begins with the columns, in any
// order, and has all rows.
func (t *Table) Indexed(columns []string) bool {
	leads := func(keys []string) bool {
		if len(keys) < len(columns) || len(columns) == 0 {
			return false
		}
		for _, column := range columns {
			if !slices.Contains(keys[:len(columns)], column) {
				return false
			}
		}
		return true
	}
	return slices.ContainsFunc(t.Indexes, func(i Index) bool { return !i.Filtered && leads(i.Columns) }) ||
		slices.ContainsFunc(t.Constraints, func(c Constraint) bool {
			return (c.Kind == sqltree.PrimaryKey || c.Kind == sqltree.Unique) && leads(c.Columns)
		})
}

// IndexTable returns the table of an index, also that of a constraint; ok is
// false where the index is not known.
func (st *State) IndexTable(index sqltree.Name) (table sqltree.Name, ok bool) {
	schema := index.In().Schema
	for name, t := range st.tables {
		if name.Schema != schema {
			continue
		}
		if t.Index(index.Name) != nil {
			return name, true
		}
		if c := t.Constraint(index.Name); c != nil && c.indexed() {
			return name, true
		}
	}
	return sqltree.Name{}, false
}

// Index returns the named index, nil where it is not known.
func (t *Table) Index(name string) *Index {
	for i := range t.Indexes {
		if t.Indexes[i].Name == name {
			return &t.Indexes[i]
		}
	}
	return nil
}

func (c *Constraint) indexed() bool {
	return c.Kind == sqltree.PrimaryKey || c.Kind == sqltree.Unique || c.Kind == sqltree.Exclude
}

// mentions says whether the constraint has to do with a column of its table.
func (c *Constraint) mentions(column string) bool {
	return slices.Contains(c.Columns, column) || c.Expr != nil && slices.ContainsFunc(c.Expr.Uses.Columns, func(u sqltree.ColumnUse) bool {
		return u.Name == column
	})
}

// children are the tables that inherit from one, or are its partitions.
func (st *State) children(name sqltree.Name) []*Table {
	return st.where(func(t *Table) bool { return slices.Contains(t.Parents, name.In()) })
}

// where returns tables in the order of their names.
func (st *State) where(wanted func(*Table) bool) []*Table {
	var out []*Table
	for _, t := range st.tables {
		if wanted(t) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b *Table) int { return compareNames(a.Name, b.Name) })
	return out
}

// referencing returns the foreign keys that point to a table, with theirs.
func (st *State) referencing(name sqltree.Name) (tables []*Table, keys []*Constraint) {
	for _, t := range st.where(func(t *Table) bool { return t.Name != name.In() }) {
		for i := range t.Constraints {
			if c := &t.Constraints[i]; c.Kind == sqltree.ForeignKey && c.RefTable.Same(name) {
				tables, keys = append(tables, t), append(keys, c)
			}
		}
	}
	return tables, keys
}

// columnsOf calls f for each column that has a type, or arrays of it.
func (st *State) columnsOf(typ sqltree.Name, f func(*Table, *Column)) {
	for _, t := range st.where(func(*Table) bool { return true }) {
		for i := range t.Columns {
			if t.Columns[i].Type.Name.Same(typ) {
				f(t, &t.Columns[i])
			}
		}
	}
}
