// Filters as people choose them: which operators a kind of column has, what they
// are called, and how they stand in the address.

import type { Column, Filter, Kind, Op, Sort } from "../api";

interface OpWords {
  op: Op;
  label: string;
  /** What follows the label. */
  takes: "none" | "one" | "two" | "many";
}

const words = (op: Op, label: string, takes: OpWords["takes"] = "one"): OpWords => ({ op, label, takes });

const nulls = [words("null", "is null", "none"), words("notnull", "is not null", "none")];
const equal = [words("eq", "is"), words("ne", "is not")];
const ordered = [
  words("eq", "="), words("ne", "≠"), words("lt", "<"), words("le", "≤"), words("gt", ">"), words("ge", "≥"),
  words("between", "between", "two"), words("in", "is any of", "many"),
];
const times = [
  words("ge", "from"), words("lt", "before"), words("between", "between", "two"), words("eq", "is"), words("ne", "is not"), words("gt", "after"), words("le", "until"),
];
const texts = [
  words("contains", "contains"), words("eq", "is"), words("ne", "is not"), words("starts", "starts with"), words("ends", "ends with"),
  words("in", "is any of", "many"), words("regex", "matches"), words("lt", "<"), words("gt", ">"), words("between", "between", "two"), words("empty", "is empty", "none"),
];
const jsons = [
  words("jsonHas", "contains"), words("jsonEq", "equals"), words("contains", "has text"), words("empty", "is empty", "none"),
];
/** Below a path, a value is compared as text or as a number. */
export const pathOps = [
  words("eq", "is"), words("ne", "is not"), words("contains", "contains"), words("starts", "starts with"),
  words("lt", "<"), words("le", "≤"), words("gt", ">"), words("ge", "≥"), words("between", "between", "two"), words("in", "is any of", "many"),
  words("jsonHas", "contains json"), words("true", "is true", "none"), words("false", "is false", "none"), words("null", "is absent", "none"), words("notnull", "is there", "none"),
];

const byKind: Record<Kind, OpWords[]> = {
  text: texts,
  number: ordered,
  bool: [words("true", "is true", "none"), words("false", "is false", "none")],
  timestamp: times,
  timestamptz: times,
  date: times,
  time: times,
  interval: ordered,
  json: jsons,
  uuid: [words("eq", "is"), words("ne", "is not"), words("in", "is any of", "many"), words("starts", "starts with")],
  bytea: [words("empty", "is empty", "none")],
  array: [words("arrayHas", "contains"), words("eq", "is"), words("contains", "has text"), words("empty", "is empty", "none")],
  enum: [words("in", "is any of", "many"), words("ne", "is not")],
  vector: [],
  network: [...equal, words("contains", "has text"), words("lt", "<"), words("gt", ">")],
  range: [words("arrayHas", "contains"), words("eq", "is"), words("empty", "is empty", "none")],
  other: [...equal, words("contains", "has text")],
};

export function opsFor(column: Column, path?: string[]): OpWords[] {
  if (column.kind === "json" && path?.length) return pathOps;
  return column.nullable ? [...byKind[column.kind], ...nulls] : byKind[column.kind];
}

export function opWords(column: Column, f: Filter): OpWords {
  return opsFor(column, f.path).find((o) => o.op === f.op) ?? nulls.find((o) => o.op === f.op) ?? words(f.op, f.op);
}

/** A filter in words: "status is any of paid, open". */
export function sayFilter(column: Column | undefined, f: Filter): { name: string; op: string; value: string } {
  const name = f.path?.length ? `${f.column} › ${f.path.join(" › ")}` : f.column;
  const w = column ? opWords(column, f) : words(f.op, f.op);
  const list = f.values ?? (f.value !== undefined ? [f.value] : []);
  const shown = list.map((v) => relativeWords(v) ?? (v === "" ? "''" : v));
  return { name, op: w.label, value: w.takes === "none" ? "" : f.op === "between" ? shown.join(" and ") : shown.join(", ") };
}

// Times that move with the day: "now-7d", "today", "today-1d". They stay so in
// the address and become a time when the rows are asked for.
const relativeForm = /^(now|today)(?:([+-]\d+)(min|h|d|w|mon|y))?$/;
const units: Record<string, string> = { min: "minute", h: "hour", d: "day", w: "week", mon: "month", y: "year" };

export function relativeWords(value: string): string | null {
  const m = relativeForm.exec(value);
  if (!m) return null;
  if (!m[2]) return m[1]!;
  const n = Number(m[2]);
  const unit = units[m[3]!]! + (Math.abs(n) === 1 ? "" : "s");
  if (m[1] === "today") return n === -1 && m[3] === "d" ? "yesterday" : `${Math.abs(n)} ${unit} ${n < 0 ? "before" : "after"} today`;
  return n < 0 ? `${-n} ${unit} ago` : `in ${n} ${unit}`;
}

export function resolveRelative(value: string, kind: Kind, now = new Date()): string {
  const m = relativeForm.exec(value);
  if (!m) return value;
  const t = new Date(now);
  if (m[1] === "today") t.setHours(0, 0, 0, 0);
  const n = Number(m[2] ?? 0);
  switch (m[3]) {
    case "min": t.setMinutes(t.getMinutes() + n); break;
    case "h": t.setHours(t.getHours() + n); break;
    case "d": t.setDate(t.getDate() + n); break;
    case "w": t.setDate(t.getDate() + 7 * n); break;
    case "mon": t.setMonth(t.getMonth() + n); break;
    case "y": t.setFullYear(t.getFullYear() + n); break;
  }
  if (kind === "timestamptz") return t.toISOString();
  const p = (v: number) => String(v).padStart(2, "0");
  const date = `${t.getFullYear()}-${p(t.getMonth() + 1)}-${p(t.getDate())}`;
  if (kind === "date") return date;
  return `${date} ${p(t.getHours())}:${p(t.getMinutes())}:${p(t.getSeconds())}`;
}

/** Filters as the server takes them. */
export function resolved(filters: Filter[], columns: Column[], now = new Date()): Filter[] {
  return filters.map((f) => {
    const kind = columns.find((c) => c.name === f.column)?.kind;
    if (kind !== "timestamp" && kind !== "timestamptz" && kind !== "date") return f;
    return {
      ...f,
      ...(f.value !== undefined && { value: resolveRelative(f.value, kind, now) }),
      ...(f.values && { values: f.values.map((v) => resolveRelative(v, kind, now)) }),
    };
  });
}

// In the address a filter is a small JSON array: ["status","in",["paid","open"]].

export function writeFilter(f: Filter): string {
  const rest: unknown[] = f.path?.length ? [f.path] : [];
  const value = f.values ?? f.value;
  return JSON.stringify(value === undefined && !rest.length ? [f.column, f.op] : [f.column, f.op, value ?? null, ...rest]);
}

export function readFilter(text: string): Filter | null {
  try {
    const v = JSON.parse(text) as unknown;
    if (!Array.isArray(v) || typeof v[0] !== "string" || typeof v[1] !== "string") return null;
    const f: Filter = { column: v[0], op: v[1] as Op };
    if (Array.isArray(v[2])) f.values = v[2].map(String);
    else if (v[2] !== null && v[2] !== undefined) f.value = String(v[2]);
    if (Array.isArray(v[3])) f.path = v[3].map(String);
    return f;
  } catch {
    return null;
  }
}

/** "-created_at,id"; a comma, a minus at the front or a backslash in a name gets a backslash. */
export function writeSort(sort: Sort[]): string {
  return sort.map((s) => (s.desc ? "-" : "") + s.column.replace(/[\\,]|^-/g, "\\$&")).join(",");
}

export function readSort(text: string): Sort[] {
  const parts = text.match(/(?:\\.|[^,\\])+/g) ?? [];
  return parts.map((p) => {
    const desc = p.startsWith("-");
    return { column: (desc ? p.slice(1) : p).replace(/\\(.)/g, "$1"), desc };
  });
}

/** The next order when a header is pressed: up, down, none; `add` keeps the others. */
export function pressSort(sort: Sort[], column: string, add: boolean): Sort[] {
  const now = sort.find((s) => s.column === column);
  const next: Sort[] = !now ? [{ column, desc: false }] : !now.desc ? [{ column, desc: true }] : [];
  if (!add) return next;
  if (!now) return [...sort, ...next];
  return sort.flatMap((s) => (s.column === column ? next : [s]));
}
