// Which tables are open, were, and are pinned; and the addresses of this room.

import { signal } from "@preact/signals";
import type { Filter, Sort, TableName } from "../api";
import { remembered } from "../memory";
import { go, href, type Place } from "../router";
import { readFilter, readSort, writeFilter, writeSort } from "./filters";
import { forgetView } from "./view";

export interface OpenTable extends TableName {
  address: string;
  /** A table that was only looked at gives its tab to the next one. */
  kept: boolean;
}

export const tabs = remembered<OpenTable[]>("data.tabs", []);
export const recent = remembered<TableName[]>("data.recent", []);
export const pinned = remembered<TableName[]>("data.pinned", []);
export const sidebarWidth = remembered("data.sidebar", 248);
export const sidebarShown = remembered("data.sidebar-shown", true);
export const detailWidth = remembered("data.detail", 380);
export const folded = remembered<string[]>("data.folded", []);
export const drawer = signal(false);

export const same = (a: TableName, b: TableName): boolean => a.schema === b.schema && a.name === b.name;

export interface Wanted {
  table: TableName;
  filters: Filter[];
  sort: Sort[];
  /** The key of the row whose details are open. */
  row: string[] | null;
}

export function wanted(place: Place): Wanted | null {
  const [room, schema, name] = place.path;
  if (room !== "data" || !schema || !name) return null;
  return {
    table: { schema, name },
    filters: place.query.getAll("w").flatMap((t) => readFilter(t) ?? []),
    sort: readSort(place.query.get("sort") ?? ""),
    row: readKey(place.query.get("row")),
  };
}

function readKey(text: string | null): string[] | null {
  if (!text) return null;
  try {
    const v = JSON.parse(text) as unknown;
    return Array.isArray(v) ? v.map(String) : null;
  } catch {
    return null;
  }
}

export function tableHref(table: TableName, filters: Filter[] = [], sort: Sort[] = [], row: string[] | null = null): string {
  return href(["data", table.schema, table.name], {
    w: filters.map(writeFilter),
    sort: writeSort(sort) || undefined,
    row: row ? JSON.stringify(row) : undefined,
  });
}

/** Where a row with these values is to be seen. */
export function linkTo(table: TableName, columns: string[], values: string[]): string {
  return tableHref(table, columns.map((column, i) => ({ column, op: "eq" as const, value: values[i]! })));
}

/** Notes that an address of a table is on the screen. */
export function noteOpen(w: Wanted, address: string): void {
  const now = tabs.peek();
  const i = now.findIndex((t) => same(t, w.table));
  const plain = w.filters.length === 0 && w.sort.length === 0;
  if (i >= 0) {
    const t = now[i]!;
    if (t.address === address) return;
    tabs.value = now.map((x, j) => (j === i ? { ...x, address, kept: x.kept || !plain } : x));
  } else {
    const tab = { ...w.table, address, kept: !plain };
    const preview = now.findIndex((t) => !t.kept);
    if (preview >= 0 && plain) {
      forgetView(now[preview]!);
      tabs.value = now.map((x, j) => (j === preview ? tab : x));
    } else tabs.value = [...now, tab];
  }
  recent.value = [w.table, ...recent.peek().filter((t) => !same(t, w.table))].slice(0, 12);
}

export function keep(t: TableName): void {
  if (tabs.peek().some((x) => same(x, t) && !x.kept)) tabs.value = tabs.peek().map((x) => (same(x, t) ? { ...x, kept: true } : x));
}

export function closeTab(t: TableName, now: TableName | null): void {
  const list = tabs.peek();
  const i = list.findIndex((x) => same(x, t));
  if (i < 0) return;
  tabs.value = list.filter((_, j) => j !== i);
  forgetView(t);
  if (now && same(now, t)) {
    const next = tabs.peek()[Math.min(i, tabs.peek().length - 1)];
    go(next ? next.address : "/data");
  }
}

export function togglePin(t: TableName): void {
  pinned.value = pinned.peek().some((p) => same(p, t)) ? pinned.peek().filter((p) => !same(p, t)) : [...pinned.peek(), t];
}
