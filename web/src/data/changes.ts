// What somebody changed and has not committed: edits, new rows, deletions, of any
// tables. A plain value that is never altered, so that undo is going back to the
// one before; what happens to it is in pending.ts.

import type { Cell, Change, Column, Conflict, NewValue, Problem, TableName } from "../api";
import { isCut } from "./value";

export interface RowChange {
  kind: "update" | "insert" | "delete";
  table: TableName;
  /** The id of the row, or one made up for a new row. */
  id: string;
  key: string[] | null;
  /** As the row was when it was first changed: the changed columns; all of them for a deletion. */
  before: Record<string, string | null>;
  after: Record<string, NewValue>;
  /** What the last commit said of this row. */
  conflict?: { gone: boolean; columns: Record<string, { before: string | null; now: string | null }> };
  problem?: { problem: Problem; column?: string };
}

/** Keyed by table and row, in the order of the first change. */
export type Changes = ReadonlyMap<string, RowChange>;

export const none: Changes = new Map();

export const changeKey = (table: TableName, id: string): string => JSON.stringify([table.schema, table.name, id]);

export function sameValue(a: NewValue | undefined, b: NewValue | undefined): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && a !== null && b !== null);
}

export interface RowRef {
  table: TableName;
  id: string;
  key: string[] | null;
}

/** Sets a value. Setting what was there before takes the change back. */
export function setValue(all: Changes, row: RowRef, column: string, before: string | null, value: NewValue): Changes {
  const at = changeKey(row.table, row.id);
  const now = all.get(at);
  if (now?.kind === "delete") return all;
  const next = new Map(all);
  if (now?.kind === "insert") {
    next.set(at, clean({ ...now, after: { ...now.after, [column]: value } }, column));
    return next;
  }
  const change: RowChange = now ?? { kind: "update", table: row.table, id: row.id, key: row.key, before: {}, after: {} };
  const was = column in change.before ? change.before[column]! : before;
  if (sameValue(was, value)) return dropValue(all, at, column);
  next.set(at, clean({ ...change, before: { ...change.before, [column]: was }, after: { ...change.after, [column]: value } }, column));
  return next;
}

/** Takes one column's change back. */
export function dropValue(all: Changes, at: string, column: string): Changes {
  const now = all.get(at);
  if (!now || !(column in now.after)) return all;
  const { [column]: _a, ...after } = now.after;
  const { [column]: _b, ...before } = now.before;
  const next = new Map(all);
  if (now.kind === "update" && Object.keys(after).length === 0) next.delete(at);
  else next.set(at, clean({ ...now, after, before }, column));
  return next;
}

export function insertRow(all: Changes, table: TableName, id: string, after: Record<string, NewValue> = {}): Changes {
  return new Map(all).set(changeKey(table, id), { kind: "insert", table, id, key: null, before: {}, after });
}

export function deleteRow(all: Changes, row: RowRef, cells: Record<string, Cell>): Changes {
  const at = changeKey(row.table, row.id);
  const now = all.get(at);
  const next = new Map(all);
  if (now?.kind === "insert") {
    next.delete(at);
    return next;
  }
  const before: Record<string, string | null> = {};
  for (const [name, cell] of Object.entries(cells)) if (!isCut(cell)) before[name] = cell;
  next.set(at, { kind: "delete", table: row.table, id: row.id, key: row.key, before: { ...before, ...now?.before }, after: {} });
  return next;
}

export function dropRow(all: Changes, at: string): Changes {
  if (!all.has(at)) return all;
  const next = new Map(all);
  next.delete(at);
  return next;
}

function clean(c: RowChange, column: string): RowChange {
  const { problem, conflict, ...rest } = c;
  const left = conflict && Object.fromEntries(Object.entries(conflict.columns).filter(([name]) => name !== column));
  return {
    ...rest,
    ...(problem && problem.column !== undefined && problem.column !== column && { problem }),
    ...(conflict && left && (conflict.gone || Object.keys(left).length > 0) && { conflict: { gone: conflict.gone, columns: left } }),
  };
}

/** As the server takes them; `order` says which change is which row's. */
export function toRequest(all: Changes): { changes: Change[]; order: string[] } {
  const changes: Change[] = [];
  const order: string[] = [];
  for (const [at, c] of all) {
    order.push(at);
    changes.push({
      kind: c.kind,
      schema: c.table.schema,
      name: c.table.name,
      ...(c.key && { key: c.key }),
      ...(c.kind !== "insert" && { before: c.before }),
      ...(c.kind !== "delete" && { after: c.after }),
    });
  }
  return { changes, order };
}

/** Writes what a refused commit said beside the rows that it is about. */
export function withConflicts(all: Changes, order: string[], conflicts: Conflict[]): Changes {
  const next = new Map([...all].map(([at, c]) => [at, forget(c)]));
  for (const c of conflicts) {
    const at = order[c.change];
    const row = at === undefined ? undefined : next.get(at);
    if (!row) continue;
    next.set(at!, { ...row, conflict: { gone: c.gone, columns: Object.fromEntries((c.columns ?? []).map((k) => [k.name, { before: k.before, now: k.now }])) } });
  }
  return next;
}

export function withProblem(all: Changes, order: string[], change: number | undefined, problem: Problem, column?: string): Changes {
  const next = new Map([...all].map(([at, c]) => [at, forget(c)]));
  const at = change === undefined ? undefined : order[change];
  const row = at === undefined ? undefined : next.get(at);
  if (row) next.set(at!, { ...row, problem: { problem, ...(column && { column }) } });
  return next;
}

function forget(c: RowChange): RowChange {
  const { conflict: _c, problem: _p, ...rest } = c;
  return rest;
}

/** Keeps my value although the row changed: what is there now becomes what I saw. */
export function keepMine(all: Changes, at: string, column?: string): Changes {
  const c = all.get(at);
  if (!c?.conflict) return all;
  const before = { ...c.before };
  const left = { ...c.conflict.columns };
  for (const name of column === undefined ? Object.keys(left) : [column]) {
    if (!(name in left)) continue;
    before[name] = left[name]!.now;
    delete left[name];
  }
  const { conflict, ...rest } = c;
  const next = new Map(all);
  next.set(at, { ...rest, before, ...(Object.keys(left).length > 0 && { conflict: { ...conflict, columns: left } }) });
  return next;
}

/** Takes what is there now, and drops my change. */
export function takeTheirs(all: Changes, at: string, column?: string): Changes {
  const c = all.get(at);
  if (!c) return all;
  if (column === undefined || c.kind === "delete") return dropRow(all, at);
  return dropValue(all, at, column);
}

/** Whether a column has to be given a value in a new row. */
export function required(c: Column): boolean {
  return !c.nullable && c.default === null && !c.identity && !c.generated;
}

export function counted(all: Changes): string {
  let edits = 0;
  let inserts = 0;
  let deletes = 0;
  for (const c of all.values()) {
    if (c.kind === "update") edits++;
    else if (c.kind === "insert") inserts++;
    else deletes++;
  }
  const say = (n: number, one: string) => (n ? [`${n} ${one}`] : []);
  return [...say(edits, edits === 1 ? "row edited" : "rows edited"), ...say(inserts, "new"), ...say(deletes, "to delete")].join(", ");
}
