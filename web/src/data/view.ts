// One open table: what it is, how it is filtered and sorted, its rows, what is
// selected.

import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { api, ApiError, type Cell, type Count, type Filter, type NewValue, type Problem, type Sort, type Table, type TableName } from "../api";
import { remembered } from "../memory";
import { changeKey, type RowChange } from "./changes";
import { layOut, moved, narrowest, ordered, type Decided, type ShownColumn } from "./columns";
import { resolved, writeFilter, writeSort } from "./filters";
import { changes } from "./pending";
import { at, type Selection } from "./select";
import { RowWindow, type Place, type Row } from "./window";

export const decidedColumns = remembered<Record<string, Decided>>("data.columns", {});

/** A row of the grid: one of the table, or a new one that is not committed. */
export interface GridRow extends Row {
  change?: RowChange;
  isNew?: boolean;
}

export class TableView {
  readonly info = signal<Table | null>(null);
  readonly problem = signal<Problem | null>(null);
  readonly filters = signal<Filter[]>([]);
  readonly sort = signal<Sort[]>([]);
  readonly rows = signal<RowWindow | null>(null);
  readonly selection = signal<Selection | null>(null);
  readonly count = signal<Count | "counting" | null>(null);
  readonly sample = signal<{ columns: string[]; cells: Cell[][] }>({ columns: [], cells: [] });
  readonly id: string;
  scroll = { top: 0, left: 0 };

  readonly decided = computed<Decided>(() => decidedColumns.value[this.id] ?? {});

  readonly shown: ReadonlySignal<ShownColumn[]> = computed(() => {
    const info = this.info.value;
    const { columns, cells } = this.sample.value;
    return info && columns.length ? layOut(info, columns, cells, this.decided.value) : [];
  });

  /** New rows of this table that are not committed; they stand in front. */
  readonly inserts = computed<GridRow[]>(() => {
    const out: GridRow[] = [];
    for (const c of changes.value.values()) {
      if (c.kind === "insert" && c.table.schema === this.name.schema && c.table.name === this.name.name) {
        out.push({ cells: [], key: null, id: c.id, change: c, isNew: true });
      }
    }
    return out;
  });

  readonly total = computed(() => {
    const w = this.rows.value;
    void w?.version.value;
    return this.inserts.value.length + (w?.total ?? 0);
  });

  /** Why its rows can be looked at only; "" where they can be edited. */
  readonly whyNotEditable = computed(() => {
    const info = this.info.value;
    if (!info) return "Reading the table";
    const other = { view: "view", matview: "materialized view", foreign: "foreign table" }[info.kind as string];
    if (other) return `Rows of a ${other} cannot be edited here`;
    return info.key ? "" : "A table without a primary key or a unique index over columns that are not null cannot be edited";
  });

  readonly editable = computed(() => this.whyNotEditable.value === "");

  readonly loading = signal(false);
  private asked = "";
  private coming: RowWindow | null = null;
  private looking: AbortController | null = null;

  constructor(readonly name: TableName) {
    this.id = `${name.schema}.${name.name}`;
  }

  /** Shows the rows that pass the filters, in an order. The same again does nothing. */
  show(filters: Filter[], sort: Sort[]): void {
    const ask = JSON.stringify([filters.map(writeFilter), writeSort(sort)]);
    if (ask === this.asked) return;
    const first = this.asked === "";
    this.asked = ask;
    this.filters.value = filters;
    this.sort.value = sort;
    this.count.value = null;
    if (first || !this.info.value) void this.begin();
    else void this.reload();
  }

  async begin(): Promise<void> {
    this.problem.value = null;
    this.looking?.abort();
    this.looking = new AbortController();
    // Rows do not need the table's description unless a filter's time has to be worked out.
    const moving = this.filters.value.length > 0;
    const info = api.table(this.name, this.looking.signal);
    try {
      if (moving) this.info.value = await info;
      const rows = this.reload();
      this.info.value = await info;
      await rows;
    } catch (e) {
      if (e instanceof ApiError) this.problem.value = e.problem;
      else if (!this.looking.signal.aborted) throw e;
    }
  }

  async reload(place: Place = 0): Promise<void> {
    const columns = this.info.value?.columns ?? [];
    const filters = resolved(this.filters.value, columns);
    const sort = this.sort.value;
    const old = this.rows.value;
    const next = new RowWindow({ load: (ask, abort) => api.rows({ ...this.name, filters, sort, ...ask }, abort) });
    this.coming?.close();
    this.coming = next;
    this.loading.value = true;
    if (!old?.loadedOnce) this.rows.value = next;
    await next.open(place);
    if (this.coming !== next) return; // others were asked for meanwhile
    this.coming = null;
    this.loading.value = false;
    if (old !== next) old?.close();
    this.rows.value = next;
    const { columns: known, cells } = this.sample.value;
    if (next.loadedOnce && (cells.length === 0 || known.join("\0") !== next.columns.join("\0"))) {
      this.sample.value = { columns: next.columns, cells: this.firstCells(next) };
    }
    // Who sorts or filters by the keyboard stays in the column.
    const col = this.selection.value?.focus.col;
    this.selection.value = place === 1 ? at(Math.max(0, this.total.value - 1), col ?? 0) : col === undefined ? null : at(0, col);
    this.scroll.top = 0;
  }

  private firstCells(w: RowWindow): Cell[][] {
    const out: Cell[][] = [];
    for (let i = 0; i < Math.min(60, w.total); i++) out.push(w.row(i)?.cells ?? []);
    return out;
  }

  stop(): void {
    (this.coming ?? this.rows.value)?.stop();
  }

  async countRows(): Promise<void> {
    this.count.value = "counting";
    try {
      this.count.value = await api.count({ ...this.name, filters: resolved(this.filters.value, this.info.value?.columns ?? []) });
    } catch (e) {
      this.count.value = null;
      if (e instanceof ApiError) this.problem.value = e.problem;
    }
  }

  row(i: number): GridRow | null {
    const fresh = this.inserts.value;
    if (i < fresh.length) return fresh[i]!;
    const row = this.rows.value?.row(i - fresh.length) ?? null;
    if (!row) return null;
    const change = changes.value.get(changeKey(this.name, row.id));
    return change ? { ...row, change } : row;
  }

  /** What a cell shows: the value that is to be committed, or that of the database. */
  valueOf(row: GridRow, column: string): { cell: Cell | undefined; changed: boolean; isDefault: boolean } {
    const after = row.change?.after;
    if (after && column in after) return { ...shownValue(after[column]!), changed: true };
    if (row.isNew) return { cell: null, changed: false, isDefault: true };
    const i = this.sample.value.columns.indexOf(column);
    return { cell: row.cells[i], changed: false, isDefault: false };
  }

  /** The value in the database as far as it is here. */
  originalOf(row: GridRow, column: string): Cell | undefined {
    return row.cells[this.sample.value.columns.indexOf(column)];
  }

  decide(d: Partial<Decided>): void {
    decidedColumns.value = { ...decidedColumns.value, [this.id]: { ...this.decided.value, ...d } };
  }

  /** Moves a column past the shown one beside it. */
  moveColumn(name: string, by: -1 | 1): void {
    const shown = this.shown.value;
    const i = shown.findIndex((c) => c.column.name === name);
    const beside = shown[i + by];
    if (!beside || beside.pinned !== shown[i]!.pinned) return;
    const names = ordered(this.info.value?.columns.map((c) => c.name) ?? [], this.decided.value.order);
    const place = names.indexOf(beside.column.name);
    this.decide({ order: moved(names, name, by < 0 ? names[place]! : (names[place + 1] ?? null)) });
  }

  widenColumn(name: string, width: number): void {
    this.decide({ widths: { ...this.decided.value.widths, [name]: Math.round(Math.max(narrowest, width)) } });
  }

  close(): void {
    this.looking?.abort();
    this.coming?.close();
    this.rows.value?.close();
  }
}

function shownValue(v: NewValue): { cell: Cell; isDefault: boolean } {
  return typeof v === "object" && v !== null ? { cell: null, isDefault: true } : { cell: v, isDefault: false };
}

const views = new Map<string, TableView>();

export function viewOf(name: TableName): TableView {
  const id = JSON.stringify([name.schema, name.name]);
  let v = views.get(id);
  if (!v) views.set(id, (v = new TableView(name)));
  return v;
}

export function forgetView(name: TableName): void {
  const id = JSON.stringify([name.schema, name.name]);
  views.get(id)?.close();
  views.delete(id);
}
