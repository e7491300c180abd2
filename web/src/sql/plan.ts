// What an EXPLAIN says, worked out: how much of the whole each node took by
// itself, how far its estimate was off, and which one to look at first.

import type { PlanNode } from "../contract";

export interface PlanStep {
  id: number;
  depth: number;
  title: string;
  /** What it reads: a table, an index, a function. */
  on: string;
  role: string; // InitPlan, SubPlan, CTE
  never: boolean;
  /** Of its own, without what is below it: milliseconds when analyzed, else cost. */
  own: number;
  /** With what is below it. */
  all: number;
  share: number; // own, of the whole plan
  rows: number | null; // those it gave, over all loops
  estimated: number; // the same, as was expected
  /** How many times off the estimate is; 1 is exact. Negative where too many were expected. */
  off: number;
  loops: number;
  removed: number; // rows read and thrown away
  buffers: { hit: number; read: number; dirtied: number; written: number; temp: number };
  facts: [string, string][];
  worst: boolean;
  children: PlanStep[];
}

export interface PlanSummary {
  root: PlanStep;
  steps: PlanStep[]; // in order, parents first
  analyzed: boolean;
  total: number;
  planning: number | null;
  execution: number | null;
  triggers: { name: string; ms: number; calls: number }[];
}

const num = (n: PlanNode, key: string): number => (typeof n[key] === "number" ? (n[key] as number) : 0);
const text = (n: PlanNode, key: string): string => (typeof n[key] === "string" ? (n[key] as string) : "");

/** From how many times off an estimate is worth a word. */
export const offBy = 10;

export function summarize(plan: { Plan: PlanNode; [key: string]: unknown }): PlanSummary {
  const analyzed = plan.Plan["Actual Loops"] !== undefined;
  const withs = new Map<string, number>(); // time of each WITH query, by name
  if (analyzed) collectWiths(plan.Plan, 1, withs);
  let id = 0;
  const steps: PlanStep[] = [];
  const read = (n: PlanNode, depth: number, processes: number): PlanStep => {
    const step: PlanStep = {
      id: id++, depth, title: titleOf(n), on: targetOf(n), role: roleOf(n), never: analyzed && num(n, "Actual Loops") === 0, own: 0, all: inclusive(n, analyzed, processes),
      share: 0, rows: null, estimated: num(n, "Plan Rows"), off: 1, loops: num(n, "Actual Loops"), removed: 0, buffers: buffersOf(n), facts: factsOf(n), worst: false, children: [],
    };
    steps.push(step);
    const below = n["Workers Launched"] !== undefined ? num(n, "Workers Launched") + 1 : processes;
    step.children = (n.Plans ?? []).map((c) => read(c, depth + 1, below));
    const children = (n.Plans ?? []).reduce((sum, c, i) => sum + (isWith(c) ? 0 : step.children[i]!.all), 0);
    const withTime = text(n, "CTE Name") ? Math.min(step.all, withs.get(text(n, "CTE Name")) ?? 0) : 0;
    step.own = Math.max(0, step.all - children - withTime);
    if (analyzed) {
      step.rows = num(n, "Actual Rows") * step.loops;
      step.estimated = num(n, "Plan Rows") * Math.max(1, step.loops);
      step.removed = (num(n, "Rows Removed by Filter") + num(n, "Rows Removed by Join Filter") + num(n, "Rows Removed by Index Recheck")) * Math.max(1, step.loops);
      if (!step.never) step.off = offOf(step.rows, step.estimated);
    }
    for (const c of step.children) {
      for (const k of Object.keys(step.buffers) as (keyof PlanStep["buffers"])[]) step.buffers[k] = Math.max(0, step.buffers[k] - inclusiveBuffers.get(c)![k]);
    }
    inclusiveBuffers.set(step, buffersOf(n));
    return step;
  };
  const inclusiveBuffers = new Map<PlanStep, PlanStep["buffers"]>();
  const root = read(plan.Plan, 0, 1);
  // Rounding and parallel workers can make a node seem longer than the whole.
  const total = Math.max(root.all, ...steps.map((s) => s.own), 1e-9);
  for (const s of steps) s.share = s.own / total;
  const worst = steps.reduce((a, b) => (b.own > a.own ? b : a));
  worst.worst = steps.length > 1 && worst.share > 0.25;
  const triggers = ((plan["Triggers"] as Record<string, unknown>[] | undefined) ?? []).map((t) => ({ name: String(t["Trigger Name"] ?? t["Constraint Name"] ?? "trigger"), ms: Number(t["Time"] ?? 0), calls: Number(t["Calls"] ?? 0) }));
  return { root, steps, analyzed, total: root.all, planning: maybe(plan["Planning Time"]), execution: maybe(plan["Execution Time"]), triggers };
}

const maybe = (v: unknown): number | null => (typeof v === "number" ? v : null);

// Times are the average of a loop; under a Gather the loops of all processes ran at once.
function inclusive(n: PlanNode, analyzed: boolean, processes: number): number {
  if (!analyzed) return num(n, "Total Cost");
  const loops = num(n, "Actual Loops");
  return num(n, "Actual Total Time") * (processes > 1 ? Math.max(1, loops / processes) : loops) * (loops === 0 ? 0 : 1);
}

const isWith = (n: PlanNode): boolean => text(n, "Subplan Name").startsWith("CTE ");

function collectWiths(n: PlanNode, processes: number, out: Map<string, number>): void {
  if (isWith(n)) out.set(text(n, "Subplan Name").slice(4), inclusive(n, true, processes));
  const below = n["Workers Launched"] !== undefined ? num(n, "Workers Launched") + 1 : processes;
  for (const c of n.Plans ?? []) collectWiths(c, below, out);
}

export function offOf(actual: number, estimated: number): number {
  const a = Math.max(1, actual), e = Math.max(1, estimated);
  return a >= e ? a / e : -e / a;
}

function titleOf(n: PlanNode): string {
  const type = n["Node Type"];
  const strategy = text(n, "Strategy");
  const join = text(n, "Join Type");
  let title: string = type;
  if (type === "Aggregate") title = { Hashed: "HashAggregate", Sorted: "GroupAggregate", Mixed: "MixedAggregate" }[strategy] ?? "Aggregate";
  else if (type === "ModifyTable") title = text(n, "Operation") || type;
  else if (type === "SetOp") title = (strategy === "Hashed" ? "HashSetOp " : "SetOp ") + text(n, "Command");
  if (join && join !== "Inner") title = type === "Nested Loop" ? `Nested Loop ${join} Join` : type.replace(/ Join$/, ` ${join} Join`);
  const partial = text(n, "Partial Mode");
  if (partial && partial !== "Simple") title = `${partial} ${title}`;
  if (text(n, "Scan Direction") === "Backward") title += " Backward";
  return (n["Parallel Aware"] === true ? "Parallel " : "") + title;
}

function targetOf(n: PlanNode): string {
  const relation = [text(n, "Schema") && text(n, "Schema") !== "public" ? text(n, "Schema") + "." : "", text(n, "Relation Name")].join("");
  const name = relation || text(n, "Function Name") || text(n, "CTE Name");
  const alias = text(n, "Alias");
  const of = name && alias && alias !== text(n, "Relation Name") && alias !== name ? `${name} ${alias}` : name || alias;
  const index = text(n, "Index Name");
  return index ? (of ? `${index} on ${of}` : index) : of;
}

function roleOf(n: PlanNode): string {
  const name = text(n, "Subplan Name");
  if (name) return name;
  const parent = text(n, "Parent Relationship");
  return parent === "InitPlan" || parent === "SubPlan" ? parent : "";
}

const conditions = [
  "Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "TID Cond", "Join Filter", "Filter", "One-Time Filter", "Order By", "Sort Key", "Presorted Key", "Group Key", "Cache Key",
] as const;

function factsOf(n: PlanNode): [string, string][] {
  const facts: [string, string][] = [];
  const add = (name: string, value: unknown) => {
    if (value !== undefined && value !== null && value !== "") facts.push([name, Array.isArray(value) ? value.join(", ") : String(value)]);
  };
  for (const c of conditions) add(c, n[c]);
  if (n["Rows Removed by Filter"]) add("Rows removed by the filter", `${n["Rows Removed by Filter"]} a loop`);
  if (n["Rows Removed by Join Filter"]) add("Rows removed by the join filter", `${n["Rows Removed by Join Filter"]} a loop`);
  if (n["Rows Removed by Index Recheck"]) add("Rows removed by the recheck", `${n["Rows Removed by Index Recheck"]} a loop`);
  if (n["Sort Method"]) add("Sort method", `${n["Sort Method"]}, ${n["Sort Space Used"]} kB ${text(n, "Sort Space Type").toLowerCase()}`);
  add("Heap fetches", n["Heap Fetches"]);
  if (n["Lossy Heap Blocks"]) add("Lossy blocks", n["Lossy Heap Blocks"]);
  if (n["Hash Batches"] !== undefined) add("Hash", `${n["Hash Buckets"]} buckets, ${n["Hash Batches"]} ${n["Hash Batches"] === 1 ? "batch" : "batches"}, ${n["Peak Memory Usage"]} kB`);
  if (n["HashAgg Batches"]) add("Hash batches", `${n["HashAgg Batches"]}, ${n["Disk Usage"] ?? 0} kB on disk`);
  if (n["Workers Planned"] !== undefined) add("Workers", n["Workers Launched"] !== undefined ? `${n["Workers Launched"]} of ${n["Workers Planned"]} planned` : `${n["Workers Planned"]} planned`);
  if (n["Cache Hits"] !== undefined) add("Cache", `${n["Cache Hits"]} hits, ${n["Cache Misses"]} misses`);
  if (n["Subplans Removed"]) add("Parts not read", n["Subplans Removed"]);
  return facts;
}

function buffersOf(n: PlanNode): PlanStep["buffers"] {
  return {
    hit: num(n, "Shared Hit Blocks"), read: num(n, "Shared Read Blocks"), dirtied: num(n, "Shared Dirtied Blocks"), written: num(n, "Shared Written Blocks"),
    temp: num(n, "Temp Read Blocks") + num(n, "Temp Written Blocks"),
  };
}

/** The plan as text, the way psql shows it, to paste where people read that. */
export function planText(s: PlanSummary): string {
  const out: string[] = [];
  const write = (p: PlanStep, indent: string, first: boolean) => {
    if (p.role) out.push(`${indent}${p.role}`);
    const joint = / on /.test(p.on) ? "using" : "on";
    const head = `${indent}${first ? "" : "->  "}${p.title}${p.on ? ` ${joint} ${p.on}` : ""}`;
    const loops = Math.max(1, p.loops);
    const actual = p.never ? " (never executed)" : s.analyzed ? ` (actual time=${(p.all / loops).toFixed(3)} rows=${Math.round((p.rows ?? 0) / loops)} loops=${p.loops})` : "";
    out.push(`${head}  (${s.analyzed ? "" : `cost=${p.all.toFixed(2)} `}rows=${Math.round(p.estimated / loops)})${actual}`);
    const deeper = indent + (first ? "  " : "      ");
    for (const [name, value] of p.facts) out.push(`${deeper}${name}: ${value}`);
    for (const c of p.children) write(c, deeper, false);
  };
  write(s.root, "", true);
  if (s.planning !== null) out.push(`Planning Time: ${s.planning.toFixed(3)} ms`);
  for (const t of s.triggers) out.push(`Trigger ${t.name}: time=${t.ms.toFixed(3)} calls=${t.calls}`);
  if (s.execution !== null) out.push(`Execution Time: ${s.execution.toFixed(3)} ms`);
  return out.join("\n") + "\n";
}
