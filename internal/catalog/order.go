package catalog

import (
	"sort"

	"github.com/skein-db/skein/internal/schema"
)

// Sort puts s into the order in which Read returns things, except that views
// are sorted by schema and name whatever they depend on.
func Sort(s *schema.Schema) {
	sortAll(s)
	sort.SliceStable(s.Views, func(i, j int) bool { return less(s.Views[i].Ref(), s.Views[j].Ref()) })
}

// sortAll sorts everything but views.
func sortAll(s *schema.Schema) {
	sort.Strings(s.Schemas)
	by(s.Enums, func(e *schema.Enum) schema.Ref { return e.Ref() })
	by(s.Sequences, func(q *schema.Sequence) schema.Ref { return q.Ref() })
	by(s.Roles, func(r *schema.Role) schema.Ref { return schema.Ref{Name: r.Name} })
	by(s.Tables, func(t *schema.Table) schema.Ref { return t.Ref() })
	by(s.Policies, func(p *schema.LinkedPolicy) schema.Ref { return schema.Ref{Schema: p.On, Name: p.Name} })
	for i := range s.Tables {
		t := &s.Tables[i]
		by(t.Indexes, func(x *schema.Index) schema.Ref { return schema.Ref{Name: x.Name} })
		by(t.ForeignKeys, func(x *schema.ForeignKey) schema.Ref { return schema.Ref{Name: x.Name} })
		by(t.PrimaryKeys, func(x *schema.PrimaryKey) schema.Ref { return schema.Ref{Name: x.Name} })
		by(t.Uniques, func(x *schema.Unique) schema.Ref { return schema.Ref{Name: x.Name} })
		by(t.Checks, func(x *schema.Check) schema.Ref { return schema.Ref{Name: x.Name} })
		by(t.Policies, func(x *schema.Policy) schema.Ref { return schema.Ref{Name: x.Name} })
	}
}

// by sorts a slice by name.
func by[T any](items []T, name func(*T) schema.Ref) {
	sort.SliceStable(items, func(i, j int) bool { return less(name(&items[i]), name(&items[j])) })
}

func less(a, b schema.Ref) bool {
	if a.Schema != b.Schema {
		return a.Schema < b.Schema
	}
	return a.Name < b.Name
}

func sortNotes(notes []Note) {
	sort.Slice(notes, func(i, j int) bool {
		if notes[i].Object != notes[j].Object {
			return notes[i].Object < notes[j].Object
		}
		return notes[i].Text < notes[j].Text
	})
}
