// What the schema room shows, by the address: which point, against which other,
// around which table, as a diagram or as a list.

import { signal } from "@preact/signals";
import { api, ApiError, type Problem, type SchemaDifference, type SchemaGraph, type SchemaPoint } from "../api";
import { go, href, place } from "../router";
import type { Detail } from "./graph";

export interface Shown {
  at: string;
  from: string; // "" where nothing is compared
  focus: string;
  depth: number;
  select: string;
  view: "diagram" | "list";
  detail: Detail | "";
  onlyChanged: boolean;
}

export function shownOf(q: URLSearchParams): Shown {
  const depth = Number(q.get("depth") ?? 1);
  const detail = q.get("columns");
  return {
    at: q.get("at") ?? "live", from: q.get("from") ?? "", focus: q.get("focus") ?? "", select: q.get("table") ?? "",
    depth: depth >= 1 && depth <= 4 ? Math.round(depth) : 1,
    view: q.get("view") === "list" ? "list" : "diagram",
    detail: detail === "all" || detail === "names" || detail === "keys" ? detail : "",
    onlyChanged: q.get("only") === "changed",
  };
}

export function addressOf(s: Shown): string {
  return href(["schema"], {
    at: s.at === "live" ? "" : s.at, from: s.from, focus: s.focus, depth: s.focus && s.depth !== 1 ? String(s.depth) : "", table: s.select,
    view: s.view === "list" ? "list" : "", columns: s.detail, only: s.from && s.onlyChanged ? "changed" : "",
  });
}

export function show(change: Partial<Shown>, how: { replace?: boolean } = {}): void {
  const next = { ...shownOf(place.peek().query), ...change };
  go(addressOf(next), how);
}

export const points = signal<SchemaPoint[] | null>(null);

const graphs = new Map<string, Promise<SchemaGraph>>();
const differences = new Map<string, Promise<SchemaDifference>>();

// Points of history seldom change while the page is open, and are kept until somebody
// wants them read again; the database and the files are read each time.
const fixed = (at: string) => at !== "live" && at !== "files";

export function graphAt(at: string): Promise<SchemaGraph> {
  return cached(graphs, at, fixed(at), () => api.schema(at));
}

export function differenceOf(from: string, to: string): Promise<SchemaDifference> {
  return cached(differences, `${from}\n${to}`, fixed(from) && fixed(to), () => api.schemaDifference(from, to));
}

function cached<T>(kept: Map<string, Promise<T>>, key: string, keep: boolean, ask: () => Promise<T>): Promise<T> {
  const known = kept.get(key);
  if (known) return known;
  const asked = ask();
  kept.set(key, asked);
  const drop = () => kept.delete(key);
  if (keep) asked.catch(drop);
  else asked.then(drop, drop);
  return asked;
}

/** Forgets what was kept. */
export function forget(): void {
  graphs.clear();
  differences.clear();
  void loadPoints();
}

export async function loadPoints(): Promise<void> {
  try {
    points.value = await api.schemaPoints();
  } catch {
    points.value = [{ at: "live", label: "the database" }]; // Without a project there is nothing else.
  }
}

export function problemOf(e: unknown): Problem {
  return e instanceof ApiError ? e.problem : { what: e instanceof Error ? e.message : String(e) };
}
