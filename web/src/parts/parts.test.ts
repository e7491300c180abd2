import { describe, expect, test } from "vitest";
import { ago, bytes, millis, short } from "./format";
import { highlightSql } from "./highlight";
import { formatJson, readJson } from "./jsontree";
import { chordOf, parseKeys } from "./keys";
import { score } from "./match";

const press = (key: string, mods: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) =>
  ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...mods });

describe("keys", () => {
  test("the same command key on a Mac and elsewhere", () => {
    expect(chordOf(press("k", { ctrlKey: true }), false)).toBe("mod+k");
    expect(chordOf(press("k", { metaKey: true }), true)).toBe("mod+k");
    expect(chordOf(press("k", { ctrlKey: true }), true)).toBe("ctrl+k");
  });
  test("shift counts for letters and named keys, not for what it makes", () => {
    expect(chordOf(press("K", { ctrlKey: true, shiftKey: true }), false)).toBe("mod+shift+k");
    expect(chordOf(press("Enter", { shiftKey: true }), false)).toBe("shift+enter");
    expect(chordOf(press("?", { shiftKey: true }), false)).toBe("?");
  });
  test("a modifier alone is no chord", () => expect(chordOf(press("Shift", { shiftKey: true }), false)).toBe(""));
  test("written in any order", () => expect(parseKeys("Shift+Mod+F")).toBe("mod+shift+f"));
});

describe("numbers", () => {
  test.each([[0, "0"], [950, "950"], [1000, "1k"], [12_345, "12k"], [999_999, "1M"], [3_400_000, "3.4M"], [10_000_000, "10M"], [2.5e9, "2.5B"]])("%d is %s", (n, s) => expect(short(n)).toBe(s));
  test.each([[0, "0 B"], [999, "999 B"], [8192, "8 kB"], [7680, "7.5 kB"], [1 << 20, "1 MB"], [150 << 20, "150 MB"]])("%d bytes are %s", (n, s) => expect(bytes(n)).toBe(s));
  test.each([[0.2, "<1 ms"], [14.4, "14 ms"], [1234, "1.23 s"], [61_000, "61.0 s"]])("%d ms are %s", (n, s) => expect(millis(n)).toBe(s));
  test("times are told from now", () => {
    const now = Date.UTC(2026, 0, 15, 12);
    expect(ago(now - 3 * 3600_000, now)).toBe("3 hours ago");
    expect(ago(now + 2 * 86400_000, now)).toBe("in 2 days");
    expect(ago(now, now)).toBe("now");
  });
});

describe("json", () => {
  const again = (text: string) => formatJson(readJson(text)!.value);
  test("keeps digits and the order of keys", () => {
    expect(again('{"b":12345678901234567890.10,"a":[1e400,{}],"1":null}')).toBe('{\n  "b": 12345678901234567890.10,\n  "a": [\n    1e400,\n    {}\n  ],\n  "1": null\n}');
  });
  test("texts with escapes", () => expect(readJson('"a\\u00e9\\n\\""')?.value).toBe('aé\n"'));
  test.each(["", "{", "[1,]", "{a:1}", "1 2", '"', "nul"])("%j is none", (t) => expect(readJson(t)).toBeNull());
});

describe("sql in colour", () => {
  test("every character stays", () => {
    const text = `SELECT "a", 'it''s', $x$ -- $x$, 1.5e3 /* c */ FROM t -- end`;
    const flat = highlightSql(text).map((x) => (typeof x === "string" ? x : String((x as { props: { children: string } }).props.children))).join("");
    expect(flat).toBe(text);
  });
});

describe("finding", () => {
  test("what does not fit is left out", () => expect(score("xyz", "orders")).toBe(-1));
  test("the beginning is better than the middle, that is better than letters apart", () => {
    const best = ["order_items", "reorders", "old_refund_derivations"].sort((a, b) => score("ord", b) - score("ord", a));
    expect(best[0]).toBe("order_items");
    expect(score("ord", "reorders")).toBeGreaterThan(score("ord", "old_refund_derivations"));
  });
  test("words in any order", () => expect(score("items ord", "order_items")).toBeGreaterThan(0));
});
