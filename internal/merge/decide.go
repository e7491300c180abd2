package merge

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// remove takes an object out of a schema.
func remove(s *schema.Schema, o Object) {
	if t := s.Table(o.Table); t != nil {
		removePart(t, o)
		return
	}
	path := o.Path()
	switch o.Kind {
	case "table":
		s.Tables = without(s.Tables, tables.object, path)
	case "view":
		s.Views = without(s.Views, views.object, path)
	case "enum":
		s.Enums = without(s.Enums, enums.object, path)
	case "policy":
		s.Policies = without(s.Policies, linkedPolicies.object, path)
	}
}

func removePart(t *schema.Table, o Object) {
	p, path := parts{t.Ref()}, o.Path()
	switch o.Kind {
	case "column":
		t.Columns = without(t.Columns, p.columns().object, path)
	case "index":
		t.Indexes = without(t.Indexes, p.indexes().object, path)
	case "foreign key":
		t.ForeignKeys = without(t.ForeignKeys, p.foreignKeys().object, path)
	case "primary key":
		t.PrimaryKeys = without(t.PrimaryKeys, p.primaryKeys().object, path)
	case "unique constraint":
		t.Uniques = without(t.Uniques, p.uniques().object, path)
	case "check":
		t.Checks = without(t.Checks, p.checks().object, path)
	case "policy":
		t.Policies = without(t.Policies, p.policies().object, path)
	}
}

func without[T any](items []T, object func(*T) Object, path string) []T {
	return slices.DeleteFunc(items, func(t T) bool { return object(&t).Path() == path })
}

// restore puts an object of base back that the joined schema has not.
func restore(s, base *schema.Schema, o Object) {
	if was := base.Table(o.Table); was != nil {
		if now := s.Table(o.Table); now != nil {
			restorePart(now, was, o)
		}
		return
	}
	path := o.Path()
	switch o.Kind {
	case "schema":
		s.Schemas = with(s.Schemas, base.Schemas, schemas.object, path)
	case "enum":
		s.Enums = with(s.Enums, base.Enums, enums.object, path)
	case "sequence":
		s.Sequences = with(s.Sequences, base.Sequences, sequences.object, path)
	case "role":
		s.Roles = with(s.Roles, base.Roles, roles.object, path)
	case "table":
		s.Tables = with(s.Tables, base.Tables, tables.object, path)
	case "view":
		s.Views = with(s.Views, base.Views, views.object, path)
	}
}

func restorePart(now, was *schema.Table, o Object) {
	switch o.Kind {
	case "column":
		now.Columns = with(now.Columns, was.Columns, parts{now.Ref()}.columns().object, o.Path())
	case "key":
		restoreKey(now, was, o)
	}
}

// restoreKey puts back whatever made the columns unique.
func restoreKey(now, was *schema.Table, key Object) {
	p := parts{now.Ref()}
	same := func(columns []string) bool { return uniqueKey(now.Ref(), columns) == key }
	for i := range was.Uniques {
		if u := &was.Uniques[i]; same(u.Columns) {
			now.Uniques = with(now.Uniques, was.Uniques, p.uniques().object, p.uniques().object(u).Path())
		}
	}
	for i := range was.PrimaryKeys {
		if k := &was.PrimaryKeys[i]; same(k.Columns) {
			now.PrimaryKeys = with(now.PrimaryKeys, was.PrimaryKeys, p.primaryKeys().object, p.primaryKeys().object(k).Path())
		}
	}
	for _, c := range was.Columns {
		if own := now.Column(c.Name); c.PrimaryKey && own != nil && same([]string{c.Name}) {
			own.PrimaryKey = true
		}
	}
}

func with[T any](now, was []T, object func(*T) Object, path string) []T {
	if old := find(was, object, path); old != nil && find(now, object, path) == nil {
		return append(now, *old)
	}
	return now
}
