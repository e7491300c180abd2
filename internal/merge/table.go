package merge

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// joinTables joins two versions of a table, part by part. Two tables that were
// both created under one name are one only if they are equal.
func joinTables(m *merger, o schema.Object, base, upstream, local *schema.Table) schema.Table {
	if base == nil {
		if m.disagree(Disagreement{Object: o, Upstream: says(upstream), Local: says(local)}) == Local {
			return *local
		}
		return *upstream
	}
	at := upstream.Ref()
	t := *upstream
	t.Columns = list(m, at, base.Columns, upstream.Columns, local.Columns, joinColumns)
	t.Indexes = list(m, at, base.Indexes, upstream.Indexes, local.Indexes, nil)
	t.ForeignKeys = list(m, at, base.ForeignKeys, upstream.ForeignKeys, local.ForeignKeys, nil)
	t.PrimaryKeys = list(m, at, base.PrimaryKeys, upstream.PrimaryKeys, local.PrimaryKeys, nil)
	t.Uniques = list(m, at, base.Uniques, upstream.Uniques, local.Uniques, nil)
	t.Checks = list(m, at, base.Checks, upstream.Checks, local.Checks, nil)
	t.Policies = list(m, at, base.Policies, upstream.Policies, local.Policies, nil)
	if upstream.RLS == base.RLS {
		t.RLS = local.RLS // two sides cannot change a boolean differently
	}
	m.oneKey(o, base, upstream, local, &t)
	return t
}

// oneKey finds that both sides gave the table a primary key, under names that
// do not meet.
func (m *merger) oneKey(o schema.Object, base, upstream, local, joined *schema.Table) {
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

// attribute is one of a column's.
type attribute struct {
	name string
	get  func(*schema.Column) string // "" where the column has none
	set  func(to, from *schema.Column)
}

var attributes = []attribute{
	{"type", (*schema.Column).FullType, func(to, from *schema.Column) { to.Type, to.TypeSchema = from.Type, from.TypeSchema }},
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
func joinColumns(m *merger, o schema.Object, base, upstream, local *schema.Column) schema.Column {
	if base == nil {
		if m.disagree(Disagreement{Object: o, Upstream: says(upstream), Local: says(local)}) == Local {
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
func (m *merger) typeAndValue(o schema.Object, base, upstream, local, joined *schema.Column) {
	changes := func(now *schema.Column, get func(*schema.Column) string) bool { return get(now) != get(base) }
	for _, side := range []Side{Upstream, Local} {
		typed, other := upstream, local
		if side == Local {
			typed, other = local, upstream
		}
		if !changes(typed, (*schema.Column).FullType) || changes(other, (*schema.Column).FullType) {
			continue
		}
		for _, a := range attributes[3:] {
			if !changes(other, a.get) || a.get(other) == "" || changes(typed, a.get) {
				continue
			}
			d := Disagreement{Object: o, Attribute: "type and " + a.name, Upstream: says(upstream), Local: says(local)}
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
