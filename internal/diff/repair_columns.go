package diff

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// repairGenerated makes generated columns anew around the change of a column
// that they are made of.
func (c *computer) repairGenerated(p *tablePair) {
	ref := p.new.Ref()
	object := func(name string) string { return "column " + ref.String() + "." + name }
	for _, col := range p.columns.deleted {
		if col.Generated == nil {
			continue
		}
		usesGone := slices.ContainsFunc(p.columns.deleted, func(x *schema.Column) bool {
			return x != col && Mentions(col.Generated.As, x.Name)
		})
		if usesGone || c.uses(p, col.Generated.As) != 0 {
			c.mends(defectGeneratedLoss, object(col.Name))
			c.move(dropColumns, dropGenerated, func(ch *Change) bool { return ch.Old == any(col) })
			c.mark(p, col.Name, remade)
		}
	}
	for _, q := range p.columns.pairs {
		if q.old.Generated == nil || c.uses(p, q.old.Generated.As) == 0 {
			continue
		}
		c.mends(defectGeneratedLoss, object(q.new.Name))
		own := func(ch *Change) bool { return ch.New == any(q.new) && ch.Table == ref }
		if q.new.Generated == nil {
			c.move(alterColumns, dropGenerated, func(ch *Change) bool { return own(ch) && ch.Kind == DropGenerated })
			continue
		}
		c.take(alterColumns, own)
		c.mark(p, q.new.Name, remade)
		gone := *q.old
		gone.Name = q.new.Name // it is renamed by then
		c.add(dropGenerated, c.part(DropColumn, ref, q.new.Name, &gone, nil))
		again := c.part(AddColumn, ref, q.new.Name, q.old, q.new)
		again.table = p.new
		c.add(addGenerated, again)
	}
}

// orderAdded adds generated columns after the new ones that they are computed
// from.
func (c *computer) orderAdded(p *tablePair) {
	if !slices.ContainsFunc(p.new.Columns, func(col schema.Column) bool { return col.Generated != nil }) {
		return
	}
	ref := p.new.Ref()
	needs := func(ch *Change) bool {
		col, ok := ch.New.(*schema.Column)
		if !ok || col.Generated == nil || ch.Table != ref || ch.Kind == DropGenerated {
			return false
		}
		ws := words(col.Generated.As)
		return slices.ContainsFunc(p.columns.created, func(x *schema.Column) bool { return x != col && hasName(ws, x.Name) })
	}
	c.move(alterColumns, addGenerated, func(ch *Change) bool {
		return (ch.Kind == SetGenerated || ch.Kind == AlterGenerated) && needs(ch) && c.mends(defectColumnOrder, "column "+ch.Object)
	})
	if !c.addedTooEarly(ref) {
		return
	}
	c.move(addColumns, addGenerated, func(ch *Change) bool { return needs(ch) && c.mends(defectColumnOrder, "column "+ch.Object) })
}

// addedTooEarly reports whether a generated column is added before one that it
// is computed from.
func (c *computer) addedTooEarly(table schema.Ref) bool {
	added := c.groups[addColumns]
	for i := range added {
		col, ok := added[i].New.(*schema.Column)
		if !ok || col.Generated == nil || added[i].Table != table {
			continue
		}
		ws := words(col.Generated.As)
		for _, later := range added[i+1:] {
			x, ok := later.New.(*schema.Column)
			if ok && later.Table == table && hasName(ws, x.Name) {
				return true
			}
		}
	}
	return false
}

// repairKeys orders what happens to a table's primary key.
func (c *computer) repairKeys(p *tablePair) {
	ref := p.new.Ref()
	object := "table " + ref.String()
	added := func(columns []string) bool {
		return slices.ContainsFunc(p.columns.created, func(col *schema.Column) bool { return slices.Contains(columns, col.Name) })
	}
	gone := func(columns []string) bool {
		return slices.ContainsFunc(p.columns.deleted, func(col *schema.Column) bool { return slices.Contains(columns, col.Name) })
	}
	if len(p.old.PrimaryKeys)+len(p.new.PrimaryKeys)+len(p.columns.deleted) == 0 {
		c.freeOfKey(p)
		return
	}
	c.move(createPrimaryKeys, alterPrimaryKeys, func(ch *Change) bool {
		return ch.Table == ref && added(ch.New.(*schema.PrimaryKey).Columns) && c.mends(defectCompositeKeyOrder, object)
	})
	for _, k := range p.parts.keys.both {
		nullable := slices.ContainsFunc(c.groups[alterColumns], func(ch Change) bool {
			return ch.Table == ref && ch.Kind == DropNotNull && slices.Contains(k.old.Columns, ch.New.(*schema.Column).Name)
		})
		if !gone(k.old.Columns) && !nullable || !c.mends(defectCompositeKeyOrder, object) {
			continue
		}
		c.take(alterPrimaryKeys, func(ch *Change) bool { return ch.Kind == AlterCompositeKey && ch.New == any(k.new) })
		c.add(dropPrimaryKeys, c.part(DropCompositeKey, ref, k.old.Name, k.old, nil))
		c.add(alterPrimaryKeys, c.part(CreateCompositeKey, ref, k.new.Name, nil, k.new))
	}
	stays := func(name string) bool {
		for _, k := range p.new.PrimaryKeys {
			before := slices.IndexFunc(p.old.PrimaryKeys, func(o schema.PrimaryKey) bool { return o.Name == k.Name })
			if before >= 0 && slices.Contains(k.Columns, name) && slices.Contains(p.old.PrimaryKeys[before].Columns, p.oldName(name)) {
				return true
			}
		}
		return false
	}
	c.take(alterColumns, func(ch *Change) bool {
		return ch.Table == ref && ch.Kind == DropNotNull && stays(ch.New.(*schema.Column).Name) && c.mends(defectCompositeKeyOrder, object)
	})
	keyed := len(p.new.PrimaryKeys) > 0 || slices.ContainsFunc(p.new.Columns, func(col schema.Column) bool { return col.PrimaryKey })
	for _, col := range p.columns.deleted {
		if col.PrimaryKey && keyed && c.mends(defectCompositeKeyOrder, object) {
			change := c.part(DropPrimaryKey, ref, col.Name, col, nil)
			change.table, change.oldTable = p.new, p.old
			c.add(dropPrimaryKeys, change)
		}
	}
	c.freeOfKey(p)
}

// freeOfKey drops NOT NULL from columns that have it from a primary key that
// they are no longer in.
func (c *computer) freeOfKey(p *tablePair) {
	in := func(t *schema.Table, col *schema.Column) bool {
		return col.PrimaryKey || slices.ContainsFunc(t.PrimaryKeys, func(k schema.PrimaryKey) bool { return slices.Contains(k.Columns, col.Name) })
	}
	for _, q := range p.columns.pairs {
		free := in(p.old, q.old) && !in(p.new, q.new) && !q.old.NotNull && !q.new.NotNull && q.new.Identity == nil
		if free && c.mends(defectKeyNotNull, "column "+p.new.Ref().String()+"."+q.new.Name) {
			change := c.part(DropNotNull, p.new.Ref(), q.new.Name, q.old, q.new)
			change.table, change.oldTable = p.new, p.old
			c.add(freeOfKeys, change)
		}
	}
}

// repairParts sets aside the table's constraints and indexes that do not
// survive what happens to a column.
func (c *computer) repairParts(p *tablePair) {
	if len(c.disturbed[p]) == 0 {
		return
	}
	ref, d := p.new.Ref(), &p.parts
	note := func(kind, name string, how disturbance) bool {
		defect := defectPartDependency
		if how&remade != 0 {
			defect = defectGeneratedLoss
		}
		return c.mends(defect, kind+" "+ref.String()+"."+name)
	}
	strict := estranged | rebuilt | remade
	if c.mode == Correct { // PostgreSQL keeps them, with casts to the type that was
		strict |= retyped
	}
	for i := range p.new.Uniques {
		u := &p.new.Uniques[i]
		if how := c.listed(p, u.Columns); how&remade != 0 && kept(p.old.Uniques, u.Name, func(u *schema.Unique) string { return u.Name }) && !in(d.uniques.both, u) && note("unique", u.Name, how) {
			c.add(dropUniques, c.part(DropUnique, ref, u.Name, u, nil))
			c.add(createUniques, c.part(CreateUnique, ref, u.Name, nil, u))
		}
	}
	for i := range p.new.PrimaryKeys {
		k := &p.new.PrimaryKeys[i]
		if how := c.listed(p, k.Columns); how&remade != 0 && kept(p.old.PrimaryKeys, k.Name, func(k *schema.PrimaryKey) string { return k.Name }) && !in(d.keys.both, k) && note("primary key", k.Name, how) {
			c.add(setAsideKeys, c.part(DropCompositeKey, ref, k.Name, k, nil))
			c.add(alterPrimaryKeys, c.part(CreateCompositeKey, ref, k.Name, nil, k))
		}
	}
	for i := range p.new.Checks {
		k := &p.new.Checks[i]
		if how := c.minds(p, k.Value); how&strict != 0 && kept(p.old.Checks, k.Name, func(k *schema.Check) string { return k.Name }) && !in(d.checks.both, k) && note("check", k.Name, how) {
			c.add(dropChecks, c.part(DropCheck, ref, k.Name, k, nil))
			c.add(createChecks, c.part(CreateCheck, ref, k.Name, nil, k))
		}
	}
	for i := range p.new.Indexes {
		x := &p.new.Indexes[i]
		if how := c.usesOfIndex(p, x); how&strict != 0 && kept(p.old.Indexes, x.Name, func(x *schema.Index) string { return x.Name }) && !in(d.indexes.both, x) && note("index", x.Name, how) {
			c.add(setAsideIndexes, c.part(DropIndex, ref, x.Name, x, nil))
			c.add(recreateIndexes, c.part(CreateIndex, ref, x.Name, nil, x))
		}
	}
	early := func(ch *Change) bool {
		x := ch.Old.(*schema.Index)
		return ch.Table == ref && c.usesOfIndex(p, x)&(rebuilt|remade) != 0 && note("index", x.Name, rebuilt)
	}
	c.move(dropIndexes, setAsideIndexes, early)
	c.move(redropIndexes, setAsideIndexes, early)
}

// usesOfIndex leaves out what plain keys do not mind.
func (c *computer) usesOfIndex(p *tablePair, x *schema.Index) disturbance {
	how := c.minds(p, x.Where)
	for _, k := range x.Columns {
		switch {
		case k.IsExpression:
			how |= c.minds(p, k.Expression)
		case k.OpClass != "":
			how |= c.disturbed[p][k.Expression]
		default:
			how |= c.disturbed[p][k.Expression] & remade
		}
	}
	return how
}

func kept[T any](old []T, n string, name func(*T) string) bool {
	for i := range old {
		if name(&old[i]) == n {
			return true
		}
	}
	return false
}

func in[T any](pairs []pair[T], new *T) bool {
	return slices.ContainsFunc(pairs, func(q pair[T]) bool { return q.new == new })
}
