package diff

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// A tableKey is what a foreign key can refer to.
type tableKey struct {
	table   schema.Ref // under its new name
	name    string     // of the constraint or index; "" for PRIMARY KEY on a column
	columns []string   // under their new names
}

func (k tableKey) id() string { return qualified(k.table) + " " + quote(k.name) }

// covers says whether the columns are the key's, in any order.
func (k tableKey) covers(columns []string) bool {
	return len(k.columns) == len(columns) && !slices.ContainsFunc(k.columns, func(c string) bool { return !slices.Contains(columns, c) })
}

// keysOf returns the keys that a table is created with, in the order in which
// PostgreSQL looks for one. now gives the columns' new names.
func keysOf(t *schema.Table, as schema.Ref, now func(string) string) []tableKey {
	var out []tableKey
	add := func(name string, columns []string) {
		renamed := make([]string, len(columns))
		for i, n := range columns {
			renamed[i] = now(n)
		}
		out = append(out, tableKey{as, name, renamed})
	}
	for i := range t.Columns {
		if t.Columns[i].PrimaryKey {
			add("", []string{t.Columns[i].Name})
		}
	}
	for i := range t.PrimaryKeys {
		add(t.PrimaryKeys[i].Name, t.PrimaryKeys[i].Columns)
	}
	for i := range t.Uniques {
		add(t.Uniques[i].Name, t.Uniques[i].Columns)
	}
	return out
}

// oldKeys returns the keys that the table had.
func (p *tablePair) oldKeys() []tableKey {
	out := keysOf(p.old, p.new.Ref(), p.nowName)
	for i := range p.old.Indexes {
		x := &p.old.Indexes[i]
		if !x.Unique || x.Where != "" || slices.ContainsFunc(x.Columns, func(k schema.IndexColumn) bool { return k.IsExpression }) {
			continue
		}
		out = append(out, tableKey{p.new.Ref(), x.Name, keyColumns(x)})
		for j, n := range out[len(out)-1].columns {
			out[len(out)-1].columns[j] = p.nowName(n)
		}
	}
	return out
}

// dependsOn returns the key that a foreign key to these columns was made with.
func (c *computer) dependsOn(table schema.Ref, columns []string) (tableKey, bool) {
	if p := c.byNew[table]; p != nil {
		for _, k := range p.oldKeys() {
			if k.covers(columns) {
				return k, true
			}
		}
	}
	return tableKey{}, false
}

// stands says whether the table has a key over the columns all along, or since
// it was created.
func (c *computer) stands(table schema.Ref, columns []string, gone map[string]bool) bool {
	var keys []tableKey
	if p := c.byNew[table]; p != nil {
		keys = p.oldKeys()
	} else if t := c.to.Table(table); t != nil {
		keys = keysOf(t, table, func(name string) string { return name })
	}
	return slices.ContainsFunc(keys, func(k tableKey) bool { return k.covers(columns) && !gone[k.id()] })
}

// repairReferences drops foreign keys before the keys that they refer to and
// creates them after, and sets aside those whose columns change type or whose
// key is made anew.
func (c *computer) repairReferences() {
	c.byNew = map[schema.Ref]*tablePair{}
	for _, p := range c.tables {
		c.byNew[p.new.Ref()] = p
	}
	gone := c.droppedKeys(dropUniques, setAsideIndexes, setAsideKeys, dropIndexes, redropIndexes, dropPrimaryKeys, alterColumns, alterPrimaryKeys)
	c.createLateReferences(gone)
	early := c.droppedKeys(dropUniques)
	c.move(dropReferences, setAsideReferences, func(ch *Change) bool {
		f := ch.Old.(*schema.ForeignKey)
		now := f.To()
		if r, ok := c.tableNow[now]; ok {
			now = r
		}
		k, ok := c.dependsOn(now, c.nowNames(now, f.ToColumns))
		return ok && early[k.id()] && c.mends(defectReferenceOrder, "foreign key "+ch.Table.String()+"."+f.Name)
	})
	const strict = estranged | rebuilt | remade
	for _, p := range c.tables {
		for i := range p.new.ForeignKeys {
			f := &p.new.ForeignKeys[i]
			if !kept(p.old.ForeignKeys, f.Name, func(f *schema.ForeignKey) string { return f.Name }) || c.droppedReference(p, f.Name) {
				continue
			}
			how := c.listed(p, f.Columns)
			if t := c.byNew[f.To()]; t != nil {
				how |= c.listed(t, f.ToColumns)
			}
			object := "foreign key " + p.new.Ref().String() + "." + f.Name
			defect := defectPartDependency
			if how&strict == 0 {
				if k, ok := c.dependsOn(f.To(), f.ToColumns); len(gone) == 0 || !ok || !gone[k.id()] {
					continue
				}
				defect = defectReferenceOrder
			}
			c.mends(defect, object)
			c.add(setAsideReferences, c.part(DropReference, p.new.Ref(), f.Name, f, nil))
			c.add(createReferencesLate, c.part(CreateReference, p.new.Ref(), f.Name, nil, f))
		}
	}
}

// createLateReferences creates foreign keys after the keys that they refer to.
func (c *computer) createLateReferences(gone map[string]bool) {
	late := []group{createIndexes, recreateIndexes, alterPrimaryKeys, createUniques}
	for _, g := range []group{createReferencesOfNewTables, createReferences} {
		if len(c.groups[g]) == 0 {
			continue
		}
		groups := late
		if g == createReferencesOfNewTables {
			groups = append(groups, createIndexesOfNewTables)
		}
		come := c.createdKeys(groups)
		c.move(g, createReferencesLate, func(ch *Change) bool {
			f := ch.New.(*schema.ForeignKey)
			comes := slices.ContainsFunc(come[f.To()], func(k tableKey) bool { return k.covers(f.ToColumns) })
			return comes && !c.stands(f.To(), f.ToColumns, gone) && c.mends(defectReferenceOrder, "foreign key "+ch.Table.String()+"."+f.Name)
		})
	}
}

// nowName is the name that a column of the old side has now.
func (p *tablePair) nowName(column string) string {
	if len(p.columns.renamed) > 0 {
		for _, q := range p.columns.pairs {
			if q.old.Name == column {
				return q.new.Name
			}
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

// droppedKeys returns the keys that the groups drop, by id.
func (c *computer) droppedKeys(groups ...group) map[string]bool {
	out := map[string]bool{}
	add := func(ch *Change, name string) { out[tableKey{table: ch.Table, name: name}.id()] = true }
	for _, g := range groups {
		for i := range c.groups[g] {
			ch := &c.groups[g][i]
			switch old := ch.Old.(type) {
			case *schema.Unique:
				add(ch, old.Name)
			case *schema.PrimaryKey:
				add(ch, old.Name)
			case *schema.Column:
				if ch.Kind == DropPrimaryKey || old.PrimaryKey && (ch.Kind == SetGenerated || ch.Kind == AlterGenerated) {
					add(ch, "")
				}
			case *schema.Index:
				if ch.Kind == DropIndex {
					add(ch, old.Name)
				}
			}
		}
	}
	return out
}

// createdKeys returns the keys that the groups create, by table.
func (c *computer) createdKeys(groups []group) map[schema.Ref][]tableKey {
	out := map[schema.Ref][]tableKey{}
	add := func(ch *Change, columns []string) {
		out[ch.Table] = append(out[ch.Table], tableKey{table: ch.Table, columns: columns})
	}
	for _, g := range groups {
		for i := range c.groups[g] {
			ch := &c.groups[g][i]
			switch new := ch.New.(type) {
			case *schema.Unique:
				add(ch, new.Columns)
			case *schema.PrimaryKey:
				add(ch, new.Columns)
			case *schema.Index:
				if new.Unique {
					add(ch, keyColumns(new))
				}
			}
		}
	}
	return out
}

func keyColumns(x *schema.Index) []string {
	out := make([]string, len(x.Columns))
	for i, k := range x.Columns {
		out[i] = k.Expression
	}
	return out
}
