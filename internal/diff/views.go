package diff

import (
	"github.com/skein-db/skein/internal/schema"
)

// views decides about views and materialized views.
func (c *computer) views() error {
	was := func(v *schema.View) schema.Ref {
		now := c.follow(v.Ref())
		if now != v.Ref() && !c.mends(defectViewSchemaRename, "view "+v.Ref().String()) {
			return v.Ref()
		}
		return now
	}
	m, err := match(c.answer, Question{Kind: KindView}, c.from.Views, c.to.Views, was, (*schema.View).Ref)
	if err != nil {
		return err
	}
	for _, v := range m.created {
		if !v.Existing {
			c.add(createViews, Change{Kind: CreateView, Object: v.Ref().String(), New: v})
		}
	}
	for _, v := range m.deleted {
		if !v.Existing {
			c.add(dropViews, Change{Kind: DropView, Object: was(v).String(), Old: v, was: was(v)})
		}
	}
	c.viewPairs = m.pairs
	rebuilt := map[*schema.View]bool{}
	for _, p := range m.pairs {
		if old := was(p.old); old.Schema != p.new.Schema && old.Name != p.new.Name {
			c.mends(defectViewMoveRename, "view "+old.String())
		}
		rebuilt[p.new] = c.rebuildView(p, was(p.old))
	}
	for _, p := range m.renamed {
		if !p.new.Existing && !p.old.Existing && (!rebuilt[p.new] || c.mode < Compat) {
			c.renameView(p, was(p.old))
		}
	}
	for _, p := range m.pairs {
		if !p.new.Existing && !rebuilt[p.new] {
			c.alterView(p)
		}
	}
	return nil
}

// rebuildView drops and creates a view that cannot be altered in place, and
// says whether it did.
func (c *computer) rebuildView(p pair[schema.View], was schema.Ref) bool {
	if p.new.Existing {
		return false
	}
	object := "view " + p.new.Ref().String()
	rebuild := !equalPointers(p.old.Definition, p.new.Definition) || p.old.Existing
	switch {
	case p.old.Materialized == p.new.Materialized:
	case c.mode > Exact && (was != p.new.Ref() || altered(p)): // as the view that it is not yet
		c.mends(defectViewKindAltered, object)
		rebuild = true
	default:
		rebuild = c.mends(defectViewKind, object) || rebuild
	}
	if !rebuild {
		return false
	}
	if was != p.new.Ref() && !c.mends(defectViewRenameRebuild, object) {
		was = p.new.Ref()
	}
	c.add(dropViews, Change{Kind: DropView, Object: was.String(), Old: p.old, New: p.new, was: was})
	c.add(createViews, Change{Kind: CreateView, Object: p.new.Ref().String(), Old: p.old, New: p.new})
	return true
}

func (c *computer) renameView(p pair[schema.View], was schema.Ref) {
	if was.Name != p.new.Name {
		c.add(renameViews, Change{Kind: RenameView, Object: was.String(), Old: p.old, New: p.new, was: was})
		was.Name = p.new.Name
	}
	if was.Schema != p.new.Schema {
		c.add(moveViews, Change{Kind: MoveView, Object: was.String(), Old: p.old, New: p.new, was: was})
	}
}

// altered says whether alterView has something to do.
func altered(p pair[schema.View]) bool {
	added, dropped, changed := compareOptions(p.old.With, p.new.With)
	return len(added)+len(dropped)+len(changed) > 0 || p.old.Tablespace != p.new.Tablespace || p.old.Using != p.new.Using
}

// alterView changes what can be changed in place.
func (c *computer) alterView(p pair[schema.View]) {
	emit := func(kind string, options []schema.Option) {
		c.add(alterViews, Change{Kind: kind, Object: p.new.Ref().String(), Old: p.old, New: p.new, options: options})
	}
	added, dropped, changed := compareOptions(p.old.With, p.new.With)
	if len(added) > 0 {
		emit(SetViewOptions, added)
	}
	if len(dropped) > 0 {
		emit(ResetViewOptions, dropped)
	}
	if len(changed) > 0 {
		emit(SetViewOptions, changed)
	}
	if p.old.Tablespace != p.new.Tablespace {
		emit(SetViewTablespace, nil)
	}
	if p.old.Using != p.new.Using {
		emit(SetViewMethod, nil)
	}
}

// compareOptions returns the options that only new has, that only old has, and
// that have another value in new.
func compareOptions(old, new []schema.Option) (added, dropped, changed []schema.Option) {
	k := byName(old, new, func(o *schema.Option) string { return o.Name })
	for _, o := range k.added {
		added = append(added, *o)
	}
	for _, o := range k.deleted {
		dropped = append(dropped, *o)
	}
	for _, p := range k.both {
		if *p.old != *p.new {
			changed = append(changed, *p.new)
		}
	}
	return added, dropped, changed
}
