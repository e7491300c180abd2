// Doing something with the cells that are selected: copy, paste, clear, delete.

import { api, ApiError, type Cell, type Column, type NewValue } from "../api";
import { bytes, count } from "../parts/format";
import { say } from "../parts/notice";
import { changeKey, deleteRow, insertRow, setValue, type Changes } from "./changes";
import { whyFixed, type ShownColumn } from "./columns";
import { copyAs, readPaste, type CopyFormat } from "./copy";
import { change } from "./pending";
import { boxOf } from "./select";
import { entered, isCut, mostText, textOf } from "./value";
import type { GridRow, TableView } from "./view";

const mostWhole = 200; // values that are fetched whole at once

/** What was copied here last. A spreadsheet's text does not tell NULL from no text, nor lines in a value alone from rows. */
let copied: { text: string; rows: (string | null)[][] } | null = null;

/** The rows and columns that are selected; null if some rows are not in the page any more. */
export function selectedRows(view: TableView): { rows: GridRow[]; columns: ShownColumn[]; missing: number } | null {
  const s = view.selection.value;
  if (!s) return null;
  const box = boxOf(s);
  const rows: GridRow[] = [];
  let missing = 0;
  for (let i = box.top; i <= box.bottom && i < view.total.value; i++) {
    const row = view.row(i);
    if (row) rows.push(row);
    else missing++;
  }
  return { rows, columns: view.shown.value.slice(box.left, box.right + 1), missing };
}

export async function copySelection(view: TableView, format: CopyFormat, wholeRows = false): Promise<void> {
  const got = selectedRows(view);
  if (!got) return;
  if (got.missing) {
    say(`${count(got.missing)} of the selected rows are not in the page any more. Export takes any number of rows.`, "warn");
    return;
  }
  const columns = wholeRows ? view.shown.value : got.columns;
  const cut: { row: GridRow; column: Column }[] = [];
  for (const row of got.rows) for (const c of columns) if (isCut(view.valueOf(row, c.column.name).cell)) cut.push({ row, column: c.column });
  if (cut.length > mostWhole || cut.some((c) => !c.row.key)) {
    say("Too many of these values are long. Export writes them all.", "warn");
    return;
  }
  try {
    const whole = new Map<string, string | null>();
    for (const { row, column } of cut) {
      whole.set(row.id + column.name, await wholeText(view, row, column));
    }
    const text = (row: GridRow, cell: Cell | undefined, name: string) => (isCut(cell) ? (whole.get(row.id + name) ?? null) : textOf(cell));
    const block = {
      table: view.name,
      columns: columns.map((c) => c.column),
      rows: got.rows.map((row) => columns.map((c) => text(row, view.valueOf(row, c.column.name).cell, c.column.name))),
    };
    const made = copyAs(format, block);
    await navigator.clipboard.writeText(made);
    copied = format === "tsv" ? { text: made, rows: block.rows } : null;
    const cells = block.rows.length * block.columns.length;
    say(cells === 1 ? "Copied" : `Copied ${count(block.rows.length)} ${block.rows.length === 1 ? "row" : "rows"}`, "good");
  } catch (e) {
    say(e instanceof ApiError ? e.problem.what : "The browser did not allow copying. Press the copy keys of the browser, or use Export.", "bad");
  }
}

/** Sets every selected cell for which there is a value; says so where there is none. */
export async function setSelected(view: TableView, valueFor: (c: Column) => NewValue | undefined): Promise<void> {
  const got = selectedRows(view);
  if (!got) return;
  if (got.missing) {
    say(`${count(got.missing)} of the selected rows are not in the page any more. Select fewer, or write an UPDATE in SQL.`, "warn");
    return;
  }
  const cells: Filling[] = [];
  for (const row of got.rows) for (const { column } of got.columns) cells.push({ row, column, value: valueFor(column) });
  await fill(view, cells);
}

/** A cell and what it is to have; undefined where it cannot have that. */
interface Filling {
  row: GridRow;
  column: Column;
  value: NewValue | undefined;
}

/** Gives cells their values, in one step of undo. Of values that are long the grid has only the beginning; they are read first, to be compared at the commit. */
async function fill(view: TableView, cells: Filling[], begin: (all: Changes) => Changes = (all) => all): Promise<void> {
  const stay = new Set<string>();
  const long = new Map<string, string | null>();
  const able = cells.filter(({ column, value }) => {
    const ok = value !== undefined && !whyFixed(column);
    if (!ok) stay.add(column.name);
    return ok;
  });
  if (stay.size) say(`${[...stay].slice(0, 3).join(", ")}${stay.size > 3 ? " and others" : ""} ${stay.size > 1 ? "stay as they are: they" : "stays as it is: it"} cannot take that.`);
  const cut = able.filter(({ row, column }) => !row.isNew && isCut(view.originalOf(row, column.name)));
  if (cut.length > mostWhole) {
    say("Too many of these values are long. Change fewer at a time, or write an UPDATE in SQL.", "warn");
    return;
  }
  try {
    for (const { row, column } of cut) long.set(row.id + column.name, await wholeText(view, row, column));
  } catch (e) {
    say(e instanceof ApiError ? e.problem.what : String(e), "bad");
    return;
  }
  change((now) => {
    let all = begin(now);
    for (const { row, column, value } of able) {
      const before = view.originalOf(row, column.name);
      all = setValue(all, { table: view.name, id: row.id, key: row.key }, column.name, isCut(before) ? (long.get(row.id + column.name) ?? null) : textOf(before), value!);
    }
    return all;
  });
}

async function wholeText(view: TableView, row: GridRow, column: Column): Promise<string | null> {
  const { value, size } = await api.cell({ ...view.name, key: row.key!, column: column.name });
  if ((value?.length ?? 0) >= mostText) throw new ApiError(0, { what: `A value of ${column.name} is too long for the page: ${bytes(size)}. Use SQL, or Export.` });
  return value;
}

export function deleteSelected(view: TableView): void {
  const got = selectedRows(view);
  if (!got) return;
  if (got.missing || got.rows.length > 1000) {
    say("Up to a thousand rows can be marked at once. For more, write a DELETE in SQL.", "warn");
    return;
  }
  change((all) => got.rows.reduce((now, row) => markDeleted(view, now, row), all));
}

function markDeleted(view: TableView, all: Changes, row: GridRow): Changes {
  const cells = Object.fromEntries(view.sample.value.columns.map((name, i) => [name, row.cells[i] ?? null]));
  return deleteRow(all, { table: view.name, id: row.id, key: row.key }, cells);
}

let made = 1;
const newId = (): string => `new ${made++}`;

/** A new row, with the values of another if there is one to copy. Returns its id. */
export function addRow(view: TableView, from?: GridRow): string {
  const after: Record<string, NewValue> = {};
  if (from) {
    for (const c of view.info.value?.columns ?? []) {
      const { cell } = view.valueOf(from, c.name);
      if (c.primary || c.identity || whyFixed(c) || isCut(cell) || cell === undefined) continue;
      after[c.name] = cell;
    }
  }
  const id = newId();
  change((all) => insertRow(all, view.name, id, after));
  return id;
}

/**
 * Puts a block from the clipboard where the selection begins; one value fills the
 * whole selection. Lines for which there is no row become new rows: those beyond
 * the last row of the table, and those that begin in a new row.
 */
export async function paste(view: TableView, text: string): Promise<void> {
  const s = view.selection.value;
  if (!s) return;
  const block = copied && lineEnds(copied.text) === lineEnds(text) ? copied.rows : readPaste(text);
  const box = boxOf(s);
  if (block.length === 1 && block[0]!.length === 1) {
    await setSelected(view, (c) => pasted(c, block[0]![0]!));
    return;
  }
  const fresh = view.inserts.value.length;
  const intoNew = box.top < fresh;
  const last = intoNew ? fresh : view.total.value;
  const whole = intoNew || !view.rows.value?.back;
  const added: string[] = [];
  let left = 0;
  const cells: Filling[] = [];
  for (const [i, line] of block.entries()) {
    let row = box.top + i < last ? view.row(box.top + i) : null;
    if (!row && box.top + i >= last && whole) {
      added.push(newId());
      row = { cells: [], key: null, id: added.at(-1)!, isNew: true };
    }
    if (!row) {
      left++;
      continue;
    }
    for (const [j, v] of line.entries()) {
      const column = view.shown.value[box.left + j]?.column;
      if (column) cells.push({ row, column, value: pasted(column, v) });
    }
  }
  await fill(view, cells, (all) => added.reduce((now, id) => insertRow(now, view.name, id), all));
  if (added.length) say(`${count(added.length)} pasted ${added.length === 1 ? "line is a new row" : "lines are new rows"}, at the top.`);
  if (left) say(`${count(left)} pasted ${left === 1 ? "line" : "lines"} had no row to go to. Go to the last rows first, or paste into a new row.`, "warn");
}

const lineEnds = (text: string): string => text.replace(/\r\n?/g, "\n");

const pasted = (c: Column, v: string | null): NewValue | undefined => (v === null ? (c.nullable ? null : undefined) : entered(c, v));

export const keyOfRow = (view: TableView, row: GridRow): string => changeKey(view.name, row.id);
