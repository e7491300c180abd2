package js_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const preamble = `
import { sql } from "drizzle-orm";
import {
	alias, check, foreignKey, index, integer, pgEnum, pgMaterializedView, pgPolicy, pgSchema, pgTable, pgView, text, unique, vector,
} from "drizzle-orm/pg-core";
`

// table makes a schema file with one table that has the given extras.
func table(extras string) string {
	return preamble + `export const t = pgTable("t", { a: integer("a"), b: text("b").unique("b_key"), v: vector("v", { dimensions: 3 }) }, (t) => [` + extras + `]);`
}

// TestMistakesAreNamed covers what drizzle-kit exits with 1 for, and some of
// what it crashes on.
func TestMistakesAreNamed(t *testing.T) {
	for _, test := range []struct{ name, source, message, hint string }{
		{"two indexes", table(`index("i").on(t.a), index("i").on(t.b)`),
			`table "t" has two indexes named "i"`, "give one of them another name"},
		{"two indexes without a name", table(`index().on(t.a), index().on(t.a)`),
			`table "t" has two indexes named "t_a_index"`, "give one of them another name"},
		{"indexes of two tables", table(`index("i").on(t.a)`) + `export const u = pgTable("u", { a: integer() }, (u) => [index("i").on(u.a)]);`,
			`tables "t" and "u" both have an index named "i"`, "index names are unique within a schema: give one of them another name"},
		{"index on an expression without a name", table("index().on(sql`lower(${t.b})`)"),
			`an index of table "t" on the expression lower("b") has no name`, `name it, for example index("t_expression_index")`},
		{"vector index without operator class", table(`index("i").using("hnsw", t.v)`),
			`index "i" of table "t" is on the vector column "v" and names no operator class`,
			`add one, for example .using("hnsw", table.v.op("vector_cosine_ops")), or vector_l2_ops, vector_ip_ops, vector_l1_ops`},
		{"two unique constraints", table(`unique("u").on(t.a), unique("u").on(t.a, t.b)`),
			`table "t" has two unique constraints named "u", on (a) and on (a, b)`, "remove one of them, or give it another name"},
		{"unique constraint of a column and of the table", table(`unique("b_key").on(t.b)`),
			`table "t" has two unique constraints named "b_key", on (b) and on (b)`, "remove one of them, or give it another name"},
		{"two checks", table("check('c', sql`1 = 1`), check('c', sql`2 = 2`)"),
			`table "t" has two check constraints named "c"`, "give one of them another name"},
		{"two policies", table(`pgPolicy("p"), pgPolicy("p")`),
			`table "t" has two policies named "p"`, "give one of them another name"},
		{"policy of a table linked again", table(`pgPolicy("p")`) + `export const p = pgPolicy("p").link(t);`,
			`table "t" has two policies named "p"`, "give one of them another name"},
		{"two views", preamble + "export const a = pgView('v', {}).as(sql`select 1`);\nexport const b = pgMaterializedView('v', {}).as(sql`select 1`);",
			`schema "public" has two views named "v"`, "give one of them another name"},
		{"foreign key on nothing", table(`foreignKey({ columns: [t.nothing], foreignColumns: [t.a] })`),
			`a foreign key of table "t" names a column that does not exist`, "check the columns and foreignColumns of its foreign keys"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := runSource(t, test.source)
			if got.Problem == nil {
				t.Fatalf("no problem; schema %s", got.Schema)
			}
			file := got.Problem.File
			if filepath.Base(file) != "schema.ts" {
				t.Errorf("file = %q", file)
			}
			if diff := cmp.Diff(problem{test.message, test.hint, file}, *got.Problem); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDoubtfulSchemasGetAWarning(t *testing.T) {
	for _, test := range []struct{ name, source, warning string }{
		{"policy on nothing", preamble + `export const p = pgPolicy("p");`,
			`policy "p" is left out: it is neither in a table nor linked to one with .link(table)`},
		{"exported alias", table("") + `export const other = alias(t, "other");`,
			`"other" is an alias of table "t", but being exported it becomes a table of its own, as with drizzle-kit`},
		{"two tables", preamble + `export const a = pgTable("x", { a: integer() }); export const b = pgTable("x", { b: integer() });`,
			`table "x" is defined twice, and only the later definition counts`},
		{"two columns", preamble + `export const a = pgTable("x", { a: integer("a"), b: text("a") });`,
			`column "a" of table "x" is defined twice, and only the later definition counts`},
		{"two foreign keys", table(`foreignKey({ name: "f", columns: [t.a], foreignColumns: [t.a] }), foreignKey({ name: "f", columns: [t.b], foreignColumns: [t.b] })`),
			`foreign key "f" of table "t" is defined twice, and only the later definition counts`},
		{"policy in a table and exported", table("p") + `const p = pgPolicy("p"); export { p };`, ""},
		{"column twice alike", preamble + `export const a = pgTable("x", { a: integer("a"), b: integer("a") });`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := runSource(t, test.source)
			if got.Problem != nil {
				t.Fatal(got.Problem.Message)
			}
			if warnings := strings.Join(got.Warnings, "\n"); warnings != test.warning {
				t.Errorf("warnings = %q, want %q", warnings, test.warning)
			}
		})
	}
}

func TestExceptionsOfSchemaFilesSayWhatWasRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "schema.ts")
	source := table(`unique("u").on(t.nothing)`)
	if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := run([]string{file}, "", "")
	if err == nil || !strings.Contains(err.Error(), `reading table "t"`) {
		t.Errorf("error = %v", err)
	}
}

// runSource runs one schema file, of the builders in package js.
func runSource(t *testing.T, source string) *result {
	t.Helper()
	file := filepath.Join(t.TempDir(), "schema.ts")
	if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := run([]string{file}, "", "")
	if err != nil {
		t.Fatal(err)
	}
	return got
}
