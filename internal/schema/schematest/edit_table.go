package schematest

import (
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

var tableEdits = []edit{
	{"add table", func(e *editor) bool {
		e.s.Tables = append(e.s.Tables, e.table())
		e.addForeignKey()
		return true
	}},
	on("drop table", tables, func(e *editor, t *schema.Table) bool {
		if len(e.s.Tables) < 2 {
			return false
		}
		dropTable(e.s, t.Name)
		return true
	}),
	on("rename table", tables, func(e *editor, t *schema.Table) bool { e.rename(t.Name, "t"); return true }),
	on("move table", tables, moveTable),
	on("switch row security", tables, func(e *editor, t *schema.Table) bool { t.RLS = !t.RLS; return true }),
	on("reorder columns", tables, func(e *editor, t *schema.Table) bool {
		slices.Reverse(t.Columns)
		return true
	}),
}

// moveTable takes the table to another schema: what names it with its schema
// follows.
func moveTable(e *editor, t *schema.Table) bool {
	s, ok := e.elsewhere(t.Schema)
	if !ok {
		return false
	}
	old := t.Schema
	t.Schema = s
	for i := range t.Columns {
		if id := t.Columns[i].Identity; id != nil {
			id.Schema = s
		}
	}
	was, now := sqltext.QuoteIdent(old)+"."+sqltext.QuoteIdent(t.Name), sqltext.QuoteIdent(s)+"."+sqltext.QuoteIdent(t.Name)
	for i := range e.s.Views {
		d := e.s.Views[i].Definition
		*d = strings.ReplaceAll(*d, was, sqltext.QuoteIdent(t.Name))
		*d = strings.ReplaceAll(*d, " from "+sqltext.QuoteIdent(t.Name), " from "+now)
	}
	for i := range e.s.Tables {
		for j := range e.s.Tables[i].ForeignKeys {
			if f := &e.s.Tables[i].ForeignKeys[j]; f.ToTable == t.Name {
				f.ToSchema = s
			}
		}
	}
	return true
}

// onColumn makes an edit of a random column.
func onColumn(name string, apply func(*editor, *schema.Table, *schema.Column) bool) edit {
	return on(name, tables, func(e *editor, t *schema.Table) bool {
		c := choose(e, t.Columns)
		return c != nil && apply(e, t, c)
	})
}

var columnEdits = []edit{
	on("add column", tables, func(e *editor, t *schema.Table) bool {
		t.Columns = slices.Insert(t.Columns, e.IntN(len(t.Columns)+1), e.column(t))
		return true
	}),
	onColumn("drop column", func(e *editor, t *schema.Table, c *schema.Column) bool {
		name := c.Name
		if len(t.Columns) < 2 {
			return false
		}
		dropColumn(e.s, t, name)
		if len(t.Columns) == 0 {
			t.Columns = append(t.Columns, e.column(t))
		}
		return true
	}),
	onColumn("replace column", func(e *editor, t *schema.Table, c *schema.Column) bool {
		dropColumn(e.s, t, c.Name)
		t.Columns = append(t.Columns, e.column(t))
		return true
	}),
	onColumn("rename column", func(e *editor, t *schema.Table, c *schema.Column) bool { e.rename(c.Name, "c"); return true }),
	onColumn("change type", changeType),
	onColumn("change type in uses", widen),
	onColumn("change default", func(e *editor, t *schema.Table, c *schema.Column) bool {
		if c.Generated != nil || c.Identity != nil || serials[c.Type] != "" {
			return false
		}
		if c.Default != nil && e.chance(40) {
			c.Default = nil
			return true
		}
		e.setDefault(c)
		return true
	}),
	onColumn("change not null", func(e *editor, t *schema.Table, c *schema.Column) bool {
		if c.Identity != nil || c.PrimaryKey || c.Generated != nil || serials[c.Type] != "" {
			return false
		}
		c.NotNull = !c.NotNull
		return true
	}),
	onColumn("change identity", changeIdentity),
	onColumn("change generated", changeGenerated),
}

// changeType gives a column any other type, and takes what does not fit it.
func changeType(e *editor, t *schema.Table, c *schema.Column) bool {
	if c.Generated != nil || c.Identity != nil || e.linked(c.Name) {
		return false
	}
	name, keeps, was := c.Name, typeOf(e.s, c), *c
	c.Default = nil
	e.setType(c)
	// An array made serial is left out until the diff makes it: its USING has
	// no cast.
	unmade := serials[c.Type] != "" && strings.HasSuffix(was.Type, "]")
	if unmade || c.Type == was.Type && c.TypeSchema == was.TypeSchema {
		*c = was
		return false
	}
	now := typeOf(e.s, c)
	if serials[c.Type] != "" {
		c.NotNull = true
	} else if e.chance(40) {
		e.setDefault(c)
	}
	if keeps.kind != now.kind || !now.ordered || keeps.kind == other {
		keptKey, keptNames := c.PrimaryKey && now.ordered, namesOf(t, name, now.ordered)
		for _, d := range slices.Clone(t.Columns) {
			if d.Name != name && mentions(&d, name) {
				dropColumn(e.s, t, d.Name)
			}
		}
		c = t.Column(name)
		c.PrimaryKey = keptKey
		dropUnfit(e.s, t, name, keptNames)
		return true
	}
	if was.Type != c.Type { // an operator class, and a computed column, know their type
		for _, d := range slices.Clone(t.Columns) {
			if d.Name != name && mentions(&d, name) {
				dropColumn(e.s, t, d.Name)
			}
		}
		t.Indexes = slices.DeleteFunc(t.Indexes, func(x schema.Index) bool {
			return mentions(&x, name) && (x.Method != "btree" || x.Columns[0].OpClass != "")
		})
	}
	return true
}

// namesOf returns the parts of a table that name a column as such and stay
// possible with another type: plain keys.
func namesOf(t *schema.Table, column string, ordered bool) map[string]bool {
	keep := map[string]bool{}
	if !ordered {
		return keep
	}
	for _, u := range t.Uniques {
		keep[u.Name] = true
	}
	for _, k := range t.PrimaryKeys {
		keep[k.Name] = true
	}
	for _, x := range t.Indexes {
		plain := x.Method == "btree" && !strings.Contains(x.Where, sqltext.QuoteIdent(column))
		for _, k := range x.Columns {
			plain = plain && k.OpClass == "" && (!k.IsExpression || !mentions(&k, column))
		}
		if plain {
			keep[x.Name] = true
		}
	}
	return keep
}

// dropUnfit drops what mentions a column, but for plain keys and for views
// without a condition on it.
func dropUnfit(s *schema.Schema, t *schema.Table, column string, keep map[string]bool) {
	uniques, keyed, indexes := t.Uniques, t.PrimaryKeys, t.Indexes
	t.Uniques = slices.DeleteFunc(uniques, func(u schema.Unique) bool { return !keep[u.Name] && mentions(&u, column) })
	t.PrimaryKeys = slices.DeleteFunc(keyed, func(k schema.PrimaryKey) bool { return !keep[k.Name] && mentions(&k, column) })
	t.Indexes = slices.DeleteFunc(indexes, func(x schema.Index) bool { return !keep[x.Name] && mentions(&x, column) })
	t.Checks, t.Policies = without(t.Checks, column), without(t.Policies, column)
	dropTargets(s, t)
	for _, v := range slices.Clone(s.Views) {
		_, where, conditional := strings.Cut(*v.Definition, " where ")
		if conditional && strings.Contains(where, sqltext.QuoteIdent(column)) {
			s.Views = slices.DeleteFunc(s.Views, func(x schema.View) bool { return x.Name == v.Name })
			dropViews(s, v.Name)
		}
	}
}

// widen changes an integer column and all that foreign keys tie to it.
func widen(e *editor, t *schema.Table, c *schema.Column) bool {
	if c.Type != "integer" || c.Generated != nil {
		return false
	}
	tied := map[string]bool{c.Name: true}
	for again := true; again; {
		again = false
		for _, t := range e.s.Tables {
			for _, f := range t.ForeignKeys {
				for i := range f.Columns {
					if tied[f.Columns[i]] != tied[f.ToColumns[i]] {
						tied[f.Columns[i]], tied[f.ToColumns[i]], again = true, true, true
					}
				}
			}
		}
	}
	for i := range e.s.Tables {
		for j := range e.s.Tables[i].Columns {
			if c := &e.s.Tables[i].Columns[j]; tied[c.Name] {
				for x := range e.s.Tables[i].Columns { // what is computed from it has the type it had
					if d := &e.s.Tables[i].Columns[x]; d.Generated != nil && mentions(d.Generated, c.Name) {
						return false
					}
				}
			}
		}
	}
	for i := range e.s.Tables {
		for j := range e.s.Tables[i].Columns {
			if c := &e.s.Tables[i].Columns[j]; tied[c.Name] {
				c.Type = map[string]string{"serial": "bigserial", "integer": "bigint"}[c.Type]
			}
		}
	}
	return true
}

func changeIdentity(e *editor, t *schema.Table, c *schema.Column) bool {
	switch {
	case !isInteger(c) || c.Generated != nil:
		return false
	case c.Identity == nil:
		c.Identity, c.Default, c.NotNull = e.identity(t), nil, true
	case e.chance(50):
		c.Identity = nil
		c.NotNull = c.PrimaryKey || e.chance(50)
	default:
		id := e.identity(t)
		id.Name = c.Identity.Name
		c.Identity = id
	}
	return true
}

func changeGenerated(e *editor, t *schema.Table, c *schema.Column) bool {
	switch {
	case c.Generated != nil && e.chance(50):
		c.Generated = nil
		return true
	case c.PrimaryKey || c.Identity != nil || c.Type != "integer" && c.Type != "text" || e.linked(c.Name):
		return false
	}
	for i := range t.Columns { // PostgreSQL allows no chains
		if d := &t.Columns[i]; d.Generated != nil && mentions(d.Generated, c.Name) {
			return false
		}
	}
	for _, x := range append(keys(t), nil) {
		if slices.Contains(x, c.Name) {
			return false
		}
	}
	typ := c.Type
	made := e.generated(t, c)
	if made == nil || c.Type != typ {
		c.Type = typ
		return false
	}
	c.Generated, c.Default, c.NotNull = made, nil, false
	return true
}

// onPart makes an edit that drops, changes or renames a part of a table.
func onPart[T any](name string, parts func(*schema.Table) *[]T, change func(*editor, *schema.Table, *T)) edit {
	return on(name, tables, func(e *editor, t *schema.Table) bool {
		x := choose(e, *parts(t))
		if x == nil {
			return false
		}
		if e.chance(40) {
			remove(parts(t), x)
		} else {
			change(e, t, x)
		}
		dropTargets(e.s, t)
		return true
	})
}

var partEdits = []edit{
	on("add key", tables, func(e *editor, t *schema.Table) bool {
		if len(t.PrimaryKeys) > 0 || slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.PrimaryKey }) {
			return false
		}
		e.addKey(t)
		return true
	}),
	on("change key", tables, func(e *editor, t *schema.Table) bool {
		t.PrimaryKeys = nil
		for i := range t.Columns {
			t.Columns[i].PrimaryKey = false
		}
		e.addKey(t)
		dropTargets(e.s, t)
		return true
	}),
	on("add unique", tables, func(e *editor, t *schema.Table) bool { e.addUnique(t); return true }),
	onPart("change unique", func(t *schema.Table) *[]schema.Unique { return &t.Uniques }, func(e *editor, t *schema.Table, u *schema.Unique) {
		if e.chance(30) {
			u.Name = e.name("u")
			return
		}
		u.NullsNotDistinct = !u.NullsNotDistinct
	}),
	on("add check", tables, func(e *editor, t *schema.Table) bool { e.addCheck(t); return true }),
	onPart("change check", func(t *schema.Table) *[]schema.Check { return &t.Checks }, func(e *editor, t *schema.Table, c *schema.Check) { c.Value = e.condition(t) }),
	on("add index", tables, func(e *editor, t *schema.Table) bool { e.addIndex(t); return true }),
	onPart("change index", func(t *schema.Table) *[]schema.Index { return &t.Indexes }, func(e *editor, t *schema.Table, x *schema.Index) {
		name := x.Name
		if now := e.index(t); len(now.Columns) > 0 {
			*x = now
			x.Name = name
		}
	}),
	{"add foreign key", func(e *editor) bool { e.addForeignKey(); return true }},
	onPart("change foreign key", func(t *schema.Table) *[]schema.ForeignKey { return &t.ForeignKeys }, func(e *editor, t *schema.Table, f *schema.ForeignKey) {
		f.OnDelete = e.pick("no action", "cascade", "restrict")
	}),
	on("add policy", tables, func(e *editor, t *schema.Table) bool { t.Policies = append(t.Policies, e.policy(t)); return true }),
	onPart("change policy", func(t *schema.Table) *[]schema.Policy { return &t.Policies }, func(e *editor, t *schema.Table, p *schema.Policy) {
		if e.chance(30) {
			e.rename(p.Name, "p")
			return
		}
		name := p.Name
		*p = e.policy(t)
		p.Name = name
	}),
}
