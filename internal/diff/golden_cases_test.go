package diff

import "github.com/skein-db/skein/internal/schema"

var (
	cycle = func(o *schema.SequenceOptions) { o.Cycle = true }
	cache = func(o *schema.SequenceOptions) { o.Cache = "7" }
)

var goldenCases = []goldenCase{
	{name: "schemas", from: build(namespace("a"), namespace("b")), to: build(namespace("c"), namespace("d")), answers: []int{1, 0}},
	{name: "schema renamed with its contents", answers: []int{1},
		from: build(namespace("a"), enum("a.e", "x"), sequence("a.q"), table("a.t", column("id", "integer", identityColumn("always", "t_id_seq")), index("i", on("id")), foreignKey("f", "id", "a.t", "id"))),
		to:   build(namespace("b"), enum("b.e", "x"), sequence("b.q", cache), table("b.t", column("id", "integer", identityColumn("always", "t_id_seq")), column("n", "text"), index("i", on("id")), foreignKey("f", "id", "b.t", "id")))},

	{name: "enum created", from: build(), to: build(enum("mood", "it's ok", "sad"), enum("s.mood", "a"))},
	{name: "enum dropped", from: build(enum("mood", "ok")), to: build()},
	{name: "enum values added", from: build(enum("e", "b", "d")), to: build(enum("e", "a", "b", "c", "d", "e", "f"))},
	{name: "enum value with a quote", from: build(enum("e", "a")), to: build(enum("e", "it's", "a"))},
	{name: "enum renamed with its columns", answers: []int{1},
		from: build(enum("e", "a"), table("t", column("x", "e", inSchema("public"), def("'a'")), column("y", "e[]", inSchema("public"), def("'{a}'")))),
		to:   build(enum("f", "a", "b"), table("t", column("x", "f", inSchema("public"), def("'a'")), column("y", "f[]", inSchema("public"), def("'{a}'"))))},
	{name: "enum moved and renamed", answers: []int{1}, from: build(enum("s.e", "a")), to: build(enum("r.f", "a"))},
	{name: "enum moved with a new value", answers: []int{1}, from: build(enum("s.e", "a")), to: build(enum("r.e", "a", "b"))},
	{name: "enum made anew",
		from: build(enum("e", "a", "b", "c"), table("t", column("x", "e", inSchema("public")), column("y", "e[3][]", inSchema("public"), def("'{{a}}'")), column("z", "text", def("'b'")))),
		to:   build(enum("e", "c", "a"), table("t", column("x", "e", inSchema("public"), def("'a'")), column("y", "e[3][]", inSchema("public"), def("'{{a}}'")), column("z", "e", inSchema("public"), def("'c'"))), table("n", column("x", "e", inSchema("public"))))},

	{name: "sequences", answers: []int{0, 1}, from: build(sequence("a"), sequence("b"), sequence("c"), sequence("s.m")), to: build(sequence("n"), sequence("z", cycle), sequence("c", cache))},
	{name: "sequence moved and renamed", answers: []int{1}, from: build(sequence("s.a")), to: build(sequence("r.b"))},
	{name: "sequence moved with another cache", answers: []int{1}, from: build(sequence("s.a")), to: build(sequence("r.a", cache))},

	{name: "roles", answers: []int{1, 0},
		from: build(role("a"), role("b"), role("c")),
		to:   build(role("n", func(r *schema.Role) { r.CreateDB, r.Inherit = true, false }), role("m", func(r *schema.Role) { r.CreateRole = true }), role("c", func(r *schema.Role) { r.Inherit = false }))},

	{name: "table created with everything", from: build(), to: build(
		table("s.t", rls, column("id", "integer", primaryKey, identityColumn("byDefault", "t_id_seq", cycle)), column("e", "mood", inSchema("s")), column("p", "mood[]", inSchema("public")),
			column("n", "numeric(7, 2)", notNull, defNumber("0")), column("c", "citext"), column("g", "text", generated("'a' || 'b'"), notNull),
			key("pk", "id", "n"), unique("u", "n"), uniqueNulls("v", "n", "c"), check("k", "n > 0"), foreignKey("f", "n", "p", "id", "cascade", "set null"), foreignKey("h", "n", "s.t", "id"),
			index("i", on("n")), policy("p", using("true"))),
		table("empty"))},
	{name: "table dropped", from: build(table("a", policy("p"), policy("q")), table("s.b", rls), table("c")), to: build(table("c"))},
	{name: "table dropped next to another change", from: build(table("a"), table("b", rls), table("c", column("x", "integer"))), to: build(table("c", column("x", "bigint")))},
	{name: "table dropped with a foreign key to it", from: build(table("p", column("id", "integer")), table("c", column("p", "integer"), foreignKey("f", "p", "p", "id"))), to: build(table("c", column("p", "integer")))},
	{name: "table renamed", answers: []int{1},
		from: build(table("a", column("id", "integer"), foreignKey("f", "id", "b", "id"), index("i", on("id")), unique("u", "id")), table("b", column("id", "integer"), foreignKey("g", "id", "a", "id"))),
		to:   build(table("n", column("id", "integer"), foreignKey("f", "id", "b", "id"), index("i", on("id")), unique("u", "id")), table("b", column("id", "integer"), foreignKey("g", "id", "n", "id")))},
	{name: "table renamed with a changed column", answers: []int{1}, from: build(table("a", column("x", "integer"))), to: build(table("b", column("x", "bigint", notNull)))},
	{name: "table moved", answers: []int{1}, from: build(table("a", column("x", "integer"), foreignKey("f", "x", "a", "x"))), to: build(table("s.a", column("x", "integer"), foreignKey("f", "x", "s.a", "x")))},
	{name: "table moved with changes", answers: []int{1, 1}, from: build(table("a", column("x", "integer"), column("y", "text"), policy("p"))), to: build(table("s.a", column("x", "bigint"), column("z", "text"), index("i", on("x"))))},
	{name: "table moved and renamed", answers: []int{1}, from: build(table("a", column("x", "integer"))), to: build(table("s.b", column("x", "integer"), column("y", "integer")))},

	{name: "columns", answers: []int{0, 2}, from: build(table("t", column("a", "text"), column("b", "text"), column("c", "text"))),
		to: build(table("t", column("n", "uuid", notNull, def("gen_random_uuid()")), column("m", "text"), column("c", "text"), column("i", "bigint", notNull, identityColumn("always", "s")), column("k", "integer", primaryKey)))},
	{name: "column renamed with another type", answers: []int{1}, from: build(table("t", column("a", "integer"))), to: build(table("t", column("b", "bigint", notNull, defNumber("5"))))},
	{name: "column defaults", from: build(table("t", column("a", "text"), column("b", "text", def("'x'")), column("c", "integer", defNumber("1")))),
		to: build(table("t", column("a", "text", def("'it''s'")), column("b", "text"), column("c", "integer", defNumber("2"))))},
	{name: "column null", from: build(table("t", column("a", "text"), column("b", "text", notNull))), to: build(table("t", column("a", "text", notNull), column("b", "text")))},
	{name: "column types", from: build(enum("e", "a"), enum("s.f", "a"), table("t", column("a", "text", def("'a'")), column("b", "e", inSchema("public"), def("'a'")), column("c", "e", inSchema("public"), def("'a'")), column("d", "integer"), column("i", "text"))),
		to: build(enum("e", "a"), enum("s.f", "a"), table("t", column("a", "e", inSchema("public"), def("'a'")), column("b", "f", inSchema("s"), def("'a'")), column("c", "varchar(3)", def("'b'")), column("d", "bigint", defNumber("5")), column("i", "inet")))},
	{name: "column type with a new default of 0", from: build(table("t", column("a", "integer"))), to: build(table("t", column("a", "bigint", defNumber("0"))))},
	{name: "column type with a space", from: build(table("t", column("a", "timestamp (3)"))), to: build(table("t", column("a", "timestamp(3)", notNull)))},
	{name: "column of another enum of the same name", from: build(enum("e", "a"), enum("s.e", "a"), table("t", column("a", "e", inSchema("public")))), to: build(enum("e", "a"), enum("s.e", "a"), table("t", column("a", "e", inSchema("s"))))},
	{name: "column types written as SQL", from: build(), to: build(table("t", column("a", `"my schema"."My Type"`), column("b", "geography(Point,4326)"), column("c", "int"), column("d", "bytea[]")))},
	{name: "column JSON default with a quote", from: build(table("t", column("a", "jsonb"))), to: build(table("t", column("a", "jsonb", def(`'{"a":"it's"}'::jsonb`)), column("b", "jsonb", def(`'{"a":"it''s"}'::jsonb`))))},
	{name: "primary key moved", from: build(table("t", column("a", "integer", primaryKey), column("b", "integer", notNull))), to: build(table("t", column("a", "integer", notNull), column("b", "integer", primaryKey)))},
	{name: "identity", from: build(table("t", column("a", "integer", notNull), column("b", "integer", notNull, identityColumn("always", "s")), column("c", "integer", notNull, identityColumn("always", "r")))),
		to: build(table("t", column("a", "integer", notNull, identityColumn("byDefault", "q")), column("b", "integer"),
			column("c", "integer", notNull, identityColumn("byDefault", "r", cycle, func(o *schema.SequenceOptions) {
				o.Increment, o.Min, o.Max, o.Start, o.Cache = "2", "3", "50", "4", "9"
			}))))},
	{name: "identity on a nullable column", from: build(table("t", column("a", "integer"), column("b", "integer"))), to: build(table("t", column("a", "integer", notNull, identityColumn("always", "s")), column("b", "integer", notNull)))},
	{name: "generated", from: build(table("t", column("a", "text"), column("b", "text", generated("'x'")), column("c", "text", generated("'x'")), column("e", "mood", inSchema("s")))),
		to: build(table("t", column("a", "text", generated("'y'")), column("b", "text"), column("c", "text", generated("'z'"), notNull), column("e", "mood", inSchema("s"), generated("null"))))},

	{name: "composite keys", from: build(table("a", key("p", "x", "y")), table("b", key("p", "x", "y")), table("c")), to: build(table("a", key("p", "y", "x")), table("b", key("q", "x", "y")), table("s.c"), table("c", key("r", "z")))},
	{name: "uniques", from: build(table("t", unique("a", "x"), unique("b", "x"), unique("c", "x"))), to: build(table("t", unique("n", "x", "y"), uniqueNulls("b", "x"), unique("c", "x")))},
	{name: "checks", from: build(table("t", check("a", "1 > 0"), check("b", "1 > 0"), check("c", "true"))), to: build(table("t", check("n", "1 > 0"), check("b", "2 > 0"), check("c", "true")))},
	{name: "check ending in a comment", from: build(table("t")), to: build(table("t", check("n", "x > 0 -- positive"), check("m", "x <> '--'")))},
	{name: "check with a semicolon", from: build(table("t")), to: build(table("t", check("n", "x <> ';'")))},
	{name: "foreign keys", from: build(table("t", foreignKey("a", "x", "p", "id"), foreignKey("b", "x", "p", "id"), foreignKey("c", "x", "p", "id"))),
		to: build(table("t", foreignKey("n", "x", "s.p", "id", "", ""), foreignKey("b", "x", "p", "id", "restrict", "cascade"), foreignKey("c", "x", "p", "id")))},
	{name: "indexes", from: build(table("s.t", index("a", on("x")), index("b", on("x")), index("c", on("x")))), to: build(table("s.t", index("n", on("x")), index("b", on("y")), index("c", on("x"))))},
	{name: "index options", from: build(table("t")), to: build(table("t",
		indexWith("a", func(x *schema.Index) {
			x.Unique, x.Concurrently, x.Where, x.Method = true, true, "x > 0", "gin"
			x.With = []schema.Option{{Name: "fillfactor", Value: schema.Scalar{Text: "70"}}, {Name: "fastupdate", Value: schema.Scalar{Text: "off"}}}
		}, on("x"), schema.IndexColumn{Expression: "lower(y)", IsExpression: true, Asc: true, Nulls: "last"}),
		index("b", schema.IndexColumn{Expression: "x", Asc: true, Nulls: "first"}, schema.IndexColumn{Expression: "y", Nulls: "last"}, schema.IndexColumn{Expression: "z", Nulls: "first"},
			schema.IndexColumn{Expression: "e", Nulls: "first", OpClass: "text_ops"}, schema.IndexColumn{Expression: "n"})))},
	{name: "index with dashes", from: build(table("t")), to: build(table("t", index("i", schema.IndexColumn{Expression: "(a || '--')", IsExpression: true, Asc: true, Nulls: "last"})))},

	{name: "views created", from: build(), to: build(view("a", "select 1", with("checkOption", "local", schema.String), with("securityBarrier", "true", schema.Boolean)),
		view("s.b", "select 1", materializedView, with("fillfactor", "70", schema.Number), with("autovacuumVacuumCostLimit", "5", schema.Number), func(v *schema.View) { v.Tablespace, v.Using, v.WithNoData = "fast", "heap", ptr(true) }))},
	{name: "views dropped", from: build(view("a", "select 1"), view("b", "select 1", materializedView), view("c", "", func(v *schema.View) { v.Existing, v.Definition = true, nil })), to: build()},
	{name: "views renamed and moved", answers: []int{1, 1}, from: build(view("a", "select 1"), view("b", "select 1", materializedView)), to: build(view("x", "select 1"), view("s.b", "select 1", materializedView))},
	{name: "view renamed with another query", answers: []int{1}, from: build(view("a", "select 1")), to: build(view("b", "select 2"))},
	{name: "view of a renamed schema", answers: []int{1, 1}, from: build(namespace("s"), view("s.a", "select 1")), to: build(namespace("r"), view("r.a", "select 1"))},
	{name: "view options", from: build(view("a", "select 1", with("checkOption", "local", schema.String), with("securityBarrier", "true", schema.Boolean)), view("b", "select 1", materializedView, func(v *schema.View) { v.Using = "x" })),
		to: build(view("a", "select 1", with("checkOption", "cascaded", schema.String), with("securityInvoker", "true", schema.Boolean)), view("b", "select 1", materializedView, func(v *schema.View) { v.Tablespace = "fast" }))},
	{name: "view queries", from: build(view("a", "select 1"), view("b", "select 1", materializedView)), to: build(view("a", "select 2"), view("b", "select 2", materializedView))},
	{name: "view made materialized", from: build(view("a", "select 1")), to: build(view("a", "select 1", materializedView))},

	{name: "row level security", from: build(table("a"), table("b", rls), table("c"), table("d", policy("p")), table("e", rls, policy("p"))),
		to: build(table("a", rls), table("b"), table("c", policy("p")), table("d"), table("e", policy("p")))},
	{name: "row level security of a renamed table", answers: []int{1}, from: build(table("a")), to: build(table("b", rls))},
	{name: "policies", answers: []int{1, 0},
		from: build(table("t", policy("a"), policy("b"), policy("c"), policy("d"), policy("e", using("true"), withCheck("true")))),
		to:   build(table("t", policy("n"), policy("m", to("current_user", "some role"), withCheck("x")), policy("c", forCommand("SELECT")), policy("d", to("session_user", "r1"), using("x")), policy("e", using("true"))))},
	{name: "policy for a role that needs quotes", from: build(table("t", policy("a"))), to: build(table("t", policy("a", to("Some Role"))))},
	{name: "policy renamed with another condition", answers: []int{1}, from: build(table("t", policy("a"))), to: build(table("t", policy("b", using("x"))))},
	{name: "policy with dashes", from: build(table("t")), to: build(table("t", policy("a", using("x -- y"))))},
	{name: "linked policies", answers: []int{1, 0},
		from: build(linked("a", `"auth"."u"`), linked("b", `"auth"."u"`), linked("c", `"auth"."u"`), linked("d", `"auth"."u"`)),
		to:   build(linked("n", `"auth"."u"`), linked("m", `"auth"."u"`, using("x")), linked("c", `"auth"."u"`, forCommand("INSERT")), linked("d", `"auth"."u"`, withCheck("x")))},
	{name: "names with double quotes", from: build(table(`a"b`, column(`c"d`, "integer"))), to: build(table(`a"b`, column(`c"d`, "bigint"), unique(`u"`, `c"d`)))},
}
