// What the page keeps for this database from one run to the next: layout, open
// tabs, history of the SQL editor. The server holds it in a file of the user's;
// the browser's own storage goes by port, and the port is another every time.

import { signal, type Signal } from "@preact/signals";
import { api } from "./api";

export interface Remembered<T> extends Signal<T> {
  /** Resolves once what was kept has been read (or could not be). */
  ready: Promise<void>;
}

const kept = new Map<string, Remembered<unknown>>();
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/**
 * A signal that survives. Reading it before `ready` gives `initial`; a value set
 * before that wins over what was kept. `key` is made of letters, digits, dots
 * and dashes.
 */
export function remembered<T>(key: string, initial: T): Remembered<T> {
  const known = kept.get(key);
  if (known) return known as Remembered<T>;
  const s = signal(initial) as Remembered<T>;
  let touched = false;
  let reading = false;
  let first = true;
  // Behind what the page shows first: a browser asks for six things at once.
  s.ready = new Promise((next) => setTimeout(next))
    .then(() => api.recall<T>(key))
    .then((value) => {
      if (value === null || value === undefined || touched) return;
      reading = true;
      s.value = value;
      reading = false;
    })
    .catch(() => {}); // Nothing kept, or no server: the page works without.
  s.subscribe(() => {
    if (first) {
      first = false;
      return;
    }
    if (reading) return;
    touched = true;
    clearTimeout(waiting.get(key));
    waiting.set(key, setTimeout(() => write(key), 400));
  });
  kept.set(key, s as Remembered<unknown>);
  return s;
}

function write(key: string, leaving = false): void {
  clearTimeout(waiting.get(key));
  waiting.delete(key);
  const s = kept.get(key);
  if (s) void api.remember(key, s.peek(), leaving).catch(() => {});
}

addEventListener("pagehide", () => {
  for (const key of [...waiting.keys()]) write(key, true);
});
