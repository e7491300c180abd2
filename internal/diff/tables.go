package diff

import (
	"github.com/skein-db/skein/internal/schema"
)

// tablePair is a table that both sides have.
type tablePair struct {
	old, new *schema.Table
	// was is the old name after the renames of schemas.
	was      schema.Ref
	columns  matching[schema.Column]
	policies matching[schema.Policy]
	// What else differs, found by compareParts.
	parts tableParts
}

func (p *tablePair) renamed() bool { return p.was.Name != p.new.Name }

// onlyMoved says that the table changes its schema and keeps its name. Of such
// a table drizzle-kit compares nothing.
func (p *tablePair) onlyMoved() bool { return onlyMoved(p.was, p.new.Ref()) }

// matchTables decides which tables are new, gone, renamed and moved.
func (c *computer) matchTables() error {
	was := func(t *schema.Table) schema.Ref { return c.follow(t.Ref()) }
	m, err := match(c.answer, Question{Kind: KindTable}, c.from.Tables, c.to.Tables, was, (*schema.Table).Ref)
	if err != nil {
		return err
	}
	c.tables = make([]*tablePair, len(m.pairs))
	pairs := make([]tablePair, len(m.pairs))
	for i, p := range m.pairs {
		pairs[i] = tablePair{old: p.old, new: p.new, was: was(p.old)}
		c.tables[i] = &pairs[i]
		if p.old.Ref() != p.new.Ref() {
			c.tableNow[p.old.Ref()] = p.new.Ref()
		}
	}
	for _, t := range m.created {
		c.createTable(t)
	}
	for _, t := range m.deleted {
		c.dropped[t.Ref()] = true
		c.add(dropTables, Change{Kind: DropTable, Object: t.Ref().String(), Table: was(t), Old: t})
	}
	for _, p := range m.renamed {
		old := was(p.old)
		if old.Schema != p.new.Schema {
			c.add(moveTables, Change{Kind: MoveTable, Object: old.String(), Table: old, Old: p.old, New: p.new, was: old})
			old.Schema = p.new.Schema
		}
		if old.Name != p.new.Name {
			c.add(renameTables, Change{Kind: RenameTable, Object: old.String(), Table: old, Old: p.old, New: p.new, was: old})
		}
	}
	return nil
}

// createTable makes a table, and what drizzle-kit makes apart from it.
func (c *computer) createTable(t *schema.Table) {
	ref := t.Ref()
	c.noteDelimiters(t)
	c.add(createTables, Change{Kind: CreateTable, Object: ref.String(), Table: ref, New: t})
	for i := range t.ForeignKeys {
		c.add(createReferencesOfNewTables, c.part(CreateReference, ref, t.ForeignKeys[i].Name, nil, &t.ForeignKeys[i]))
	}
	for i := range t.Indexes {
		c.add(createIndexesOfNewTables, c.part(CreateIndex, ref, t.Indexes[i].Name, nil, &t.Indexes[i]))
	}
	for i := range t.Policies {
		c.add(createPoliciesOfNewTables, c.part(CreatePolicy, ref, t.Policies[i].Name, nil, &t.Policies[i]))
	}
}

// part is a change of something that belongs to a table.
func (c *computer) part(kind string, table schema.Ref, name string, old, new any) Change {
	return Change{Kind: kind, Object: table.String() + "." + name, Table: table, Old: old, New: new}
}

// alterTables compares the tables that both sides have.
func (c *computer) alterTables() error {
	touched := false
	for _, p := range c.tables {
		c.compareParts(p)
		touched = touched || p.parts.touched
	}
	c.rowSecurity(touched)
	for _, p := range c.tables {
		if p.onlyMoved() {
			if better := c.differs(p) && c.mends(defectLostWithMove, "table "+p.was.String()); !better {
				continue
			}
		}
		c.alterColumns(p)
		c.alterParts(p)
		c.alterPolicies(p)
	}
	return nil
}

// differs says whether anything in the table differs.
func (c *computer) differs(p *tablePair) bool {
	return p.parts.any() || policiesTouched(p) || c.columnsTouched(p) || secured(p.old) != secured(p.new) ||
		len(p.columns.created)+len(p.columns.deleted)+len(p.columns.renamed) > 0
}

// answersFor returns who answers questions about what is in a table. Of a
// table that only moves drizzle-kit asks nothing.
func (c *computer) answersFor(p *tablePair) func(Question) (Answer, error) {
	if p.onlyMoved() && c.mode < Correct {
		return CreateAll.Resolve
	}
	return c.answer
}
