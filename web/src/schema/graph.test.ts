import { describe, expect, test } from "vitest";
import { graphOf, idOf, nameOf } from "./graph";
import type { SchemaGraph, SchemaTable } from "../contract";

describe("the id of a table", () => {
  const odd = [["public", "users"], ["a.b", "c"], ["a", "b.c"], ["a\\", "b"], ["a\\.b", ".c"], ["", "x"], ["two words", "a\\.b"], ["a\nb", "c"]].map(([schema, name]) => ({ schema: schema!, name: name! }));

  test.each(odd)("%j comes back from it", (t) => expect(nameOf(idOf(t))).toEqual(t));

  test("is another one for each, and the plain name where there is nothing odd", () => {
    expect(new Set(odd.map(idOf)).size).toBe(odd.length);
    expect(idOf({ schema: "public", name: "users" })).toBe("public.users");
  });
});

test("keys over one column with a comma in its name, and over two columns, are two links", () => {
  const table = (name: string, columns: string[]): SchemaTable => ({
    schema: "public", name, kind: "table", columns: columns.map((c) => ({ name: c, type: "text", nullable: false, primary: false, unique: false, foreign: true })),
  });
  const key = (columns: string[]) => ({ name: "k", from: { schema: "public", name: "a", columns }, to: { schema: "public", name: "b", columns }, onDelete: "" });
  const g: SchemaGraph = { at: "", tables: [table("a", ["x,y", "x", "y"]), table("b", ["x,y", "x", "y"])], foreignKeys: [key(["x,y"]), key(["x", "y"])], enums: [], views: [] };
  expect(graphOf(g).links).toHaveLength(2);
});
