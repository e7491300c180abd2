package commute

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/schema"
)

func ptr[T any](v T) *T { return &v }

// base is what both sides begin with.
func base() *schema.Schema {
	return &schema.Schema{
		Schemas:   []string{"audit"},
		Enums:     []schema.Enum{{Schema: schema.Public, Name: "status", Values: []string{"new", "done"}}},
		Sequences: []schema.Sequence{{Schema: schema.Public, Name: "numbers", SequenceOptions: schema.SequenceOptions{Increment: "1"}}},
		Roles:     []schema.Role{{Name: "reader"}},
		Tables: []schema.Table{
			{
				Schema: schema.Public, Name: "users",
				Columns: []schema.Column{
					{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true}, {Name: "email", Type: "text"},
					{Name: "age", Type: "integer"}, {Name: "state", Type: "status", TypeSchema: schema.Public},
				},
				Uniques: []schema.Unique{{Name: "users_email_unique", Columns: []string{"email"}}},
				Indexes: []schema.Index{{Name: "users_age", Method: "btree", Columns: []schema.IndexColumn{{Expression: "age", Asc: true}}}},
				Checks:  []schema.Check{{Name: "old", Value: "age > 17"}},
			},
			{
				Schema: schema.Public, Name: "posts",
				Columns:     []schema.Column{{Name: "id", Type: "integer"}, {Name: "author", Type: "integer"}, {Name: "title", Type: "text"}},
				ForeignKeys: []schema.ForeignKey{{Name: "posts_author_fk", Columns: []string{"author"}, ToSchema: schema.Public, ToTable: "users", ToColumns: []string{"id"}}},
			},
		},
		Views: []schema.View{{Schema: schema.Public, Name: "adults", Definition: ptr(`select "id" from "users" where "age" > 17`)}},
	}
}

func users(s *schema.Schema) *schema.Table { return &s.Tables[0] }
func posts(s *schema.Schema) *schema.Table { return &s.Tables[1] }

func addColumn(t *schema.Table, name, sqlType string) {
	t.Columns = append(t.Columns, schema.Column{Name: name, Type: sqlType})
}

func drop[T any](list []T, name func(*T) string, which string) []T {
	var out []T
	for i := range list {
		if name(&list[i]) != which {
			out = append(out, list[i])
		}
	}
	return out
}

func dropColumn(t *schema.Table, name string) {
	t.Columns = drop(t.Columns, func(c *schema.Column) string { return c.Name }, name)
}

func dropTable(s *schema.Schema, name string) {
	s.Tables = drop(s.Tables, func(t *schema.Table) string { return t.Name }, name)
}

func addIndex(t *schema.Table, name string, columns ...string) {
	x := schema.Index{Name: name, Method: "btree"}
	for _, c := range columns {
		x.Columns = append(x.Columns, schema.IndexColumn{Expression: c, Asc: true})
	}
	t.Indexes = append(t.Indexes, x)
}

func addTable(s *schema.Schema, name string, columns ...string) *schema.Table {
	t := schema.Table{Schema: schema.Public, Name: name}
	for _, c := range columns {
		addColumn(&t, c, "integer")
	}
	s.Tables = append(s.Tables, t)
	return &s.Tables[len(s.Tables)-1]
}

func addForeignKey(t *schema.Table, column, to, toColumn string) {
	t.ForeignKeys = append(t.ForeignKeys, schema.ForeignKey{
		Name: t.Name + "_" + column + "_fk", Columns: []string{column}, ToSchema: schema.Public, ToTable: to, ToColumns: []string{toColumn},
	})
}

func addView(s *schema.Schema, name, query string) {
	s.Views = append(s.Views, schema.View{Schema: schema.Public, Name: name, Definition: &query})
}

func addPolicy(t *schema.Table, name, using string, to ...string) {
	t.Policies = append(t.Policies, schema.Policy{Name: name, As: "PERMISSIVE", For: "ALL", To: to, Using: &using})
}

type edit = func(s *schema.Schema)

func values(v ...string) edit { return func(s *schema.Schema) { s.Enums[0].Values = v } }

func setType(column, sqlType string) edit {
	return func(s *schema.Schema) { users(s).Column(column).Type = sqlType }
}

func noColumn(name string) edit { return func(s *schema.Schema) { dropColumn(users(s), name) } }

// withoutEmail drops the column with what is on it, as a sound schema would.
func withoutEmail(s *schema.Schema) { dropColumn(users(s), "email"); users(s).Uniques = nil }

var cases = []struct {
	name string
	a, b edit
	want []string // "relation object" and a part of what is said, of all rows but independent ones
}{
	{"nothing", func(*schema.Schema) {}, func(*schema.Schema) {}, nil},
	{"two columns of one table", func(s *schema.Schema) { addColumn(users(s), "a", "text") }, func(s *schema.Schema) { addColumn(users(s), "b", "text") }, nil},
	{"two tables", func(s *schema.Schema) { addTable(s, "x", "id") }, func(s *schema.Schema) { addTable(s, "y", "id") }, nil},
	{"a table on a table that stays", func(s *schema.Schema) { addForeignKey(addTable(s, "x", "u"), "u", "users", "id") }, withoutEmail, nil},
	{"column and index elsewhere", noColumn("state"), func(s *schema.Schema) { addIndex(users(s), "i", "email") }, nil},
	{"two attributes of one column", func(s *schema.Schema) { users(s).Column("age").NotNull = true },
		func(s *schema.Schema) {
			users(s).Column("age").Default = &schema.Scalar{Text: "18", Kind: schema.Number}
		}, nil},

	{"the same column", func(s *schema.Schema) { addColumn(users(s), "a", "text") }, func(s *schema.Schema) { addColumn(users(s), "a", "text") },
		[]string{"same column users.a"}},
	{"the same table", func(s *schema.Schema) { addTable(s, "x", "id") }, func(s *schema.Schema) { addTable(s, "x", "id") }, []string{"same table x"}},
	{"the same removal", withoutEmail, withoutEmail, []string{"same column users.email", "same unique constraint users.users_email_unique"}},
	{"the same type", setType("age", "bigint"), setType("age", "bigint"), []string{"same column users.age"}},
	{"both drop the table", func(s *schema.Schema) { dropTable(s, "posts") }, func(s *schema.Schema) { dropTable(s, "posts") }, []string{"same table posts"}},
	{"one drops the table, one a column of it", func(s *schema.Schema) { dropTable(s, "posts") }, func(s *schema.Schema) { dropColumn(posts(s), "title") },
		[]string{"same column posts.title"}},

	{"one column of two types", func(s *schema.Schema) { addColumn(users(s), "a", "text") }, func(s *schema.Schema) { addColumn(users(s), "a", "integer") },
		[]string{"conflict column users.a: both make one of that name, and they differ in type (text and integer)"}},
	{"one table of two minds", func(s *schema.Schema) { addTable(s, "x", "id", "a") }, func(s *schema.Schema) { addTable(s, "x", "id", "b") },
		[]string{"conflict table x: both make one of that name, and they differ in column a, column b"}},
	{"two defaults", func(s *schema.Schema) { users(s).Column("age").Default = &schema.Scalar{Text: "1"} },
		func(s *schema.Schema) { users(s).Column("age").Default = &schema.Scalar{Text: "2"} },
		[]string{"conflict column users.age: both set default, to 1 and 2"}},
	{"type and default", setType("age", "text"), func(s *schema.Schema) { users(s).Column("age").Default = &schema.Scalar{Text: "2"} },
		[]string{"conflict column users.age: the default was written for another type"}},
	{"nullable and primary key", func(s *schema.Schema) {
		users(s).Column("id").PrimaryKey = false
		users(s).Column("id").NotNull = false
	},
		func(s *schema.Schema) { users(s).Column("id").Identity = &schema.Identity{Type: "always"} },
		[]string{"conflict column users.id: identity columns cannot be null"}},
	{"two of one index", func(s *schema.Schema) { users(s).Indexes[0].Unique = true }, func(s *schema.Schema) { users(s).Indexes[0].Where = "age > 1" },
		[]string{"conflict index users.users_age: both make it anew"}},
	{"drop and change", func(s *schema.Schema) { users(s).Indexes = nil }, func(s *schema.Schema) { users(s).Indexes[0].Unique = true },
		[]string{"conflict index users.users_age: one side drops what the other changes"}},
	{"drop and new type", withoutEmail, setType("email", "varchar(9)"), []string{"conflict column users.email: one side drops what the other changes"}},

	{"index on a dropped column", withoutEmail, func(s *schema.Schema) { addIndex(users(s), "i", "email") },
		[]string{"conflict column users.email: index users.i uses what is dropped"}},
	{"expression index on a dropped column", withoutEmail, func(s *schema.Schema) {
		users(s).Indexes = append(users(s).Indexes, schema.Index{Name: "i", Columns: []schema.IndexColumn{{Expression: `lower("email")`, IsExpression: true}}})
	}, []string{"conflict column users.email: index users.i uses what is dropped"}},
	{"partial index on a dropped column", withoutEmail, func(s *schema.Schema) { addIndex(users(s), "i", "id"); users(s).Indexes[1].Where = "email is null" },
		[]string{"conflict column users.email: index users.i uses"}},
	{"constraints on a dropped column", withoutEmail, func(s *schema.Schema) {
		users(s).Checks = append(users(s).Checks, schema.Check{Name: "c", Value: `"users"."email" <> ''`})
		users(s).Uniques = append(users(s).Uniques, schema.Unique{Name: "u", Columns: []string{"id", "email"}})
		posts(s).Uniques = append(posts(s).Uniques, schema.Unique{Name: "p", Columns: []string{"title"}})
	}, []string{"conflict column users.email: unique constraint users.u uses", "conflict column users.email: check users.c uses"}},
	{"a renamed column under a unique constraint", func(s *schema.Schema) { users(s).Column("age").Name = "years" },
		func(s *schema.Schema) {
			users(s).Uniques = append(users(s).Uniques, schema.Unique{Name: "u", Columns: []string{"age", "email"}})
		}, []string{"conflict column users.age: unique constraint users.u uses what is dropped"}},
	{"generated from a dropped column", withoutEmail, func(s *schema.Schema) {
		addColumn(users(s), "domain", "text")
		users(s).Column("domain").Generated = &schema.Generated{As: "split_part(email, '@', 2)", Type: "stored"}
	}, []string{"conflict column users.email: column users.domain uses what is dropped"}},
	{"view over a dropped column", withoutEmail, func(s *schema.Schema) { addView(s, "v", `select "users"."email" from "users"`) },
		[]string{"conflict column users.email: view v uses what is dropped"}},
	{"view over a column of that name elsewhere", func(s *schema.Schema) { dropColumn(posts(s), "id") },
		func(s *schema.Schema) { addView(s, "v", `select "users"."id" from "users", "posts"`) }, nil},
	{"policy over a dropped column", withoutEmail, func(s *schema.Schema) { addPolicy(users(s), "p", "email = current_user") },
		[]string{"conflict column users.email: policy users.p uses"}},
	{"policy over another table's column", withoutEmail, func(s *schema.Schema) {
		addPolicy(posts(s), "p", "author in (select users.id from users where users.email = current_user)")
	}, []string{"conflict column users.email: policy posts.p uses"}},
	{"the word in a string", withoutEmail, func(s *schema.Schema) { users(s).Checks[0].Value = "age > length('email')" }, nil},

	{"foreign key to a dropped table", func(s *schema.Schema) { posts(s).ForeignKeys = nil; dropTable(s, "users") }, func(s *schema.Schema) { addForeignKey(addTable(s, "x", "u"), "u", "users", "id") },
		[]string{"conflict table users: foreign key x.x_u_fk uses what is dropped"}},
	{"column of a dropped table", func(s *schema.Schema) { dropTable(s, "posts") }, func(s *schema.Schema) { addColumn(posts(s), "a", "text") },
		[]string{"conflict column posts.a: one side drops the table that the other changes"}},
	{"view over a dropped table", func(s *schema.Schema) { dropTable(s, "posts") }, func(s *schema.Schema) { addView(s, "v", "select id from posts") },
		[]string{"conflict table posts: view v uses what is dropped"}},
	{"a renamed table", func(s *schema.Schema) { posts(s).Name = "articles" }, func(s *schema.Schema) { addIndex(posts(s), "i", "title") },
		[]string{"conflict index posts.i: one side drops the table that the other changes"}},
	{"view over a dropped view", func(s *schema.Schema) { s.Views = nil }, func(s *schema.Schema) { addView(s, "v", "select id from adults") },
		[]string{"conflict view adults: view v uses what is dropped"}},
	{"foreign key on a dropped key", func(s *schema.Schema) { users(s).Uniques = nil }, func(s *schema.Schema) { addForeignKey(posts(s), "title", "users", "email") },
		[]string{"conflict unique constraint users.users_email_unique: foreign key posts.posts_title_fk uses"}},
	{"foreign key on one of two keys", func(s *schema.Schema) { users(s).Uniques = nil }, func(s *schema.Schema) {
		users(s).Uniques = append(users(s).Uniques, schema.Unique{Name: "again", Columns: []string{"email"}})
		addForeignKey(posts(s), "title", "users", "email")
	}, []string{"conflict unique constraint users.users_email_unique: foreign key posts.posts_title_fk uses"}},
	{"role of a policy", func(s *schema.Schema) { s.Roles = nil }, func(s *schema.Schema) { addPolicy(users(s), "p", "true", "reader") },
		[]string{"conflict role reader: policy users.p uses what is dropped"}},
	{"table in a dropped schema", func(s *schema.Schema) { s.Schemas = nil }, func(s *schema.Schema) { addTable(s, "log", "id").Schema = "audit" },
		[]string{"conflict schema audit: table audit.log uses what is dropped"}},
	{"default from a dropped sequence", func(s *schema.Schema) { s.Sequences = nil }, func(s *schema.Schema) {
		users(s).Column("age").Default = &schema.Scalar{Text: "nextval('numbers')"}
	}, []string{"conflict sequence numbers: column users.age uses what is dropped"}},

	{"index on a column of another type", setType("age", "json"), func(s *schema.Schema) { addIndex(users(s), "i", "age") },
		[]string{"note column users.age: index users.i has to go with the new type"}},
	{"view over a column of another type", setType("email", "varchar(9)"), func(s *schema.Schema) { addView(s, "v", `select email from users`) },
		[]string{"conflict column users.email: PostgreSQL changes no type of a column that a view uses"}},
	{"foreign key to a column of another type", setType("id", "uuid"), func(s *schema.Schema) { addForeignKey(addTable(s, "x", "u"), "u", "users", "id") },
		[]string{"conflict foreign key x.x_u_fk: column x.u would be integer, and column users.id uuid"}},
	{"both ends of a foreign key", setType("id", "bigint"), func(s *schema.Schema) { posts(s).Column("author").Type = "uuid" },
		[]string{"conflict foreign key posts.posts_author_fk: column posts.author would be uuid, and column users.id bigint"}},
	{"both ends to one type", setType("id", "bigint"), func(s *schema.Schema) { posts(s).Column("author").Type = "bigint" }, nil},

	{"both append values", values("new", "done", "late"), values("new", "done", "lost"),
		[]string{"note enum status: the order of the values depends on which side comes first: (new, done, late, lost) or (new, done, lost, late)"}},
	{"both append one value", values("new", "done", "late"), values("new", "done", "late"), []string{"same enum status"}},
	{"one appends more", values("new", "done", "late"), values("new", "done", "late", "lost"), []string{"same enum status"}},
	{"values in different places", values("draft", "new", "done"), values("new", "done", "late"), nil},
	{"one value in two places", values("late", "new", "done"), values("new", "done", "late"), []string{"note enum status: the order"}},
	{"removed and added", values("new"), values("new", "done", "late"), []string{"conflict enum status: a side that removes or reorders values makes the type anew"}},
	{"removed, and a column of the type", values("new"), func(s *schema.Schema) {
		addColumn(posts(s), "state", "status")
		posts(s).Column("state").TypeSchema = schema.Public
	}, []string{"conflict enum status: column posts.state uses what is made anew"}},
	{"removed, and a default of the type", values("new"), func(s *schema.Schema) { users(s).Column("state").Default = &schema.Scalar{Text: "'done'"} },
		[]string{"conflict enum status: column users.state uses what is made anew"}},
	{"removed, and a column of the type not null", values("new"), func(s *schema.Schema) { users(s).Column("state").NotNull = true }, nil},
	{"added, and a column of the type", values("new", "done", "late"), func(s *schema.Schema) {
		addColumn(posts(s), "state", "status")
		posts(s).Column("state").TypeSchema = schema.Public
	}, nil},

	{"two primary keys", func(s *schema.Schema) {
		posts(s).PrimaryKeys = append(posts(s).PrimaryKeys, schema.PrimaryKey{Name: "p", Columns: []string{"id"}})
	}, func(s *schema.Schema) { posts(s).Column("author").PrimaryKey = true },
		[]string{"conflict primary key posts.p: a table has one primary key"}},
	{"one index name on two tables", func(s *schema.Schema) { addIndex(users(s), "i", "age") }, func(s *schema.Schema) { addIndex(posts(s), "i", "title") },
		[]string{"conflict index users.i: both take the name i among the tables, indexes, sequences and views of a schema"}},
	{"a table and an enum of one name", func(s *schema.Schema) { addTable(s, "kind", "id") },
		func(s *schema.Schema) { s.Enums = append(s.Enums, schema.Enum{Schema: schema.Public, Name: "kind"}) },
		[]string{"conflict table kind: both take the name kind among the types of a schema"}},
	{"one constraint name of two kinds", func(s *schema.Schema) {
		users(s).Checks = append(users(s).Checks, schema.Check{Name: "c", Value: "true"})
	},
		func(s *schema.Schema) {
			users(s).Uniques = append(users(s).Uniques, schema.Unique{Name: "c", Columns: []string{"id"}})
		},
		[]string{"conflict check users.c: both take the name c among the constraints of a table"}},
	{"a star view and a new column", func(s *schema.Schema) { addColumn(users(s), "a", "text") }, func(s *schema.Schema) { addView(s, "v", "select * from users") },
		[]string{"note column users.a: whether view v has the column depends on which side comes first"}},
	{"count over all", func(s *schema.Schema) { addColumn(users(s), "a", "text") }, func(s *schema.Schema) { addView(s, "v", "select count(*) from users") }, nil},
}

// TestCompare also holds that which side is called first makes no difference
// but to the order in which the two are told.
func TestCompare(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a, b := base(), base()
			c.a(a)
			c.b(b)
			forward, backward := Compare(base(), a, b), Compare(base(), b, a)
			got := told(forward)
			if len(got) != len(c.want) {
				t.Fatalf("got %q, want %q", got, c.want)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("got  %s\nwant %s", got[i], want)
				}
			}
			if forward.Commute() != backward.Commute() || len(forward.Rows) != len(backward.Rows) {
				t.Errorf("the other way round: %q", told(backward))
			}
		})
	}
}

func told(r *Result) []string {
	var out []string
	for _, row := range r.Rows {
		if row.Relation != Independent {
			out = append(out, strings.TrimSuffix(fmt.Sprintf("%s %s: %s", row.Relation, row.Object, row.Why), ": "))
		}
	}
	return out
}

func TestText(t *testing.T) {
	a, b := base(), base()
	withoutEmail(a)
	setType("age", "bigint")(a)
	addTable(a, "x", "id")
	addIndex(users(b), "users_email", "email")
	setType("age", "bigint")(b)
	got := Compare(base(), a, b).Text("0007_a", "0007_b")
	want := `object                                      0007_a            0007_b
column users.email                          drops it          creates index users.users_email  conflict: index users.users_email uses what is dropped
column users.age                            sets type bigint  sets type bigint                 same
table x                                     creates it        –                                independent
unique constraint users.users_email_unique  drops it          –                                independent
they do not commute: column users.email`
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Error(diff)
	}
	for want, edits := range map[string][2]edit{
		"the changes commute: neither touches the schema":      {func(*schema.Schema) {}, func(*schema.Schema) {}},
		"the changes commute; what both do is to be done once": {setType("age", "bigint"), setType("age", "bigint")},
		"the changes commute":                                  {setType("age", "bigint"), noColumn("state")},
	} {
		a, b := base(), base()
		edits[0](a)
		edits[1](b)
		if got := Compare(base(), a, b).Text("a", "b"); !strings.HasSuffix(got, "\n"+want) {
			t.Errorf("%s", got)
		}
	}
	many := base()
	for i := range 50 {
		addTable(many, fmt.Sprint("t", i), "id")
	}
	if got := Compare(base(), many, base()).Text("a", "b"); strings.Count(got, "\n") != mostRows+2 || !strings.Contains(got, "and 30 more that one side alone touches\n") {
		t.Errorf("%s", got)
	}
}
