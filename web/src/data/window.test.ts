import { describe, expect, test } from "vitest";
import type { RowsPage } from "../api";
import { RowWindow, type PageAsk } from "./window";

/** A table of n rows, read as the server reads it: by the key in the cursor. */
function table(n: number) {
  const asked: PageAsk[] = [];
  const gone = new Set<number>();
  const load = async (ask: PageAsk): Promise<RowsPage> => {
    asked.push(ask);
    const all = Array.from({ length: n }, (_, i) => i).filter((i) => !gone.has(i));
    let rows: number[];
    let more: boolean;
    if (ask.before !== undefined || ask.end) {
      const until = ask.end ? all : all.filter((i) => i < Number(ask.before));
      rows = until.slice(-ask.limit);
      more = until.length > rows.length;
    } else {
      const from = ask.after !== undefined ? all.filter((i) => i > Number(ask.after)) : all.slice(Math.floor((ask.at ?? 0) * all.length));
      rows = from.slice(0, ask.limit);
      more = from.length > rows.length;
    }
    return {
      columns: ["id"], key: ["id"], rows: rows.map((i) => [String(i)]), keys: rows.map((i) => [String(i)]),
      first: rows.length ? String(rows[0]) : null, last: rows.length ? String(rows.at(-1)) : null, more, ms: 1, sql: "", index: "pk",
    };
  };
  return { load, asked, gone };
}

const settled = async (w: RowWindow) => {
  do await new Promise((r) => setTimeout(r));
  while (w.busy.value);
};

describe("a window of rows", () => {
  test("begins with a short page and reads on as somebody scrolls", async () => {
    const t = table(1000);
    const w = new RowWindow({ load: t.load, first: 50, page: 100 });
    await w.open();
    expect(w.total).toBe(50);
    w.look(0, 40);
    await settled(w);
    expect(w.total).toBeGreaterThanOrEqual(200);
    for (let i = 0; i < 1000; i += 60) {
      w.look(i, i + 60);
      await settled(w);
    }
    expect(w.total).toBe(1000);
    expect(w.back).toBe(false);
  });

  test("holds few rows, and brings them back by their cursor", async () => {
    const t = table(20_000);
    const w = new RowWindow({ load: t.load, first: 100, page: 100, keep: 8 });
    await w.open();
    for (let i = 0; i < 10_000; i += 100) {
      w.look(i, i + 50);
      await settled(w);
    }
    let held = 0;
    for (let i = 0; i < w.total; i++) if (w.row(i)) held++;
    expect(held).toBeLessThanOrEqual(800);
    expect(w.row(5000)).toBeNull();
    t.asked.length = 0;
    w.look(5000, 5050);
    await settled(w);
    expect(w.row(5000)?.cells).toEqual(["5000"]);
    expect(t.asked.every((a) => a.limit <= 100)).toBe(true);
    w.look(0, 50);
    await settled(w);
    expect(w.row(0)?.cells).toEqual(["0"]);
  });

  test("from the end goes backwards and says how far the places moved", async () => {
    const t = table(1000);
    const w = new RowWindow({ load: t.load, first: 50, page: 100 });
    let moved = 0;
    w.onShift = (by) => (moved += by);
    await w.open(1);
    expect(w.row(w.total - 1)?.cells).toEqual(["999"]);
    expect(w.origin).toBeNull();
    w.look(20, 60);
    await settled(w);
    expect(moved).toBeGreaterThan(0);
    expect(w.row(w.total - 1)?.cells).toEqual(["999"]);
    while (w.front) {
      w.look(0, 40);
      await settled(w);
    }
    expect(w.total).toBe(1000);
    expect(w.origin).toBe(0);
    expect(w.row(0)?.cells).toEqual(["0"]);
  });

  test("from the middle goes on in both directions", async () => {
    const t = table(1000);
    const w = new RowWindow({ load: t.load, first: 50, page: 100 });
    let top = 0;
    w.onShift = (by) => (top += by);
    await w.open(0.5);
    expect(w.row(0)?.cells).toEqual(["500"]);
    expect(w.origin).toBeNull();
    w.look(0, 40);
    await settled(w);
    expect(w.row(top)?.cells).toEqual(["500"]);
    while (w.front || w.back) {
      w.look(0, 40);
      await settled(w);
      w.look(w.total - 40, w.total);
      await settled(w);
    }
    expect(w.total).toBe(1000);
    expect(w.row(0)?.cells).toEqual(["0"]);
    expect(w.row(999)?.cells).toEqual(["999"]);
  });

  test("forgets what is far in front, and finds it again", async () => {
    const t = table(5000);
    const w = new RowWindow({ load: t.load, first: 100, page: 100, keep: 8, most: 1500 });
    let at = 0;
    w.onShift = (by) => (at += by);
    await w.open();
    for (; w.back; at += 80) {
      w.look(at, at + 40);
      await settled(w);
    }
    expect(w.total).toBeLessThanOrEqual(1600);
    expect(w.origin! + w.total).toBe(5000);
    expect(w.row(w.total - 1)?.cells).toEqual(["4999"]);
    while (w.front) {
      w.look(0, 40);
      await settled(w);
    }
    expect(w.row(0)?.cells).toEqual(["0"]);
  });

  test("a page that lost rows meanwhile is shorter when it comes back", async () => {
    const t = table(3000);
    const w = new RowWindow({ load: t.load, first: 100, page: 100, keep: 3 });
    await w.open();
    for (let i = 0; i < 2500; i += 100) {
      w.look(i, i + 50);
      await settled(w);
    }
    for (let i = 0; i < 10; i++) t.gone.add(i);
    w.look(0, 50);
    await settled(w);
    expect(w.row(0)?.cells).toEqual(["10"]);
  });
});
