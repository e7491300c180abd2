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
	gone, come := c.keyChanges()
	late := func(f *schema.ForeignKey, table schema.Ref) bool {
		return come.has(target(f), f.ToColumns) && c.mends(defectReferenceOrder, "foreign key "+table.String()+"."+f.Name)
	}
	for _, g := range []group{createReferencesOfNewTables, createReferences} {
		c.move(g, createReferencesLate, func(ch *Change) bool { return late(ch.New.(*schema.ForeignKey), ch.Table) })
	}
	c.move(dropReferences, setAsideReferences, func(ch *Change) bool {
		f := ch.Old.(*schema.ForeignKey)
		now := target(f)
		if r, ok := c.tableNow[now]; ok {
			now = r
		}
		return gone.has(now, f.ToColumns) && c.mends(defectReferenceOrder, "foreign key "+ch.Table.String()+"."+f.Name)
	})
	pairs := map[schema.Ref]*tablePair{}
	for _, p := range c.tables {
		pairs[p.new.Ref()] = p
	}
	const strict = estranged | rebuilt | remade
	for _, p := range c.tables {
		for i := range p.new.ForeignKeys {
			f := &p.new.ForeignKeys[i]
			if !kept(p.old.ForeignKeys, f.Name, func(f *schema.ForeignKey) string { return f.Name }) || c.droppedReference(p, f.Name) {
				continue
			}
			how := c.listed(p, f.Columns)
			if t := pairs[target(f)]; t != nil {
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

// droppedReference says whether the table's foreign key is dropped already.
func (c *computer) droppedReference(p *tablePair, name string) bool {
	dropped := func(x *schema.ForeignKey) bool { return x.Name == name }
	return !p.onlyMoved() && (slices.ContainsFunc(p.parts.references.deleted, dropped) ||
		slices.ContainsFunc(p.parts.references.both, func(q pair[schema.ForeignKey]) bool { return dropped(q.old) }))
}

// keyChanges returns the keys that are dropped, and those that are created
// after foreign keys are, by the new name of their table.
func (c *computer) keyChanges() (gone, come keyChanges) {
	gone, come = keyChanges{}, keyChanges{}
	for _, g := range []group{dropUniques, setAsideKeys, dropPrimaryKeys, alterColumns, alterPrimaryKeys, createUniques, dropIndexes, setAsideIndexes, redropIndexes, createIndexes, recreateIndexes, createIndexesOfNewTables} {
		for i := range c.groups[g] {
			ch := &c.groups[g][i]
			switch old := ch.Old.(type) {
			case *schema.Unique:
				gone.add(ch.Table, old.Columns)
			case *schema.PrimaryKey:
				gone.add(ch.Table, old.Columns)
			case *schema.Column:
				if ch.Kind == DropPrimaryKey {
					gone.add(ch.Table, []string{old.Name})
				}
			case *schema.Index:
				if old.Unique && ch.Kind == DropIndex {
					gone.add(ch.Table, keyColumns(old))
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
