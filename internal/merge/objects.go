package merge

import (
	"reflect"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// join joins everything but what follows from uses.
func (m *merger) join() *schema.Schema {
	b, u, l := m.base, m.upstream, m.local
	return &schema.Schema{
		Schemas:   list(m, none, b.Schemas, u.Schemas, l.Schemas, nil),
		Enums:     list(m, none, b.Enums, u.Enums, l.Enums, joinEnums),
		Sequences: list(m, none, b.Sequences, u.Sequences, l.Sequences, nil),
		Roles:     list(m, none, b.Roles, u.Roles, l.Roles, nil),
		Tables:    list(m, none, b.Tables, u.Tables, l.Tables, joinTables),
		Policies:  list(m, none, b.Policies, u.Policies, l.Policies, nil),
		Views:     list(m, none, b.Views, u.Views, l.Views, nil),
	}
}

// none is the table of what is part of none.
var none schema.Ref

// sameTable compares two tables regardless of the order of their parts, which
// says nothing.
func sameTable(a, b *schema.Table) bool {
	x, y := sorted(a), sorted(b)
	return reflect.DeepEqual(x, y)
}

func sorted(t *schema.Table) schema.Table {
	s := *t
	s.Columns = byName(t.Columns, func(c *schema.Column) string { return c.Name })
	s.Indexes = byName(t.Indexes, func(i *schema.Index) string { return i.Name })
	s.ForeignKeys = byName(t.ForeignKeys, func(f *schema.ForeignKey) string { return f.Name })
	s.PrimaryKeys = byName(t.PrimaryKeys, func(p *schema.PrimaryKey) string { return p.Name })
	s.Uniques = byName(t.Uniques, func(u *schema.Unique) string { return u.Name })
	s.Checks = byName(t.Checks, func(c *schema.Check) string { return c.Name })
	s.Policies = byName(t.Policies, func(p *schema.Policy) string { return p.Name })
	return s
}

func byName[T any](items []T, name func(*T) string) []T {
	out := slices.Clone(items)
	slices.SortFunc(out, func(a, b T) int { return strings.Compare(name(&a), name(&b)) })
	return out
}

// joinEnums joins the values: what a side removed is gone, what it added is
// there. Only what both added, in another order, cannot be told apart from
// what was meant, and then upstream's comes first, as its migrations do.
func joinEnums(m *merger, o schema.Object, base, upstream, local *schema.Enum) schema.Enum {
	if base == nil {
		if m.disagree(Disagreement{Object: o, Upstream: says(upstream), Local: says(local)}) == Local {
			return *local
		}
		return *upstream
	}
	e := *upstream
	e.Values = nil
	for _, value := range ordered(upstream.Values, local.Values, base.Values) {
		was := slices.Contains(base.Values, value)
		inUpstream, inLocal := slices.Contains(upstream.Values, value), slices.Contains(local.Values, value)
		if was && (!inUpstream || !inLocal) {
			continue
		}
		e.Values = append(e.Values, value)
	}
	return e
}
