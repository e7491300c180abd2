package diff

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// tableParts is what differs between two forms of a table besides columns.
type tableParts struct {
	uniques    keyed[schema.Unique]
	checks     keyed[schema.Check]
	references keyed[schema.ForeignKey]
	indexes    keyed[schema.Index]
	keys       keyed[schema.PrimaryKey]
	// touched says that drizzle-kit counts the table as altered. Added,
	// dropped and renamed columns do not count: it has put them into its copy
	// of the old schema by then.
	touched bool
}

// compareParts fills p.parts. Of what has the same name on both sides only
// what differs is kept.
func (c *computer) compareParts(p *tablePair) {
	old, new, d := p.old, p.new, &p.parts
	if !slices.EqualFunc(old.Uniques, new.Uniques, equalUnique) {
		d.uniques = byName(old.Uniques, new.Uniques, func(u *schema.Unique) string { return u.Name })
		d.uniques.keepChanged(equalUnique)
	}
	if !slices.Equal(old.Checks, new.Checks) {
		d.checks = byName(old.Checks, new.Checks, func(k *schema.Check) string { return k.Name })
		d.checks.keepChanged(func(a, b schema.Check) bool { return a == b })
	}
	equalReference := func(a, b schema.ForeignKey) bool { return c.equalReference(p, &a, &b) }
	if !slices.EqualFunc(old.ForeignKeys, new.ForeignKeys, equalReference) {
		d.references = byName(old.ForeignKeys, new.ForeignKeys, func(f *schema.ForeignKey) string { return f.Name })
		d.references.keepChanged(equalReference)
	}
	if !slices.EqualFunc(old.Indexes, new.Indexes, equalIndex) {
		d.indexes = byName(old.Indexes, new.Indexes, func(x *schema.Index) string { return x.Name })
		d.indexes.keepChanged(equalIndex)
	}
	if !slices.EqualFunc(old.PrimaryKeys, new.PrimaryKeys, equalKey) {
		d.keys = byName(old.PrimaryKeys, new.PrimaryKeys, func(k *schema.PrimaryKey) string { return k.Name })
		d.keys.keepChanged(equalKey)
	}
	d.touched = !p.onlyMoved() && (d.any() || old.RLS != new.RLS || policiesTouched(p) || c.columnsTouched(p))
}

func (d *tableParts) any() bool {
	return d.uniques.any() || d.checks.any() || d.references.any() || d.indexes.any() || d.keys.any()
}

func (k *keyed[T]) any() bool { return len(k.deleted)+len(k.added)+len(k.both) > 0 }

// keepChanged drops from both what is equal.
func (k *keyed[T]) keepChanged(equal func(a, b T) bool) {
	changed := k.both[:0]
	for _, p := range k.both {
		if !equal(*p.old, *p.new) {
			changed = append(changed, p)
		}
	}
	k.both = changed
}

func equalUnique(a, b schema.Unique) bool {
	return a.Name == b.Name && a.NullsNotDistinct == b.NullsNotDistinct && slices.Equal(a.Columns, b.Columns)
}

func equalKey(a, b schema.PrimaryKey) bool {
	return a.Name == b.Name && slices.Equal(a.Columns, b.Columns)
}

func equalIndex(a, b schema.Index) bool {
	return a.Name == b.Name && a.Unique == b.Unique && a.Where == b.Where && a.Concurrently == b.Concurrently &&
		a.Method == b.Method && slices.Equal(a.With, b.With) && slices.Equal(a.Columns, b.Columns)
}

// equalReference compares two foreign keys as drizzle-kit does: by the names in
// the two files, so that a renamed table's keys are made anew. Only for a moved
// table, where drizzle-kit does nothing, it asks whether the target is the same
// table.
func (c *computer) equalReference(p *tablePair, a, b *schema.ForeignKey) bool {
	from, to := a.To(), b.To()
	if p.onlyMoved() {
		if now, ok := c.tableNow[from]; ok {
			from = now
		}
	}
	return a.Name == b.Name && from == to && !p.renamed() && a.OnDelete == b.OnDelete && a.OnUpdate == b.OnUpdate &&
		slices.Equal(a.Columns, b.Columns) && slices.Equal(a.ToColumns, b.ToColumns)
}

// columnsTouched says whether drizzle-kit sees a difference in the columns that
// are neither new, gone nor renamed.
func (c *computer) columnsTouched(p *tablePair) bool {
	for _, both := range p.columns.pairs {
		old, new := both.old, both.new
		if old.Name != new.Name {
			continue
		}
		typ, typeSchema := c.followType(old)
		if typ != new.Type || typeSchema != new.TypeSchema || old.NotNull != new.NotNull || old.PrimaryKey != new.PrimaryKey ||
			!equalPointers(old.Default, new.Default) || !equalPointers(old.Generated, new.Generated) ||
			identityChanged(old.Identity, new.Identity) || identityRenamed(old.Identity, new.Identity) {
			return true
		}
	}
	return false
}

func identityRenamed(a, b *schema.Identity) bool { return a != nil && b != nil && a.Name != b.Name }

func policiesTouched(p *tablePair) bool {
	return len(p.policies.created)+len(p.policies.deleted)+len(p.policies.renamed) > 0 ||
		slices.ContainsFunc(p.policies.pairs, func(q pair[schema.Policy]) bool { return !equalPolicy(q.old, q.new) })
}

// alterParts emits what happens to keys, constraints and indexes of a table.
func (c *computer) alterParts(p *tablePair) {
	d, ref := &p.parts, p.new.Ref()
	if !d.any() {
		return
	}
	c.noteDelimitersOfParts(p)
	for _, u := range append(d.uniques.deleted, olds(d.uniques.both)...) {
		c.add(dropUniques, c.part(DropUnique, ref, u.Name, u, nil))
	}
	for _, u := range append(d.uniques.added, news(d.uniques.both)...) {
		c.add(createUniques, c.part(CreateUnique, ref, u.Name, nil, u))
	}
	for _, k := range append(d.checks.deleted, olds(d.checks.both)...) {
		c.add(dropChecks, c.part(DropCheck, ref, k.Name, k, nil))
	}
	for _, k := range append(d.checks.added, news(d.checks.both)...) {
		c.add(createChecks, c.part(CreateCheck, ref, k.Name, nil, k))
	}
	for _, f := range append(d.references.deleted, olds(d.references.both)...) {
		c.dropReference(p, f)
	}
	for _, f := range append(d.references.added, news(d.references.both)...) {
		c.add(createReferences, c.part(CreateReference, ref, f.Name, nil, f))
	}
	for _, x := range d.indexes.deleted {
		c.add(dropIndexes, c.part(DropIndex, ref, x.Name, x, nil))
	}
	for _, x := range d.indexes.added {
		c.add(createIndexes, c.part(CreateIndex, ref, x.Name, nil, x))
	}
	for _, x := range d.indexes.both {
		c.add(redropIndexes, c.part(DropIndex, ref, x.old.Name, x.old, nil))
		c.add(recreateIndexes, c.part(CreateIndex, ref, x.new.Name, x.old, x.new))
	}
	for _, k := range d.keys.deleted {
		c.add(dropPrimaryKeys, c.part(DropCompositeKey, ref, k.Name, k, nil))
	}
	for _, k := range d.keys.added {
		c.add(createPrimaryKeys, c.part(CreateCompositeKey, ref, k.Name, nil, k))
	}
	for _, k := range d.keys.both {
		c.add(alterPrimaryKeys, c.part(AlterCompositeKey, ref, k.new.Name, k.old, k.new))
	}
}

// dropReference drops a foreign key. One whose target is dropped in the same
// migration has to go first: DROP TABLE … CASCADE takes it along.
func (c *computer) dropReference(p *tablePair, f *schema.ForeignKey) {
	if c.dropped[f.To()] && c.mends(defectDropReferenceLate, "foreign key "+p.new.Ref().String()+"."+f.Name) {
		c.add(dropReferencesEarly, c.part(DropReference, p.was, f.Name, f, nil))
		return
	}
	c.add(dropReferences, c.part(DropReference, p.new.Ref(), f.Name, f, nil))
}

func olds[T any](pairs []pair[T]) []*T {
	out := make([]*T, len(pairs))
	for i, p := range pairs {
		out[i] = p.old
	}
	return out
}

func news[T any](pairs []pair[T]) []*T {
	out := make([]*T, len(pairs))
	for i, p := range pairs {
		out[i] = p.new
	}
	return out
}
