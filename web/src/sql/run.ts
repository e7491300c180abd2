// One run: what was sent, and what has come back of it so far.

import { signal, type Signal } from "@preact/signals";
import { api, ApiError, type Cell, type Kind, type Problem } from "../api";

export interface ResultColumn {
  name: string;
  type: string;
  kind: Kind;
}

export interface Result {
  index: number;
  sql: string;
  /** Places in the text of the tab. */
  from: number;
  to: number;
  columns: ResultColumn[] | null;
  rows: Cell[][];
  command: string;
  more: boolean;
  ms: number | null;
  error: Problem | null;
}

export interface Remark {
  severity: string;
  message: string;
}

export interface Run {
  id: string;
  /** Where what was sent begins in the text of the tab. */
  offset: number;
  sql: string;
  write: boolean;
  limit: number;
  began: number;
  results: Result[];
  notices: Remark[];
  problem: Problem | null; // of the run, not of one statement
  running: boolean;
  canceled: boolean;
  committed: boolean;
  ms: number | null;
  /** Changes whenever something came. */
  version: Signal<number>;
}

export function newRun(sql: string, offset: number, write: boolean, limit: number): Run {
  return {
    id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`, offset, sql, write, limit, began: performance.now(), results: [], notices: [], problem: null,
    running: true, canceled: false, committed: false, ms: null, version: signal(0),
  };
}

export async function start(run: Run): Promise<void> {
  const result = (index: number): Result => {
    const known = run.results.find((r) => r.index === index);
    if (known) return known;
    const fresh: Result = { index, sql: "", from: 0, to: 0, columns: null, rows: [], command: "", more: false, ms: null, error: null };
    run.results.push(fresh);
    return fresh;
  };
  let drawn = 0;
  const tell = (now = false) => {
    // Many small pieces come fast; the page needs no more of them than it can show.
    if (!now && performance.now() - drawn < 60) return;
    drawn = performance.now();
    run.version.value++;
  };
  try {
    for await (const e of api.runSql({ id: run.id, sql: run.sql, write: run.write, maxRows: run.limit })) {
      switch (e.type) {
        case "statement":
          Object.assign(result(e.index), { sql: e.sql, from: run.offset + e.start, to: run.offset + e.end });
          break;
        case "columns":
          result(e.index).columns = e.columns;
          break;
        case "rows":
          for (const row of e.rows) result(e.index).rows.push(row);
          break;
        case "notice":
          run.notices.push({ severity: e.severity, message: e.message });
          break;
        case "done":
          Object.assign(result(e.index), { command: e.command, more: e.more, ms: e.ms });
          break;
        case "error":
          result(e.index).error = e.error;
          if (e.canceled) run.canceled = true;
          break;
        case "end":
          run.ms = e.ms;
          run.committed = e.committed;
      }
      tell(e.type === "error" || e.type === "done");
    }
  } catch (e) {
    run.problem = e instanceof ApiError ? e.problem : { what: String(e) };
  }
  run.running = false;
  run.ms ??= performance.now() - run.began;
  tell(true);
}

export async function cancel(run: Run): Promise<void> {
  run.canceled = true;
  run.version.value++;
  // The server may not have begun yet, and then there is nothing that it could stop.
  for (let tries = 0; run.running && tries < 20; tries++) {
    const answer = await api.cancelSql(run.id).catch(() => null);
    if (answer?.canceled) return;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** The first thing that went wrong, and its place in the text of the tab where it has one. */
export function failure(run: Run, text: string): { problem: Problem; pos: number | null; result: Result | null } | null {
  const result = run.results.find((r) => r.error) ?? null;
  const problem = result?.error ?? run.problem;
  if (!problem) return null;
  return { problem, pos: problem.line ? place(text, run.offset, problem.line, problem.column ?? 1) : (result && result.to > result.from ? result.from : null), result };
}

/** A line and column (both from 1, in characters) of what was sent as a place in the whole text. */
export function place(text: string, offset: number, line: number, column: number): number {
  let at = offset;
  for (let n = 1; n < line; n++) {
    const next = text.indexOf("\n", at);
    if (next < 0) break;
    at = next + 1;
  }
  for (let n = 1; n < column && at < text.length; n++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return at;
}

/** The line and column of a place, both from 1, in characters. */
export function lineColumn(text: string, pos: number): { line: number; column: number } {
  const before = text.slice(0, pos).split("\n");
  return { line: before.length, column: [...before.at(-1)!].length + 1 };
}
