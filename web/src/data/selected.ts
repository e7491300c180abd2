// Doing something with the cells that are selected: copy, paste, clear, delete.

import { api, ApiError, type Cell, type Column, type NewValue } from "../api";
import { count } from "../parts/format";
import { say } from "../parts/notice";
import { changeKey, deleteRow, insertRow, setValue, type Changes } from "./changes";
import type { ShownColumn } from "./columns";
import { copyAs, readPaste, type CopyFormat } from "./copy";
import { change } from "./pending";
import { boxOf } from "./select";
import { isCut, textOf } from "./value";
import type { GridRow, TableView } from "./view";

const mostWhole = 200; // values that are fetched whole for one copy

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
      whole.set(row.id + column.name, (await api.cell({ ...view.name, key: row.key!, column: column.name })).value);
    }
    const text = (row: GridRow, cell: Cell | undefined, name: string) => (isCut(cell) ? (whole.get(row.id + name) ?? null) : textOf(cell));
    const block = {
      table: view.name,
      columns: columns.map((c) => c.column),
      rows: got.rows.map((row) => columns.map((c) => text(row, view.valueOf(row, c.column.name).cell, c.column.name))),
    };
    await navigator.clipboard.writeText(copyAs(format, block));
    const cells = block.rows.length * block.columns.length;
    say(cells === 1 ? "Copied" : `Copied ${count(block.rows.length)} ${block.rows.length === 1 ? "row" : "rows"}`, "good");
  } catch (e) {
    say(e instanceof ApiError ? e.problem.what : "The browser did not allow copying. Press the copy keys of the browser, or use Export.", "bad");
  }
}

/** Sets every selected cell for which there is a value; says so where there is none. */
export function setSelected(view: TableView, valueFor: (c: Column) => NewValue | undefined): void {
  const got = selectedRows(view);
  if (!got) return;
  const stays = got.columns.filter(({ column }) => valueFor(column) === undefined).map((c) => c.column.name);
  if (stays.length) say(`${stays.slice(0, 3).join(", ")}${stays.length > 3 ? " and others" : ""} stays as it is: it cannot take that.`);
  change((all) => {
    for (const row of got.rows) {
      for (const { column } of got.columns) {
        const v = column.updatable || row.isNew ? valueFor(column) : undefined;
        const before = view.originalOf(row, column.name);
        if (v !== undefined && !isCut(before)) all = setValue(all, { table: view.name, id: row.id, key: row.key }, column.name, textOf(before), v);
      }
    }
    return all;
  });
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

/** A new row, with the values of another if there is one to copy. Returns its id. */
export function addRow(view: TableView, from?: GridRow): string {
  const after: Record<string, NewValue> = {};
  if (from) {
    for (const c of view.info.value?.columns ?? []) {
      const { cell } = view.valueOf(from, c.name);
      if (c.primary || c.generated || c.identity || isCut(cell) || cell === undefined) continue;
      after[c.name] = cell;
    }
  }
  const id = `new ${made++}`;
  change((all) => insertRow(all, view.name, id, after));
  return id;
}

/** Puts a block from the clipboard where the selection begins. One value fills the whole selection. */
export function paste(view: TableView, text: string): void {
  const s = view.selection.value;
  if (!s) return;
  const block = readPaste(text);
  const box = boxOf(s);
  if (block.length === 1 && block[0]!.length === 1) {
    setSelected(view, (c) => pasted(c, block[0]![0]!));
    return;
  }
  let left = 0;
  change((all) => {
    for (const [i, line] of block.entries()) {
      const row = view.row(box.top + i);
      if (!row) {
        left++;
        continue;
      }
      for (const [j, v] of line.entries()) {
        const column = view.shown.value[box.left + j]?.column;
        if (!column || !(column.updatable || row.isNew)) continue;
        const before = view.originalOf(row, column.name);
        if (!isCut(before)) all = setValue(all, { table: view.name, id: row.id, key: row.key }, column.name, textOf(before), pasted(column, v));
      }
    }
    return all;
  });
  if (left) say(`${count(left)} pasted ${left === 1 ? "line" : "lines"} had no row to go to.`, "warn");
}

/** Nothing in a cell of a spreadsheet is no text; in other columns it is no value. */
const pasted = (c: Column, v: string): NewValue => (v === "" && c.kind !== "text" && c.nullable ? null : v);

export const keyOfRow = (view: TableView, row: GridRow): string => changeKey(view.name, row.id);
