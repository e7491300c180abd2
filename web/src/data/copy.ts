// Rows as text for the clipboard. Values are PostgreSQL's own texts.

import type { Column } from "../api";

export type CopyFormat = "tsv" | "csv" | "json" | "sql" | "markdown";

export interface Block {
  table: { schema: string; name: string };
  columns: Pick<Column, "name" | "kind" | "generated" | "identity">[];
  rows: (string | null)[][];
}

export function copyAs(format: CopyFormat, b: Block): string {
  return writers[format](b);
}

const writers: Record<CopyFormat, (b: Block) => string> = {
  // What spreadsheets take. One cell alone is its bare text.
  tsv: ({ rows }) =>
    rows.length === 1 && rows[0]!.length === 1
      ? (rows[0]![0] ?? "")
      : rows.map((r) => r.map((v) => (v !== null && /[\t\n\r"]/.test(v) ? quoteCsv(v) : (v ?? ""))).join("\t")).join("\n"),
  // As COPY … CSV has it: NULL is nothing, the empty text is "".
  csv: ({ columns, rows }) =>
    [columns.map((c) => csvValue(c.name)), ...rows.map((r) => r.map(csvValue))].map((r) => r.join(",")).join("\n") + "\n",
  json: ({ columns, rows }) => {
    const lines = rows.map((r) => "  {" + columns.map((c, i) => `${JSON.stringify(c.name)}: ${jsonValue(c, r[i] ?? null)}`).join(", ") + "}");
    return `[\n${lines.join(",\n")}\n]\n`;
  },
  sql: ({ table, columns, rows }) => {
    // As the export writes it: without what is generated.
    const given = columns.flatMap((c, i) => (c.generated === undefined ? [{ c, i }] : []));
    const overriding = given.some(({ c }) => c.identity === "always") ? " OVERRIDING SYSTEM VALUE" : "";
    const into = `${name(table.schema)}.${name(table.name)} (${given.map(({ c }) => name(c.name)).join(", ")})${overriding}`;
    const values = rows.map((r) => `  (${given.map(({ c, i }) => sqlValue(c, r[i] ?? null)).join(", ")})`);
    return `INSERT INTO ${into} VALUES\n${values.join(",\n")};\n`;
  },
  markdown: ({ columns, rows }) => {
    const cell = (v: string | null) => (v ?? "NULL").replace(/\|/g, "\\|").replace(/\r?\n/g, "<br>");
    const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
    return [line(columns.map((c) => cell(c.name))), line(columns.map((c) => (c.kind === "number" ? "--:" : "---"))), ...rows.map((r) => line(r.map(cell)))].join("\n") + "\n";
  },
};

const quoteCsv = (v: string) => `"${v.replace(/"/g, '""')}"`;
const csvValue = (v: string | null) => (v === null ? "" : v === "" || /[",\n\r]/.test(v) ? quoteCsv(v) : v);

function jsonValue(c: Pick<Column, "kind">, v: string | null): string {
  if (v === null) return "null";
  if (c.kind === "bool") return v === "t" || v === "true" ? "true" : "false";
  if (c.kind === "number" && /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(v)) return v;
  if (c.kind === "json") return v;
  return JSON.stringify(v);
}

/** An identifier as SQL reads it. */
export function name(s: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(s) && !reserved.has(s) ? s : `"${s.replace(/"/g, '""')}"`;
}

// PostgreSQL's reserved words, and those that cannot be a column's name bare.
const reserved = new Set(
  ("all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently constraint create cross " +
    "current_catalog current_date current_role current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except false " +
    "fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime " +
    "localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar some " +
    "symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window with").split(" "),
);

export function sqlText(v: string): string {
  return v.includes("\\") ? ` E'${v.replace(/\\/g, "\\\\").replace(/'/g, "''")}'`.slice(1) : `'${v.replace(/'/g, "''")}'`;
}

function sqlValue(c: Pick<Column, "kind">, v: string | null): string {
  if (v === null) return "NULL";
  if (c.kind === "bool") return v === "t" || v === "true" ? "true" : "false";
  if (c.kind === "number" && /^-?\d+(\.\d+)?$/.test(v)) return v;
  return sqlText(v);
}

/** Reads what a spreadsheet or this page put on the clipboard: lines of cells. */
export function readPaste(text: string): string[][] {
  const s = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const rows: string[][] = [[]];
  for (let i = 0; ; i++) {
    const [value, end] = quotedAt(s, i) ?? plainAt(s, i);
    rows.at(-1)!.push(value);
    if (end >= s.length) return rows;
    if (s[end] === "\n") rows.push([]);
    i = end;
  }
}

function plainAt(s: string, from: number): [string, number] {
  let end = from;
  while (end < s.length && s[end] !== "\t" && s[end] !== "\n") end++;
  return [s.slice(from, end), end];
}

/** A quoted cell and where it ends, if one begins here and ends where a cell does. */
function quotedAt(s: string, from: number): [string, number] | null {
  const m = /"((?:[^"]|"")*)"(?=[\t\n]|$)/y;
  m.lastIndex = from;
  const found = m.exec(s);
  return found ? [found[1]!.replace(/""/g, '"'), m.lastIndex] : null;
}
