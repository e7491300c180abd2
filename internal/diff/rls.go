package diff

import "github.com/skein-db/skein/internal/schema"

// secured says whether a table has row level security: asked for, or because of
// a policy.
func secured(t *schema.Table) bool { return t.RLS || len(t.Policies) > 0 }

// rowSecurity turns row level security on and off. drizzle-kit looks at it only
// when it altered some table, then at all of them, and in passing turns it off
// for tables about to go.
func (c *computer) rowSecurity(touched bool) {
	emit := func(g group, kind string, table schema.Ref, p *tablePair) {
		c.add(g, Change{Kind: kind, Object: table.String(), Table: table, Old: p.old, New: p.new})
	}
	byOld, byNew := make(map[*schema.Table]*tablePair, len(c.tables)), make(map[*schema.Table]*tablePair, len(c.tables))
	for _, p := range c.tables {
		byOld[p.old], byNew[p.new] = p, p
	}
	for i := range c.to.Tables {
		p := byNew[&c.to.Tables[i]]
		if p == nil {
			continue
		}
		if p.onlyMoved() {
			c.rowSecurityOfMoved(p, touched, emit)
			continue
		}
		if !touched {
			continue
		}
		// These run before tables are renamed and moved.
		before := len(c.groups[enableRLS]) + len(c.groups[disableRLS])
		policiesNow, policiesWere := len(p.new.Policies) > 0, len(p.old.Policies) > 0
		if policiesNow && !policiesWere && !p.new.RLS || p.new.RLS && !p.old.RLS {
			emit(enableRLS, EnableRLS, p.was, p)
		}
		if !p.new.RLS && !policiesNow && secured(p.old) {
			emit(disableRLS, DisableRLS, p.was, p)
		}
		if p.was != p.new.Ref() && len(c.groups[enableRLS])+len(c.groups[disableRLS]) > before {
			c.note(defectRLSBeforeRename, "table "+p.new.Ref().String())
		}
	}
	if !touched {
		return
	}
	for i := range c.from.Tables {
		t := &c.from.Tables[i]
		p := byOld[t]
		gone := p == nil || p.onlyMoved() && !secured(t)
		if gone && !t.RLS {
			c.add(disableRLS, Change{Kind: DisableRLS, Object: t.Ref().String(), Table: c.follow(t.Ref()), Old: t})
		}
	}
}

// rowSecurityOfMoved does for a table that only moves what drizzle-kit does not
// do, or does to the table's next place.
func (c *computer) rowSecurityOfMoved(p *tablePair, touched bool, emit func(group, string, schema.Ref, *tablePair)) {
	switch {
	case secured(p.new) && !secured(p.old):
		c.note(defectLostWithMove, "table "+p.was.String())
		emit(enableRLS, EnableRLS, p.was, p)
	case !secured(p.new) && secured(p.old):
		c.note(defectLostWithMove, "table "+p.was.String())
		emit(disableRLS, DisableRLS, p.was, p)
	case touched && secured(p.new):
		c.note(defectRLSBeforeRename, "table "+p.was.String())
	}
}
