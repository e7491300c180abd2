package effect

import (
	"fmt"

	"github.com/skein-db/skein/internal/sqltree"
)

// setType: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DATA-TYPE
func (r *reckoner) setType(name sqltree.Name, t *Table, a sqltree.Action) {
	c := t.Column(a.Name)
	if c == nil {
		r.rewrite(name, fmt.Sprintf("column %s changes to %s, from a type that is not known", quoted(a.Name), typeString(a.Type)), true)
		return
	}
	why := fmt.Sprintf("column %s changes from %s to %s", quoted(a.Name), typeString(c.Type), typeString(a.Type))
	cost := r.st.changeOf(c.Type, a.Type)
	if a.Using != nil {
		cost = r.usingCost(c, a)
	}
	r.keysRenewed(t, a.Name, cost)
	if cost.rewrite {
		r.rewrite(name, why, cost.maybe)
	}
	if !cost.rewrite || cost.maybe {
		r.rebuilt(t, a.Name, why, cost)
	}
}

// usingCost is that of the casts that USING spells out. Any other expression
// is computed for every row.
func (r *reckoner) usingCost(c *Column, a sqltree.Action) change {
	if a.Using.CastOf != a.Name {
		return change{rewrite: true}
	}
	var cost change
	from := c.Type
	for _, to := range append(a.Using.Casts, a.Type) {
		step := r.st.changeOf(from, to)
		cost = change{cost.rewrite || step.rewrite, cost.reindex || step.reindex, cost.maybe || step.maybe}
		if step.rewrite && !step.maybe {
			return change{rewrite: true}
		}
		from = to
	}
	return cost
}

// keysRenewed locks the tables at the other end of foreign keys, which are
// made anew, and checked again where the values are new ones. Undocumented; the
// tests show it.
func (r *reckoner) keysRenewed(t *Table, column string, cost change) {
	maybe := r.maybe
	defer func() { r.maybe = maybe }()
	for _, c := range t.Constraints {
		if c.Kind == sqltree.ForeignKey && has(c.Columns, column) {
			r.lock(c.RefTable, AccessExclusive)
			if r.maybe = maybe || cost.maybe; cost.rewrite && c.Valid {
				r.scanKey(t.Name, c.RefTable)
			}
			r.maybe = maybe
		}
	}
	tables, keys := r.st.referencing(t.Name)
	for i, key := range keys {
		if has(r.st.refColumns(key), column) {
			r.lock(tables[i].Name, AccessExclusive)
			if r.maybe = maybe || cost.maybe; cost.rewrite && key.Valid {
				r.scanKey(tables[i].Name, t.Name)
			}
			r.maybe = maybe
		}
	}
}

// rebuilt reckons with the indexes and checks on a column whose type changes
// while its values stay: indexes that PostgreSQL cannot see to be the same are
// built anew, checks are looked at again.
func (r *reckoner) rebuilt(t *Table, column, why string, cost change) {
	for _, i := range t.Indexes {
		if has(i.Mentions, column) && (cost.reindex || i.Computed || i.Filtered) {
			r.build(t.Name, i.Name, why, cost.maybe)
		}
	}
	for i := range t.Constraints {
		c := &t.Constraints[i]
		switch {
		case !c.mentions(column):
		case c.indexed() && cost.reindex:
			r.build(t.Name, c.Name, why, cost.maybe)
		case c.Kind == sqltree.Check && c.Valid:
			r.scan(t.Name, "check "+quoted(c.Name)+" is on column "+quoted(column)+", whose type changes", cost.maybe)
		}
	}
}
