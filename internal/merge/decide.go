package merge

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// remove takes an object out of a schema.
func remove(s *schema.Schema, o schema.Object) {
	if t := s.Table(o.In); t != nil {
		removePart(t, o)
		return
	}
	switch o.Kind {
	case schema.KindTable:
		s.Tables = without(s.Tables, o)
	case schema.KindView:
		s.Views = without(s.Views, o)
	case schema.KindEnum:
		s.Enums = without(s.Enums, o)
	case schema.KindPolicy:
		s.Policies = without(s.Policies, o)
	}
}

func removePart(t *schema.Table, o schema.Object) {
	switch o.Kind {
	case schema.KindColumn:
		t.Columns = without(t.Columns, o)
	case schema.KindIndex:
		t.Indexes = without(t.Indexes, o)
	case schema.KindForeignKey:
		t.ForeignKeys = without(t.ForeignKeys, o)
	case schema.KindPrimaryKey:
		t.PrimaryKeys = without(t.PrimaryKeys, o)
	case schema.KindUnique:
		t.Uniques = without(t.Uniques, o)
	case schema.KindCheck:
		t.Checks = without(t.Checks, o)
	case schema.KindPolicy:
		t.Policies = without(t.Policies, o)
	}
}

func without[T any](items []T, o schema.Object) []T {
	return slices.DeleteFunc(items, func(t T) bool { return schema.NameOf(o.In, &t) == o })
}

// restore puts an object of base back that the joined schema has not.
func restore(s, base *schema.Schema, o schema.Object) {
	if was := base.Table(o.In); was != nil {
		if now := s.Table(o.In); now != nil {
			restorePart(now, was, o)
		}
		return
	}
	switch o.Kind {
	case schema.KindSchema:
		s.Schemas = with(s.Schemas, base.Schemas, o)
	case schema.KindEnum:
		s.Enums = with(s.Enums, base.Enums, o)
	case schema.KindSequence:
		s.Sequences = with(s.Sequences, base.Sequences, o)
	case schema.KindRole:
		s.Roles = with(s.Roles, base.Roles, o)
	case schema.KindTable:
		s.Tables = with(s.Tables, base.Tables, o)
	case schema.KindView:
		s.Views = with(s.Views, base.Views, o)
	}
}

func restorePart(now, was *schema.Table, o schema.Object) {
	switch o.Kind {
	case schema.KindColumn:
		now.Columns = with(now.Columns, was.Columns, o)
	case kindKey:
		restoreKey(now, was, o)
	}
}

// restoreKey puts back whatever made the columns unique.
func restoreKey(now, was *schema.Table, key schema.Object) {
	same := func(columns []string) bool { return uniqueKey(now.Ref(), columns) == key }
	for i := range was.Uniques {
		if u := &was.Uniques[i]; same(u.Columns) {
			now.Uniques = with(now.Uniques, was.Uniques, schema.NameOf(now.Ref(), u))
		}
	}
	for i := range was.PrimaryKeys {
		if k := &was.PrimaryKeys[i]; same(k.Columns) {
			now.PrimaryKeys = with(now.PrimaryKeys, was.PrimaryKeys, schema.NameOf(now.Ref(), k))
		}
	}
	for i := range was.Indexes {
		x := schema.Held{Object: schema.NameOf(now.Ref(), &was.Indexes[i]), Value: &was.Indexes[i]}
		if columns := x.KeyColumns(); columns != nil && same(columns) {
			now.Indexes = with(now.Indexes, was.Indexes, x.Object)
		}
	}
	for _, c := range was.Columns {
		if own := now.Column(c.Name); c.PrimaryKey && own != nil && same([]string{c.Name}) {
			own.PrimaryKey = true
		}
	}
}

func with[T any](now, was []T, o schema.Object) []T {
	if old := find(was, o); old != nil && find(now, o) == nil {
		return append(now, *old)
	}
	return now
}

func find[T any](items []T, o schema.Object) *T {
	for i := range items {
		if schema.NameOf(o.In, &items[i]) == o {
			return &items[i]
		}
	}
	return nil
}
