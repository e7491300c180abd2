package diff

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// mutate returns a copy of s with n random changes.
func (g gen) mutate(s *schema.Schema, n int) *schema.Schema {
	for {
		if m := g.mutateOnce(s, n); !hasDuplicates(m) {
			return m
		}
	}
}

// hasDuplicates finds names that a renamed schema made equal.
func hasDuplicates(s *schema.Schema) bool {
	names := map[string]bool{}
	double := false
	add := func(kind string, r schema.Ref) {
		double = double || names[kind+r.String()]
		names[kind+r.String()] = true
	}
	for _, x := range s.Enums {
		add("enum", x.Ref())
	}
	for _, x := range s.Sequences {
		add("sequence", x.Ref())
	}
	for _, x := range s.Tables {
		add("table", x.Ref())
		for _, col := range x.Columns {
			add("column "+x.Ref().String(), schema.Ref{Name: col.Name})
		}
	}
	for _, x := range s.Views {
		add("view", x.Ref())
	}
	return double
}

func (g gen) mutateOnce(s *schema.Schema, n int) *schema.Schema {
	s = s.Clone()
	for range n {
		switch g.IntN(20) {
		case 0:
			mutateList(g, &s.Schemas, func() string { return g.pick("s1", "s2", "s3", "s4") }, func(x string) string { return x }, func(*string) {})
		case 1, 2:
			mutateList(g, &s.Enums, g.enum, func(e schema.Enum) string { return e.Ref().String() }, func(e *schema.Enum) { g.mutateEnum(s, e) })
		case 3:
			mutateList(g, &s.Sequences, g.sequence, func(q schema.Sequence) string { return q.Ref().String() }, g.mutateSequence)
		case 4:
			mutateList(g, &s.Roles, g.role, func(r schema.Role) string { return r.Name }, func(r *schema.Role) { *r = g.role() })
		case 5:
			mutateList(g, &s.Policies, g.linkedPolicy, func(p schema.LinkedPolicy) string { return p.Name }, func(p *schema.LinkedPolicy) { *p = g.linkedPolicy() })
		case 6, 7:
			mutateList(g, &s.Views, g.view, func(v schema.View) string { return v.Ref().String() }, g.mutateView)
		case 8:
			g.renameSchema(s)
		default:
			mutateList(g, &s.Tables, func() schema.Table { return g.table(s) }, func(t schema.Table) string { return t.Ref().String() }, func(t *schema.Table) { g.mutateTable(s, t) })
		}
	}
	return s
}

// mutateList adds, removes, moves or changes one element; a change that makes
// a name appear twice is undone.
func mutateList[T any](g gen, list *[]T, make func() T, name func(T) string, change func(*T)) {
	before := slices.Clone(*list)
	n := len(before)
	switch k := g.IntN(10); {
	case k == 0 || n == 0:
		*list = slices.Insert(*list, g.IntN(n+1), make())
	case k == 1:
		i := g.IntN(n)
		*list = slices.Delete(slices.Clone(before), i, i+1)
	case k == 2:
		g.Shuffle(n, func(i, j int) { (*list)[i], (*list)[j] = (*list)[j], (*list)[i] })
	case k == 3: // gone, and another instead: renamed or not
		i := g.IntN(n)
		(*list)[i] = make()
	default:
		change(&(*list)[g.IntN(n)])
	}
	names := map[string]bool{}
	for _, x := range *list {
		if names[name(x)] {
			*list = before
			return
		}
		names[name(x)] = true
	}
}

func (g gen) mutateEnum(s *schema.Schema, e *schema.Enum) {
	old := e.Ref()
	switch g.IntN(5) {
	case 0:
		e.Name = g.name("e", 4)
	case 1:
		e.Schema = g.schemaName()
	case 2:
		*e = g.enum()
	default:
		e.Values = g.values()
		return
	}
	for i := range s.Tables { // columns follow, as they do in TypeScript
		for j := range s.Tables[i].Columns {
			c := &s.Tables[i].Columns[j]
			if r, ok := enumOf(c); ok && r == old {
				_, suffix := splitArray(c.Type)
				c.Type, c.TypeSchema = e.Name+suffix, e.Schema
			}
		}
	}
}

func (g gen) mutateSequence(q *schema.Sequence) {
	switch g.IntN(4) {
	case 0:
		q.Name = g.name("q", 4)
	case 1:
		q.Schema = g.schemaName()
	default:
		q.SequenceOptions = g.options()
	}
}

func (g gen) mutateView(v *schema.View) {
	switch g.IntN(6) {
	case 0:
		if !g.plain {
			v.Name = g.name("v", 5)
		}
	case 1:
		v.Schema = g.schemaName()
	case 2:
		*v = g.view()
	case 3:
		if v.Definition != nil {
			v.Definition = ptr(g.pick("select 1", "select 2", "select 3"))
		}
	default:
		g.viewOptions(v)
	}
}

// renameSchema renames a schema and everything in it.
func (g gen) renameSchema(s *schema.Schema) {
	if len(s.Schemas) == 0 {
		return
	}
	i := g.IntN(len(s.Schemas))
	old, now := s.Schemas[i], g.pick("s1", "s2", "s3", "s4", "s5")
	if slices.Contains(s.Schemas, now) {
		return
	}
	s.Schemas[i] = now
	move := func(name *string) {
		if *name == old {
			*name = now
		}
	}
	for i := range s.Enums {
		move(&s.Enums[i].Schema)
	}
	for i := range s.Sequences {
		move(&s.Sequences[i].Schema)
	}
	for i := range s.Views {
		move(&s.Views[i].Schema)
	}
	for i := range s.Tables {
		t := &s.Tables[i]
		move(&t.Schema)
		for j := range t.Columns {
			move(&t.Columns[j].TypeSchema)
			if t.Columns[j].Identity != nil {
				move(&t.Columns[j].Identity.Schema)
			}
		}
		for j := range t.ForeignKeys {
			move(&t.ForeignKeys[j].ToSchema)
		}
	}
}

func (g gen) mutateTable(s *schema.Schema, t *schema.Table) {
	switch g.IntN(16) {
	case 0:
		t.Name = g.name("t", 6)
	case 1:
		t.Schema = g.schemaName()
	case 2:
		t.RLS = !t.RLS
	case 3:
		mutateList(g, &t.Indexes, g.index, func(x schema.Index) string { return x.Name }, func(x *schema.Index) { n := x.Name; *x = g.index(); x.Name = n })
	case 4:
		mutateList(g, &t.ForeignKeys, func() schema.ForeignKey { return g.reference(s) }, func(f schema.ForeignKey) string { return f.Name }, func(f *schema.ForeignKey) { n := f.Name; *f = g.reference(s); f.Name = n })
	case 5:
		mutateList(g, &t.PrimaryKeys, g.key, func(k schema.PrimaryKey) string { return k.Name }, func(k *schema.PrimaryKey) { k.Columns = g.columns() })
	case 6:
		mutateList(g, &t.Uniques, g.unique, func(u schema.Unique) string { return u.Name }, func(u *schema.Unique) { n := u.Name; *u = g.unique(); u.Name = n })
	case 7:
		mutateList(g, &t.Checks, g.check, func(c schema.Check) string { return c.Name }, func(c *schema.Check) { n := c.Name; *c = g.check(); c.Name = n })
	case 8:
		mutateList(g, &t.Policies, g.policy, func(p schema.Policy) string { return p.Name }, func(p *schema.Policy) { n := p.Name; *p = g.policy(); p.Name = n })
	default:
		mutateList(g, &t.Columns, func() schema.Column { return g.column(s) }, func(c schema.Column) string { return c.Name }, func(c *schema.Column) { g.mutateColumn(s, c) })
	}
}

func (g gen) mutateColumn(s *schema.Schema, c *schema.Column) {
	switch g.IntN(8) {
	case 0:
		if !g.plain {
			c.Name = g.name("c", 6)
		}
	case 1:
		c.Type, c.TypeSchema = g.columnType(s)
	case 2:
		c.Default = nil
		if g.chance(60) {
			c.Default = g.defaultValue()
		}
	case 3:
		c.NotNull = !c.NotNull
	case 4:
		c.PrimaryKey = !c.PrimaryKey && !g.plain
	case 5:
		if g.plain {
			break
		}
		c.Identity = nil
		if g.chance(60) {
			c.Identity, c.Generated = g.identity(), nil
		}
	case 6:
		c.Generated = nil
		if g.chance(60) {
			c.Generated = &schema.Generated{As: g.pick("1", "2 + 3"), Type: "stored"}
			c.Identity = nil
		}
		if g.plain && c.Name == "c5" {
			c.Generated, c.Identity = nil, g.identity()
		}
	default:
		n := c.Name
		*c = g.column(s)
		c.Name = n
	}
}
