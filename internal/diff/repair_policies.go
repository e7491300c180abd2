package diff

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// repairPolicies drops policies before a column that they use changes, and
// creates them after.
func (c *computer) repairPolicies() {
	c.touched = c.touchedTables()
	if len(c.touched) == 0 {
		return
	}
	for _, p := range c.tables {
		for _, old := range p.policies.deleted {
			if c.policyUses(p, old, true) && c.mends(defectPolicyDependency, "policy "+p.new.Ref().String()+"."+old.Name) {
				c.move(dropPolicies, setAsidePolicies, func(ch *Change) bool { return ch.Old == any(old) })
			}
		}
		for _, q := range p.policies.pairs {
			altered := !equalPolicy(q.old, q.new)
			if !c.policyUses(p, q.old, altered) || c.skipped(p) {
				continue
			}
			c.mends(defectPolicyDependency, "policy "+p.new.Ref().String()+"."+q.new.Name)
			for _, g := range []group{renamePolicies, redropPolicies, recreatePolicies, alterPolicies} {
				c.take(g, func(ch *Change) bool { return ch.Old == any(q.old) })
			}
			c.add(setAsidePolicies, c.part(DropPolicy, p.new.Ref(), q.old.Name, q.old, nil))
			c.add(recreatePolicies, c.part(CreatePolicy, p.new.Ref(), q.new.Name, q.old, q.new))
		}
	}
	for i := range c.from.Policies {
		c.repairLinkedPolicy(&c.from.Policies[i])
	}
}

func (c *computer) repairLinkedPolicy(old *schema.LinkedPolicy) {
	if !c.policyUses(nil, &old.Policy, false) {
		return
	}
	object := "policy " + linkedName(old)
	if c.move(dropLinkedPolicies, setAsidePolicies, func(ch *Change) bool { return ch.Old == any(old) }) ||
		c.move(redropLinkedPolicies, setAsidePolicies, func(ch *Change) bool { return ch.Old == any(old) }) {
		c.mends(defectPolicyDependency, object)
		return
	}
	for i := range c.to.Policies {
		new := &c.to.Policies[i]
		if new.Name != old.Name || new.On != old.On || !c.mends(defectPolicyDependency, object) {
			continue
		}
		c.take(alterLinkedPolicies, func(ch *Change) bool { return ch.Old == any(old) })
		c.add(setAsidePolicies, Change{Kind: DropLinkedPolicy, Object: linkedName(old), Old: old})
		c.add(recreateLinkedPolicies, Change{Kind: CreateLinkedPolicy, Object: linkedName(new), Old: old, New: new})
	}
}

// policyUses says whether a policy of the table uses a column, its own or
// another table's, that is disturbed, or one that is dropped if gone is set.
func (c *computer) policyUses(own *tablePair, policy *schema.Policy, gone bool) bool {
	var text string
	for _, e := range []*string{policy.Using, policy.WithCheck} {
		if e != nil {
			text += " , " + *e
		}
	}
	if text == "" {
		return false
	}
	ws := words(text)
	for _, t := range c.touched {
		columns := t.columns
		if gone {
			columns = append(columns[:len(columns):len(columns)], t.gone...)
		}
		for _, column := range columns {
			if t.pair == own && hasName(ws, column) || t.pair != own && c.queryUses(ws, t.pair, column) {
				return true
			}
		}
	}
	return false
}

// touchedTable is a table of which columns are disturbed, under their old and
// new names, or dropped.
type touchedTable struct {
	pair          *tablePair
	columns, gone []string
}

func (c *computer) touchedTables() []touchedTable {
	var out []touchedTable
	for _, p := range c.tables {
		if len(c.disturbed[p])+len(p.columns.deleted) > 0 {
			t := touchedTable{pair: p, columns: c.disturbedColumns(p)}
			for _, col := range p.columns.deleted {
				t.gone = append(t.gone, col.Name)
			}
			out = append(out, t)
		}
	}
	return out
}

// disturbedColumns returns the disturbed columns of a table.
func (c *computer) disturbedColumns(p *tablePair) []string {
	var out []string
	for _, q := range p.columns.pairs {
		if c.disturbed[p][q.new.Name] != 0 {
			out = append(out, q.new.Name)
			if q.old.Name != q.new.Name {
				out = append(out, q.old.Name)
			}
		}
	}
	for _, col := range p.columns.deleted {
		if c.disturbed[p][col.Name] != 0 {
			out = append(out, col.Name)
		}
	}
	return out
}

// queryUses says whether a query may use the table's column.
func (c *computer) queryUses(ws []word, p *tablePair, column string) bool {
	others := func(name string) bool {
		return slices.ContainsFunc(c.tables, func(o *tablePair) bool { return o != p && (o.old.Name == name || o.new.Name == name) })
	}
	return queryUses(ws, p.old.Name, column, others) || p.renamed() && queryUses(ws, p.new.Name, column, others)
}
