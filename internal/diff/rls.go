package diff

import "github.com/skein-db/skein/internal/schema"

// secured says whether a table has row level security: asked for, or because of
// a policy.
func secured(t *schema.Table) bool { return t.RLS || len(t.Policies) > 0 }

// rowSecurity turns row level security on and off. drizzle-kit looks at it only
// when it altered some table, then at all of them, and in passing turns it off
// for tables about to go. All of this runs before tables are renamed and moved.
func (c *computer) rowSecurity(touched bool) {
	byOld, byNew := make(map[*schema.Table]*tablePair, len(c.tables)), make(map[*schema.Table]*tablePair, len(c.tables))
	for _, p := range c.tables {
		byOld[p.old], byNew[p.new] = p, p
	}
	for i := range c.to.Tables {
		if p := byNew[&c.to.Tables[i]]; p != nil && (touched || p.onlyMoved()) {
			c.switchRowSecurity(p, touched)
		}
	}
	if !touched {
		return
	}
	for i := range c.from.Tables {
		t := &c.from.Tables[i]
		p := byOld[t]
		gone := p == nil || p.onlyMoved() && (c.mode < Compat || !secured(t) && !secured(p.new))
		if gone && !t.RLS {
			c.add(disableRLS, Change{Kind: DisableRLS, Object: t.Ref().String(), Table: c.follow(t.Ref()), Old: t})
		}
	}
}

// switchRowSecurity compares row level security on the two sides of a table.
func (c *computer) switchRowSecurity(p *tablePair, touched bool) {
	var on, off bool
	switch {
	case !p.onlyMoved():
		policiesNow, policiesWere := len(p.new.Policies) > 0, len(p.old.Policies) > 0
		on = policiesNow && !policiesWere && !p.new.RLS || p.new.RLS && !p.old.RLS
		off = !p.new.RLS && !policiesNow && secured(p.old)
	case c.mode < Compat || !secured(p.new) && !secured(p.old):
		on = touched && secured(p.new) // drizzle-kit takes it for a new table
	default:
		c.mends(defectRLSBeforeRename, "table "+p.new.Ref().String())
		on, off = secured(p.new) && !secured(p.old), !secured(p.new) && secured(p.old)
	}
	if !on && !off {
		return
	}
	now := p.was
	if now != p.new.Ref() && !c.mends(defectRLSBeforeRename, "table "+p.new.Ref().String()) {
		now = p.new.Ref()
	}
	if on {
		c.add(enableRLS, Change{Kind: EnableRLS, Object: now.String(), Table: now, Old: p.old, New: p.new})
	}
	if off {
		c.add(disableRLS, Change{Kind: DisableRLS, Object: now.String(), Table: now, Old: p.old, New: p.new})
	}
}
