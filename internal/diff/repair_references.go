package diff

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// keyed columns of tables that come or go in the middle of the migration.
type keyChanges map[schema.Ref][][]string

func (k keyChanges) add(table schema.Ref, columns []string) { k[table] = append(k[table], columns) }

// has says whether one of them are the columns, in any order.
func (k keyChanges) has(table schema.Ref, columns []string) bool {
	return slices.ContainsFunc(k[table], func(key []string) bool {
		return len(key) == len(columns) && !slices.ContainsFunc(key, func(c string) bool { return !slices.Contains(columns, c) })
	})
}

// repairReferences drops foreign keys before the keys that they refer to and
// creates them after, and sets aside those whose columns change type or whose
// key is made anew.
func (c *computer) repairReferences() {
	c.byNew = map[schema.Ref]*tablePair{}
	for _, p := range c.tables {
		c.byNew[p.new.Ref()] = p
	}
	late := []group{createIndexes, recreateIndexes, alterPrimaryKeys, createUniques}
	for _, g := range []group{createReferencesOfNewTables, createReferences} {
		groups := late
		if g == createReferencesOfNewTables {
			groups = append(groups, createIndexesOfNewTables)
		}
		_, come := c.keyChanges(groups)
		c.move(g, createReferencesLate, func(ch *Change) bool {
			f := ch.New.(*schema.ForeignKey)
			return come.has(target(f), f.ToColumns) && !c.keyStands(target(f), f.ToColumns) && c.mends(defectReferenceOrder, "foreign key "+ch.Table.String()+"."+f.Name)
		})
	}
	gone, _ := c.keyChanges([]group{dropUniques})
	c.move(dropReferences, setAsideReferences, func(ch *Change) bool {
		f := ch.Old.(*schema.ForeignKey)
		now := target(f)
		if r, ok := c.tableNow[now]; ok {
			now = r
		}
		columns := c.nowNames(now, f.ToColumns)
		return gone.has(now, columns) && !c.keyedBy(now, columns) && c.mends(defectReferenceOrder, "foreign key "+ch.Table.String()+"."+f.Name)
	})
	gone, _ = c.keyChanges([]group{dropUniques, setAsideIndexes, setAsideKeys, dropIndexes, redropIndexes, dropPrimaryKeys, alterColumns, alterPrimaryKeys})
	const strict = estranged | rebuilt | remade
	for _, p := range c.tables {
		for i := range p.new.ForeignKeys {
			f := &p.new.ForeignKeys[i]
			if !kept(p.old.ForeignKeys, f.Name, func(f *schema.ForeignKey) string { return f.Name }) || c.droppedReference(p, f.Name) {
				continue
			}
			how := c.listed(p, f.Columns)
			if t := c.byNew[target(f)]; t != nil {
				how |= c.listed(t, f.ToColumns)
			}
			object := "foreign key " + p.new.Ref().String() + "." + f.Name
			switch {
			case how&strict != 0 && c.mends(defectPartDependency, object):
			case gone.has(target(f), f.ToColumns) && c.mends(defectReferenceOrder, object):
			default:
				continue
			}
			c.add(setAsideReferences, c.part(DropReference, p.new.Ref(), f.Name, f, nil))
			c.add(createReferencesLate, c.part(CreateReference, p.new.Ref(), f.Name, nil, f))
		}
	}
}

// keyStands says whether the table has a key over the columns all along, or
// since it was created.
func (c *computer) keyStands(table schema.Ref, columns []string) bool {
	p := c.byNew[table]
	stands := keyChanges{}
	if p == nil {
		if t := c.to.Table(table); t != nil {
			stands.addKeys(t, func(name string) string { return name })
		}
		return stands.has(table, columns)
	}
	stands.addKeys(p.old, p.nowName)
	for i := range p.old.Indexes {
		if x := &p.old.Indexes[i]; x.Unique && x.Where == "" {
			stands.add(p.old.Ref(), keyColumns(x))
		}
	}
	gone, _ := c.keyChanges([]group{dropUniques, setAsideIndexes, setAsideKeys, dropIndexes, redropIndexes, dropPrimaryKeys, alterColumns})
	return stands.has(p.old.Ref(), columns) && !gone.has(table, columns)
}

// addKeys adds the keys that CREATE TABLE makes.
func (k keyChanges) addKeys(t *schema.Table, now func(string) string) {
	add := func(columns []string) {
		renamed := make([]string, len(columns))
		for i, n := range columns {
			renamed[i] = now(n)
		}
		k.add(t.Ref(), renamed)
	}
	for i := range t.Columns {
		if t.Columns[i].PrimaryKey {
			add([]string{t.Columns[i].Name})
		}
	}
	for i := range t.PrimaryKeys {
		add(t.PrimaryKeys[i].Columns)
	}
	for i := range t.Uniques {
		add(t.Uniques[i].Columns)
	}
}

// keyedBy says whether the columns were the table's primary key, which foreign
// keys take before any other.
func (c *computer) keyedBy(table schema.Ref, columns []string) bool {
	p := c.byNew[table]
	if p == nil {
		return false
	}
	keys := keyChanges{}
	bare := *p.old
	bare.Uniques = nil
	keys.addKeys(&bare, p.nowName)
	return keys.has(p.old.Ref(), columns)
}

// nowName is the name that a column of the old side has now.
func (p *tablePair) nowName(column string) string {
	for _, q := range p.columns.pairs {
		if q.old.Name == column {
			return q.new.Name
		}
	}
	return column
}

func (c *computer) nowNames(table schema.Ref, columns []string) []string {
	p := c.byNew[table]
	if p == nil || len(p.columns.renamed) == 0 {
		return columns
	}
	out := make([]string, len(columns))
	for i, n := range columns {
		out[i] = p.nowName(n)
	}
	return out
}

// droppedReference says whether the table's foreign key is dropped already.
func (c *computer) droppedReference(p *tablePair, name string) bool {
	dropped := func(x *schema.ForeignKey) bool { return x.Name == name }
	return !c.skipped(p) && (slices.ContainsFunc(p.parts.references.deleted, dropped) ||
		slices.ContainsFunc(p.parts.references.both, func(q pair[schema.ForeignKey]) bool { return dropped(q.old) }))
}

// keyChanges returns the keys that are dropped and created in the groups, by
// the new name of their table.
func (c *computer) keyChanges(groups []group) (gone, come keyChanges) {
	gone, come = keyChanges{}, keyChanges{}
	for _, g := range groups {
		for i := range c.groups[g] {
			ch := &c.groups[g][i]
			switch old := ch.Old.(type) {
			case *schema.Unique:
				gone.add(ch.Table, c.nowNames(ch.Table, old.Columns))
			case *schema.PrimaryKey:
				gone.add(ch.Table, c.nowNames(ch.Table, old.Columns))
			case *schema.Column:
				if ch.Kind == DropPrimaryKey {
					gone.add(ch.Table, c.nowNames(ch.Table, []string{old.Name}))
				}
			case *schema.Index:
				if old.Unique && ch.Kind == DropIndex {
					gone.add(ch.Table, c.nowNames(ch.Table, keyColumns(old)))
				}
			}
			switch new := ch.New.(type) {
			case *schema.Unique:
				come.add(ch.Table, new.Columns)
			case *schema.PrimaryKey:
				come.add(ch.Table, new.Columns)
			case *schema.Index:
				if new.Unique {
					come.add(ch.Table, keyColumns(new))
				}
			}
		}
	}
	return gone, come
}

func keyColumns(x *schema.Index) []string {
	out := make([]string, len(x.Columns))
	for i, k := range x.Columns {
		out[i] = k.Expression
	}
	return out
}
