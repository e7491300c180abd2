// What the room keeps from one run to the next: its tabs, and what was run. No
// results are kept, only texts.

import { computed } from "@preact/signals";
import { remembered } from "../memory";

export interface Tab {
  id: string;
  title: string; // "" where it comes from the text
  sql: string;
}

export interface Past {
  sql: string;
  at: number; // milliseconds
  ms: number;
  rows: number;
  failed?: boolean;
  wrote?: boolean;
}

export const tabs = remembered<Tab[]>("sql.tabs", []);
export const past = remembered<Past[]>("sql.history", []);
export const lastTab = remembered<string>("sql.tab", "");
export const rowLimit = remembered<number>("sql.limit", 1000);
export const resultHeight = remembered<number>("sql.results", 360);

export const pastCount = computed(() => past.value.length);

export function newTab(sql = "", title = ""): Tab {
  const used = new Set(tabs.peek().map((t) => t.id));
  let n = 1;
  while (used.has(String(n))) n++;
  const tab = { id: String(n), title, sql };
  tabs.value = [...tabs.peek(), tab];
  return tab;
}

export function changeTab(id: string, change: Partial<Tab>): void {
  tabs.value = tabs.peek().map((t) => (t.id === id ? { ...t, ...change } : t));
}

/** Closes a tab and says which one is next to it. */
export function closeTab(id: string): string {
  const all = tabs.peek();
  const i = all.findIndex((t) => t.id === id);
  tabs.value = all.filter((t) => t.id !== id);
  return (all[i + 1] ?? all[i - 1])?.id ?? newTab().id;
}

const most = { entries: 400, text: 600_000, one: 20_000 };

export function addPast(list: readonly Past[], entry: Past): Past[] {
  const kept = { ...entry, sql: entry.sql.slice(0, most.one) };
  // The same again moves up instead of filling the list.
  const out = [kept, ...list.filter((p) => p.sql !== kept.sql)].slice(0, most.entries);
  let size = 0;
  return out.filter((p) => (size += p.sql.length) <= most.text);
}
