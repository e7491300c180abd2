// The changes of this page, with undo and redo, and their commit.

import { computed, signal } from "@preact/signals";
import { api, ApiError, type ChangesPreview, type Committed, type Conflict, type Problem } from "../api";
import { none, toRequest, withConflicts, withProblem, type Changes } from "./changes";

export const changes = signal<Changes>(none);
const past = signal<Changes[]>([]);
const future = signal<Changes[]>([]);

export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);

/** Makes a change that undo takes back. */
export function change(step: (now: Changes) => Changes): void {
  const now = changes.peek();
  const next = step(now);
  if (next === now) return;
  past.value = [...past.peek().slice(-199), now];
  future.value = [];
  changes.value = next;
}

export function undo(): void {
  const back = past.peek().at(-1);
  if (!back) return;
  past.value = past.peek().slice(0, -1);
  future.value = [...future.peek(), changes.peek()];
  changes.value = back;
}

export function redo(): void {
  const next = future.peek().at(-1);
  if (!next) return;
  future.value = future.peek().slice(0, -1);
  past.value = [...past.peek(), changes.peek()];
  changes.value = next;
}

export function discardAll(): void {
  change(() => none);
}

export async function preview(): Promise<ChangesPreview> {
  const { changes: list, order } = toRequest(changes.peek());
  try {
    return await api.previewChanges(list);
  } catch (e) {
    if (e instanceof ApiError) mark(e, order);
    throw e;
  }
}

export type Outcome = { done: Committed; were: Changes } | { conflicts: number; problem: Problem } | { problem: Problem };

/** Commits what was previewed. Everything or nothing: what is refused stays here, with the reason beside it. */
export async function commit(digest: string): Promise<Outcome> {
  const were = changes.peek();
  const { changes: list, order } = toRequest(were);
  try {
    const done = await api.commitChanges(list, digest);
    changes.value = none;
    past.value = [];
    future.value = [];
    return { done, were };
  } catch (e) {
    if (!(e instanceof ApiError)) throw e;
    const conflicts = mark(e, order);
    return conflicts ? { conflicts, problem: e.problem } : { problem: e.problem };
  }
}

function mark(e: ApiError, order: string[]): number {
  const conflicts = (e.body["conflicts"] ?? []) as Conflict[];
  const now = changes.peek();
  const next = conflicts.length
    ? withConflicts(now, order, conflicts)
    : withProblem(now, order, e.body["change"] as number | undefined, e.problem, e.body["column"] as string | undefined);
  // What shows the changes asks for their SQL whenever they are others.
  if (JSON.stringify([...next]) !== JSON.stringify([...now])) changes.value = next;
  return conflicts.length;
}

addEventListener("beforeunload", (e) => {
  if (changes.peek().size > 0) e.preventDefault();
});
