// What the whole page knows: who it is connected to, and which tables there are.

import { computed, signal } from "@preact/signals";
import { api, ApiError, type DbObject, type Objects, type Problem, type Session } from "./api";

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
