package diff

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/schema"
)

// effectCases have the effects as "kind object: message" lines; only the
// beginning of a message need be given.
var effectCases = []struct {
	name     string
	from, to *schema.Schema
	answers  []int
	want     []string
}{
	{name: "nothing", from: build(table("t", column("a", "text"))), to: build(table("t", column("a", "text")))},
	{name: "all is new", from: build(), to: build(enum("m", "a"), table("t", column("a", "integer", primaryKey), column("b", "text", notNull), unique("u", "b"),
		check("c", "a > 0"), foreignKey("f", "a", "t", "a"), indexWith("i", func(x *schema.Index) { x.Unique = true }, on("b"))))},
	{name: "table dropped", from: build(table("s.t", column("a", "text"))), to: build(), want: []string{"data_lost s.t: all rows of the table are lost"}},
	{name: "table renamed", from: build(table("t", column("a", "text"))), to: build(table("u", column("a", "text"))), answers: []int{1}},
	{name: "column dropped", from: build(table("t", column("a", "text"), column("b", "text"))), to: build(table("t", column("a", "text"))),
		want: []string{"data_lost t.b: the values of the column are lost"}},
	{name: "views dropped", from: build(view("v", "select 1"), view("m", "select 1", materializedView)), to: build(),
		want: []string{"data_lost m: the rows that the materialized view holds are lost"}},
	{name: "views made anew", from: build(view("v", "select 1"), view("m", "select 1", materializedView)), to: build(view("v", "select 2"), view("m", "select 2", materializedView)),
		want: []string{"data_changed m: the materialized view is dropped and made anew"}},

	{name: "view in the way", from: build(table("t", column("a", "integer")), view("v", `select "a" from "t"`), view("m", `select "a" from "t"`, materializedView)),
		to:   build(table("t", column("a", "bigint")), view("v", `select "a" from "t"`), view("m", `select "a" from "t"`, materializedView)),
		want: []string{"data_changed m: the materialized view is dropped and made anew", "rewrites_table t.a: integer to bigint"}},

	{name: "columns added", from: build(table("t", column("a", "text"))),
		to: build(table("t", column("a", "text"), column("b", "text"), column("c", "text", notNull), column("d", "text", notNull, def("'x'")),
			column("e", "integer", notNull, identityColumn("always", "s")), column("f", "serial", notNull), column("g", "text", generated("a || '!'")),
			column("h", "uuid", notNull, def("gen_random_uuid()")), column("i", "timestamp", def("now()")), column("j", "text", def("'random()'")),
			column("k", "integer", defNumber("0")), column("l", "uuid", primaryKey))),
		want: []string{
			"can_fail t.c: fails if the table has rows", "rewrites_table t.e: every row is written anew, with a number of its own",
			"rewrites_table t.f: every row is written anew, with a number of its own", "rewrites_table t.g: every row is written anew, with the generated value",
			"rewrites_table t.h: every row is written anew, as the default is computed row by row", "can_fail t.l: fails if the table has rows",
		}},
	{name: "not null", from: build(table("t", column("a", "text"), column("b", "text"), column("c", "text", notNull))),
		to:   build(table("t", column("a", "text", notNull), column("b", "text", notNull, def("'x'")), column("c", "text"))),
		want: []string{"can_fail t.a: fails if a row has NULL here", "can_fail t.b: fails if a row has NULL here; the default is for new rows only"}},
	{name: "identity", from: build(table("t", column("a", "integer", notNull))), to: build(table("t", column("a", "integer", notNull, identityColumn("always", "s")))),
		want: []string{"can_fail t.a: the sequence starts at 1 whatever numbers the rows have"}},
	{name: "generated", from: build(table("t", column("a", "text"), column("b", "text", generated("'x'")), column("c", "text", generated("'x'")))),
		to:   build(table("t", column("a", "text", generated("'y'")), column("b", "text", generated("'z'")), column("c", "text"))),
		want: []string{"data_lost t.a: the values of the column are lost", "rewrites_table t.b: the generated column is computed anew"}},

	{name: "keys", from: build(table("a", column("x", "integer", notNull)), table("b", column("x", "integer"), column("y", "integer")), table("c", column("x", "integer", notNull), unique("u", "x"))),
		to: build(table("a", column("x", "integer", primaryKey)), table("b", column("x", "integer"), column("y", "integer"), key("p", "x", "y")), table("c", column("x", "integer", primaryKey), unique("u", "x"))),
		want: []string{"can_fail a.x: fails if two rows are equal in x, or one has NULL there",
			"can_fail b.p: fails if two rows are equal in x, y, or one has NULL there"}},
	{name: "uniques", from: build(table("t", column("a", "text"), column("b", "text"), unique("u", "a"))),
		to: build(table("t", column("a", "text"), column("b", "text"), column("c", "text"), column("d", "text", def("'x'")),
			unique("u", "a", "b"), unique("v", "b"), unique("w", "c"), unique("x", "d"), uniqueNulls("y", "c"), uniqueNulls("z", "a"))),
		want: []string{"can_fail t.v: fails if two rows are equal in b", "can_fail t.x: fails if two rows are equal in d",
			"can_fail t.y: fails if two rows are equal in c", "can_fail t.z: fails if two rows are equal in a"}},
	{name: "unique in a renamed table", from: build(table("t", column("a", "text"), unique("u", "a"))), to: build(table("s", column("b", "text"), unique("v", "b"))), answers: []int{1, 1}},
	{name: "unique index", from: build(table("t", column("a", "text"))),
		to: build(table("t", column("a", "text"), index("i", on("a")), indexWith("j", func(x *schema.Index) { x.Unique = true }, on("a")),
			indexWith("k", func(x *schema.Index) { x.Unique = true }, schema.IndexColumn{Expression: "lower(a)", IsExpression: true, Asc: true, Nulls: "last"}))),
		want: []string{"can_fail t.j: fails if two rows are equal in a", "can_fail t.k: fails if two rows are equal in what the unique index is over"}},
	{name: "the same under another name", from: build(table("t", column("a", "integer"), check("c", "a > 0"), indexWith("i", func(x *schema.Index) { x.Unique = true }, on("a")))),
		to: build(table("t", column("a", "integer"), check("d", "a > 0"), indexWith("j", func(x *schema.Index) { x.Unique = true }, on("a"))))},
	{name: "check", from: build(table("t", column("a", "integer"))), to: build(table("t", column("a", "integer"), check("c", "a > 0"))),
		want: []string{"can_fail t.c: fails if a row does not meet the condition"}},
	{name: "foreign keys", from: build(table("p", column("id", "integer", primaryKey)), table("t", column("a", "integer"), foreignKey("f", "a", "p", "id"))),
		to: build(table("p", column("id", "integer", primaryKey)), table("t", column("a", "integer"), column("b", "integer"),
			foreignKey("f", "a", "p", "id", "cascade", "cascade"), foreignKey("g", "b", "p", "id"), foreignKey("h", "a", "t", "b"))),
		want: []string{"can_fail t.h: fails if a row refers to a row that is not in t"}},
	{name: "foreign keys of renamed tables", from: build(table("p", column("id", "integer", primaryKey)), table("t", column("a", "integer"), foreignKey("f", "a", "p", "id"))),
		to: build(table("q", column("id", "integer", primaryKey)), table("t", column("a", "integer"), foreignKey("g", "a", "q", "id"))), answers: []int{1}},

	{name: "enum values", from: build(enum("m", "a", "b"), enum("n", "a", "b"), enum("o", "a"), enum("p", "a", "b"), table("t", column("x", "m", inSchema("public")), column("y", "n[]", inSchema("public")), column("z", "o", inSchema("public")))),
		to:   build(enum("m", "a"), enum("n", "b", "a"), enum("o", "a", "b"), enum("p", "a"), table("t", column("x", "m", inSchema("public")), column("y", "n[]", inSchema("public")), column("z", "o", inSchema("public")))),
		want: []string{"can_fail m: fails if a row has 'b' in t.x", "rewrites_table n: every row of the tables that use it is written anew while they are locked: t.y"}},
	{name: "column to an enum that is made anew", from: build(enum("m", "a", "b"), table("t", column("x", "text"), column("y", "m[]", inSchema("public")), column("z", "integer"))),
		to:   build(enum("m", "b"), table("t", column("x", "m", inSchema("public")), column("y", "m", inSchema("public")), column("z", "integer"))),
		want: []string{"can_fail m: fails if a row has anything but its new values in t.x, t.y", "can_fail t.y: m[] to m: fails "}},
	{name: "primary key added", from: build(table("t")), to: build(table("t", column("a", "integer", primaryKey, defNumber("1")))),
		want: []string{"can_fail t.a: fails if the table has more than one row"}},
	{name: "column to another enum", from: build(enum("m", "a", "b"), enum("n", "a"), table("t", column("x", "m", inSchema("public")))), to: build(enum("m", "a", "b"), enum("n", "a"), table("t", column("x", "n", inSchema("public")))),
		want: []string{"can_fail t.x: m to n: fails if a row has 'b'"}},
}

func TestEffects(t *testing.T) {
	for _, c := range effectCases {
		t.Run(c.name, func(t *testing.T) {
			answers := c.answers
			if answers == nil {
				answers = []int{0}
			}
			r, err := Compute(c.from, c.to, &numbered{answers: answers})
			if err != nil {
				t.Fatal(err)
			}
			compareEffects(t, Effects(r, c.from, c.to), c.want)
		})
	}
}

func compareEffects(t *testing.T, got []Effect, want []string) {
	t.Helper()
	for i, e := range got {
		line := string(e.Kind) + " " + e.Object + ": " + e.Message
		if i >= len(want) || !strings.HasPrefix(line, want[i]) {
			t.Errorf("effect %d is %q; want %q", i, line, want)
		}
		if e.Safer == "" || strings.ContainsAny(e.Message+e.Safer, "\n") {
			t.Errorf("%q: %q is no line", line, e.Safer)
		}
	}
	if len(got) < len(want) {
		t.Errorf("missing %q", want[len(got):])
	}
}

// typeEffectCases have pairs of types, and what becomes of the values.
var typeEffectCases = []struct {
	from, to string
	kind     EffectKind
	message  string
}{
	{"varchar(10)", "varchar(20)", "", ""},
	{"varchar(10)", "text", "", ""},
	{"varchar", "text", "", ""},
	{"text", "varchar", "", ""},
	{"varchar(20)", "varchar(10)", CanFail, "fails if a value is longer than 10"},
	{"text", "varchar(10)", CanFail, "fails if a value is longer than 10"},
	{"varchar", "varchar(10)", CanFail, "fails if a value is longer than 10"},
	{"char(3)", "text", Rewrites, "every row is written anew"},
	{"text", "char(3)", CanFail, "fails if a value is longer than 3"},
	{"char(3)", "char(5)", Rewrites, "every row is written anew"},
	{"integer", "text", Rewrites, "every row is written anew"},
	{"integer", "varchar(3)", CanFail, "fails if a value is longer than 3"},
	{"smallint", "integer", Rewrites, "every row is written anew"},
	{"integer", "bigint", Rewrites, "every row is written anew"},
	{"int8", "integer", CanFail, "fails if a value is too large"},
	{"serial", "integer", "", ""},
	{"integer", "numeric", Rewrites, "every row is written anew"},
	{"integer", "numeric(4, 2)", CanFail, "fails if a value is too large"},
	{"numeric", "integer", CanFail, "fails if a value is too large, and rounds the others"},
	{"double precision", "bigint", CanFail, "fails if a value is too large, and rounds the others"},
	{"integer", "real", DataChanged, "large values are rounded"},
	{"integer", "double precision", Rewrites, "every row is written anew"},
	{"double precision", "real", DataChanged, "values are rounded"},
	{"real", "double precision", Rewrites, "every row is written anew"},
	{"numeric(10, 2)", "numeric(12, 2)", "", ""},
	{"numeric(10, 2)", "numeric", "", ""},
	{"numeric(10, 2)", "numeric(8, 2)", CanFail, "fails if a value is too large"},
	{"numeric(10, 4)", "numeric(8, 2)", DataChanged, "values are rounded to 2 digits"},
	{"numeric(10, 4)", "numeric(7, 2)", CanFail, "fails if a value is too large, and rounds the others"},
	{"numeric(10, 2)", "numeric(12, 4)", Rewrites, "every row is written anew"},
	{"numeric", "numeric(10, 2)", CanFail, "fails if a value is too large, and rounds the others"},
	{"timestamp (3)", "timestamp", "", ""},
	{"timestamp", "timestamp (3)", DataChanged, "fractions of seconds are rounded"},
	{"timestamp", "timestamp with time zone", DataChanged, "values are taken for the local time"},
	{"timestamp with time zone", "timestamp", DataChanged, "values become the local time"},
	{"timestamp (3) with time zone", "timestamp with time zone", "", ""},
	{"timestamp", "date", DataChanged, "the time of day is cut off"},
	{"timestamp", "time", DataChanged, "the date is cut off"},
	{"date", "timestamp", Rewrites, "every row is written anew"},
	{"json", "jsonb", DataChanged, "white space"},
	{"jsonb", "json", Rewrites, "every row is written anew"},
	{"text", "integer", CanFail, "fails "},
	{"text", "jsonb", CanFail, "fails "},
	{"text", "text[]", Rewrites, "every row is written anew"},
	{"integer", "integer[]", Rewrites, "every row is written anew"},
	{"boolean", "integer", Rewrites, "every row is written anew"},
	{"text", "integer[]", CanFail, "fails if a value cannot be read as integer[]"},
	{"uuid", "text", Rewrites, "every row is written anew"},
	{"integer[]", "bigint[]", Rewrites, "every row is written anew"},
	{"integer[]", "text", Rewrites, "every row is written anew"},
	{"bit(3)", "bit(4)", CanFail, "fails if the table has values"},
	{"vector(3)", "vector(4)", CanFail, "fails if a value has not 4 dimensions"},
	{"tsvector", "xml", CanFail, "fails "},
}

func TestEffectsOfTypes(t *testing.T) {
	for _, c := range typeEffectCases {
		t.Run(c.from+" to "+c.to, func(t *testing.T) {
			from, to := build(table("t", column("a", c.from))), build(table("t", column("a", c.to)))
			r, err := Compute(from, to, nil)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			if c.kind != "" {
				want = []string{string(c.kind) + " t.a: " + c.from + " to " + c.to + ": " + c.message}
			}
			compareEffects(t, Effects(r, from, to), want)
		})
	}
}

func TestEffectJSON(t *testing.T) {
	text, err := json.Marshal(Effect{DataLost, "t.a", "m", "s"})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(`{"kind":"data_lost","object":"t.a","message":"m","safer":"s"}`, string(text)); d != "" {
		t.Error(d)
	}
}
