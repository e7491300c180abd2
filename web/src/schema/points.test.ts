import { describe, expect, test } from "vitest";
import type { SchemaGraph, SchemaTable } from "../contract";
import { fitTo, reveal, seen, toward, zoom, zoomAt } from "./camera";
import { mermaidOf } from "./export";
import { around, changedOnly, graphOf, mergeGraphs, namedIn, shownColumns } from "./graph";

const column = (name: string, type = "integer", more: Partial<SchemaTable["columns"][number]> = {}) => ({ name, type, nullable: true, primary: false, unique: false, foreign: false, ...more });
const id = column("id", "integer", { primary: true, nullable: false });
const table = (name: string, ...columns: SchemaTable["columns"]): SchemaTable => ({ schema: "public", name, kind: "table", columns: [id, ...columns] });
const key = (from: string, by: string, to: string, onDelete = "no action") => ({ name: `${from}_${by}_fk`, from: { schema: "public", name: from, columns: [by] }, to: { schema: "public", name: to, columns: ["id"] }, onDelete });
const at = (tables: SchemaTable[], foreignKeys: SchemaGraph["foreignKeys"] = []): SchemaGraph => ({ at: "", tables, foreignKeys, enums: [], views: [] });

const before = at(
  [table("users", column("name", "text"), column("age", "smallint"), column("old")), table("gone"), table("posts", column("author", "integer", { foreign: true })), table("same")],
  [key("posts", "author", "users"), key("posts", "author", "gone")],
);
const after = at(
  [table("users", column("name", "text", { nullable: false }), column("age", "integer"), column("mail", "text")), table("made", column("owner", "integer", { foreign: true })), table("posts", column("author", "integer", { foreign: true })), table("same")],
  [key("posts", "author", "users", "cascade"), key("made", "owner", "users")],
);

describe("two points in one graph", () => {
  const merged = mergeGraphs(before, after);
  const box = (name: string) => merged.boxes.find((b) => b.name === name)!;

  test("marks what was added, removed and changed, down to columns", () => {
    expect(Object.fromEntries(merged.boxes.map((b) => [b.name, b.mark]))).toEqual({ users: "changed", gone: "removed", made: "added", posts: "same", same: "same" });
    expect(Object.fromEntries(box("users").columns.map((c) => [c.name, c.mark]))).toEqual({ id: "same", name: "changed", age: "changed", mail: "added", old: "removed" });
    expect(box("users").columns.find((c) => c.name === "age")!.was).toBe("smallint");
    expect(box("made").columns.every((c) => c.mark === "added")).toBe(true);
  });

  test("marks keys, also one of which only the action changed", () => {
    expect(Object.fromEntries(merged.links.map((l) => [`${l.from}>${l.to}`, l.mark]))).toEqual({ "public.posts>public.users": "changed", "public.posts>public.gone": "removed", "public.made>public.users": "added" });
  });

  test("takes the server's word for what the columns do not show", () => {
    const said = { tables: { added: [], removed: [], changed: [{ schema: "public", name: "same", columns: { added: [], removed: [], changed: ["id"] } }] }, changes: [], sql: [] };
    const same = mergeGraphs(before, after, said).boxes.find((b) => b.name === "same")!;
    expect(same.mark).toBe("changed");
    expect(same.columns[0]!.mark).toBe("changed");
  });

  test("shows what changed with what it touches", () => {
    expect(changedOnly(merged).boxes.map((b) => b.name)).toEqual(["gone", "made", "posts", "users"]);
    expect(changedOnly(mergeGraphs(before, before)).boxes).toEqual([]);
  });

  test("a changed column is shown whatever is left out", () => {
    for (const detail of ["names", "keys", "all"] as const) expect(shownColumns(box("users"), detail).columns.map((c) => c.name)).toContain("age");
    expect(shownColumns(box("same"), "names").columns).toEqual([]);
  });
});

test("the neighbours of a table, by the keys between", () => {
  const g = graphOf(after);
  expect(around(g, "public.users", 1).boxes.map((b) => b.name)).toEqual(["made", "posts", "users"]);
  expect(around(g, "public.made", 1).boxes.map((b) => b.name)).toEqual(["made", "users"]);
  expect(around(g, "public.made", 2).boxes.map((b) => b.name)).toEqual(["made", "posts", "users"]);
});

test.each([
  ["users", "public", "users"], ["app.users", "app", "users"], ['"My Users"', "public", "My Users"], ['app."a.b"', "app", "a.b"], ['"x.y"."say ""hi"""', "x.y", 'say "hi"'],
])("SQL's %s is %s and %s", (sql, schema, name) => expect(namedIn(sql)).toEqual({ schema, name }));

describe("Mermaid", () => {
  test("has tables with their keys, and how many rows a key joins", () => {
    const users = table("users", column("email", "text", { unique: true }));
    const g = graphOf(at(
      [users, table("profile", column("user_id", "integer", { foreign: true, unique: true, nullable: false })), table("order", column("user_id", "integer", { foreign: true }), column("total", "numeric(12, 2)"))],
      [key("profile", "user_id", "users"), key("order", "user_id", "users")],
    ));
    const text = mermaidOf(g, "all");
    expect(text).toMatch(/^erDiagram\n/);
    expect(text).toContain("  users {\n    int id PK\n    text email UK\n  }");
    expect(text).toContain('users ||--o| profile : "user_id"');
    expect(text).toContain('users |o--o{ order : "user_id"');
    expect(text).toMatch(/numeric\w* total/);
    expect(mermaidOf(g, "names")).toContain("\n  order\n");
  });

  test("quotes names that are no words", () => {
    const odd = { ...table('My "own"'), schema: "app" };
    expect(mermaidOf(graphOf(at([odd])), "all")).toContain("  \"app.My 'own'\" {");
  });
});

describe("the camera", () => {
  const c = { x: 10, y: -20, k: 0.5 };
  const point = (from: typeof c, x: number, y: number) => ({ x: from.x + from.k * x, y: from.y + from.k * y });

  test("zooms around the pointer, within bounds", () => {
    const under = { x: (300 - c.x) / c.k, y: (200 - c.y) / c.k };
    const near = zoomAt(c, 1.7, 300, 200);
    expect(point(near, under.x, under.y).x).toBeCloseTo(300);
    expect(point(near, under.x, under.y).y).toBeCloseTo(200);
    expect(zoomAt(c, 1000, 0, 0).k).toBe(zoom.most);
    expect(zoomAt(c, 0.0001, 0, 0).k).toBe(zoom.least);
  });

  test("fits an area into the middle, and no larger than it is", () => {
    const fit = fitTo({ x: 100, y: 50, w: 2000, h: 500 }, 1000, 800);
    const there = seen(fit, 1000, 800);
    expect(there.x).toBeLessThan(100);
    expect(there.x + there.w).toBeGreaterThan(2100);
    expect(point(fit, 1100, 300)).toEqual({ x: expect.closeTo(500), y: expect.closeTo(400) });
    expect(fitTo({ x: 0, y: 0, w: 10, h: 10 }, 1000, 800).k).toBe(1);
  });

  test("moves by what it takes to have something in sight, and not at all if it is", () => {
    const still = { x: 0, y: 0, k: 1 };
    expect(reveal(still, { x: 100, y: 100, w: 50, h: 50 }, 800, 600)).toEqual(still);
    expect(reveal(still, { x: 900, y: 100, w: 50, h: 50 }, 800, 600)).toEqual({ k: 1, x: -198, y: 0 });
    expect(reveal(still, { x: -100, y: -100, w: 50, h: 50 }, 800, 600)).toEqual({ k: 1, x: 148, y: 148 });
  });

  test("an arrow key leads to what is ahead, not to what is aside", () => {
    const from = { x: 0, y: 0, w: 10, h: 10 };
    const all: [string, typeof from][] = [["right", { ...from, x: 100 }], ["far", { ...from, x: 300 }], ["below", { ...from, y: 50 }]];
    expect(toward(from, all, 1, 0)).toBe("right");
    expect(toward(from, all, 0, 1)).toBe("below");
    expect(toward(from, all, -1, 0)).toBeNull();
  });
});
