package main

import (
	"reflect"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// takenBack returns what a change from one schema to another makes of base,
// object by object: what a branch that started there would have had. ok is false
// where the change is one of things that base has not. It is kept simple, and
// apart from package merge, so that one can be held against the other.
func takenBack(base, from, to *schema.Schema) (out *schema.Schema, ok bool) {
	out, ok = &schema.Schema{}, true
	text := func(name *string) string { return *name }
	out.Schemas = patch(base.Schemas, from.Schemas, to.Schemas, text, &ok)
	out.Enums = patch(base.Enums, from.Enums, to.Enums, func(e *schema.Enum) string { return e.Ref().String() }, &ok)
	out.Sequences = patch(base.Sequences, from.Sequences, to.Sequences, func(q *schema.Sequence) string { return q.Ref().String() }, &ok)
	out.Roles = patch(base.Roles, from.Roles, to.Roles, func(r *schema.Role) string { return r.Name }, &ok)
	out.Views = patch(base.Views, from.Views, to.Views, func(v *schema.View) string { return v.Ref().String() }, &ok)
	out.Policies = patch(base.Policies, from.Policies, to.Policies, func(p *schema.LinkedPolicy) string { return p.On + "." + p.Name }, &ok)
	ref := func(t *schema.Table) string { return t.Ref().String() }
	out.Tables = patch(base.Tables, from.Tables, to.Tables, ref, &ok)
	for i := range out.Tables {
		t := &out.Tables[i]
		was, before, after := base.Table(t.Ref()), from.Table(t.Ref()), to.Table(t.Ref())
		if was != nil && before != nil && after != nil {
			*t = tableTakenBack(was, before, after, &ok)
		}
	}
	return out, ok && whole(out)
}

func tableTakenBack(base, from, to *schema.Table, ok *bool) schema.Table {
	out := schema.Table{Schema: base.Schema, Name: base.Name, RLS: base.RLS}
	if from.RLS != to.RLS {
		out.RLS = to.RLS
	}
	out.Columns = patch(base.Columns, from.Columns, to.Columns, func(x *schema.Column) string { return x.Name }, ok)
	out.Indexes = patch(base.Indexes, from.Indexes, to.Indexes, func(x *schema.Index) string { return x.Name }, ok)
	out.ForeignKeys = patch(base.ForeignKeys, from.ForeignKeys, to.ForeignKeys, func(x *schema.ForeignKey) string { return x.Name }, ok)
	out.PrimaryKeys = patch(base.PrimaryKeys, from.PrimaryKeys, to.PrimaryKeys, func(x *schema.PrimaryKey) string { return x.Name }, ok)
	out.Uniques = patch(base.Uniques, from.Uniques, to.Uniques, func(x *schema.Unique) string { return x.Name }, ok)
	out.Checks = patch(base.Checks, from.Checks, to.Checks, func(x *schema.Check) string { return x.Name }, ok)
	out.Policies = patch(base.Policies, from.Policies, to.Policies, func(x *schema.Policy) string { return x.Name }, ok)
	return out
}

// patch does to base what leads from one list to the other.
func patch[T any](base, from, to []T, name func(*T) string, ok *bool) []T {
	out := slices.Clone(base)
	at := func(list []T, n string) int {
		return slices.IndexFunc(list, func(o T) bool { return name(&o) == n })
	}
	for i := range from {
		n := name(&from[i])
		if at(to, n) >= 0 {
			continue
		}
		j := at(out, n)
		if j < 0 {
			*ok = false
			continue
		}
		out = slices.Delete(out, j, j+1)
	}
	for i := range to {
		n := name(&to[i])
		was, now := at(from, n), at(out, n)
		switch {
		case was >= 0 && reflect.DeepEqual(from[was], to[i]):
		case was >= 0 && now < 0:
			*ok = false
		case now >= 0:
			out[now] = to[i]
		default:
			out = append(out, to[i])
		}
	}
	return out
}

// whole reports whether what a schema's tables are made of is there: the columns
// of keys and indexes, the tables of foreign keys, the types of columns.
func whole(s *schema.Schema) bool {
	has := func(t *schema.Table, columns []string) bool {
		return t != nil && !slices.ContainsFunc(columns, func(name string) bool { return t.Column(name) == nil })
	}
	for i := range s.Tables {
		t := &s.Tables[i]
		for _, x := range t.Indexes {
			for _, c := range x.Columns {
				if !c.IsExpression && t.Column(c.Expression) == nil {
					return false
				}
			}
		}
		for _, k := range t.ForeignKeys {
			if !has(t, k.Columns) || !has(s.Table(schema.Ref{Schema: k.ToSchema, Name: k.ToTable}), k.ToColumns) {
				return false
			}
		}
		for _, k := range t.PrimaryKeys {
			if !has(t, k.Columns) {
				return false
			}
		}
		for _, u := range t.Uniques {
			if !has(t, u.Columns) {
				return false
			}
		}
		for _, c := range t.Columns {
			name, _, _ := strings.Cut(c.Type, "[")
			if c.TypeSchema != "" && !slices.ContainsFunc(s.Enums, func(e schema.Enum) bool { return e.Schema == c.TypeSchema && e.Name == name }) {
				return false
			}
		}
	}
	return true
}
