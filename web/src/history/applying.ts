// A run of the plan, as the server's lines tell it. It goes on when the page is
// elsewhere, so it is kept beside the room, not in it.

import { signal } from "@preact/signals";
import { api, ApiError, type ApplyEvent, type Problem } from "../api";

export interface Step {
  tag: string;
  state: "waiting" | "running" | "done" | "failed" | "others" | "moved";
  took: number | null; // seconds
  at: { number: number; total: number; line: number; sql: string } | null;
  remarks: { tone: "plain" | "warn"; text: string }[];
}

export interface Applying {
  id: string;
  steps: Step[];
  /** Who is in the way now, and since when in seconds. */
  blocked: { who: string[]; waited: number } | null;
  running: boolean;
  canceling: boolean;
  canceled: boolean;
  ok: boolean;
  problem: Problem | null;
}

export const applying = signal<Applying | null>(null);

export function begin(id: string, tags: readonly string[]): Applying {
  return {
    id, steps: tags.map((tag) => ({ tag, state: "waiting", took: null, at: null, remarks: [] })), blocked: null, running: true, canceling: false, canceled: false, ok: false, problem: null,
  };
}

/** What is known after one more line. */
export function after(a: Applying, e: ApplyEvent): Applying {
  const step = (change: (s: Step) => Partial<Step>): Applying => ({
    ...a, steps: a.steps.map((s) => (s.tag === e.tag ? { ...s, ...change(s) } : s)),
  });
  const remark = (text: string, tone: "plain" | "warn" = "plain") => step((s) => ({ remarks: [...s.remarks, { tone, text }] }));
  switch (e.type) {
    case "lock_wait":
      return { ...a, blocked: { who: e.who?.length ? e.who : ["another run of migrations"], waited: e.waited ?? 0 } };
    case "migration_start":
      return { ...step(() => ({ state: "running" })), blocked: null };
    case "statement_start":
      return { ...step(() => ({ state: "running", at: { number: e.number ?? 1, total: e.total ?? 1, line: e.line ?? 1, sql: e.sql ?? "" } })), blocked: null };
    case "blocked":
      return { ...a, blocked: { who: e.who ?? [], waited: e.waited ?? 0 } };
    case "retry":
      return { ...remark(`gave up waiting and tries again in ${round(e.pause ?? 0)} s (${e.number ?? 1} of ${e.total ?? "several"}): ${e.reason ?? "a lock could not be had"}${e.who?.length ? `; in the way: ${e.who.join("; ")}` : ""}`, "warn"), blocked: null };
    case "cleared":
      return remark(`took away what an earlier attempt had left: ${e.sql ?? ""}`);
    case "found":
      return remark(`line ${e.line ?? "?"} was done by an earlier run`);
    case "reconnected":
      return remark("lost the connection while committing; a new one shows that it was committed", "warn");
    case "notice":
      return remark([e.severity?.toLowerCase(), e.message].filter(Boolean).join(": "), /WARNING/i.test(e.severity ?? "") ? "warn" : "plain");
    case "migration_end":
      return { ...step(() => ({ state: e.failed ? "failed" : e.byOthers ? "others" : "done", took: e.took ?? null, at: null })), blocked: null };
    case "end": {
      const others = new Set(Array.isArray(e.byOthers) ? e.byOthers : []);
      const done = new Set(e.applied ?? []), moved = new Set(e.moved ?? []);
      return {
        ...a, running: false, ok: e.ok ?? false, canceled: e.canceled ?? false, problem: e.error ?? null, blocked: null,
        steps: a.steps.map((s) => ({
          ...s, state: done.has(s.tag) ? "done" : moved.has(s.tag) ? "moved" : others.has(s.tag) ? "others" : s.state === "running" ? "failed" : s.state, at: null,
        })),
      };
    }
    default:
      return a; // of a newer server
  }
}

const round = (n: number): string => (n < 10 ? n.toFixed(1).replace(/\.0$/, "") : String(Math.round(n)));

export async function apply(digest: string, tags: readonly string[]): Promise<void> {
  const id = crypto.randomUUID?.() ?? String(Date.now());
  applying.value = begin(id, tags);
  try {
    for await (const e of api.apply({ id, digest })) applying.value = after(applying.peek()!, e);
    const a = applying.peek()!;
    // The stream may have been cut where the program was ended.
    if (a.running) applying.value = { ...a, running: false, problem: { what: "the server stopped telling how it goes", next: "Reload the history to see how far it came." } };
  } catch (e) {
    const problem = e instanceof ApiError ? e.problem : { what: String(e) };
    applying.value = { ...applying.peek()!, running: false, problem };
  }
}

export async function stop(): Promise<void> {
  const a = applying.peek();
  if (!a?.running) return;
  applying.value = { ...a, canceling: true };
  await api.cancelApply(a.id).catch(() => {}); // It may have ended meanwhile.
}
