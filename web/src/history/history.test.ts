import { describe, expect, test } from "vitest";
import type { ApplyEvent, HistoryEntry, MigrationPlan } from "../contract";
import { sortOf } from "../parts/changes";
import { after, begin, type Applying } from "./applying";
import { stateOf, states, waits } from "./states";
import { day, markLine, patchLines, span, totals, worstRisk } from "./words";

const told = (...events: ApplyEvent[]): Applying => events.reduce(after, begin("x", ["a", "b"]));
test("passes over an event that it does not know", () => {
  expect(told({ type: "something_new" } as unknown as ApplyEvent)).toEqual(begin("x", ["a", "b"]));
});
const stepStates = (a: Applying) => a.steps.map((s) => s.state);

describe("applying", () => {
  test("goes from one migration to the next", () => {
    const first: ApplyEvent[] = [{ type: "migration_start", tag: "a" }, { type: "statement_start", tag: "a", number: 2, total: 3, line: 7, sql: "select 1" }];
    expect(told(...first).steps[0]).toMatchObject({ state: "running", at: { number: 2, total: 3, line: 7, sql: "select 1" } });
    const done = told(...first, { type: "migration_end", tag: "a", took: 1.5 }, { type: "migration_start", tag: "b" });
    expect(stepStates(done)).toEqual(["done", "running"]);
    expect(done.steps[0]).toMatchObject({ took: 1.5, at: null });
  });
  test("says who is in the way until it goes on", () => {
    const blocked = told({ type: "migration_start", tag: "a" }, { type: "blocked", tag: "a", waited: 2, who: ["4711 report"] });
    expect(blocked.blocked).toEqual({ who: ["4711 report"], waited: 2 });
    expect(after(blocked, { type: "retry", tag: "a", number: 1, pause: 0.5, reason: "timeout" })).toMatchObject({ blocked: null, steps: [{ remarks: [{ tone: "warn" }] }, {}] });
  });
  test("ends with what was applied, by this run and by others", () => {
    const a = told({ type: "migration_start", tag: "a" }, { type: "end", ok: true, applied: ["a"], byOthers: ["b"] });
    expect(a).toMatchObject({ running: false, ok: true });
    expect(stepStates(a)).toEqual(["done", "others"]);
  });
  test("what was recorded anew is not what was run", () => {
    expect(stepStates(told({ type: "end", ok: true, applied: ["a"], moved: ["b"], byOthers: [] }))).toEqual(["done", "moved"]);
  });
  test("a failure is that of the migration that ran, the next is left", () => {
    const a = told({ type: "migration_start", tag: "a" }, { type: "end", ok: false, applied: [], byOthers: [], error: { what: "no" } });
    expect(a.problem?.what).toBe("no");
    expect(stepStates(a)).toEqual(["failed", "waiting"]);
  });
});

const effect = (risk: "none" | "moment" | "busy" | "blocking", takes: number, held: number, blocks: string[]) => ({
  risk, opaque: false, notes: [], waitsFor: [], work: [{ kind: "scan" as const, table: "t", index: "", why: "", maybe: false, takes: { from: takes, to: 2 * takes }, space: 0 }],
  locks: [{ table: "t", level: "SHARE", blocks, maybe: false, held: { from: held, to: 2 * held } }],
});

test("a plan takes as long as its parts, and blocks as long as its longest lock that blocks", () => {
  const statement = (e: ReturnType<typeof effect>) => ({ sql: "", line: 1, control: false, alone: false, effect: e });
  const statements = [statement(effect("moment", 1, 5, ["writes"])), statement(effect("busy", 2, 60, [])), statement(effect("none", 0, 1, ["reads"]))];
  const plan = { pending: [{ tag: "a", file: "", skipped: false, notes: [], statements }] } as unknown as MigrationPlan;
  expect(totals(plan)).toEqual({ takes: { from: 3, to: 6 }, blocks: { from: 5, to: 10 } });
  expect(worstRisk(statements)).toBe("busy");
  expect(worstRisk([])).toBeNull();
});

test.each([[0, 0.01, "a moment"], [0, 3, "up to 3 s"], [2, 9, "2 s to 9 s"], [60, 600, "60 s to 10 min"], [4, 4, "about 4 s"]])("%f to %f seconds are %s", (from, to, word) => expect(span({ from, to })).toBe(word));

test("a patch line by line", () => {
  expect(patchLines("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z\n").map((l) => l.kind)).toEqual(["head", "head", "head", "removed", "added", "same"]);
});

test.each([[1700000000000, "2023-11-14"], ["2025-01-02T03:04:05Z", "2025-01-02"], [null, ""]])("%s is the day %s", (when, d) => expect(day(when)).toBe(d));

test.each([
  ["create_table", "added"], ["alter_table_add_column", "added"], ["drop_index", "removed"], ["alter_table_drop_column", "removed"], ["alter_table_alter_column_drop_notnull", "changed"], ["alter_table_rename_column", "changed"],
])("drizzle-kit's %s is %s", (kind, sort) => expect(sortOf(kind)).toBe(sort));

test("an entry that is begun is more than pending, and is to be applied", () => {
  const e = { state: "pending", findings: { error: 0, warning: 0, info: 0 } } as unknown as HistoryEntry;
  expect([e, { ...e, begun: true }, { ...e, state: "applied", begun: true }, { ...e, state: "moved" }].map((x) => [stateOf(x), waits(x)])).toEqual([["pending", true], ["begun", true], ["applied", false], ["moved", true]]);
  expect(states).toContain("unknown");
});

test("a mark says who, when and why", () => {
  const at = "2026-03-04T05:06:07Z";
  expect(markLine({ event: "marked applied", by: "postgres", person: "Ada", reason: "by hand", at })).toBe("marked applied by postgres (Ada) on 2026-03-04: by hand");
  expect(markLine({ event: "baselined", by: "postgres", person: "", reason: "", at })).toBe("taken as applied (baseline) by postgres on 2026-03-04");
});
