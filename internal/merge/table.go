package merge

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// joinTables joins two versions of a table, part by part. Two tables that were
// both created under one name are one only if they are equal.
func joinTables(m *merger, o Object, base, upstream, local *schema.Table) schema.Table {
	if base == nil {
		if m.disagree(Disagreement{Object: o, Upstream: saysTable(upstream), Local: saysTable(local)}) == Local {
			return *local
		}
		return *upstream
	}
	p := parts{upstream.Ref()}
	t := *upstream
	t.Columns = list(m, base.Columns, upstream.Columns, local.Columns, p.columns())
	t.Indexes = list(m, base.Indexes, upstream.Indexes, local.Indexes, p.indexes())
	t.ForeignKeys = list(m, base.ForeignKeys, upstream.ForeignKeys, local.ForeignKeys, p.foreignKeys())
	t.PrimaryKeys = list(m, base.PrimaryKeys, upstream.PrimaryKeys, local.PrimaryKeys, p.primaryKeys())
	t.Uniques = list(m, base.Uniques, upstream.Uniques, local.Uniques, p.uniques())
	t.Checks = list(m, base.Checks, upstream.Checks, local.Checks, p.checks())
	t.Policies = list(m, base.Policies, upstream.Policies, local.Policies, p.policies())
	if upstream.RLS == base.RLS {
		t.RLS = local.RLS // two sides cannot change a boolean differently
	}
	m.oneKey(o, base, upstream, local, &t)
	return t
}

// oneKey finds that both sides gave the table a primary key, under names that
// do not meet.
func (m *merger) oneKey(o Object, base, upstream, local, joined *schema.Table) {
	if len(keyOf(joined)) < 2 || len(keyOf(upstream)) > 1 || len(keyOf(local)) > 1 {
		return
	}
	d := Disagreement{Object: o, Attribute: "primary key", Upstream: strings.Join(keyOf(upstream), "; "), Local: strings.Join(keyOf(local), "; ")}
	chosen := upstream
	if m.disagree(d) == Local {
		chosen = local
	}
	joined.PrimaryKeys = chosen.PrimaryKeys
	for i := range joined.Columns {
		c := chosen.Column(joined.Columns[i].Name)
		joined.Columns[i].PrimaryKey = c != nil && c.PrimaryKey
	}
}

// keyOf lists the primary keys of a table; a sound one has at most one.
func keyOf(t *schema.Table) []string {
	var out []string
	for _, c := range t.Columns {
		if c.PrimaryKey {
			out = append(out, c.Name)
		}
	}
	for _, k := range t.PrimaryKeys {
		out = append(out, strings.Join(k.Columns, ", "))
	}
	return out
}

// parts makes the kinds of a table's parts.
type parts struct{ table schema.Ref }

func (p parts) object(kind, name string) Object {
	return Object{Kind: kind, Table: p.table, Name: name}
}

func (p parts) columns() kind[schema.Column] {
	return kind[schema.Column]{
		object: func(c *schema.Column) Object { return p.object("column", c.Name) },
		same:   equal[schema.Column], join: joinColumns, says: saysColumn,
	}
}

func (p parts) indexes() kind[schema.Index] {
	return kind[schema.Index]{
		object: func(i *schema.Index) Object { return p.object("index", i.Name) },
		same:   equal[schema.Index], says: saysIndex,
	}
}

func (p parts) foreignKeys() kind[schema.ForeignKey] {
	return kind[schema.ForeignKey]{
		object: func(f *schema.ForeignKey) Object { return p.object("foreign key", f.Name) },
		same:   equal[schema.ForeignKey], says: saysForeignKey,
	}
}

func (p parts) primaryKeys() kind[schema.PrimaryKey] {
	return kind[schema.PrimaryKey]{
		object: func(k *schema.PrimaryKey) Object { return p.object("primary key", k.Name) },
		same:   equal[schema.PrimaryKey], says: func(k *schema.PrimaryKey) string { return strings.Join(k.Columns, ", ") },
	}
}

func (p parts) uniques() kind[schema.Unique] {
	return kind[schema.Unique]{
		object: func(u *schema.Unique) Object { return p.object("unique constraint", u.Name) },
		same:   equal[schema.Unique],
		says: func(u *schema.Unique) string {
			text := strings.Join(u.Columns, ", ")
			if u.NullsNotDistinct {
				text += " nulls not distinct"
			}
			return text
		},
	}
}

func (p parts) checks() kind[schema.Check] {
	return kind[schema.Check]{
		object: func(c *schema.Check) Object { return p.object("check", c.Name) },
		same:   equal[schema.Check], says: func(c *schema.Check) string { return c.Value },
	}
}

func (p parts) policies() kind[schema.Policy] {
	return kind[schema.Policy]{
		object: func(x *schema.Policy) Object { return p.object("policy", x.Name) },
		same:   equal[schema.Policy], says: saysPolicy,
	}
}

// attribute is one of a column's.
type attribute struct {
	name string
	get  func(*schema.Column) string // "" where the column has none
	set  func(to, from *schema.Column)
}

var attributes = []attribute{
	{"type", typeOf, func(to, from *schema.Column) { to.Type, to.TypeSchema = from.Type, from.TypeSchema }},
	{"primary key", func(c *schema.Column) string { return ifTrue(c.PrimaryKey, "primary key") }, func(to, from *schema.Column) { to.PrimaryKey = from.PrimaryKey }},
	{"not null", func(c *schema.Column) string { return ifTrue(c.NotNull, "not null") }, func(to, from *schema.Column) { to.NotNull = from.NotNull }},
	{"default", defaultOf, func(to, from *schema.Column) { to.Default = from.Default }},
	{"generated", generatedOf, func(to, from *schema.Column) { to.Generated = from.Generated }},
	{"identity", identityOf, func(to, from *schema.Column) { to.Identity = from.Identity }},
}

func ifTrue(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}

func typeOf(c *schema.Column) string {
	if c.TypeSchema == "" || c.TypeSchema == schema.Public {
		return c.Type
	}
	return c.TypeSchema + "." + c.Type
}

func defaultOf(c *schema.Column) string {
	if c.Default == nil {
		return ""
	}
	return "default " + c.Default.Text
}

func generatedOf(c *schema.Column) string {
	if c.Generated == nil {
		return ""
	}
	return "generated as " + c.Generated.As
}

func identityOf(c *schema.Column) string {
	if c.Identity == nil {
		return ""
	}
	return fmt.Sprintf("identity %s %+v", c.Identity.Type, c.Identity.SequenceOptions)
}

// joinColumns joins two versions of a column, attribute by attribute. A new
// type and a new default made by different sides may not fit each other.
func joinColumns(m *merger, o Object, base, upstream, local *schema.Column) schema.Column {
	if base == nil {
		if m.disagree(Disagreement{Object: o, Upstream: saysColumn(upstream), Local: saysColumn(local)}) == Local {
			return *local
		}
		return *upstream
	}
	c := *upstream
	for _, a := range attributes {
		b, u, l := a.get(base), a.get(upstream), a.get(local)
		switch {
		case l == b || l == u:
		case u == b:
			a.set(&c, local)
		case m.disagree(Disagreement{Object: o, Attribute: a.name, Upstream: or(u, "no "+a.name), Local: or(l, "no "+a.name)}) == Local:
			a.set(&c, local)
		}
	}
	m.typeAndValue(o, base, upstream, local, &c)
	return c
}

// typeAndValue finds that one side changed the type while the other changed
// what has to be of that type.
func (m *merger) typeAndValue(o Object, base, upstream, local, joined *schema.Column) {
	changes := func(now *schema.Column, get func(*schema.Column) string) bool { return get(now) != get(base) }
	for _, side := range []Side{Upstream, Local} {
		typed, other := upstream, local
		if side == Local {
			typed, other = local, upstream
		}
		if !changes(typed, typeOf) || changes(other, typeOf) {
			continue
		}
		for _, a := range attributes[3:] {
			if !changes(other, a.get) || a.get(other) == "" || changes(typed, a.get) {
				continue
			}
			d := Disagreement{Object: o, Attribute: "type and " + a.name, Upstream: saysColumn(upstream), Local: saysColumn(local)}
			if m.disagree(d) == Local {
				*joined = *local
			} else {
				*joined = *upstream
			}
			return
		}
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func saysColumn(c *schema.Column) string {
	var words []string
	for _, a := range attributes {
		if text := a.get(c); text != "" {
			words = append(words, text)
		}
	}
	return strings.Join(words, " ")
}

func saysIndex(i *schema.Index) string {
	var keys []string
	for _, c := range i.Columns {
		keys = append(keys, c.Expression)
	}
	text := fmt.Sprintf("%s (%s)", i.Method, strings.Join(keys, ", "))
	if i.Unique {
		text = "unique " + text
	}
	if i.Where != "" {
		text += " where " + i.Where
	}
	return text
}

func saysForeignKey(f *schema.ForeignKey) string {
	text := fmt.Sprintf("(%s) → %s (%s)", strings.Join(f.Columns, ", "),
		schema.Ref{Schema: f.ToSchema, Name: f.ToTable}, strings.Join(f.ToColumns, ", "))
	if f.OnDelete != "" && f.OnDelete != "no action" {
		text += " on delete " + f.OnDelete
	}
	if f.OnUpdate != "" && f.OnUpdate != "no action" {
		text += " on update " + f.OnUpdate
	}
	return text
}

func saysPolicy(p *schema.Policy) string {
	text := strings.TrimSpace(fmt.Sprintf("%s for %s to %s", p.As, p.For, strings.Join(p.To, ", ")))
	if p.Using != nil {
		text += " using " + *p.Using
	}
	if p.WithCheck != nil {
		text += " with check " + *p.WithCheck
	}
	return text
}
