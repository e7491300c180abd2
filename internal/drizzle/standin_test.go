package drizzle

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/drizzle/js"
)

// decisions are ways in which a value of a package that is stood in for can
// decide what a schema is. Each is the value of "name", the name of a table.
var decisions = map[string]string{
	"strict comparison":      `flag === "on" ? "a" : "b"`,
	"strict inequality":      `flag !== "on" ? "a" : "b"`,
	"loose comparison":       `flag == "on" ? "a" : "b"`,
	"comparison of nothing":  `flag === undefined ? "a" : "b"`,
	"comparison of numbers":  `count > 3 ? "a" : "b"`,
	"arithmetic":             `["a", "b"][count - 4]`,
	"condition":              `(flag ? "a" : "b")`,
	"negation":               `(!off ? "a" : "b")`,
	"and":                    `((off && "a") || "b")`,
	"or":                     `(off || "b")`,
	"nullish":                `(nothing ?? "b")`,
	"optional chaining":      `(nothing?.x === undefined ? "a" : "b")`,
	"assignment":             `(() => { let x = off; x ||= "c"; return x })()`,
	"if":                     `(() => { if (flag === "on") return "a"; return "b" })()`,
	"while":                  `(() => { let n = 0; while (n < count) n++; return "t" + n })()`,
	"for":                    `(() => { let s = "t"; for (let i = 0; i < count; i++) s += i; return s })()`,
	"for of":                 `(() => { let s = "t"; for (const _ of list) s += "x"; return s })()`,
	"for in":                 `(() => { let s = "t"; for (const k in object) s += k; return s })()`,
	"switch":                 `(() => { switch (flag) { case "on": return "a"; case "off": return "c"; default: return "b" } })()`,
	"typeof":                 `typeof flag === "string" ? "a" : "b"`,
	"instanceof":             `flag instanceof String ? "a" : "b"`,
	"instance of it":         `(new Date(0) instanceof Kind ? "a" : "b")`,
	"in":                     `"x" in object ? "a" : "b"`,
	"own property":           `Object.hasOwn(object, "x") ? "a" : "b"`,
	"key":                    `({ on: "a", off: "c" })[flag] ?? "b"`,
	"key of a call":          `({ on: () => "a", off: () => "c" })[flag]()`,
	"map":                    `new Map([["on", "a"]]).get(flag) ?? "b"`,
	"map has":                `new Map([["on", "a"]]).has(flag) ? "a" : "b"`,
	"set":                    `new Set(["on"]).has(flag) ? "a" : "b"`,
	"includes":               `["on", "maybe"].includes(flag) ? "a" : "b"`,
	"includes of it":         `list.includes("x") ? "a" : "b"`,
	"index of":               `["on"].indexOf(flag) === 0 ? "a" : "b"`,
	"filter":                 `["a", "b"].filter((x) => x === (flag === "on" ? "a" : "b"))[0]`,
	"filter by it":           `["a", "b"].filter(() => off).length === 0 ? "a" : "b"`,
	"find":                   `["a", "b"].find(isB)`,
	"some":                   `["b"].some(isB) ? "a" : "b"`,
	"truth of a list":        `[off].filter(Boolean).length ? "a" : "b"`,
	"Boolean":                `Boolean(off) ? "a" : "b"`,
	"Number":                 `"t" + Number(count)`,
	"parseInt":               `"t" + parseInt(number)`,
	"Object.is":              `Object.is(flag, "on") ? "a" : "b"`,
	"Array.isArray":          `Array.isArray(list) ? "a" : "b"`,
	"text":                   "`${flag}` === \"on\" ? \"a\" : \"b\"",
	"method of text":         "`${flag}`.startsWith(\"o\") ? \"a\" : \"b\"",
	"length of text":         "`${flag}`.length === 2 ? \"a\" : \"b\"",
	"part of text":           "`${flag}`.slice(0, 1)",
	"test of text":           "/^o/.test(`${flag}`) ? \"a\" : \"b\"",
	"json":                   `JSON.stringify({ flag }) === '{"flag":"on"}' ? "a" : "b"`,
	"split text":             "`${flag}`.split(\"n\")[0]",
	"text itself":            "`t_${flag}`",
	"upper case":             "`t_${flag}`.toUpperCase()",
	"spread":                 `"t" + [...list].join("")`,
	"spread object":          `"t" + Object.keys({ ...object }).join("")`,
	"destructuring":          `(() => { const { x } = object; return x === "1" ? "a" : "b" })()`,
	"method":                 `flag.startsWith("o") ? "a" : "b"`,
	"length":                 `list.length === 2 ? "a" : "b"`,
	"call":                   `make("a")`,
	"construction":           `new Kind("a").name`,
	"subclass":               `new (class extends Kind {})("a").name`,
	"own class":              `new (class { constructor(x) { this.name = x === "on" ? "a" : "b" } })(flag).name`,
	"async":                  `(await make("a"))`,
	"promise":                `(await Promise.all([make("a")]))[0]`,
	"callback of it":         `list.map((x) => x + "y")[0]`,
	"through a function":     `helper(flag)`,
	"through an object":      `helper({ value: { flag } }.value.flag)`,
	"through a class field":  `new Box(flag).open()`,
	"through a private name": `Hidden.open(flag)`,
	"through a getter":       `({ get x() { return flag } }).x === "on" ? "a" : "b"`,
	"through a generator":    `[...(function* () { yield flag })()][0] === "on" ? "a" : "b"`,
	"through a default":      `((x = flag) => (x === "on" ? "a" : "b"))()`,
	"through reduce":         `[flag].reduce((s, x) => s + (x === "on" ? "a" : "b"), "t")`,
	"through sort":           `[2, 1].sort((a, b) => (flag === "on" ? a - b : b - a)).join("")`,
	"regular expression":     `"on".replace(new RegExp(flag), "a")`,
	"void":                   `(void 0 === flag ? "a" : "b")`,
	"comma":                  `(0, flag === "on") ? "a" : "b"`,
	"default import":         `theDefault === "d" ? "a" : "b"`,
	"namespace":              `all.flag === "on" ? "a" : "b"`,
}

const flagsPackage = `
export const flag = "on", off = "", yes = true, nothing = undefined, count = 4, number = "12", list = ["x", "y"], object = { x: "1", y: "2" };
export const make = (x) => x + "_made";
export const isB = (x) => x === "b";
export class Kind { constructor(x) { this.name = "kind_" + x; } }
export default "d";
`

const columnsPackage = `
import { integer, text } from "drizzle-orm/pg-core";
export const columns = { a: integer(), b: text() };
`

const flagsImport = `
import theDefault, * as all from "flags";
import { flag, off, nothing, yes, count, number, list, object, make, isB, Kind } from "flags";
import { columns } from "flags/columns.mjs";
import { sql } from "drizzle-orm";
import * as pg from "drizzle-orm/pg-core";
import { helper, Box, Hidden } from "./helper";
`

const helperFile = `
export const helper = (x: unknown) => (x === "on" ? "a" : "b");
export class Box { constructor(public inside: unknown) {} open() { return this.inside === "on" ? "a" : "b"; } }
export class Hidden { static #is = (x: unknown) => x === "on"; static open(x: unknown) { return Hidden.#is(x) ? "a" : "b"; } }
`

// objects are values of the package in places where drizzle itself looks at
// them: each is what "t" exports.
var objects = map[string]string{
	"table name":         `pg.pgTable(flag, { id: pg.integer() })`,
	"column name":        `pg.pgTable("t", { id: pg.integer(flag) })`,
	"column key":         `pg.pgTable("t", { [flag]: pg.integer() })`,
	"columns":            `pg.pgTable("t", { id: pg.integer(), ...columns })`,
	"all columns":        `pg.pgTable("t", columns)`,
	"default":            `pg.pgTable("t", { c: pg.text().default(flag) })`,
	"default number":     `pg.pgTable("t", { c: pg.integer().default(count) })`,
	"computed default":   `pg.pgTable("t", { c: pg.integer().default(count * 2 + 1) })`,
	"default boolean":    `pg.pgTable("t", { c: pg.boolean().default(yes) })`,
	"default json":       `pg.pgTable("t", { c: pg.jsonb().default(object) })`,
	"default within":     `pg.pgTable("t", { c: pg.jsonb().default({ deep: [{ flag }] }) })`,
	"default array":      `pg.pgTable("t", { c: pg.text().array().default(list) })`,
	"default sql":        "pg.pgTable('t', { c: pg.text().default(sql`${flag}`) })",
	"raw sql":            `pg.pgTable("t", { c: pg.text().default(sql.raw(flag)) })`,
	"length":             `pg.pgTable("t", { c: pg.varchar({ length: count }) })`,
	"precision":          `pg.pgTable("t", { c: pg.numeric({ precision: count, scale: count - 3 }) })`,
	"time zone":          `pg.pgTable("t", { c: pg.timestamp({ withTimezone: yes }) })`,
	"time zone kept":     `(() => { const kept = { withTimezone: yes }; return pg.pgTable("t", { c: pg.timestamp(kept) }) })()`,
	"fraction":           `pg.pgTable("t", { c: pg.time({ precision: count }) })`,
	"array":              `pg.pgTable("t", { c: pg.integer().array(count) })`,
	"not null":           `pg.pgTable("t", { c: flag === "on" ? pg.integer().notNull() : pg.integer() })`,
	"generated":          "pg.pgTable('t', { c: pg.text().generatedAlwaysAs(() => sql`${flag}`) })",
	"generated text":     `pg.pgTable("t", { c: pg.text().generatedAlwaysAs(flag) })`,
	"identity":           `pg.pgTable("t", { c: pg.integer().generatedAlwaysAsIdentity({ startWith: count }) })`,
	"identity cycle":     `pg.pgTable("t", { c: pg.integer().generatedAlwaysAsIdentity({ cycle: yes }) })`,
	"enum":               `pg.pgEnum("e", list)`,
	"enum of some":       `pg.pgEnum("e", ["x", ...list, flag])`,
	"enum name":          `pg.pgEnum(flag, ["a"])`,
	"enum object":        `pg.pgEnum("e", object)`,
	"schema":             `pg.pgSchema(flag)`,
	"table of a schema":  `pg.pgSchema(flag).table("t", { id: pg.integer() })`,
	"index name":         `pg.pgTable("t", { id: pg.integer() }, (t) => [pg.index(flag).on(t.id)])`,
	"index where":        "pg.pgTable('t', { id: pg.integer() }, (t) => [pg.index(\"i\").on(t.id).where(sql`${t.id} > ${sql.raw(String(count))}`)])",
	"index column":       `pg.pgTable("t", { on: pg.integer() }, (t) => [pg.index("i").on(t[flag])])`,
	"index method":       `pg.pgTable("t", { id: pg.integer() }, (t) => [pg.index("i").using(make("gin"), t.id)])`,
	"index concurrently": `pg.pgTable("t", { id: pg.integer() }, (t) => [yes ? pg.index("i").on(t.id).concurrently() : pg.index("i").on(t.id)])`,
	"extras":             `pg.pgTable("t", { id: pg.integer() }, (t) => list.map((n) => pg.index(n).on(t.id)))`,
	"unique":             `pg.pgTable("t", { id: pg.integer() }, (t) => [pg.unique(flag).on(t.id)])`,
	"nulls not distinct": `pg.pgTable("t", { id: pg.integer().unique("u", { nulls: make("not distinct").slice(0, 12) }) })`,
	"primary key":        `pg.pgTable("t", { id: pg.integer() }, (t) => [pg.primaryKey({ name: flag, columns: [t.id] })])`,
	"check":              "pg.pgTable('t', { id: pg.integer() }, (t) => [pg.check('c', sql`${t.id} in (${sql.join(list.map((x) => sql.raw(x)))})`)])",
	"policy":             `pg.pgTable("t", { id: pg.integer() }, () => [pg.pgPolicy("p", { to: flag })])`,
	"on delete":          `pg.pgTable("t", { id: pg.integer().primaryKey(), up: pg.integer().references(() => t.id, { onDelete: make("cascade").slice(0, 7) }) })`,
	"reference":          `pg.pgTable("t", { id: pg.integer().primaryKey(), up: pg.integer().references(() => ({ on: t.id })[flag]) })`,
	"sequence":           `pg.pgSequence("s", { startWith: count, cycle: yes })`,
	"role":               `pg.pgRole("r", { createDb: yes })`,
	"view":               "pg.pgView('w', { id: pg.integer() }).as(sql`select ${sql.raw(flag)}`)",
	"existing view":      `yes ? pg.pgView("v", { id: pg.integer() }).existing() : undefined`,
	"custom type":        `pg.pgTable("t", { c: pg.customType({ dataType: () => make("type") })() })`,
	"custom type config": `pg.pgTable("t", { c: pg.customType({ dataType: (c) => (c.wide ? "wide" : "narrow") })({ wide: yes }) })`,
	"row level security": `yes ? pg.pgTable("t", { id: pg.integer() }).enableRLS() : undefined`,
	"table creator":      `pg.pgTableCreator((n) => flag + n)("t", { id: pg.integer() })`,
	"getter":             `pg.pgTable("t", { c: pg.varchar({ get length() { return count } }) })`,
	"frozen":             `pg.pgTable("t", { c: pg.varchar(Object.freeze({ length: count })) })`,
	"kept in a map":      `pg.pgTable("t", { c: pg.varchar(new Map([["x", { length: count }]]).get("x")) })`,
	"kept in a class":    `pg.pgTable("t", { c: pg.varchar(new (class { length = count })()) })`,
}

// harmless are values of the package that a snapshot does not depend on.
var harmless = map[string]string{
	"default function": `pg.pgTable("t", { c: pg.text().$defaultFn(make) })`,
	"called later":     `pg.pgTable("t", { c: pg.text().$defaultFn(() => make("x")) })`,
	"enum of text":     `pg.pgTable("t", { c: pg.text({ enum: list }) })`,
	"type":             `pg.pgTable("t", { c: pg.jsonb().$type<typeof object>() })`,
	"unused decision":  `(flag === "on" ? 1 : 2, pg.pgTable("t", { c: pg.text() }))`,
	"same either way":  `pg.pgTable(flag === "on" ? "t" : "t", { c: pg.text() })`,
	"a check first":    `(() => { if (!flag) throw new Error("no flag"); return pg.pgTable("t", { c: pg.text() }) })()`,
	"something made":   `(make(object).then?.(() => 1), [make(1)].filter(Boolean), pg.pgTable("t", { c: pg.text() }))`,
	"mode":             `pg.pgTable("t", { c: pg.bigint({ mode: make("number") }).default(1) })`,
	"other export":     `pg.pgTable("t", { c: pg.text() }); export const other = make({ a: new Kind(flag) })`,
}

// TestDecisions holds that nothing is guessed where a value of a package that
// is stood in for decides what a schema is. What is exported is the text itself
// here, with neither drizzle nor the serializer around it.
func TestDecisions(t *testing.T) {
	statements := map[string]string{}
	for name, decision := range decisions {
		statements[name] = "String(" + decision + ")"
	}
	holdStandIns(t, statements, false, map[string]string{
		firstSpecifier:                      "",
		js.Internal + "serialize/serialize": "export const serialize = (files) => ({ schema: JSON.stringify(files[0].exports), warnings: [] });",
	})
}

// TestStandInsInObjects holds the same where drizzle's functions decide.
func TestStandInsInObjects(t *testing.T) { holdStandIns(t, objects, false, nil) }

// TestHarmlessStandIns holds that what does not matter needs no package.
func TestHarmlessStandIns(t *testing.T) { holdStandIns(t, harmless, true, nil) }

// holdStandIns evaluates expressions with their package as a file of the
// project, which is the truth; installed, which has to give the same; and, each
// on its own, not there, which has to give the same where it is harmless and an
// error that names the package where it is not.
func holdStandIns(t *testing.T, expressions map[string]string, same bool, virtual map[string]string) {
	names := slices.Sorted(maps.Keys(expressions))
	all := flagsImport
	for i, name := range names {
		expression := strings.NewReplacer(`"t"`, fmt.Sprintf(`"t%d"`, i), `"i"`, fmt.Sprintf(`"i%d"`, i), `String(`, fmt.Sprintf(`String("t%d" + `, i)).Replace(expressions[name])
		if !strings.Contains(expression, "export ") {
			all += fmt.Sprintf("export const x%d = await (async () => { const t: any = %s; return t })();\n", i, expression)
		}
	}
	dir := standInProject(t, all)
	truth, err := body(dir, "true.mts", virtual)
	if err != nil {
		t.Fatal("an expression itself is wrong: ", err)
	}
	write(t, filepath.Join(dir, "node_modules/flags/package.json"), `{"name": "flags", "type": "module", "main": "index.js"}`)
	write(t, filepath.Join(dir, "node_modules/flags/index.js"), flagsPackage)
	write(t, filepath.Join(dir, "node_modules/flags/columns.mjs"), columnsPackage)
	if got, err := body(dir, "schema.mts", virtual); err != nil || got != truth {
		t.Errorf("with the package: %v\n%s", err, cmp.Diff(truth, got))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := standInProject(t, flagsImport+"export const t: any = "+expressions[name]+";\n")
			got, err := body(dir, "schema.mts", virtual)
			if !same {
				var d *diag.Error
				if !errors.As(err, &d) || !strings.Contains(err.Error(), `"flags`) || d.Kind != diag.Usage || d.Hint == "" || d.Line == 0 {
					t.Errorf("got %v, want an error that names the package\n%s", err, got)
				}
				return
			}
			truth, truthErr := body(dir, "true.mts", virtual)
			if err != nil || truthErr != nil || got != truth {
				t.Errorf("got %v, %v\n%s", err, truthErr, cmp.Diff(truth, got))
			}
		})
	}
}

// standInProject makes a project of schema.mts, and of true.mts, which has the
// package as a file.
func standInProject(t *testing.T, source string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	write(t, filepath.Join(dir, "schema.mts"), source)
	write(t, filepath.Join(dir, "true.mts"), strings.NewReplacer(`"flags"`, `"./flags.mjs"`, `"flags/`, `"./`).Replace(source))
	write(t, filepath.Join(dir, "flags.mjs"), flagsPackage)
	write(t, filepath.Join(dir, "helper.ts"), helperFile)
	write(t, filepath.Join(dir, "columns.mjs"), columnsPackage)
	if orm := os.Getenv("SKEIN_TEST_ORM"); orm != "" { // the folder of a real drizzle-orm
		link(t, filepath.Join(dir, "node_modules/drizzle-orm"), orm)
	}
	return dir
}

// body returns the text of the snapshot of one schema file.
func body(dir, file string, virtual map[string]string) (string, error) {
	l := &loader{options: LoadOptions{Dir: dir, Files: []string{file}}, disk: newDisk(), virtual: virtual}
	r, err := l.load(context.Background())
	if err != nil {
		return "", err
	}
	return string(r.Body), nil
}
