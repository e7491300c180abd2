import { describe, expect, test } from "vitest";
import type { Column, Table } from "../api";
import { deleteRow, dropValue, insertRow, keepMine, none, setValue, takeTheirs, toRequest, withConflicts, changeKey } from "./changes";
import { fitWidth, keyValues, layOut, moved, ordered } from "./columns";
import { copyAs, name, readPaste, sqlText } from "./copy";
import { opsFor, pressSort, readFilter, readSort, relativeWords, resolveRelative, sayFilter, writeFilter, writeSort } from "./filters";
import { at, boxOf, moveBy } from "./select";
import { hexLines, imageType, readArray, readBytes, readTime, readVector, writeArray, writeBytes } from "./value";

const column = (name: string, kind: Column["kind"], more: Partial<Column> = {}): Column => ({
  name, kind, type: kind, nullable: true, default: null, primary: false, updatable: true, sortable: true, ...more,
});

describe("values", () => {
  test.each([
    ["{}", []],
    ["{1,2,NULL}", ["1", "2", null]],
    ['{"a b","c\\"d","\\\\",""}', ["a b", 'c"d', "\\", ""]],
    ['{{1,2},{3,"NULL"}}', [["1", "2"], ["3", "NULL"]]],
    ["[0:1]={7,8}", ["7", "8"]],
  ])("array %s", (text, want) => expect(readArray(text)).toEqual(want));
  test.each(["", "{", "{1", "1,2", "{1}x", '{"a}'])("no array: %s", (text) => expect(readArray(text)).toBeNull());
  test("an array is written as it is read", () => {
    const items = ["a", null, "NULL", "", 'q"\\', "{x}", ["1", "2 3"]];
    expect(readArray(writeArray(items))).toEqual(items);
  });
  test("bytes both ways", () => {
    expect([...readBytes("\\x00ff10")!]).toEqual([0, 255, 16]);
    expect(writeBytes(new Uint8Array([0, 255, 16]))).toBe("\\x00ff10");
    expect(readBytes("\\x0")).toBeNull();
    expect(imageType(readBytes("\\x89504e470d0a1a0a")!)).toBe("image/png");
    expect(hexLines(new TextEncoder().encode("Hi\n"))).toMatch(/^00000000 {2}48 69 0a .* Hi·$/);
  });
  test("vectors", () => {
    expect(readVector("[1,-0.5,2e-3]")).toEqual([1, -0.5, 0.002]);
    expect(readVector("{1:2}/5")).toBeNull();
  });
  test("times with zones of every form", () => {
    expect(readTime("2026-01-02 03:04:05.678901+02")).toBe(Date.UTC(2026, 0, 2, 1, 4, 5, 678));
    expect(readTime("2026-01-02 03:04:05-03:30")).toBe(Date.UTC(2026, 0, 2, 6, 34, 5));
    expect(readTime("2026-01-02")).toBe(new Date(2026, 0, 2).getTime());
    expect(readTime("infinity")).toBeNaN();
  });
});

describe("copying", () => {
  const block = {
    table: { schema: "public", name: "order" },
    columns: [column("id", "number"), column("note", "text"), column("paid", "bool"), column("data", "json")],
    rows: [["1", "it's, \"so\"\n|", "t", '{"a": 1}'], ["2", null, "f", null]],
  };
  test("csv tells NULL from the empty text", () => {
    expect(copyAs("csv", block)).toBe('id,note,paid,data\n1,"it\'s, ""so""\n|",t,"{""a"": 1}"\n2,,f,\n');
    expect(copyAs("csv", { ...block, columns: [column("a", "text")], rows: [[""], [null]] })).toBe('a\n""\n\n');
  });
  test("json keeps what is a number, a truth or json", () => {
    expect(JSON.parse(copyAs("json", block))).toEqual([{ id: 1, note: 'it\'s, "so"\n|', paid: true, data: { a: 1 } }, { id: 2, note: null, paid: false, data: null }]);
    expect(copyAs("json", { ...block, columns: [column("n", "number")], rows: [["NaN"], ["12345678901234567890.10"]] })).toContain("12345678901234567890.10");
  });
  test("sql quotes names and values", () => {
    expect(copyAs("sql", block)).toBe(`INSERT INTO public."order" (id, note, paid, data) VALUES\n  (1, 'it''s, "so"\n|', true, '{"a": 1}'),\n  (2, NULL, false, NULL);\n`);
    const made = { table: { schema: "public", name: "t" }, columns: [column("id", "number", { identity: "always" }), column("twice", "number", { generated: "id * 2" })], rows: [["1", "2"]] };
    expect(copyAs("sql", made)).toBe("INSERT INTO public.t (id) OVERRIDING SYSTEM VALUE VALUES\n  (1);\n");
    expect(sqlText("a\\b'c")).toBe("E'a\\\\b''c'");
    expect(name("Weird\"x")).toBe('"Weird""x"');
  });
  test("markdown", () => expect(copyAs("markdown", block)).toContain('| 1 | it\'s, "so"<br>\\| | t |'));
  test("one cell is its bare text", () => expect(copyAs("tsv", { ...block, rows: [['say "x"']] })).toBe('say "x"'));
  test.each([
    ["a\tb\nc\td\n", [["a", "b"], ["c", "d"]]],
    ['"x\ny"\t2', [["x\ny", "2"]]],
    ['"a ""b"""', [['a "b"']]],
    ['5" pipe\tz', [['5" pipe', "z"]]],
    ['"open\tz', [['"open', "z"]]],
    ["\t", [["", ""]]],
    ["", [[""]]],
  ])("paste %j", (text, want) => expect(readPaste(text)).toEqual(want));
});

describe("filters", () => {
  test.each([
    { column: "a", op: "eq", value: "x" },
    { column: "a", op: "in", values: ["x", "y"] },
    { column: "a", op: "null" },
    { column: "a", op: "gt", value: "5", path: ["b", "0"] },
    { column: "a", op: "notnull", path: ["b"] },
    { column: "a", op: "eq", value: "" },
  ] as const)("$op in the address and back", (f) => expect(readFilter(writeFilter(f as never))).toEqual(f));
  test("what is no filter is passed over", () => {
    for (const t of ["", "{", "[]", '["a"]', "7"]) expect(readFilter(t)).toBeNull();
  });
  test("sorts in the address and back", () => {
    const sort = [{ column: "a,b", desc: true }, { column: "-c", desc: false }, { column: "d\\", desc: true }];
    expect(readSort(writeSort(sort))).toEqual(sort);
    expect(readSort("")).toEqual([]);
  });
  test("a header is pressed", () => {
    let s = pressSort([], "a", false);
    expect(s).toEqual([{ column: "a", desc: false }]);
    s = pressSort(s, "b", true);
    s = pressSort(s, "b", true);
    expect(writeSort(s)).toBe("a,-b");
    expect(pressSort(s, "b", true)).toEqual([{ column: "a", desc: false }]);
  });
  test("in words", () => {
    expect(sayFilter(column("s", "enum"), { column: "s", op: "in", values: ["a", "b"] })).toEqual({ name: "s", op: "is any of", value: "a, b" });
    expect(sayFilter(column("d", "json"), { column: "d", op: "gt", path: ["x", "y"], value: "1" }).name).toBe("d › x › y");
    expect(opsFor(column("v", "vector", { nullable: false }))).toEqual([]);
  });
  test("times that move", () => {
    const now = new Date(2026, 2, 31, 10, 30);
    expect(relativeWords("now-7d")).toBe("7 days ago");
    expect(relativeWords("today-1d")).toBe("yesterday");
    expect(relativeWords("2026-01-01")).toBeNull();
    expect(resolveRelative("today-1d", "date", now)).toBe("2026-03-30");
    expect(resolveRelative("now-2h", "timestamp", now)).toBe("2026-03-31 08:30:00");
    expect(resolveRelative("now", "timestamptz", now)).toBe(now.toISOString());
    expect(resolveRelative("x", "date", now)).toBe("x");
  });
});

describe("changes", () => {
  const t = { schema: "public", name: "users" };
  const row = { table: t, id: '["1"]', key: ["1"] };
  const at1 = changeKey(t, row.id);
  test("setting back what was there is no change", () => {
    let c = setValue(none, row, "name", "old", "new");
    c = setValue(c, row, "name", "old", "newer");
    expect(c.get(at1)?.before).toEqual({ name: "old" });
    expect(setValue(c, row, "name", "old", "old").size).toBe(0);
  });
  test("an inserted row that is deleted was never there", () => {
    const c = insertRow(none, t, "new1");
    expect(deleteRow(c, { table: t, id: "new1", key: null }, {}).size).toBe(0);
  });
  test("a deletion is held against the row as it was before it was edited", () => {
    const c = deleteRow(setValue(none, row, "name", "old", "new"), row, { name: "new", note: null, big: { cut: "x", size: 9 } });
    expect(toRequest(c).changes).toEqual([{ kind: "delete", schema: "public", name: "users", key: ["1"], before: { name: "old", note: null } }]);
  });
  test("a conflict: mine goes over theirs, or is dropped", () => {
    let c = setValue(setValue(none, row, "name", "a", "b"), row, "age", "1", "2");
    c = withConflicts(c, [at1], [{ change: 0, gone: false, columns: [{ name: "name", before: "a", now: "z" }] }]);
    const mine = keepMine(c, at1, "name");
    expect(mine.get(at1)).toMatchObject({ before: { name: "z", age: "1" }, after: { name: "b", age: "2" } });
    expect(mine.get(at1)?.conflict).toBeUndefined();
    expect(takeTheirs(c, at1, "name").get(at1)).toEqual({ ...row, kind: "update", before: { age: "1" }, after: { age: "2" } });
    expect(dropValue(takeTheirs(c, at1, "name"), at1, "age").size).toBe(0);
  });
});

describe("columns", () => {
  test("a chosen order holds, and what came later stands where the table has it", () => {
    expect(ordered(["a", "b", "c", "d"], ["c", "a"])).toEqual(["c", "d", "a", "b"]);
    expect(ordered(["a", "b"], ["gone", "b", "a"])).toEqual(["b", "a"]);
    expect(ordered(["a", "b"], [])).toEqual(["a", "b"]);
  });
  test("moving in front of another, or to the end", () => {
    expect(moved(["a", "b", "c"], "c", "a")).toEqual(["c", "a", "b"]);
    expect(moved(["a", "b", "c"], "a", null)).toEqual(["b", "c", "a"]);
  });
  test("a key of which a part is NULL or cut leads nowhere", () => {
    const fk = { columns: ["a", "b"] } as never;
    expect(keyValues(fk, (n) => ({ a: "1", b: "2" })[n])).toEqual(["1", "2"]);
    expect(keyValues(fk, (n) => ({ a: "1", b: null })[n])).toBeNull();
    expect(keyValues(fk, () => ({ cut: "x", size: 5000 }))).toBeNull();
  });
  test("wide enough for the name and the values, and not wider than a screen takes", () => {
    expect(fitWidth(column("id", "number"), ["1", "2"], false)).toBe(64);
    expect(fitWidth(column("t", "text"), ["x".repeat(500)], false)).toBe(340);
    expect(fitWidth(column("customer_reference", "number"), ["1"], true)).toBeGreaterThan(150);
  });
  test("a key is wide enough for the last row too", () => {
    const table = (rows: number | null) => ({ columns: [column("id", "number", { primary: true })], key: ["id"], rows, foreignKeys: [] as Table["foreignKeys"] }) as Table;
    const width = (rows: number | null) => layOut(table(rows), ["id"], [["1"]], {})[0]!.width;
    expect(width(10_000_000)).toBe(fitWidth(column("id", "number", { primary: true }), ["10000000"], false));
    expect(width(10_000_000)).toBeGreaterThan(width(null));
  });
});

describe("selection", () => {
  const size = { rows: 100, cols: 5, page: 20 };
  test("moves and stays inside", () => {
    expect(moveBy("arrowup", at(0, 0), size)).toEqual(at(0, 0));
    expect(moveBy("pagedown", at(90, 2), size)).toEqual(at(99, 2));
    expect(moveBy("end", at(3, 0), size)).toEqual(at(3, 4));
    expect(moveBy("x", at(0, 0), size)).toBeNull();
  });
  test("shift holds the anchor", () => {
    let s = at(5, 1);
    s = moveBy("shift+arrowdown", s, size)!;
    s = moveBy("shift+arrowleft", s, size)!;
    expect(boxOf(s)).toEqual({ top: 5, bottom: 6, left: 0, right: 1 });
    expect(boxOf(moveBy("mod+a", s, size)!)).toEqual({ top: 0, left: 0, bottom: 99, right: 4 });
  });
});
