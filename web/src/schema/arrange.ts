// Asks the worker for layouts, and keeps them by what they are of: going back to
// a point of history, or starting the studio again, shows the picture at once.

import { remembered } from "../memory";
import type { Ask, Layout } from "./layout";

const kept = remembered<Record<string, Layout>>("schema.layouts", {});
const most = 8;

let worker: Worker | null = null;
let last = 0;
const waiting = new Map<number, { resolve: (l: Layout) => void; reject: (e: Error) => void }>();

function theWorker(): Worker {
  if (worker) return worker;
  worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", (e: MessageEvent<{ id: number; layout: Layout }>) => {
    waiting.get(e.data.id)?.resolve(e.data.layout);
    waiting.delete(e.data.id);
  });
  worker.addEventListener("error", (e) => {
    for (const w of waiting.values()) w.reject(new Error(e.message || "the layout failed"));
    waiting.clear();
  });
  return worker;
}

export async function layoutOf(ask: Ask): Promise<Layout> {
  await kept.ready;
  const key = digest(JSON.stringify(ask));
  const known = kept.peek()[key];
  if (known) return known;
  const id = ++last;
  const layout = await new Promise<Layout>((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    theWorker().postMessage({ id, ask });
  });
  const rest = Object.entries(kept.peek()).slice(-(most - 1));
  kept.value = { ...Object.fromEntries(rest), [key]: layout };
  return layout;
}

/** A number of 53 bits for a text (cyrb53), enough to tell a few layouts apart. */
export function digest(text: string): string {
  let a = 0xdeadbeef, b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return "l" + (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}
