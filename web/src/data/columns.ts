// How the columns of a table are laid out: order, width, what is hidden, what
// stays in sight. What a person decided is remembered; the rest follows from the
// table and its first rows.

import type { Cell, Column, ForeignKey, Table } from "../api";
import { isCut, textOf } from "./value";

/** What a person decided about one table's columns. */
export interface Decided {
  order?: string[];
  hidden?: string[];
  widths?: Record<string, number>;
  pinned?: string[];
}

export interface ShownColumn {
  column: Column;
  /** Its place among the columns of the rows. */
  at: number;
  width: number;
  pinned: boolean;
  foreign?: ForeignKey;
}

/** Why nobody can give a column a value; null where one can. */
export function whyFixed(c: Column): string | null {
  if (c.generated !== undefined) return "it is generated from other columns";
  if (c.identity === "always") return "its values are always generated";
  return c.updatable ? null : "it takes no values";
}

export const narrowest = 48;
const widest = 340;
const character = 7.25; // of the data font, in pixels

/** The width that shows the name and what the first rows have. */
export function fitWidth(c: Column, cells: (Cell | undefined)[], foreign: boolean): number {
  let longest = 0;
  for (const cell of cells) {
    if (cell === undefined || cell === null) longest = Math.max(longest, 4);
    else if (isCut(cell)) longest = Math.max(longest, 60);
    else longest = Math.max(longest, Math.min(60, cell.length));
  }
  const most = c.kind === "json" || c.kind === "text" || c.kind === "array" ? widest : 320;
  const values = longest * character + 22 + (foreign ? 18 : 0) + (c.kind === "enum" ? 14 : 0);
  const title = c.name.length * 7.1 + 26 + (c.primary || foreign ? 18 : 0);
  return Math.round(Math.max(64, Math.min(most, Math.max(values, Math.min(title, 240)))));
}

export function layOut(table: Table, columns: string[], sample: Cell[][], decided: Decided): ShownColumn[] {
  const foreign = new Map<string, ForeignKey>();
  for (const fk of table.foreignKeys) for (const name of fk.columns) if (!foreign.has(name)) foreign.set(name, fk);
  const places = new Map(columns.map((name, i) => [name, i]));
  const byName = new Map(table.columns.map((c) => [c.name, c]));
  const pinned = new Set(decided.pinned ?? defaultPinned(table));
  const hidden = new Set(decided.hidden ?? []);
  // A number that counts rows grows as long as their number, whatever the first are.
  const counting = table.key?.length === 1 ? table.key[0] : undefined;
  const counted = table.rows === null ? undefined : String(Math.max(0, Math.round(table.rows)));
  const shown: ShownColumn[] = [];
  for (const name of ordered(table.columns.map((c) => c.name), decided.order)) {
    const column = byName.get(name);
    const at = places.get(name);
    if (!column || at === undefined || hidden.has(name)) continue;
    const fk = foreign.get(name);
    const values = sample.map((r) => r[at]);
    if (name === counting && column.kind === "number") values.push(counted);
    shown.push({
      column,
      at,
      width: decided.widths?.[name] ?? fitWidth(column, values, fk !== undefined),
      pinned: pinned.has(name),
      ...(fk && { foreign: fk }),
    });
  }
  return [...shown.filter((c) => c.pinned), ...shown.filter((c) => !c.pinned)];
}

/** A short key stays in sight; a long one would take the room of the rest. */
function defaultPinned(table: Table): string[] {
  return table.key && table.key.length === 1 && table.columns[0]?.name === table.key[0] ? table.key : [];
}

/** Columns in the order somebody chose; those that came later stand where the table has them. */
export function ordered(names: string[], order: string[] | undefined): string[] {
  if (!order) return names;
  const known = order.filter((n) => names.includes(n));
  const out = [...known];
  for (const [i, n] of names.entries()) {
    if (known.includes(n)) continue;
    const before = names.slice(0, i).reverse().find((b) => out.includes(b));
    out.splice(before === undefined ? 0 : out.indexOf(before) + 1, 0, n);
  }
  return out;
}

/** Moves a column in front of another, or to the end. */
export function moved(names: string[], name: string, before: string | null): string[] {
  const rest = names.filter((n) => n !== name);
  const at = before === null ? rest.length : rest.indexOf(before);
  return [...rest.slice(0, at < 0 ? rest.length : at), name, ...rest.slice(at < 0 ? rest.length : at)];
}

/** The values of a foreign key in a row, or null if one of them is NULL or cut. */
export function keyValues(fk: ForeignKey, valueOf: (column: string) => Cell | undefined): string[] | null {
  const values: string[] = [];
  for (const name of fk.columns) {
    const cell = valueOf(name);
    const text = textOf(cell);
    if (text === null || isCut(cell)) return null;
    values.push(text);
  }
  return values;
}
