package diff

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// drizzle-kit's order of statements takes no heed of what depends on what. The
// passes here run after everything is decided and leave that order alone where
// PostgreSQL takes it. Where it does not, they move changes to other groups,
// and set aside what stands in the way of a changed column: views, policies,
// constraints and indexes that use it go before and come back after
// (https://www.postgresql.org/docs/current/sql-altertable.html, notes).

// disturbance is what happens to a column that others may use.
type disturbance int

const (
	retyped   disturbance = 1 << iota // another type
	estranged                         // a type that compares with other things
	rebuilt                           // its enum is made anew
	remade                            // the column itself is
)

// disturb takes note of what happens to a column, by its new name.
func (c *computer) disturb(p *tablePair, d *columnChange, how disturbance) {
	if how == retyped && !typeOf(c.renamedType(d.old)).comparable(typeOf(d.new)) {
		how |= estranged
	}
	c.mark(p, d.new.Name, how)
}

func (c *computer) mark(p *tablePair, column string, how disturbance) {
	if c.disturbed[p] == nil {
		c.disturbed[p] = map[string]disturbance{}
	}
	c.disturbed[p][column] |= how
}

func (c *computer) repair() {
	c.repairEnums()
	c.tablesForViews()
	for _, p := range c.tables {
		c.repairGenerated(p)
		if !c.skipped(p) {
			c.orderAdded(p)
			c.repairKeys(p)
		}
		c.repairParts(p)
	}
	c.repairReferences()
	c.repairPolicies()
	c.repairViews()
	c.repairRoles()
}

// take removes from a group the changes of which f is true, and returns them.
func (c *computer) take(g group, f func(*Change) bool) []Change {
	var taken []Change
	kept := c.groups[g][:0]
	for i := range c.groups[g] {
		if ch := c.groups[g][i]; f(&ch) {
			taken = append(taken, ch)
		} else {
			kept = append(kept, ch)
		}
	}
	c.groups[g] = kept
	return taken
}

// move is take into another group; it says whether there was something.
func (c *computer) move(from, to group, f func(*Change) bool) bool {
	moved := c.take(from, f)
	c.groups[to] = append(c.groups[to], moved...)
	return len(moved) > 0
}

// skipped says that nothing in the table was altered.
func (c *computer) skipped(p *tablePair) bool { return p.onlyMoved() && c.mode < Correct }

// oldName is the name that a column of the new side had.
func (p *tablePair) oldName(column string) string {
	for _, q := range p.columns.pairs {
		if q.new.Name == column {
			return q.old.Name
		}
	}
	return column
}

// minds is uses for a check or an index, which do not mind another type of a
// column that they only ask whether it is null.
func (c *computer) minds(p *tablePair, expr string) disturbance {
	how := c.uses(p, expr)
	if how == 0 || how&remade != 0 {
		return how
	}
	ws := words(expr)
	for column := range c.disturbed[p] {
		if !onlyNull(ws, column) || !onlyNull(ws, p.oldName(column)) {
			return how
		}
	}
	return 0
}

// uses says which disturbances an expression of the table's own meets.
func (c *computer) uses(p *tablePair, expr string) (how disturbance) {
	if expr == "" || len(c.disturbed[p]) == 0 {
		return 0
	}
	ws := words(expr)
	for column, d := range c.disturbed[p] {
		if was := p.oldName(column); hasName(ws, column) || hasName(ws, was) {
			how |= d
		}
	}
	return how
}

func (c *computer) listed(p *tablePair, columns []string) (how disturbance) {
	for _, column := range columns {
		how |= c.disturbed[p][column]
	}
	return how
}

// repairEnums sees to the columns of enums that are made anew.
func (c *computer) repairEnums() {
	byTable := map[schema.Ref]*tablePair{}
	for _, p := range c.tables {
		byTable[p.new.Ref()] = p
	}
	for i := range c.groups[recreateEnums] {
		ch := &c.groups[recreateEnums][i]
		e := ch.New.(*schema.Enum)
		object := "enum " + ch.Object
		var kept []enumUse
		for _, use := range ch.uses {
			p := byTable[use.table]
			if p == nil {
				if !c.createLate(use, ch.Old.(*schema.Enum), e) {
					kept = append(kept, use)
				}
				continue
			}
			at := slices.IndexFunc(p.columns.pairs, func(q pair[schema.Column]) bool { return q.new == use.column })
			if at < 0 { // the column is added later, of the new type
				c.mends(defectEnumRebuild, object)
				continue
			}
			use.old = p.columns.pairs[at].old
			c.mark(p, use.name, rebuilt)
			kept = append(kept, use)
		}
		for _, p := range c.tables {
			for _, use := range c.leaving(p, e.Ref()) {
				c.mends(defectEnumRebuild, object)
				kept = append(kept, use)
			}
		}
		ch.uses = slices.DeleteFunc(kept, func(use enumUse) bool {
			return byTable[use.table] == nil && slices.ContainsFunc(c.groups[createTablesLate], func(ch Change) bool { return ch.Table == use.table })
		})
	}
}

// createLate creates a new table only after the enum when a default needs a
// value that the old enum does not have.
func (c *computer) createLate(use enumUse, old, new *schema.Enum) bool {
	late := slices.ContainsFunc(c.groups[createTablesLate], func(ch Change) bool { return ch.Table == use.table })
	if d := use.column.Default; d != nil {
		for _, v := range new.Values {
			late = late || !slices.Contains(old.Values, v) && hasAny([]string{v}, d.Text)
		}
	}
	if !late {
		return false
	}
	c.mends(defectEnumRebuild, "enum "+new.Ref().String())
	c.move(createTables, createTablesLate, func(ch *Change) bool { return ch.Table == use.table })
	return true
}

// leaving returns the columns of a table that are of the enum before and not
// after.
func (c *computer) leaving(p *tablePair, e schema.Ref) []enumUse {
	var out []enumUse
	ref := p.new.Ref()
	was := func(col *schema.Column) bool {
		r, ok := enumOf(c.renamedType(col))
		return ok && r == e && c.known(col, c.oldEnums)
	}
	for _, q := range p.columns.pairs {
		if r, ok := enumOf(q.new); ok && r == e || !was(q.old) {
			continue
		}
		out = append(out, enumUse{table: ref, name: q.new.Name, column: q.new, old: q.old, leaves: true})
		c.mark(p, q.new.Name, rebuilt)
		for i := range c.groups[alterColumns] {
			if ch := &c.groups[alterColumns][i]; ch.Kind == SetColumnType && ch.New == any(q.new) {
				ch.asText = true
			}
		}
	}
	for _, col := range p.columns.deleted {
		if was(col) {
			out = append(out, enumUse{table: ref, name: col.Name, column: col, old: col, leaves: true})
			c.mark(p, col.Name, rebuilt)
		}
	}
	return out
}

// tablesForViews creates a table after the view is dropped that has its name.
func (c *computer) tablesForViews() {
	taken := map[schema.Ref]bool{}
	for _, ch := range c.groups[dropViews] {
		taken[ch.was] = true
	}
	c.move(createTables, createTablesLate, func(ch *Change) bool {
		return taken[ch.Table] && c.mends(defectNameTaken, "table "+ch.Object)
	})
}

// repairRoles drops roles after the policies that name them.
func (c *computer) repairRoles() {
	named := map[string]bool{}
	for i := range c.from.Tables {
		for _, p := range c.from.Tables[i].Policies {
			for _, r := range p.To {
				named[r] = true
			}
		}
	}
	for _, p := range c.from.Policies {
		for _, r := range p.To {
			named[r] = true
		}
	}
	c.move(dropRoles, dropRolesLate, func(ch *Change) bool {
		r := ch.Old.(*schema.Role)
		return named[r.Name] && c.mends(defectRoleOrder, "role "+r.Name)
	})
}
