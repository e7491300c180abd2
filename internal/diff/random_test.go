package diff

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// gen makes random schemas and random changes of them. Names come from small
// pools so that the two sides meet.
//
// A plain one avoids what drizzle-kit gets wrong, so that many changes at once
// can be compared.
type gen struct {
	*rand.Rand
	plain bool
}

func (g gen) pick(from ...string) string { return from[g.IntN(len(from))] }
func (g gen) chance(percent int) bool    { return g.IntN(100) < percent }

func (g gen) name(prefix string, n int) string { return fmt.Sprintf("%s%d", prefix, 1+g.IntN(n)) }

func (g gen) schemaName() string { return g.pick("public", "public", "public", "s1", "s2") }

// fill appends up to n things with names that are not there yet.
func fill[T any](n int, make func() T, name func(T) string) []T {
	var out []T
	for range n {
		x := make()
		if !slices.ContainsFunc(out, func(y T) bool { return name(y) == name(x) }) {
			out = append(out, x)
		}
	}
	return out
}

func (g gen) schema() *schema.Schema {
	s := &schema.Schema{}
	s.Schemas = fill(g.IntN(3), func() string { return g.pick("s1", "s2", "s3", "s4") }, func(x string) string { return x })
	s.Enums = fill(g.IntN(4), g.enum, func(e schema.Enum) string { return e.Ref().String() })
	s.Sequences = fill(g.IntN(3), g.sequence, func(q schema.Sequence) string { return q.Ref().String() })
	s.Roles = fill(g.IntN(3), g.role, func(r schema.Role) string { return r.Name })
	s.Tables = fill(1+g.IntN(4), func() schema.Table { return g.table(s) }, func(t schema.Table) string { return t.Ref().String() })
	s.Policies = fill(g.IntN(3), g.linkedPolicy, func(p schema.LinkedPolicy) string { return p.Name })
	s.Views = fill(g.IntN(4), g.view, func(v schema.View) string { return v.Ref().String() })
	return s
}

func (g gen) enum() schema.Enum {
	return schema.Enum{Schema: g.schemaName(), Name: g.name("e", 4), Values: g.values()}
}

func (g gen) values() []string {
	all := []string{"a", "b", "c", "d", "it's"}
	if g.plain {
		all[4] = "e"
	}
	g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	out := all[:1+g.IntN(4)]
	if g.chance(70) {
		slices.Sort(out)
	}
	return slices.Clone(out)
}

func (g gen) options() schema.SequenceOptions {
	return schema.SequenceOptions{Increment: g.pick("1", "2"), Min: g.pick("1", "3"), Max: g.pick("100", "1000"), Start: g.pick("1", "5"), Cache: g.pick("1", "10"), Cycle: g.chance(30)}
}

func (g gen) sequence() schema.Sequence {
	return schema.Sequence{Schema: g.schemaName(), Name: g.name("q", 4), SequenceOptions: g.options()}
}

func (g gen) role() schema.Role {
	return schema.Role{Name: g.name("r", 4), CreateDB: g.chance(30), CreateRole: g.chance(30), Inherit: g.chance(70)}
}

func (g gen) table(s *schema.Schema) schema.Table {
	t := schema.Table{Schema: g.schemaName(), Name: g.name("t", 6), RLS: g.chance(15)}
	t.Columns = fill(1+g.IntN(5), func() schema.Column { return g.column(s) }, func(c schema.Column) string { return c.Name })
	few := func() int { return max(0, g.IntN(5)-2) }
	t.Indexes = fill(few(), g.index, func(x schema.Index) string { return x.Name })
	t.ForeignKeys = fill(few(), func() schema.ForeignKey { return g.reference(s) }, func(f schema.ForeignKey) string { return f.Name })
	t.PrimaryKeys = fill(max(0, g.IntN(4)-2), g.key, func(k schema.PrimaryKey) string { return k.Name })
	t.Uniques = fill(few(), g.unique, func(u schema.Unique) string { return u.Name })
	t.Checks = fill(few(), g.check, func(c schema.Check) string { return c.Name })
	t.Policies = fill(max(0, g.IntN(6)-3), g.policy, func(p schema.Policy) string { return p.Name })
	return t
}

func (g gen) columns() []string {
	return fill(1+g.IntN(3), func() string { return g.name("c", 6) }, func(c string) string { return c })
}

func (g gen) column(s *schema.Schema) schema.Column {
	c := schema.Column{Name: g.name("c", 6), PrimaryKey: g.chance(15), NotNull: g.chance(40)}
	c.Type, c.TypeSchema = g.columnType(s)
	c.PrimaryKey = c.PrimaryKey && !g.plain
	if g.chance(30) {
		c.Default = g.defaultValue()
	}
	if g.chance(10) {
		c.Generated = &schema.Generated{As: g.pick("1", "2 + 3", "c1 || c2"), Type: "stored"}
	}
	if g.chance(10) && c.Generated == nil && !g.plain || g.plain && c.Name == "c5" {
		c.Identity = g.identity()
	}
	return c
}

func (g gen) columnType(s *schema.Schema) (typ, typeSchema string) {
	if len(s.Enums) > 0 && g.chance(35) {
		e := s.Enums[g.IntN(len(s.Enums))]
		return e.Name + g.pick("", "", "", "[]", "[3][2]"), e.Schema
	}
	if g.plain {
		return g.pick("integer", "text", "text[]", "varchar(10)", "timestamp (3)", "double precision"), ""
	}
	return g.pick("integer", "text", "text[]", "varchar(10)", "numeric(7, 2)", "timestamp (3)", "timestamp(3)", "inet", "inet[]", "bytea", "jsonb", "serial", "double precision", "smallserial"), ""
}

func (g gen) defaultValue() *schema.Scalar {
	n := 7
	if g.plain {
		n = 4
	}
	return &[]schema.Scalar{
		{Kind: schema.String, Text: "'a'"}, {Kind: schema.String, Text: "now()"}, {Kind: schema.String, Text: "5"},
		{Kind: schema.Number, Text: "5"}, {Kind: schema.Number, Text: "0"}, {Kind: schema.Boolean, Text: "true"}, {Kind: schema.Boolean, Text: "false"},
	}[g.IntN(n)]
}

func (g gen) identity() *schema.Identity {
	return &schema.Identity{Type: g.pick("always", "byDefault"), Name: g.name("seq", 2), Schema: g.schemaName(), SequenceOptions: g.options()}
}

func (g gen) index() schema.Index {
	x := schema.Index{Name: g.name("i", 8), Unique: g.chance(30), Concurrently: g.chance(10), Method: g.pick("btree", "btree", "gin")}
	for _, c := range g.columns() {
		k := schema.IndexColumn{Expression: c, Asc: g.chance(70), Nulls: g.pick("last", "last", "first")}
		if g.chance(20) {
			k.IsExpression, k.Expression = true, "lower("+c+")"
		}
		if g.chance(15) {
			k.OpClass = "text_ops"
		}
		x.Columns = append(x.Columns, k)
	}
	if g.chance(20) {
		x.Where = g.pick("c1 > 0", "c2 is not null")
	}
	if g.chance(15) {
		x.With = []schema.Option{{Name: "fillfactor", Value: schema.Scalar{Kind: schema.String, Text: g.pick("70", "80")}}}
	}
	return x
}

func (g gen) reference(s *schema.Schema) schema.ForeignKey {
	f := schema.ForeignKey{Name: g.name("f", 6), ToSchema: g.schemaName(), ToTable: g.name("t", 6), OnDelete: g.pick("no action", "no action", "cascade", ""), OnUpdate: g.pick("no action", "no action", "set null")}
	if len(s.Tables) > 0 && g.chance(70) {
		t := s.Tables[g.IntN(len(s.Tables))]
		f.ToSchema, f.ToTable = t.Schema, t.Name
	}
	f.Columns = g.columns()
	f.ToColumns = f.Columns
	return f
}

func (g gen) key() schema.PrimaryKey {
	return schema.PrimaryKey{Name: g.name("pk", 3), Columns: g.columns()}
}

func (g gen) unique() schema.Unique {
	return schema.Unique{Name: g.name("u", 6), Columns: g.columns(), NullsNotDistinct: g.chance(20)}
}

func (g gen) check() schema.Check {
	return schema.Check{Name: g.name("k", 6), Value: g.pick("c1 > 0", "c2 <> ''", "true")}
}

func (g gen) policy() schema.Policy {
	p := schema.Policy{Name: g.name("p", 6), As: g.pick("PERMISSIVE", "PERMISSIVE", "RESTRICTIVE"), For: g.pick("ALL", "SELECT", "INSERT"),
		To: g.roles()}
	if g.chance(50) {
		p.Using = ptr(g.pick("true", "c1 > 0"))
	}
	if g.chance(30) {
		p.WithCheck = ptr(g.pick("true", "c2 > 0"))
	}
	return p
}

func (g gen) roles() []string {
	out := fill(1+g.IntN(2), func() string { return g.pick("public", "current_user", "r1", "r2") }, func(r string) string { return r })
	slices.Sort(out)
	return out
}

func (g gen) linkedPolicy() schema.LinkedPolicy {
	return schema.LinkedPolicy{Policy: g.policy(), On: g.pick(`"auth"."users"`, `"public"."other"`), Schema: "public"}
}

func (g gen) view() schema.View {
	v := schema.View{Schema: g.schemaName(), Name: g.name("v", 5), Materialized: g.chance(40), Existing: g.chance(15)}
	if g.plain {
		v.Materialized = v.Name < "v3"
	}
	if !v.Existing {
		v.Definition = ptr(g.pick("select 1", "select 2"))
	}
	g.viewOptions(&v)
	return v
}

func (g gen) viewOptions(v *schema.View) {
	v.With, v.Tablespace, v.Using, v.WithNoData = nil, "", "", nil
	add := func(name, text string, kind schema.ScalarKind) {
		if g.chance(25) {
			v.With = append(v.With, schema.Option{Name: name, Value: schema.Scalar{Kind: kind, Text: text}})
		}
	}
	if !v.Materialized {
		add("checkOption", g.pick("local", "cascaded"), schema.String)
		add("securityBarrier", g.pick("true", "false"), schema.Boolean)
		add("securityInvoker", g.pick("true", "false"), schema.Boolean)
		return
	}
	add("fillfactor", g.pick("10", "20"), schema.Number)
	add("parallelWorkers", g.pick("1", "2"), schema.Number)
	add("autovacuumEnabled", g.pick("true", "false"), schema.Boolean)
	v.Tablespace = g.pick("", "", "x", "y")
	v.Using = g.pick("", "", "heap", "other")
	if g.chance(20) {
		v.WithNoData = ptr(g.chance(50))
	}
}

func ptr[T any](v T) *T { return &v }
