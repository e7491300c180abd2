// What can be written at a place: columns of the tables that the statement
// names, under their aliases; tables where a table is due; types after a cast.

import type { Completion } from "../contract";
import { statements } from "./statements";
import { nameIn, tokens, type Token } from "./tokens";

export interface Option {
  label: string;
  kind: "column" | "table" | "view" | "schema" | "alias" | "function" | "type" | "value" | "keyword";
  detail?: string;
  /** What is written, where that is not the label. */
  apply?: string;
  /** Where the cursor goes, from the end of what is written. */
  back?: number;
  boost?: number;
}

export interface Offer {
  from: number;
  options: Option[];
}

interface Source {
  alias: string;
  schema: string | null;
  name: string;
  columns?: string[]; // of a WITH query or a subquery, where they are written out
}

const relation = new Set(["from", "join", "update", "into", "table", "only", "truncate", "analyze", "vacuum", "using", "references"]);
const notAlias = new Set([
  "where", "on", "using", "join", "left", "right", "inner", "outer", "full", "cross", "natural", "group", "order", "having", "limit", "offset", "fetch", "union",
  "intersect", "except", "window", "set", "values", "returning", "select", "for", "lateral", "tablesample", "default", "when", "then", "and", "or", "as", "from", "do", "with", "into",
]);
const reserved = new Set([
  "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "both", "case", "cast", "check", "collate", "column", "constraint", "create", "current_date", "current_user",
  "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "false", "fetch", "for", "foreign", "from", "grant", "group", "having", "in", "initially", "intersect", "into",
  "lateral", "leading", "limit", "localtime", "not", "null", "offset", "on", "only", "or", "order", "placing", "primary", "references", "returning", "select", "session_user", "some",
  "symmetric", "table", "then", "to", "trailing", "true", "union", "unique", "user", "using", "variadic", "when", "where", "window", "with",
]);

export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The tables that a statement names, with what they are called in it. */
export function sources(all: readonly Token[]): Source[] {
  const found: Source[] = [];
  const t = all.filter((x) => x.kind !== "comment");
  const isName = (x: Token | undefined): x is Token => x !== undefined && (x.kind === "quoted" || (x.kind === "word" && !notAlias.has(x.text.toLowerCase())));
  const readOne = (i: number): number => {
    const first = t[i];
    if (!isName(first) || (first.kind === "word" && relation.has(first.text.toLowerCase()))) return i;
    let schema: string | null = null;
    let name = nameIn(first);
    let at = i + 1;
    if (t[at]?.text === "." && t[at + 1] && (t[at + 1]!.kind === "word" || t[at + 1]!.kind === "quoted")) {
      schema = name;
      name = nameIn(t[at + 1]!);
      at += 2;
    }
    if (t[at]?.text === "(") return at; // a function, or the columns of INSERT
    if (t[at]?.kind === "word" && t[at]!.text.toLowerCase() === "as") at++;
    let alias = name;
    if (isName(t[at]) && !relation.has(t[at]!.text.toLowerCase())) {
      alias = nameIn(t[at]!);
      at++;
    }
    found.push({ alias, schema, name });
    return at;
  };
  for (let i = 0; i < t.length; i++) {
    const word = t[i]!.kind === "word" ? t[i]!.text.toLowerCase() : "";
    if (word === "with" || (t[i]!.text === "," && found.some((s) => s.columns))) {
      const name = t[i + 1];
      if (name && (t[i + 2]?.text === "(" || t[i + 2]?.text.toLowerCase() === "as") && isName(name)) found.push({ alias: nameIn(name), schema: null, name: nameIn(name), columns: withColumns(t, i + 2) });
    }
    // INSERT INTO names columns in brackets, which are those of its table.
    if (word === "into" && t[i + 1]) {
      const before = found.length;
      readOne(i + 1);
      if (found.length === before && isName(t[i + 1])) {
        const dot = t[i + 2]?.text === ".";
        const name = dot ? t[i + 3] : t[i + 1];
        if (name) found.push({ alias: nameIn(name), schema: dot ? nameIn(t[i + 1]!) : null, name: nameIn(name) });
      }
      continue;
    }
    if (word !== "from" && word !== "join" && word !== "update" && word !== "using") continue;
    let at = i + 1;
    for (;;) {
      while (t[at]?.kind === "word" && /^(only|lateral)$/i.test(t[at]!.text)) at++;
      at = readOne(at);
      if (word !== "from" || t[at]?.text !== ",") break;
      at++;
    }
  }
  return found;
}

/** The columns of a WITH query, where its head or its SELECT list names them. */
function withColumns(t: readonly Token[], at: number): string[] {
  const columns: string[] = [];
  if (t[at]?.text === "(") {
    for (let i = at + 1; i < t.length && t[i]!.text !== ")"; i++) if (t[i]!.kind === "word" || t[i]!.kind === "quoted") columns.push(nameIn(t[i]!));
    return columns;
  }
  let i = at;
  while (i < t.length && t[i]!.text !== "(") i++;
  if (t[i + 1]?.text.toLowerCase() !== "select") return columns;
  let depth = 1;
  let last: Token | null = null;
  for (i += 2; i < t.length && depth > 0; i++) {
    const x = t[i]!;
    if (x.text === "(") depth++;
    else if (x.text === ")") depth--;
    const end = depth === 0 || (depth === 1 && (x.text === "," || (x.kind === "word" && x.text.toLowerCase() === "from")));
    if (end) {
      if (last) columns.push(nameIn(last));
      last = null;
      if (x.text !== ",") break;
    } else last = x.kind === "word" || x.kind === "quoted" ? x : null;
  }
  return columns;
}

type Object_ = Completion["schemas"][number]["objects"][number];

function objectOf(c: Completion, s: Source): Object_ | null {
  const schemas = s.schema !== null ? [s.schema] : [...c.searchPath, "pg_catalog"];
  for (const name of schemas) {
    const o = c.schemas.find((x) => x.name === name)?.objects.find((x) => x.name === s.name);
    if (o) return o;
  }
  return null;
}

function columnsOf(c: Completion, s: Source): Option[] {
  if (s.columns) return s.columns.map((name) => ({ label: name, kind: "column" as const, detail: s.alias }));
  return (objectOf(c, s)?.columns ?? []).map((x) => ({ label: x.name, kind: "column" as const, detail: x.type, apply: quoted(x.name) }));
}

function tableOptions(c: Completion, schema?: string): Option[] {
  const out: Option[] = [];
  for (const s of c.schemas) {
    const inPath = c.searchPath.includes(s.name);
    if (schema !== undefined && s.name !== schema) continue;
    for (const o of s.objects) {
      const bare = schema !== undefined || inPath;
      out.push({
        label: bare ? o.name : `${s.name}.${o.name}`, kind: o.kind.endsWith("view") ? "view" : "table", detail: o.kind === "partition" ? "partition" : bare ? s.name : "",
        apply: bare ? quoted(o.name) : `${quoted(s.name)}.${quoted(o.name)}`, boost: (bare ? 5 : 0) - (o.kind === "partition" ? 10 : 0) - (s.name === "pg_catalog" || s.name === "information_schema" ? 20 : 0),
      });
    }
  }
  return out;
}

/** What can be written at `pos`, or null where nothing should be offered. */
export function complete(sql: string, pos: number, c: Completion, asked = false): Offer | null {
  const whole = statements(sql).find((s) => pos >= s.from && pos <= s.end) ?? { from: pos, to: pos };
  const all = tokens(sql.slice(whole.from, Math.max(whole.to, pos))).map((t) => ({ ...t, from: t.from + whole.from, to: t.to + whole.from }));
  const inside = all.find((t) => t.from < pos && (pos < t.to || (pos === t.to && (t.kind === "comment" || (t.kind === "string" && !closed(t))))));
  if (inside && (inside.kind === "comment" || inside.kind === "string" || inside.kind === "number")) return null;

  const before = all.filter((t) => t.to <= pos && t.kind !== "comment");
  const half = inside ?? (before.at(-1)?.to === pos && (before.at(-1)!.kind === "word" || before.at(-1)!.kind === "quoted") ? before.at(-1) : undefined);
  const from = half ? half.from : pos;
  const done = before.filter((t) => t.to <= from);
  const last = done.at(-1);
  if (!half && last?.kind === "number") return null;
  const known = sources(all);

  if (last?.text === ".") {
    const owner = done.at(-2);
    if (!owner || (owner.kind !== "word" && owner.kind !== "quoted")) return null;
    const name = nameIn(owner);
    const deeper = done.at(-3)?.text === "." && done.at(-4) ? nameIn(done.at(-4)!) : null;
    if (deeper) return offer(from, columnsOf(c, { alias: name, schema: deeper, name }));
    const s = known.find((x) => x.alias === name) ?? known.find((x) => x.name === name);
    const columns = s ? columnsOf(c, s) : columnsOf(c, { alias: name, schema: null, name });
    return offer(from, columns.length > 0 ? columns : tableOptions(c, name));
  }
  if (last?.text === "::" || (last?.kind === "word" && last.text.toLowerCase() === "as" && insideCast(done))) {
    return offer(from, [...c.enums.map((e) => ({ label: e.name, kind: "type" as const, detail: "enum", apply: quoted(e.name), boost: 2 })), ...c.types.map((t) => ({ label: t, kind: "type" as const }))]);
  }
  if (!half && !asked && !last) return null;
  const word = last?.kind === "word" ? last.text.toLowerCase() : "";
  if (relation.has(word) || (last?.text === "," && afterFrom(done))) {
    const withs = known.filter((s) => s.columns).map((s) => ({ label: s.name, kind: "table" as const, detail: "with", boost: 12 }));
    const schemas = c.schemas.map((s) => ({ label: s.name, kind: "schema" as const, apply: quoted(s.name) + ".", boost: -5 }));
    return offer(from, [...withs, ...tableOptions(c), ...schemas]);
  }
  if (!half && !asked && !(last && (last.text === "(" || last.text === "," || word === "select" || word === "where" || word === "and" || word === "or" || word === "by" || word === "on" || word === "set"))) return null;

  const options: Option[] = [];
  const often = new Map<string, number>();
  for (const s of known) for (const o of columnsOf(c, s)) often.set(o.label, (often.get(o.label) ?? 0) + 1);
  for (const s of known) {
    for (const o of columnsOf(c, s)) {
      const shared = (often.get(o.label) ?? 0) > 1; // would be ambiguous on its own
      options.push(shared ? { ...o, label: `${s.alias}.${o.label}`, apply: `${quoted(s.alias)}.${quoted(o.label)}`, boost: 9 } : { ...o, boost: 10 });
    }
    options.push({ label: s.alias, kind: "alias", detail: s.name === s.alias ? "table" : s.name, apply: quoted(s.alias), boost: 4 });
  }
  const columnBeforeValue = enumOf(done, known, c);
  if (columnBeforeValue) options.push(...columnBeforeValue.map((v) => ({ label: `'${v}'`, kind: "value" as const, boost: 20 })));
  for (const f of c.functions) options.push({ label: f.name, kind: "function", detail: `(${f.arguments}) ${f.returns}`, apply: `${quoted(f.name)}()`, back: f.arguments ? 1 : 0, boost: -4 });
  const upper = half ? /^[A-Z]/.test(half.text) : /^[A-Z]/.test(done.find((t) => t.kind === "word")?.text ?? "");
  for (const k of c.keywords) options.push({ label: upper ? k.toUpperCase() : k.toLowerCase(), kind: "keyword", boost: -2 });
  if (known.length === 0 && half) options.push(...tableOptions(c).map((o) => ({ ...o, boost: -6 })));
  return offer(from, options);
}

function offer(from: number, options: Option[]): Offer | null {
  const seen = new Set<string>();
  const once = options.filter((o) => {
    const key = o.kind + "\n" + o.label;
    return !seen.has(key) && seen.add(key);
  });
  return once.length > 0 ? { from, options: once } : null;
}

function closed(t: Token): boolean {
  return t.text.length > 1 && (t.text.endsWith("'") || /^\$[^$]*\$[\s\S]*\$[^$]*\$$/.test(t.text));
}

function insideCast(done: readonly Token[]): boolean {
  let depth = 0;
  for (let i = done.length - 1; i >= 0; i--) {
    if (done[i]!.text === ")") depth++;
    else if (done[i]!.text === "(") {
      if (depth === 0) return done[i - 1]?.text.toLowerCase() === "cast";
      depth--;
    }
  }
  return false;
}

function afterFrom(done: readonly Token[]): boolean {
  let depth = 0;
  for (let i = done.length - 1; i >= 0; i--) {
    const t = done[i]!;
    if (t.text === ")") depth++;
    else if (t.text === "(") {
      if (depth-- === 0) return false;
    } else if (depth === 0 && t.kind === "word") {
      const w = t.text.toLowerCase();
      if (w === "from") return true;
      if (/^(select|where|group|order|having|on|set|values|by|returning|limit)$/.test(w)) return false;
    }
  }
  return false;
}

/** The values of an enum, behind `column =` or `column in (`. */
function enumOf(done: readonly Token[], known: readonly Source[], c: Completion): string[] | null {
  let i = done.length - 1;
  if (done[i]?.text === "(" && done[i - 1]?.text.toLowerCase() === "in") i -= 2;
  else if (done[i]?.text === "=" || (done[i]?.text === ">" && done[i - 1]?.text === "<")) i -= done[i]!.text === ">" ? 2 : 1;
  else return null;
  const name = done[i];
  if (!name) return null;
  for (const s of known) {
    const type = objectOf(c, s)?.columns.find((x) => x.name === nameIn(name))?.type;
    const found = c.enums.find((e) => e.name === type || type?.endsWith("." + e.name));
    if (found) return found.values;
  }
  return null;
}
