package main

import (
	"fmt"

	"github.com/skein-db/skein/internal/schema"
)

// madeUpMigrations returns n small migrations such as a project gathers: of
// ten, three make a table, the others add a column, an index, a foreign key, a
// check, an enum value, or change rows.
func madeUpMigrations(n int) []migration {
	out := make([]migration, n)
	tables := 0
	for i := range out {
		var pieces []string
		add := func(format string, args ...any) { pieces = append(pieces, fmt.Sprintf(format, args...)) }
		last := fmt.Sprintf("t%d", tables)
		switch i % 10 {
		case 0, 3, 6:
			tables++
			last = fmt.Sprintf("t%d", tables)
			add("CREATE TABLE \"%s\" (\n\t\"id\" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,\n\t\"name\" varchar(80) NOT NULL,\n\t\"amount\" numeric(12, 2) DEFAULT '0',\n\t\"data\" jsonb DEFAULT '{}'::jsonb,\n\t\"at\" timestamp (3) with time zone DEFAULT now() NOT NULL,\n\tCONSTRAINT \"%s_name_unique\" UNIQUE(\"name\")\n);\n", last, last)
			add("\nCREATE INDEX \"%s_at_index\" ON \"%s\" USING btree (\"at\");", last, last)
		case 1, 5:
			add("ALTER TABLE \"%s\" ADD COLUMN \"c%d\" integer DEFAULT 1 NOT NULL;", last, i)
			add("\nALTER TABLE \"%s\" ADD COLUMN \"parent%d\" uuid;", last, i)
		case 2:
			add("INSERT INTO \"%s\" (\"name\") SELECT 'row ' || n FROM generate_series(1, 20) n;", last)
		case 4:
			add("ALTER TABLE \"%s\" ADD CONSTRAINT \"%s_amount_check\" CHECK (\"%s\".\"amount\" >= 0);", last, last, last)
		case 7:
			add("ALTER TABLE \"%s\" ADD COLUMN \"owner\" uuid;", last)
			add("\nALTER TABLE \"%s\" ADD CONSTRAINT \"%s_owner_fk\" FOREIGN KEY (\"owner\") REFERENCES \"public\".\"t1\"(\"id\") ON DELETE cascade ON UPDATE no action;", last, last)
		case 8:
			add("CREATE TYPE \"public\".\"e%d\" AS ENUM('a', 'b');", i)
			add("\nALTER TABLE \"%s\" ADD COLUMN \"kind%d\" \"e%d\" DEFAULT 'a' NOT NULL;", last, i, i)
		case 9:
			add("CREATE UNIQUE INDEX \"%s_lower%d\" ON \"%s\" USING btree (lower(\"name\"));", last, i, last)
			add("\nUPDATE \"%s\" SET \"amount\" = 1 WHERE \"amount\" IS NULL;", last)
		}
		out[i] = migration{tag: fmt.Sprintf("%04d_step_%d", i, i), pieces: pieces}
	}
	return out
}

// madeUpSchema returns a schema of n tables, and the same with changes of the
// usual kinds in it.
func madeUpSchema(n, changes int) (before, after *schema.Schema) {
	s := &schema.Schema{Enums: []schema.Enum{{Schema: schema.Public, Name: "status", Values: []string{"on", "off"}}}}
	for i := range n {
		name := fmt.Sprintf("t%d", i)
		s.Tables = append(s.Tables, schema.Table{
			Schema: schema.Public, Name: name,
			Columns: []schema.Column{
				{Name: "id", Type: "uuid", PrimaryKey: true, NotNull: true, Default: &schema.Scalar{Text: "gen_random_uuid()"}},
				{Name: "org", Type: "integer", NotNull: true},
				{Name: "parent", Type: "uuid"},
				{Name: "name", Type: "varchar(80)", NotNull: true, Default: &schema.Scalar{Text: "'x'"}},
				{Name: "status", Type: "status", TypeSchema: schema.Public, NotNull: true, Default: &schema.Scalar{Text: "'on'"}},
				{Name: "amount", Type: "numeric(12, 2)", Default: &schema.Scalar{Text: "'0'"}},
				{Name: "tags", Type: "text[]", Default: &schema.Scalar{Text: "'{}'"}},
				{Name: "data", Type: "jsonb", Default: &schema.Scalar{Text: "'{}'::jsonb"}},
				{Name: "number", Type: "serial", NotNull: true},
				{Name: "at", Type: "timestamp (3) with time zone", NotNull: true, Default: &schema.Scalar{Text: "now()"}},
				{Name: "done", Type: "boolean", Default: &schema.Scalar{Kind: schema.Boolean, Text: "false"}},
				{Name: "note", Type: "text"},
			},
			Indexes: []schema.Index{
				{Name: name + "_at", Method: "btree", Columns: []schema.IndexColumn{{Expression: "at", Nulls: "last"}, {Expression: "id", Asc: true, Nulls: "last"}}},
				{Name: name + "_lower", Method: "btree", Columns: []schema.IndexColumn{{Expression: `lower("name")`, IsExpression: true, Asc: true, Nulls: "last"}}},
			},
			ForeignKeys: []schema.ForeignKey{{Name: name + "_parent_fk", Columns: []string{"parent"}, ToSchema: schema.Public, ToTable: fmt.Sprintf("t%d", max(0, i-1)),
				ToColumns: []string{"id"}, OnDelete: "cascade", OnUpdate: "no action"}},
			Uniques: []schema.Unique{{Name: name + "_org_name_unique", Columns: []string{"org", "name"}}},
			Checks:  []schema.Check{{Name: name + "_check", Value: `"` + name + `"."org" > 0`}},
		})
	}
	changed := s.Clone()
	for i := range changes {
		t := &changed.Tables[i*n/changes]
		switch i % 5 {
		case 0:
			t.Columns = append(t.Columns, schema.Column{Name: "added", Type: "integer"})
		case 1:
			t.Columns[3].Type = "varchar(120)"
		case 2:
			t.Indexes = t.Indexes[:1]
		case 3:
			t.Columns[11].NotNull = true
		case 4:
			t.Checks[0].Value = `"` + t.Name + `"."org" > 1`
		}
	}
	return s, changed
}
