package merge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// join joins everything but what follows from uses.
func (m *merger) join() *schema.Schema {
	b, u, l := m.base, m.upstream, m.local
	return &schema.Schema{
		Schemas:   list(m, b.Schemas, u.Schemas, l.Schemas, schemas),
		Enums:     list(m, b.Enums, u.Enums, l.Enums, enums),
		Sequences: list(m, b.Sequences, u.Sequences, l.Sequences, sequences),
		Roles:     list(m, b.Roles, u.Roles, l.Roles, roles),
		Tables:    list(m, b.Tables, u.Tables, l.Tables, tables),
		Policies:  list(m, b.Policies, u.Policies, l.Policies, linkedPolicies),
		Views:     list(m, b.Views, u.Views, l.Views, views),
	}
}

// The kinds of objects that stand by themselves.
var (
	schemas = kind[string]{
		object: func(s *string) Object { return Object{Kind: "schema", Name: *s} },
		same:   equal[string], says: func(s *string) string { return *s },
	}
	enums = kind[schema.Enum]{
		object: func(e *schema.Enum) Object { return Object{Kind: "enum", Name: e.Ref().String()} },
		same:   equal[schema.Enum], join: joinEnums,
		says: saysEnum,
	}
	sequences = kind[schema.Sequence]{
		object: func(s *schema.Sequence) Object { return Object{Kind: "sequence", Name: s.Ref().String()} },
		same:   equal[schema.Sequence],
		says:   func(s *schema.Sequence) string { return fmt.Sprintf("%+v", s.SequenceOptions) },
	}
	roles = kind[schema.Role]{
		object: func(r *schema.Role) Object { return Object{Kind: "role", Name: r.Name} },
		same:   equal[schema.Role],
		says: func(r *schema.Role) string {
			return fmt.Sprintf("createdb %t, createrole %t, inherit %t", r.CreateDB, r.CreateRole, r.Inherit)
		},
	}
	tables = kind[schema.Table]{
		object: func(t *schema.Table) Object { return Object{Kind: "table", Name: t.Ref().String()} },
		same:   sameTable, join: joinTables,
		says: saysTable,
	}
	linkedPolicies = kind[schema.LinkedPolicy]{
		object: func(p *schema.LinkedPolicy) Object { return Object{Kind: "policy", Name: p.Name + " on " + p.On} },
		same:   equal[schema.LinkedPolicy],
		says:   func(p *schema.LinkedPolicy) string { return saysPolicy(&p.Policy) },
	}
	views = kind[schema.View]{
		object: func(v *schema.View) Object { return Object{Kind: "view", Name: v.Ref().String()} },
		same:   equal[schema.View],
		says: func(v *schema.View) string {
			if v.Definition == nil {
				return "made by someone else"
			}
			return *v.Definition
		},
	}
)

func saysEnum(e *schema.Enum) string { return strings.Join(e.Values, ", ") }

func saysTable(t *schema.Table) string {
	return fmt.Sprintf("%d columns: %s", len(t.Columns), strings.Join(columnNames(t.Columns), ", "))
}

func columnNames(columns []schema.Column) []string {
	out := make([]string, len(columns))
	for i := range columns {
		out[i] = columns[i].Name
	}
	return out
}

// sameTable compares two tables regardless of the order of their parts, which
// says nothing.
func sameTable(a, b *schema.Table) bool {
	x, y := sorted(a), sorted(b)
	return equal(&x, &y)
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
func joinEnums(m *merger, o Object, base, upstream, local *schema.Enum) schema.Enum {
	if base == nil {
		if m.disagree(Disagreement{Object: o, Upstream: saysEnum(upstream), Local: saysEnum(local)}) == Local {
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
