package catalog

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/schema"
)

var longName = "posts_" + strings.Repeat("ü", 40) + "_users_id_fk" // 98 bytes

// wanted is a schema in drizzle's words, with what a database cannot spell so.
func wanted() *schema.Schema {
	using, definition := `"posts"."author" = 1`, `select "id", upper("title") as "title" from "posts" where "posts"."id" > 3`
	all := "true"
	one := &schema.Scalar{Kind: schema.Number, Text: "1"}
	return &schema.Schema{
		Enums: []schema.Enum{{Schema: "public", Name: "mood", Values: []string{"ok", "sad"}}},
		Roles: []schema.Role{{Name: "skein_test_role", Inherit: true}},
		Tables: []schema.Table{
			{
				Schema: "public", Name: "posts",
				Columns: []schema.Column{
					{Name: "id", Type: "serial", PrimaryKey: true, NotNull: true},
					{Name: "title", Type: "varchar(5)", Default: &schema.Scalar{Text: "'x'::varchar"}},
					{Name: "author", Type: "integer", NotNull: true, Default: one},
					{Name: "scores", Type: "numeric(7)[3]", Default: &schema.Scalar{Text: "'{\"1\"}'"}},
					{Name: "twice", Type: "integer", Generated: &schema.Generated{As: `"posts"."author" * 2`, Type: "stored"}},
				},
				Indexes: []schema.Index{
					{Name: "z", Method: "btree", Where: `"posts"."author" > 1 and "posts"."id" > 2`, Concurrently: true,
						Columns: []schema.IndexColumn{{Expression: `lower("title")`, IsExpression: true, Asc: true, Nulls: "last"}}},
					{Name: "a", Method: "btree", With: []schema.Option{{Name: "fillfactor", Value: schema.Scalar{Text: "70"}}},
						Columns: []schema.IndexColumn{{Expression: "author", Nulls: "last"}}},
				},
				ForeignKeys: []schema.ForeignKey{{Name: longName, Columns: []string{"author"}, ToSchema: "auth", ToTable: "users", ToColumns: []string{"id"}}},
				Checks:      []schema.Check{{Name: "c", Value: `"posts"."author" > 0 and "posts"."title" <> ''`}},
				Policies:    []schema.Policy{{Name: "p", As: "PERMISSIVE", For: "SELECT", To: []string{"public", "skein_test_role"}, Using: &using}},
			},
			{
				Schema: "public", Name: "links",
				Columns:     []schema.Column{{Name: "b", Type: "integer"}, {Name: "a", Type: "char"}},
				PrimaryKeys: []schema.PrimaryKey{{Name: "links_b_a_pk", Columns: []string{"b", "a"}}},
			},
		},
		Policies: []schema.LinkedPolicy{{Policy: schema.Policy{Name: "own", As: "PERMISSIVE", For: "ALL", To: []string{"public"}, Using: &all}, On: `"auth"."users"`, Schema: "auth"}},
		Views: []schema.View{
			{Schema: "public", Name: "titles", Definition: &definition},
			{Schema: "auth", Name: "sessions", Existing: true, Columns: []schema.Column{{Name: "id", Type: "uuid"}}},
		},
	}
}

// live makes the same by hand, in other words and another order.
const live = `
CREATE SCHEMA auth;
CREATE TABLE auth.users (id integer PRIMARY KEY, author integer, email text);
CREATE VIEW auth.sessions AS SELECT 1 AS id;
CREATE TYPE mood AS ENUM ('ok', 'sad');
CREATE TABLE links (a char(1), b int, CONSTRAINT links_b_a_pk PRIMARY KEY (b, a));
CREATE TABLE old (id int CONSTRAINT my_own_name PRIMARY KEY);
ALTER TABLE old RENAME TO posts;
CREATE SEQUENCE post_ids OWNED BY posts.id;
ALTER TABLE posts ALTER id SET DEFAULT nextval('post_ids'), ADD title varchar(5) DEFAULT 'x', ADD author int4 DEFAULT (1) NOT NULL,
  ADD scores numeric(7,0)[] DEFAULT '{1}', ADD twice int GENERATED ALWAYS AS ((author) * 2) STORED,
  ADD CONSTRAINT c CHECK ((author > 0) AND title <> ''), ADD FOREIGN KEY (author) REFERENCES auth.users;
ALTER TABLE posts RENAME CONSTRAINT posts_author_fkey TO "LONG";
CREATE INDEX a ON posts (author DESC NULLS LAST) WITH (fillfactor = 70);
CREATE INDEX z ON posts (lower(title)) WHERE (author > 1) AND (id > 2);
ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON auth.users USING (true);
CREATE VIEW titles AS SELECT id, upper(title) AS title FROM posts WHERE id > 3;`

func TestRespell(t *testing.T) {
	ctx := context.Background()
	want := wanted()
	scratch := connect(t, pgtest.New(t))
	for _, c := range []struct {
		name, change string
		edit         func(*schema.Schema) // of what is expected, starting from want
	}{
		{"all agrees", "", func(s *schema.Schema) {}},
		{"one check differs", `ALTER TABLE posts DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (author >= 0)`,
			func(s *schema.Schema) { s.Tables[0].Checks[0].Value = "author >= 0" }},
		{"parts of columns differ", `ALTER TABLE posts ALTER scores DROP DEFAULT, ALTER scores TYPE text[], ALTER author DROP NOT NULL`,
			func(s *schema.Schema) {
				s.Tables[0].Columns[3].Type, s.Tables[0].Columns[3].Default = "text[]", nil
				s.Tables[0].Columns[2].NotNull = false
			}},
		{"another primary key", `ALTER TABLE links DROP CONSTRAINT links_b_a_pk, ADD CONSTRAINT links_b_a_pk PRIMARY KEY (a, b)`,
			func(s *schema.Schema) { s.Tables[1].PrimaryKeys[0].Columns = []string{"a", "b"} }},
		{"the view differs", `CREATE OR REPLACE VIEW titles AS SELECT posts.id, upper(posts.title) AS title FROM posts, links`,
			func(s *schema.Schema) {
				text := "SELECT posts.id,\n    upper((posts.title)::text) AS title\n   FROM posts,\n    links"
				s.Views[0].Definition = &text
				s.Views[0].Columns = []schema.Column{{Name: "id", Type: "integer"}, {Name: "title", Type: "text"}}
			}},
		{"too much and too little", `DROP INDEX z; DROP VIEW auth.sessions; CREATE TABLE extra (); DROP POLICY own ON auth.users; ALTER TYPE mood ADD VALUE 'new'`,
			func(s *schema.Schema) {
				s.Tables[0].Indexes = s.Tables[0].Indexes[1:]
				s.Tables = append(s.Tables, schema.Table{Schema: "public", Name: "extra"})
				s.Enums[0].Values = append(s.Enums[0].Values, "new")
				s.Policies = nil
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := connect(t, pgtest.New(t))
			run(t, conn, "BEGIN") // a role belongs to the server: it goes when the test ends
			run(t, conn, strings.ReplaceAll(live, "LONG", longName)+`CREATE ROLE skein_test_role; CREATE POLICY p ON posts FOR SELECT TO skein_test_role, public USING (author = 1);`)
			run(t, conn, c.change)
			options := Options{
				Roles:  []string{"skein_test_role"},
				Linked: []schema.Ref{{Schema: "auth", Name: "users"}},
				Tables: func(r schema.Ref) bool { return r.Schema == "public" },
			}
			read, err := Read(ctx, conn, options)
			if err != nil {
				t.Fatal(err)
			}
			run(t, conn, "ROLLBACK")
			read.Schemas = nil // auth is not want's to manage
			built, err := Canonical(ctx, scratch, want, nil, options)
			if err != nil {
				t.Fatal(err)
			}
			expected := wanted()
			c.edit(expected)
			got := Respell(read, built, want)
			if d := cmp.Diff(expected.Clone(), got.Clone()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if same := schema.Equal(got, want); same != (c.change == "") {
				t.Errorf("equal: %v", same)
			}
			if r, err := diff.Compute(got, want, diff.CreateAll); err != nil || r.Empty() != (c.change == "") {
				t.Errorf("the diff says %q, %v", r.Statements(), err)
			}
		})
	}
	if left, err := Inspect(ctx, scratch, Options{Roles: []string{"skein_test_role"}}); err != nil || dump(left) != "" {
		t.Errorf("the scratch database keeps %s, %v", dump(left), err)
	}
}

// An index that was made in the order that the schema file asks for is no
// other than one that drizzle-kit made, which leaves that order out.
func TestRespellOrderedIndex(t *testing.T) {
	index := func(name, class string, asc bool, nulls string) *schema.Schema {
		return &schema.Schema{Tables: []schema.Table{{Schema: "public", Name: "t", Indexes: []schema.Index{{Name: name, Method: "btree",
			Columns: []schema.IndexColumn{{Expression: "a", OpClass: class, Asc: asc, Nulls: nulls}}}}}}}
	}
	want := index("i", "text_pattern_ops", false, "last")
	for _, c := range []struct {
		name        string
		live, built *schema.Schema
		agrees      bool
	}{
		{"as drizzle-kit makes it", index("i", "text_pattern_ops", true, "last"), index("i", "text_pattern_ops", true, "last"), true},
		{"as the file says", index("i", "text_pattern_ops", false, "last"), index("i", "text_pattern_ops", true, "last"), true},
		{"in another order", index("i", "text_pattern_ops", false, "first"), index("i", "text_pattern_ops", true, "last"), false},
		{"with another class", index("i", "varchar_pattern_ops", false, "last"), index("i", "text_pattern_ops", true, "last"), false},
	} {
		if got := schema.Equal(Respell(c.live, c.built, want), want); got != c.agrees {
			t.Errorf("%s: agrees is %v", c.name, got)
		}
	}
}

func TestCanonicalLooksAround(t *testing.T) {
	ctx := context.Background()
	conn := connect(t, pgtest.New(t))
	definition := "select email from auth.users"
	want := &schema.Schema{Views: []schema.View{{Schema: "public", Name: "v", Definition: &definition}}}
	around := &schema.Schema{Schemas: []string{"auth"}, Tables: []schema.Table{{Schema: "auth", Name: "users",
		Columns: []schema.Column{{Name: "id", Type: "serial", PrimaryKey: true, NotNull: true}, {Name: "email", Type: "text"}}}}}
	built, err := Canonical(ctx, conn, want, around, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(built.Tables) != 0 || len(built.Schemas) != 0 || len(built.Views) != 1 || !slices.ContainsFunc(built.Views[0].Columns, func(c schema.Column) bool { return c.Name == "email" && c.Type == "text" }) {
		t.Errorf("got %+v", built)
	}
	var e *diag.Error
	if _, err := Canonical(ctx, conn, want, nil, Options{}); !errors.As(err, &e) || e.Kind != diag.Usage || !strings.Contains(e.Detail, "auth.users") {
		t.Errorf("without it: %v", err)
	}
	if status := conn.PgConn().TxStatus(); status != 'I' {
		t.Errorf("a transaction stays open: %c", status)
	}
}

func TestExtensions(t *testing.T) {
	s := &schema.Schema{
		Enums: []schema.Enum{{Schema: "public", Name: "cube"}},
		Tables: []schema.Table{{
			Columns: []schema.Column{
				{Type: "vector(3)[]"}, {Type: "citext"}, {Type: "geometry(point)"}, {Type: "text"}, {Type: "cube"},
				{Type: "uuid", Default: &schema.Scalar{Text: "uuid_generate_v4()"}},
			},
			Indexes: []schema.Index{{Columns: []schema.IndexColumn{{OpClass: "gin_trgm_ops"}, {OpClass: "vector_l2_ops"}, {OpClass: "gist_trgm_ops (siglen=32)"}}}},
		}},
	}
	if got := Extensions(s); !slices.Equal(got, []string{"citext", "pg_trgm", "postgis", "uuid-ossp", "vector"}) {
		t.Errorf("got %q", got)
	}
}

func TestSplitName(t *testing.T) {
	for name, want := range map[string][]string{
		`"auth"."users"`: {"auth", "users"},
		`users`:          {"users"},
		`auth.users`:     {"auth", "users"},
		`"a.b"."c""d"`:   {"a.b", `c"d`},
		``:               {""},
	} {
		if got := splitName(name); !slices.Equal(got, want) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
