import { describe, expect, test } from "vitest";
import { firstWord, groupMost, groupName, groups, ties } from "./cluster";
import { arrange, pack, type Ask, type Layout } from "./layout";
import { loopReach } from "./paths";

/** Tables as an application has them: families, join tables, two hubs that much points to, and some that stand alone. */
function application(n: number): Ask {
  const families = ["user", "team", "order", "invoice", "product", "ticket", "message", "file", "audit", "agent"];
  const parts = ["", "_labels", "_versions", "_members", "_events", "_tokens", "_shares", "_settings", "_runs", "_links", "_notes", "_files"];
  const names: string[] = [];
  for (const p of parts) for (const f of families) if (names.length < n) names.push(f + (p || "s"));
  while (names.length < n) names.push(`misc${names.length}_x`);
  const boxes = names.map((name, i) => ({ id: `public.${name}`, schema: "public", name, w: 180 + (i % 5) * 20, h: 40 + (i % 9) * 20 }));
  const links: Ask["links"] = [];
  names.forEach((name, i) => {
    const family = firstWord(name);
    if (!name.endsWith("s") || name.includes("_")) links.push({ from: `public.${name}`, to: `public.${family}s` });
    if (i % 3 === 0) links.push({ from: `public.${name}`, to: "public.users" });
    if (i % 7 === 0) links.push({ from: `public.${name}`, to: `public.${names[(i * 5) % n]}` });
  });
  return { boxes, links: links.filter((l) => names.includes(l.to.slice(7))), shape: 1.6 };
}

function overlaps(l: Layout): string[] {
  const all = Object.entries(l.boxes);
  const found: string[] = [];
  all.forEach(([a, p], i) => {
    for (const [b, q] of all.slice(i + 1)) {
      if (p.x < q.x + q.w && q.x < p.x + p.w && p.y < q.y + q.h && q.y < p.y + p.h) found.push(`${a} and ${b}`);
    }
  });
  return found;
}

describe("the layout", () => {
  test.each([1, 5, 40, 112, 300])("of %i tables has each table once and none over another", (n) => {
    const ask = application(n);
    const l = arrange(ask);
    expect(Object.keys(l.boxes).sort()).toEqual(ask.boxes.map((b) => b.id).sort());
    expect(overlaps(l)).toEqual([]);
    for (const b of Object.values(l.boxes)) {
      expect(b.x >= 0 && b.y >= 0 && b.x + b.w <= l.w && b.y + b.h <= l.h).toBe(true);
    }
  });

  test("is the same for the same tables in another order", () => {
    const ask = application(112);
    const turned = { ...ask, boxes: [...ask.boxes].reverse() };
    expect(arrange(turned)).toEqual(arrange(ask));
  });

  test("has the shape of a screen and wastes less than two thirds of it", () => {
    const ask = application(112);
    const l = arrange(ask);
    expect(l.w / l.h).toBeGreaterThan(1.1);
    expect(l.w / l.h).toBeLessThan(2.4);
    const filled = ask.boxes.reduce((s, b) => s + b.w * b.h, 0);
    expect(filled / (l.w * l.h)).toBeGreaterThan(0.2);
  });

  test("keeps the tables of a group inside it, and groups apart", () => {
    const l = arrange(application(112));
    for (const g of l.groups) {
      for (const id of g.ids) {
        const b = l.boxes[id]!;
        expect(b.x >= g.x && b.y >= g.y && b.x + b.w <= g.x + g.w && b.y + b.h <= g.y + g.h).toBe(true);
      }
    }
    const apart = overlaps({ boxes: Object.fromEntries(l.groups.map((g, i) => [String(i), { ...g, group: i }])), groups: [], w: 0, h: 0 });
    expect(apart).toEqual([]);
  });

  test("takes keys in a circle and to the table itself", () => {
    const box = (name: string) => ({ id: `public.${name}`, schema: "public", name, w: 100, h: 40 });
    const l = arrange({
      boxes: [box("a"), box("b"), box("c")], shape: 1.6,
      links: [{ from: "public.a", to: "public.b" }, { from: "public.b", to: "public.a" }, { from: "public.c", to: "public.c" }],
    });
    expect(overlaps(l)).toEqual([]);
    const alone = arrange({ boxes: [box("c")], shape: 1.6, links: [{ from: "public.c", to: "public.c" }] });
    expect(alone.w).toBe(100 + loopReach);
  });
});

describe("groups", () => {
  test("families stand together, although all of them point to users", () => {
    const ask = application(60);
    const names = ask.boxes.map((b) => b.name);
    const found = groups(names.length, ties(ask.boxes, ask.links));
    const of = new Map(found.flatMap((g, i) => g.map((m) => [names[m]!, i] as const)));
    for (const family of ["ticket", "invoice", "product"]) {
      expect(of.get(`${family}_labels`), family).toBe(of.get(`${family}s`));
    }
    for (const g of found) expect(g.length).toBeLessThanOrEqual(groupMost);
    expect(found.flat().sort((a, b) => a - b)).toEqual(names.map((_, i) => i));
  });

  test.each([
    [["skills", "skill_versions", "skill_files"], [0, 0, 0], "skills"],
    [["skill_versions", "skill_files", "other"], [0, 0, 0], "skill"],
    [["users", "teams", "orgs"], [1, 5, 2], "teams"],
  ])("%j are called by what they share", (names, pointed, name) => expect(groupName(names, pointed)).toBe(name));

  test.each([["skill_versions", "skill"], ["skills", "skill"], ["address", "address"], ["a2a_task", "a2a"], ["Users", "user"]])("the first word of %s is %s", (name, first) =>
    expect(firstWord(name)).toBe(first));
});

test("linked rectangles are packed beside each other", () => {
  const rects = Array.from({ length: 9 }, () => ({ w: 100, h: 100 }));
  const pull = rects.map(() => new Array<number>(9).fill(0));
  pull[0]![8] = pull[8]![0] = 5;
  const at = pack(rects, pull, 1, 10);
  expect(Math.abs(at[0]!.x - at[8]!.x) + Math.abs(at[0]!.y - at[8]!.y)).toBeLessThanOrEqual(220);
});
