import { describe, expect, test } from "vitest";
import type { PlanNode } from "../contract";
import { offOf, planText, summarize } from "./plan";

const node = (type: string, more: Record<string, unknown> = {}, ...Plans: PlanNode[]): PlanNode => ({ "Node Type": type, ...more, ...(Plans.length > 0 ? { Plans } : {}) });
const ran = (ms: number, loops = 1, rows = 1, planned = 1) => ({ "Actual Total Time": ms, "Actual Loops": loops, "Actual Rows": rows, "Plan Rows": planned, "Total Cost": 1 });
const own = (n: PlanNode) => Object.fromEntries(summarize({ Plan: n }).steps.map((s) => [s.title + (s.on ? " " + s.on : ""), Math.round(s.own * 1000) / 1000]));

describe("time of a node's own", () => {
  test("is what is left without its children", () => {
    expect(own(node("Sort", ran(10), node("Seq Scan", { ...ran(7), "Relation Name": "t" })))).toEqual({ Sort: 3, "Seq Scan t": 7 });
  });
  test("counts every loop", () => {
    expect(own(node("Nested Loop", ran(100), node("Seq Scan", ran(10)), node("Index Scan", ran(0.08, 1000))))).toEqual({ "Nested Loop": 10, "Seq Scan": 10, "Index Scan": 80 });
  });
  test("is that of the clock under a Gather, not of all workers together", () => {
    const plan = node("Gather", { ...ran(50), "Workers Launched": 2, "Workers Planned": 2 }, node("Seq Scan", { ...ran(45, 3), "Parallel Aware": true }));
    expect(own(plan)).toEqual({ Gather: 5, "Parallel Seq Scan": 45 });
  });
  test("is never counted twice for a WITH query", () => {
    const plan = node("Aggregate", ran(100), node("Seq Scan", { ...ran(80), "Subplan Name": "CTE w", "Parent Relationship": "InitPlan" }), node("CTE Scan", { ...ran(95), "CTE Name": "w" }));
    expect(own(plan)).toEqual({ Aggregate: 5, "Seq Scan": 80, "CTE Scan w": 15 });
  });
  test("of what never ran is nothing", () => {
    const s = summarize({ Plan: node("Append", ran(1), node("Seq Scan", { ...ran(0, 0, 0, 5000) })) });
    expect(s.steps[1]).toMatchObject({ never: true, own: 0, off: 1 });
  });
  test("without ANALYZE is cost", () => {
    const s = summarize({ Plan: node("Sort", { "Total Cost": 100, "Plan Rows": 5 }, node("Seq Scan", { "Total Cost": 60, "Plan Rows": 5 })) });
    expect(s.analyzed).toBe(false);
    expect(s.steps.map((x) => x.own)).toEqual([40, 60]);
    expect(s.steps.map((x) => x.rows)).toEqual([null, null]);
  });
});

test("the worst node is the one that took most by itself, and there is one", () => {
  const s = summarize({ Plan: node("Limit", ran(100), node("Sort", ran(99), node("Seq Scan", ran(20)))) });
  expect(s.steps.filter((x) => x.worst).map((x) => x.title)).toEqual(["Sort"]);
  expect(s.steps.reduce((sum, x) => sum + x.share, 0)).toBeCloseTo(1);
});

test.each([[100, 1, 100], [1, 100, -100], [0, 0, 1], [5, 5, 1], [0, 50, -50]])("%i rows where %i were expected are off by %f", (a, e, off) => expect(offOf(a, e)).toBe(off));

test("estimates are held against the rows of all loops", () => {
  const s = summarize({ Plan: node("Nested Loop", ran(1), node("Index Scan", ran(0.1, 50, 20, 1))) });
  expect(s.steps[1]).toMatchObject({ rows: 1000, estimated: 50, off: 20 });
});

test("buffers are those of the node itself", () => {
  const b = (hit: number, read: number) => ({ "Shared Hit Blocks": hit, "Shared Read Blocks": read });
  const s = summarize({ Plan: node("Hash Join", { ...ran(3), ...b(100, 40) }, node("Seq Scan", { ...ran(1), ...b(60, 40) }), node("Hash", { ...ran(1), ...b(30, 0) })) });
  expect(s.steps.map((x) => [x.buffers.hit, x.buffers.read])).toEqual([[10, 0], [60, 40], [30, 0]]);
});

test.each([
  [node("Aggregate", { Strategy: "Hashed", "Partial Mode": "Partial", ...ran(1) }), "Partial HashAggregate"],
  [node("Hash Join", { "Join Type": "Left", ...ran(1) }), "Hash Left Join"],
  [node("Nested Loop", { "Join Type": "Anti", ...ran(1) }), "Nested Loop Anti Join"],
  [node("ModifyTable", { Operation: "Update", ...ran(1) }), "Update"],
])("a node is called as psql calls it", (n, title) => expect(summarize({ Plan: n }).root.title).toBe(title));

test("as text it reads as psql's", () => {
  const s = summarize({ Plan: node("Limit", ran(2, 1, 3, 3), node("Index Scan", { ...ran(1.5, 1, 3, 9), "Index Name": "t_pkey", "Relation Name": "t", "Index Cond": "(id = 1)" })), "Execution Time": 2.1 });
  expect(planText(s)).toBe(`Limit  (rows=3) (actual time=2.000 rows=3 loops=1)
  ->  Index Scan using t_pkey on t  (rows=9) (actual time=1.500 rows=3 loops=1)
        Index Cond: (id = 1)
Execution Time: 2.100 ms
`);
});
