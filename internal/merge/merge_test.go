package merge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/schema"
)

// world is the schema that the cases start from.
func world() *schema.Schema {
	return &schema.Schema{
		Schemas:   []string{"auth"},
		Enums:     []schema.Enum{{Schema: "public", Name: "kind", Values: []string{"a", "b", "c"}}},
		Sequences: []schema.Sequence{{Schema: "public", Name: "ticket"}},
		Roles:     []schema.Role{{Name: "reader"}},
		Tables: []schema.Table{
			{Schema: "public", Name: "orgs", Columns: []schema.Column{
				{Name: "id", Type: "uuid", PrimaryKey: true, NotNull: true}, {Name: "slug", Type: "text"}, {Name: "name", Type: "text"},
			}, Uniques: []schema.Unique{{Name: "orgs_slug", Columns: []string{"slug"}}},
				Indexes: []schema.Index{{Name: "orgs_name", Method: "btree", Unique: true, Columns: []schema.IndexColumn{{Expression: "name"}}}}},
			{Schema: "public", Name: "users", Columns: []schema.Column{
				{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true}, {Name: "email", Type: "text"}, {Name: "age", Type: "integer"},
			}, Indexes: []schema.Index{{Name: "users_age", Method: "btree", Columns: []schema.IndexColumn{{Expression: "age"}}}}},
		},
		Views: []schema.View{{Schema: "public", Name: "grown", Definition: text(`select "id" from "users" where "age" > 17`)}},
	}
}

func text(s string) *string { return &s }

type edit func(*schema.Schema)

func users(change func(*schema.Table)) edit {
	return func(s *schema.Schema) { change(s.Table(schema.Ref{Schema: "public", Name: "users"})) }
}

func addColumn(name, typ string) edit {
	return users(func(t *schema.Table) { t.Columns = append(t.Columns, schema.Column{Name: name, Type: typ}) })
}

func dropColumn(name string) edit {
	return users(func(t *schema.Table) {
		t.Columns = without(t.Columns, schema.Object{Kind: schema.KindColumn, In: t.Ref(), Name: name})
		t.Indexes = slices.DeleteFunc(t.Indexes, func(i schema.Index) bool { return i.Columns[0].Expression == name })
	})
}

func change(column string, f func(*schema.Column)) edit {
	return users(func(t *schema.Table) { f(t.Column(column)) })
}

func setType(typ string) edit { return change("age", func(c *schema.Column) { c.Type = typ }) }

func setDefault(value string) edit {
	return change("age", func(c *schema.Column) { c.Default = &schema.Scalar{Text: value, Kind: schema.Number} })
}

func notNull(column string) edit {
	return change(column, func(c *schema.Column) { c.NotNull = true })
}

func index(name, column string) edit {
	return users(func(t *schema.Table) {
		t.Indexes = append(t.Indexes, schema.Index{Name: name, Method: "btree", Columns: []schema.IndexColumn{{Expression: column}}})
	})
}

func check(value string) edit {
	return users(func(t *schema.Table) { t.Checks = append(t.Checks, schema.Check{Name: "sane", Value: value}) })
}

func values(v ...string) edit { return func(s *schema.Schema) { s.Enums[0].Values = v } }

func table(name string, columns ...string) edit {
	return func(s *schema.Schema) {
		t := schema.Table{Schema: "public", Name: name}
		for _, c := range columns {
			t.Columns = append(t.Columns, schema.Column{Name: c, Type: "text"})
		}
		s.Tables = append(s.Tables, t)
	}
}

func dropTable(name string) edit {
	return func(s *schema.Schema) {
		s.Tables = without(s.Tables, schema.Ref{Schema: schema.Public, Name: name}.Object(schema.KindTable))
	}
}

func reference(to, column string) edit {
	return users(func(t *schema.Table) {
		t.ForeignKeys = append(t.ForeignKeys, schema.ForeignKey{Name: "users_fk", Columns: []string{"email"}, ToTable: to, ToColumns: []string{column}})
	})
}

func all(edits ...edit) edit {
	return func(s *schema.Schema) {
		for _, e := range edits {
			e(s)
		}
	}
}

func nothing(*schema.Schema) {}

// disagreements are of the form "object attribute: upstream | local" or
// "object uses other that side dropped".
var cases = []struct {
	name            string
	upstream, local edit
	want            []string
	holds           func(*schema.Schema) bool
}{
	{"nothing at all", nothing, nothing, nil, nil},
	{"one side alone", addColumn("a", "text"), nothing, nil, has("a")},
	{"two columns", addColumn("a", "text"), addColumn("b", "text"), nil, has("a", "b")},
	{"the same column twice", addColumn("a", "text"), addColumn("a", "text"), nil, has("a")},
	{"one name, two types", addColumn("a", "text"), addColumn("a", "integer"), []string{"column users.a: text | integer"}, nil},
	{"two attributes of one column", setDefault("1"), notNull("age"), nil, func(s *schema.Schema) bool {
		c := s.Tables[1].Column("age")
		return c.NotNull && c.Default.Text == "1"
	}},
	{"one attribute, differently", setDefault("1"), setDefault("2"), []string{"column users.age default: default 1 | default 2"}, nil},
	{"one attribute, alike", setDefault("1"), setDefault("1"), nil, nil},
	{"type and default", setType("text"), setDefault("1"), []string{"column users.age type and default: text | integer default 1"}, nil},
	{"dropped and changed", dropColumn("email"), notNull("email"), []string{"column users.email:  | text not null"}, nil},
	{"changed and dropped", notNull("email"), dropColumn("email"), []string{"column users.email: text not null | "}, nil},
	{"dropped by both", dropColumn("email"), dropColumn("email"), nil, func(s *schema.Schema) bool { return !has("email")(s) }},
	{"dropped, and an index on it", dropColumn("email"), index("i", "email"), []string{"index users.i uses column users.email that upstream dropped"}, nil},
	{"an index, and dropped under it", index("i", "email"), dropColumn("email"), []string{"index users.i uses column users.email that local dropped"}, nil},
	{"dropped, and a check", dropColumn("email"), check(`"users"."email" <> ''`), []string{"check users.sane uses column users.email that upstream dropped"}, nil},
	{"a check that names it in a string", dropColumn("email"), check(`'email' <> "users"."id"::text`), nil, nil},
	{"dropped, and a view", dropColumn("email"), func(s *schema.Schema) { s.Views[0].Definition = text("select email from users") },
		[]string{"view grown uses column users.email that upstream dropped"}, nil},
	{"renamed, and an index on it", change("email", func(c *schema.Column) { c.Name = "mail" }), index("i", "email"),
		[]string{"index users.i uses column users.email that upstream dropped"}, nil},
	{"table dropped, and a key to it", dropTable("orgs"), reference("orgs", "slug"), []string{"foreign key users.users_fk uses table orgs that upstream dropped"}, nil},
	{"uniqueness dropped, and a key to it", func(s *schema.Schema) { s.Tables[0].Uniques = nil }, reference("orgs", "slug"),
		[]string{"foreign key users.users_fk uses key orgs.(slug) that upstream dropped"}, nil},
	{"uniqueness by an index dropped, and a key to it", func(s *schema.Schema) { s.Tables[0].Indexes = nil }, reference("orgs", "name"),
		[]string{"foreign key users.users_fk uses key orgs.(name) that upstream dropped"}, nil},
	{"two columns dropped, and an index on both", all(dropColumn("email"), dropColumn("age")), users(func(t *schema.Table) {
		t.Indexes = append(t.Indexes, schema.Index{Name: "i", Method: "btree", Columns: []schema.IndexColumn{{Expression: "email"}, {Expression: "age"}}})
	}), []string{"index users.i uses column users.email that upstream dropped"}, nil},
	{"table dropped and changed", dropTable("users"), addColumn("a", "text"), []string{"table users:  | 4 columns: id, email, age, a"}, nil},
	{"one table, twice", table("t", "a"), table("t", "a"), nil, nil},
	{"two tables of one name", table("t", "a"), table("t", "b"), []string{"table t: 1 columns: a | 1 columns: b"}, nil},
	{"values appended", values("a", "b", "c", "d"), values("a", "b", "c", "e"), nil, func(s *schema.Schema) bool {
		return strings.Join(s.Enums[0].Values, "") == "abcde"
	}},
	{"a value in the middle, one removed", values("a", "x", "b", "c"), values("a", "c"), nil, func(s *schema.Schema) bool {
		return strings.Join(s.Enums[0].Values, "") == "axc"
	}},
	{"enum dropped and used", func(s *schema.Schema) { s.Enums = nil }, users(func(t *schema.Table) {
		t.Columns = append(t.Columns, schema.Column{Name: "kind", Type: "kind", TypeSchema: "public"})
	}), []string{"column users.kind uses enum kind that upstream dropped"}, nil},
	{"schema dropped and used", func(s *schema.Schema) { s.Schemas = nil }, func(s *schema.Schema) {
		s.Tables = append(s.Tables, schema.Table{Schema: "auth", Name: "keys"})
	}, []string{"table auth.keys uses schema auth that upstream dropped"}, nil},
	{"two primary keys", change("id", func(c *schema.Column) { c.PrimaryKey = false }), nothing, nil, nil},
	{"two primary keys at once",
		all(change("id", func(c *schema.Column) { c.PrimaryKey = false }), users(func(t *schema.Table) {
			t.PrimaryKeys = []schema.PrimaryKey{{Name: "p", Columns: []string{"email"}}}
		})),
		all(change("id", func(c *schema.Column) { c.PrimaryKey = false }), users(func(t *schema.Table) {
			t.PrimaryKeys = []schema.PrimaryKey{{Name: "q", Columns: []string{"age"}}}
		})), []string{"table users primary key: email | age"}, nil},
}

func has(columns ...string) func(*schema.Schema) bool {
	return func(s *schema.Schema) bool {
		for _, name := range columns {
			if s.Table(schema.Ref{Schema: "public", Name: "users"}).Column(name) == nil {
				return false
			}
		}
		return true
	}
}

func TestSchemas(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			base, upstream, local := world(), world(), world()
			c.upstream(upstream)
			c.local(local)
			r := Schemas(base, upstream, local, nil)
			var got []string
			for _, d := range r.Open {
				got = append(got, say(d))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if c.holds != nil && !c.holds(r.Schema) {
				t.Errorf("%+v", r.Schema)
			}
			settled(t, base, upstream, local, len(got))
		})
	}
}

func say(d Disagreement) string {
	if d.Uses != nil {
		return fmt.Sprintf("%s uses %s that %s dropped", d.Object, d.Uses, d.DroppedBy)
	}
	name := d.Object.String()
	if d.Attribute != "" {
		name += " " + d.Attribute
	}
	return fmt.Sprintf("%s: %s | %s", name, d.Upstream, d.Local)
}

// settled holds that taking one side everywhere leaves nothing open, and that
// the outcome has no object that uses what is not there.
func settled(t *testing.T, base, upstream, local *schema.Schema, open int) {
	t.Helper()
	for _, side := range []Side{Upstream, Local} {
		r := Schemas(base, upstream, local, func(Disagreement) (Side, bool) { return side, true })
		if len(r.Open) > 0 || len(r.Settled) != open {
			t.Errorf("taking %s leaves %d open and settles %d", side, len(r.Open), len(r.Settled))
		}
		if loose := dangling(r.Schema); len(loose) > 0 {
			t.Errorf("taking %s leaves %v", side, loose)
		}
	}
}

// dangling lists what uses something that a schema does not have.
func dangling(s *schema.Schema) []string {
	there := map[schema.Object]bool{}
	for _, o := range usable(s) {
		there[o] = true
	}
	var out []string
	for _, u := range made(&schema.Schema{}, s) {
		for _, used := range u.uses {
			if used.Kind != schema.KindRole && !there[used] {
				out = append(out, u.object.String()+" uses "+used.String())
			}
		}
	}
	return out
}
