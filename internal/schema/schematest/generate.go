package schematest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// Generator makes pairs. The same seed and options make the same ones.
type Generator struct {
	*rand.Rand
	// Roles begins the names of roles, which belong to the whole server.
	roles string
	named int
	s     *schema.Schema // the one being made
}

// New returns a generator. Names of roles begin with roles.
func New(seed uint64, roles string) *Generator {
	return &Generator{Rand: rand.New(rand.NewPCG(seed, 0x5ce1)), roles: roles}
}

func (g *Generator) chance(percent int) bool    { return g.IntN(100) < percent }
func (g *Generator) pick(from ...string) string { return from[g.IntN(len(from))] }
func one[T any](g *Generator, from []T) *T      { return &from[g.IntN(len(from))] }
func (g *Generator) expr(format string, a ...any) *string {
	s := fmt.Sprintf(format, a...)
	return &s
}

// name makes a name that nothing else has. Some need their quotes.
func (g *Generator) name(prefix string) string {
	g.named++
	quirk := ""
	if g.chance(20) {
		quirk = g.pick(`"_`, "'", " ", ";", "--", ".", ",", "ü", "A", "$", "%")
	}
	if quirk == "'" && (prefix == "q" || prefix == "s") { // nextval('…') would have to double it
		quirk = "´"
	}
	name := fmt.Sprintf("%s%s%d", prefix, quirk, g.named)
	if g.chance(2) { // longer than PostgreSQL keeps
		name += "_" + strings.Repeat("long ü", 11)
	}
	return name
}

func (g *Generator) schemaName() string {
	if len(g.s.Schemas) == 0 || g.chance(55) {
		return schema.Public
	}
	return *one(g, g.s.Schemas)
}

// Schema makes a schema that PostgreSQL accepts.
func (g *Generator) Schema() *schema.Schema {
	g.s = &schema.Schema{}
	for range g.IntN(3) {
		g.s.Schemas = append(g.s.Schemas, g.name("s"))
	}
	for range g.IntN(4) {
		g.s.Enums = append(g.s.Enums, g.enum())
	}
	for range max(0, g.IntN(4)-1) {
		g.s.Sequences = append(g.s.Sequences, g.sequence())
	}
	for range max(0, g.IntN(4)-1) {
		g.s.Roles = append(g.s.Roles, g.role())
	}
	for range 1 + g.IntN(4) {
		g.s.Tables = append(g.s.Tables, g.table())
	}
	for range g.IntN(4) {
		g.addForeignKey()
	}
	for range max(0, g.IntN(5)-1) {
		g.addView()
	}
	for range max(0, g.IntN(4)-2) {
		g.s.Policies = append(g.s.Policies, g.linkedPolicy())
	}
	return g.s
}

func (g *Generator) enum() schema.Enum {
	e := schema.Enum{Schema: g.schemaName(), Name: g.name("e")}
	for range 1 + g.IntN(4) {
		e.Values = append(e.Values, g.label())
	}
	return e
}

// label makes a value of an enum. It is unique as names are.
func (g *Generator) label() string {
	g.named++
	return g.pick("a", "a", "a", "it's ", "x y", "a,b", "A", "ü", ";--") + fmt.Sprint("_", g.named)
}

func (g *Generator) options() schema.SequenceOptions {
	return schema.SequenceOptions{
		Increment: g.pick("1", "1", "2"), Min: "1", Max: g.pick("1000", "32767"), Start: g.pick("1", "10"),
		Cache: g.pick("1", "5"), Cycle: g.chance(20),
	}
}

func (g *Generator) sequence() schema.Sequence {
	return schema.Sequence{Schema: g.schemaName(), Name: g.name("q"), SequenceOptions: g.options()}
}

func (g *Generator) role() schema.Role {
	return schema.Role{Name: g.name(g.roles + "r"), CreateDB: g.chance(30), CreateRole: g.chance(30), Inherit: g.chance(70)}
}

func (g *Generator) table() schema.Table {
	t := schema.Table{Schema: g.schemaName(), Name: g.name("t"), RLS: g.chance(10)}
	for range 1 + g.IntN(6) {
		t.Columns = append(t.Columns, g.column(&t))
	}
	g.addKey(&t)
	for range g.IntN(3) {
		g.addUnique(&t)
	}
	for range g.IntN(3) {
		g.addIndex(&t)
	}
	for range g.IntN(2) {
		g.addCheck(&t)
	}
	for range max(0, g.IntN(4)-2) {
		t.Policies = append(t.Policies, g.policy(&t))
	}
	return t
}

// column makes a column that may be computed from those of t.
func (g *Generator) column(t *schema.Table) schema.Column {
	c := schema.Column{Name: g.name("c")}
	if g.chance(12) {
		if c.Generated = g.generated(t, &c); c.Generated != nil {
			return c
		}
	}
	g.setType(&c)
	if serials[c.Type] != "" {
		c.NotNull = true
		return c
	}
	c.NotNull = g.chance(30)
	switch {
	case isInteger(&c) && g.chance(25):
		c.Identity, c.NotNull = g.identity(t), true
	case g.chance(35):
		g.setDefault(&c)
	}
	return c
}

func (g *Generator) setType(c *schema.Column) {
	c.TypeSchema = ""
	switch {
	case len(g.s.Enums) > 0 && g.chance(30):
		e := one(g, g.s.Enums)
		c.Type, c.TypeSchema = e.Name+g.pick("", "", "[]"), e.Schema
	case g.chance(6):
		c.Type = g.pick("smallserial", "serial", "bigserial")
	case g.chance(30):
		c.Type = g.pick("integer", "text")
	default:
		c.Type = one(g, builtIn).name
	}
}

func (g *Generator) setDefault(c *schema.Column) {
	t := typeOf(g.s, c)
	if isInteger(c) && len(g.s.Sequences) > 0 && g.chance(40) {
		q := one(g, g.s.Sequences)
		c.Default = &schema.Scalar{Text: "nextval('" + sqltext.QuoteIdent(q.Schema) + "." + sqltext.QuoteIdent(q.Name) + "'::regclass)"}
		return
	}
	if len(t.defaults) > 0 && g.chance(40) {
		c.Default = &schema.Scalar{Text: g.pick(t.defaults...)}
		return
	}
	c.Default = &schema.Scalar{Kind: t.json, Text: t.value(g.IntN(3))}
}

func (g *Generator) identity(t *schema.Table) *schema.Identity {
	return &schema.Identity{Type: g.pick("always", "byDefault"), Name: g.name("n"), Schema: t.Schema, SequenceOptions: g.options()}
}

// generated computes c from another column of t, if there is one to compute
// from, and gives c its type.
func (g *Generator) generated(t *schema.Table, c *schema.Column) *schema.Generated {
	for _, i := range g.Perm(len(t.Columns)) {
		base := &t.Columns[i]
		if base.Generated != nil || base.Name == c.Name {
			continue
		}
		switch name := g.ref(t, base); {
		case base.Type == "integer":
			c.Type = "integer"
			return &schema.Generated{As: name + " * " + g.pick("2", "3"), Type: "stored"}
		case base.Type == "text":
			c.Type = "text"
			return &schema.Generated{As: g.pick("upper(", "lower(", "'x;--' || (") + name + ")", Type: "stored"}
		}
	}
	return nil
}

// ref writes a column's name, sometimes with its table's as drizzle does.
func (g *Generator) ref(t *schema.Table, c *schema.Column) string {
	name := sqltext.QuoteIdent(c.Name)
	if g.chance(30) {
		name = sqltext.QuoteIdent(t.Name) + "." + name
	}
	return name
}

// condition makes a condition on a column of t that the values of its type
// meet.
func (g *Generator) condition(t *schema.Table) string {
	c := one(g, t.Columns)
	name := g.ref(t, c)
	switch typeOf(g.s, c).kind {
	case number:
		return name + g.pick(" > -1000", " < 5000 and "+name+" > -2000", " <> 77")
	case words:
		return name + g.pick(" <> 'a;b--c'", " not like 'z%'", " <> 'it''s'")
	case truth:
		return name + g.pick(" is not null or true", " or not "+name)
	}
	return name + g.pick(" is not null or 1 < 2", " is null or true")
}

// ordered returns the names of up to n columns that can be in a key.
func (g *Generator) ordered(t *schema.Table, n int, accept func(*schema.Column) bool) []string {
	var out []string
	for _, i := range g.Perm(len(t.Columns)) {
		c := &t.Columns[i]
		if len(out) < n && typeOf(g.s, c).ordered && accept(c) {
			out = append(out, c.Name)
		}
	}
	return out
}

func any1(*schema.Column) bool { return true }

// plainColumn accepts columns that hold what is put into them.
func plainColumn(c *schema.Column) bool { return c.Generated == nil }

// addKey gives a table a primary key, on a column or as a constraint.
func (g *Generator) addKey(t *schema.Table) {
	columns := g.ordered(t, 1+g.IntN(2), plainColumn)
	switch {
	case len(columns) == 0 || g.chance(25):
	case len(columns) == 1 && g.chance(70):
		c := t.Column(columns[0])
		c.PrimaryKey, c.NotNull = true, true
	default:
		t.PrimaryKeys = []schema.PrimaryKey{{Name: g.name("k"), Columns: columns}}
	}
}

func (g *Generator) addUnique(t *schema.Table) {
	if columns := g.ordered(t, 1+g.IntN(2), plainColumn); len(columns) > 0 {
		t.Uniques = append(t.Uniques, schema.Unique{Name: g.name("u"), Columns: columns, NullsNotDistinct: g.chance(30)})
	}
}

func (g *Generator) addCheck(t *schema.Table) {
	t.Checks = append(t.Checks, schema.Check{Name: g.name("h"), Value: g.condition(t)})
}

func (g *Generator) addIndex(t *schema.Table) {
	if x := g.index(t); len(x.Columns) > 0 {
		t.Indexes = append(t.Indexes, x)
	}
}

func (g *Generator) index(t *schema.Table) schema.Index {
	x := schema.Index{Name: g.name("i"), Method: "btree", Concurrently: g.chance(10)}
	if g.chance(25) {
		x.Where = g.condition(t)
	}
	c := one(g, t.Columns)
	if typ := typeOf(g.s, c); typ.method != "" && g.chance(50) {
		x.Method = typ.method
		x.Columns = []schema.IndexColumn{{Expression: c.Name, Asc: true, Nulls: "last", OpClass: typ.class}}
		if x.Method == "btree" { // the others know no order
			x.Columns[0].Asc, x.Columns[0].Nulls = g.chance(50), g.pick("last", "first")
		}
		return x
	}
	for _, name := range g.ordered(t, 1+g.IntN(3), any1) {
		k := schema.IndexColumn{Expression: name, Asc: g.chance(70), Nulls: g.pick("last", "last", "first")}
		if typ := typeOf(g.s, t.Column(name)); typ.kind == words && g.chance(30) {
			k.Expression, k.IsExpression = "lower("+sqltext.QuoteIdent(name)+")", true
		} else if typ.kind == number && g.chance(15) {
			k.Expression, k.IsExpression = "("+sqltext.QuoteIdent(name)+" + 1)", true
		}
		x.Columns = append(x.Columns, k)
	}
	x.Unique = g.chance(25)
	if g.chance(15) {
		x.With = []schema.Option{{Name: "fillfactor", Value: schema.Scalar{Kind: schema.Number, Text: g.pick("70", "80")}}}
	}
	return x
}

// addForeignKey points columns made for the purpose to a key of some table.
func (g *Generator) addForeignKey() {
	target, t := one(g, g.s.Tables), one(g, g.s.Tables)
	possible := slices.DeleteFunc(keys(target), func(k []string) bool {
		return slices.ContainsFunc(k, func(c string) bool { return strings.HasSuffix(target.Column(c).Type, "]") })
	})
	if len(possible) == 0 { // PostgreSQL finds no equality between arrays of most types
		return
	}
	f := schema.ForeignKey{
		Name: g.name("f"), ToSchema: target.Schema, ToTable: target.Name, ToColumns: slices.Clone(*one(g, possible)),
		OnDelete: g.pick("no action", "cascade", "restrict", "set null", "set default"),
		OnUpdate: g.pick("no action", "no action", "cascade"),
	}
	for _, name := range f.ToColumns {
		to := target.Column(name)
		c := schema.Column{Name: g.name("c"), Type: to.Type, TypeSchema: to.TypeSchema}
		if plain, ok := serials[c.Type]; ok {
			c.Type = plain
		}
		f.Columns = append(f.Columns, c.Name)
		t.Columns = append(t.Columns, c)
	}
	t.ForeignKeys = append(t.ForeignKeys, f)
}
