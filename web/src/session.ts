// What the whole page knows: who it is connected to, which tables there are, and
// whether the database can be reached.

import { computed, effect, signal } from "@preact/signals";
import { api, ApiError, away, type DbObject, type Objects, type Problem, type Session } from "./api";

export const session = signal<Session | null>(null);
export const objects = signal<Objects | null>(null);
export const trouble = signal<Problem | null>(null);

export const writing = computed(() => session.value?.write ?? false);

export interface NamedObject extends DbObject {
  schema: string;
}

export const allObjects = computed<NamedObject[]>(() =>
  (objects.value?.schemas ?? []).flatMap((s) => s.objects.map((o) => ({ ...o, schema: s.name }))),
);

export async function loadSession(): Promise<void> {
  await Promise.all([attempt(async () => (session.value = await api.session())), loadObjects()]);
}

export async function loadObjects(): Promise<void> {
  await attempt(async () => (objects.value = await api.objects()));
}

async function attempt(f: () => Promise<unknown>): Promise<void> {
  try {
    await f();
    trouble.value = null;
  } catch (e) {
    trouble.value = e instanceof ApiError ? e.problem : { what: String(e) };
  }
}

/** How often the database was away and came back: who shows what failed meanwhile asks again. */
export const back = signal(0);

/** How long to wait before looking whether the database is back. */
const lookAgain = 2000;

effect(() => {
  if (!away.value) return;
  const later = setTimeout(() => void look(), lookAgain);
  return () => clearTimeout(later);
});

/** Looks whether the database is back. */
export async function look(): Promise<void> {
  try {
    [session.value, objects.value] = await Promise.all([api.session(), api.objects()]);
  } catch (e) {
    const problem = e instanceof ApiError ? e.problem : { what: String(e) };
    if (e instanceof ApiError && e.status !== 0 && e.status !== 503) {
      trouble.value = problem; // The studio was started again, and knows nobody.
      away.value = null;
    } else away.value = { ...problem };
    return;
  }
  trouble.value = away.value = null;
  back.value++;
}
