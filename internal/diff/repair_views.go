package diff

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// repairViews drops and creates the views that use what changes, and the views
// that use those, in an order that PostgreSQL takes.
func (c *computer) repairViews() {
	c.touched = c.touchedTables()
	if len(c.touched)+len(c.groups[dropViews])+len(c.groups[createViews]) == 0 {
		return
	}
	for changed := true; changed; {
		changed = false
		for _, q := range c.viewPairs {
			if !c.dropsView(q.old) && c.viewStands(q) {
				changed = c.rebuildAround(q) || changed
			}
		}
	}
	c.orderViews(dropViews, func(ch *Change) *schema.View { return ch.Old.(*schema.View) }, true)
	c.orderViews(createViews, func(ch *Change) *schema.View { return ch.New.(*schema.View) }, false)
}

func (c *computer) dropsView(v *schema.View) bool {
	return slices.ContainsFunc(c.groups[dropViews], func(ch Change) bool { return ch.Old == any(v) })
}

// viewStands says whether a view stands in the way of a change: of a column
// that it uses, or of a view that it selects from.
func (c *computer) viewStands(q pair[schema.View]) bool {
	if q.old.Definition == nil {
		return false
	}
	ws := words(*q.old.Definition)
	for _, t := range c.touched {
		if slices.ContainsFunc(t.columns, func(column string) bool { return c.queryUses(ws, t.pair, column) }) {
			return true
		}
	}
	return slices.ContainsFunc(c.groups[dropViews], func(ch Change) bool {
		v := ch.Old.(*schema.View)
		return v != q.old && hasName(ws, v.Name)
	})
}

// rebuildAround drops a view before and creates it after, unless it is not ours
// to create.
func (c *computer) rebuildAround(q pair[schema.View]) bool {
	if q.new.Existing || q.new.Definition == nil {
		return false
	}
	was := c.follow(q.old.Ref())
	object := "view " + q.new.Ref().String()
	c.mends(defectViewDependency, object)
	if q.new.Materialized {
		c.notes = append(c.notes, object+": indexes made by hand on it go with the old one; make them again")
	}
	for _, g := range []group{renameViews, moveViews, alterViews} {
		c.take(g, func(ch *Change) bool { return ch.Old == any(q.old) })
	}
	c.add(dropViews, Change{Kind: DropView, Object: was.String(), Old: q.old, was: was})
	c.add(createViews, Change{Kind: CreateView, Object: q.new.Ref().String(), Old: q.old, New: q.new})
	return true
}

// orderViews puts views behind those that they select from, or before if
// reverse, and leaves the order alone where that is so already.
func (c *computer) orderViews(g group, view func(*Change) *schema.View, reverse bool) {
	changes := c.groups[g]
	if len(changes) < 2 {
		return
	}
	uses := func(a, b *schema.View) bool {
		return a != b && a.Definition != nil && hasName(words(*a.Definition), b.Name)
	}
	out := make([]Change, 0, len(changes))
	placed := make([]bool, len(changes))
	for len(out) < len(changes) {
		next := -1
		for i := range changes {
			if placed[i] {
				continue
			}
			waits := false
			for j := range changes {
				a, b := view(&changes[i]), view(&changes[j])
				if reverse {
					a, b = b, a
				}
				waits = waits || !placed[j] && i != j && uses(a, b)
			}
			if !waits {
				next = i
				break
			}
			c.mends(defectViewOrder, "view "+changes[i].Object)
		}
		if next < 0 { // they seem to use each other; leave the rest as it is
			next = slices.Index(placed, false)
		}
		placed[next] = true
		out = append(out, changes[next])
	}
	c.groups[g] = out
}
