import { describe, expect, test } from "vitest";
import type { Completion } from "../contract";
import { complete, sources } from "./complete";
import { lineColumn, place } from "./run";
import { selected, statementAt, statements, titleOf, writes } from "./statements";
import { tokens } from "./tokens";

/** `|` is the cursor. */
function at(text: string): [string, number] {
  const pos = text.indexOf("|");
  return [text.slice(0, pos) + text.slice(pos + 1), pos];
}

describe("statements", () => {
  test.each([
    ["two", "select 1; select 2", ["select 1", "select 2"]],
    ["a semicolon in quotes", "select ';' ; select \"a;b\"", ["select ';'", 'select "a;b"']],
    ["an escaped quote", "select 'it''s; x'; select 2", ["select 'it''s; x'", "select 2"]],
    ["a backslash counts in E'' only", "select E'\\'; x'; select '\\'; select 3", ["select E'\\'; x'", "select '\\'", "select 3"]],
    ["a body in dollars", "do $$ begin; end $$; select 1", ["do $$ begin; end $$", "select 1"]],
    ["dollars with a tag", "do $a$ $$;$$ $a$; select 1", ["do $a$ $$;$$ $a$", "select 1"]],
    ["a parameter is no dollar quote", "select $1; select $2", ["select $1", "select $2"]],
    ["comments", "-- a; b\nselect 1; /* c; /* d; */ e; */ select 2", ["select 1", "select 2"]],
    ["nothing", " ;; -- x\n ; ", []],
    ["a function whose body is SQL", "create function f() returns int begin atomic select 1; select case when true then 2 end; end; select 3",
      ["create function f() returns int begin atomic select 1; select case when true then 2 end; end", "select 3"]],
    ["not closed", "select 'a; select 2", ["select 'a; select 2"]],
  ])("%s", (_, sql, want) => expect(statements(sql).map((s) => s.sql)).toEqual(want));

  test.each([
    ["select 1; sel|ect 2; select 3", "select 2"],
    ["select 1;| select 2", "select 1"],
    ["select 1;\n|\nselect 2", "select 2"],
    ["select 1\n|\n;select 2", "select 1"],
    ["select 1;\n\n|", "select 1"],
    ["-- abo|ut two\nselect 2; select 3", "select 2"],
    ["|", undefined],
  ])("the one at the cursor in %j", (text, want) => expect(statementAt(...at(text))?.sql).toBe(want));

  test("a selection is run as it is", () => {
    expect(selected("select 1, 2", 6, 8)).toEqual({ from: 7, to: 8, sql: "1" });
    expect(selected("select 1", 6, 7)).toBeNull();
  });

  test.each([
    ["select * from public.users where id = 1", "users"], ["update \"Orders\" set a = 1", "update Orders"], ["-- x\nselect 1", "select 1"], ["select pg_sleep(60)", "select pg_sleep(60)"],
    ["select\n  count(*), 1 as something_long", "select count(*), 1 as s…"], ["select 'a long text' || 'another long text'", "select 'a long text' ||…"], ["", ""],
  ])("the title of %j", (sql, title) => expect(titleOf(sql)).toBe(title));
  test.each([
    ["select 'delete' as \"update\" -- insert", false],
    ["with a as (select 1) table a", false],
    ["with a as (delete from t returning *) select * from a", true],
    ["select 1 into t", true],
    ["update t set a = 1", true],
    ["create table t as select 1", true],
    ["execute p", true],
  ])("whether it may write: %j", (sql, want) => expect(writes(sql)).toBe(want));
  test("a place is counted in characters, as PostgreSQL does, and found in the whole text", () => {
    const text = "select 1;\nselect '😀',\n '😀😀', nope";
    const pos = place(text, 10, 2, 8);
    expect(text.slice(pos)).toBe("nope");
    expect(lineColumn(text, pos)).toEqual({ line: 3, column: 8 });
    expect(place(text, 10, 9, 99)).toBe(text.length);
  });
});

describe("sources", () => {
  const names = (sql: string) => sources(tokens(sql)).map((s) => [s.alias, s.schema ? `${s.schema}.${s.name}` : s.name].join("="));
  test.each([
    ["select from users u join orders as o on o.user_id = u.id", ["u=users", "o=orders"]],
    ["select from public.users, \"Odd Name\" x where true", ["users=public.users", "x=Odd Name"]],
    ["update only users set name = 1 from teams t", ["users=users", "t=teams"]],
    ["delete from users u using teams where true", ["u=users", "teams=teams"]],
    ["insert into orders (id, total) values (1, 2)", ["orders=orders"]],
    ["select from generate_series(1, 3) g", []],
    ["select (select 1 from a limit 1) from b left join lateral c on true", ["a=a", "b=b", "c=c"]],
    ["with w as (select id, name n from users) select from w", ["w=w", "users=users", "w=w"]],
  ])("%s", (sql, want) => expect(names(sql)).toEqual(want));
});

describe("completion", () => {
  const col = (...names: string[]) => names.map((name) => ({ name, type: name === "status" ? "order_status" : "text" }));
  const catalog: Completion = {
    searchPath: ["public"],
    schemas: [
      { name: "public", objects: [{ name: "users", kind: "table", columns: col("id", "email", "Odd") }, { name: "orders", kind: "table", columns: col("id", "user_id", "status") }] },
      { name: "audit", objects: [{ name: "log", kind: "table", columns: col("at", "who") }] },
    ],
    functions: [{ name: "count", arguments: "*", returns: "bigint" }], types: ["text", "integer"], enums: [{ name: "order_status", values: ["open", "paid"] }], keywords: ["select", "from", "where"],
  };
  const labels = (text: string, kind?: string) => complete(...at(text), catalog)?.options.filter((o) => !kind || o.kind === kind).map((o) => o.label) ?? null;

  test("columns behind an alias are those of its table", () => expect(labels("select u.| from users u join orders o on true")).toEqual(["id", "email", "Odd"]));
  test("and behind a table's own name", () => expect(labels("select orders.u| from orders")).toEqual(["id", "user_id", "status"]));
  test("a schema gives its tables", () => expect(labels("select * from audit.|")).toEqual(["log"]));
  test("schema and table give columns", () => expect(labels("select audit.log.| from audit.log")).toEqual(["at", "who"]));
  test("FROM wants tables; those out of the path with their schema", () => expect(labels("select * from |", "table")).toEqual(["users", "orders", "audit.log"]));
  test("so does a comma in FROM, but not one in SELECT", () => {
    expect(labels("select * from users, |", "table")).toContain("orders");
    expect(labels("select id, | from users", "table")).toEqual([]);
  });
  test("columns that two tables have come with the alias", () => expect(labels("select | from users u, orders o", "column")).toEqual(["u.id", "email", "Odd", "o.id", "user_id", "status"]));
  test("a name that needs quotes gets them", () => expect(complete(...at("select u.| from users u"), catalog)?.options.find((o) => o.label === "Odd")?.apply).toBe('"Odd"'));
  test("a cast wants types", () => {
    expect(labels("select id::| from users")).toEqual(["order_status", "text", "integer"]);
    expect(labels("select cast(id as |) from users")).toEqual(["order_status", "text", "integer"]);
  });
  test("an enum's values behind its column", () => expect(labels("select 1 from orders where status = |", "value") ?? labels("select 1 from orders where status = o|", "value")).toEqual(["'open'", "'paid'"]));
  test("columns of a WITH query", () => expect(labels("with w as (select id, email as mail from users) select w.| from w")).toEqual(["id", "mail"]));
  test("INSERT names its columns", () => expect(labels("insert into orders (|", "column")).toEqual(["id", "user_id", "status"]));
  test("nothing in strings, comments and numbers", () => {
    for (const text of ["select 'a|", "select 'a| b'", "select 1 -- a|", "select 12|", "/* u.| */ select 1"]) expect(labels(text), text).toBeNull();
  });
  test("only the statement at the cursor counts", () => expect(labels("select 1 from users; select | from orders", "column")).toEqual(["id", "user_id", "status"]));
  test("keywords in the case that is written", () => expect(labels("SELECT 1 WH|", "keyword")).toContain("WHERE"));
});
