package diff

import (
	"github.com/skein-db/skein/internal/schema"
)

// orderNames lets no name be given while something else still has it.
func (c *computer) orderNames() {
	c.lateTables()
	c.orderRenames(renameTables, func(ch *Change) (from, to string) {
		new := ch.New.(*schema.Table)
		return tableName(ch.was), tableName(new.Ref())
	}, func(ch *Change, name string) []Change {
		away, back := *ch, *ch
		temporary := *ch.New.(*schema.Table)
		temporary.Name = name
		away.New = &temporary
		back.was = schema.Ref{Schema: ch.was.Schema, Name: name}
		return []Change{away, back}
	})
	c.orderRenames(renameColumns, func(ch *Change) (from, to string) {
		in := tableName(ch.Table) + "."
		return in + ch.Old.(*schema.Column).Name, in + ch.New.(*schema.Column).Name
	}, func(ch *Change, name string) []Change {
		away, back := *ch, *ch
		old, new := *ch.Old.(*schema.Column), *ch.New.(*schema.Column)
		old.Name, new.Name = name, name
		away.New, back.Old = &new, &old
		return []Change{away, back}
	})
}

// lateTables creates tables after those are renamed that have their names.
func (c *computer) lateTables() {
	taken := map[schema.Ref]bool{}
	for _, g := range []group{moveTables, renameTables} {
		for i := range c.groups[g] {
			taken[c.groups[g][i].was] = true
		}
	}
	c.move(createTables, createTablesLate, func(ch *Change) bool {
		return taken[ch.Table] && c.mends(defectNameTaken, "table "+ch.Object)
	})
}

// orderRenames puts a rename behind the one that frees its name. Where they
// wait for each other, one goes by way of a temporary name.
func (c *computer) orderRenames(g group, names func(*Change) (from, to string), detour func(*Change, string) []Change) {
	pending := c.groups[g]
	if len(pending) < 2 {
		return
	}
	var out, last []Change
	for len(pending) > 0 {
		held := map[string]bool{}
		for i := range pending {
			from, _ := names(&pending[i])
			held[from] = true
		}
		next := -1
		for i := range pending {
			if _, to := names(&pending[i]); !held[to] {
				next = i
				break
			}
			c.mends(defectNameTaken, pending[i].Object)
		}
		if next >= 0 {
			out = append(out, pending[next])
			pending = append(pending[:next:next], pending[next+1:]...)
			continue
		}
		steps := detour(&pending[0], "skein_renaming_"+pending[0].Object[max(0, len(pending[0].Object)-20):])
		out, last = append(out, steps[0]), append(last, steps[1])
		pending = pending[1:]
	}
	c.groups[g] = append(out, last...)
}
