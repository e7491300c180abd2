// Computes layouts off the page's own thread, so that it stays quick.

import { arrange, type Ask } from "./layout";

addEventListener("message", (e: MessageEvent<{ id: number; ask: Ask }>) => {
  postMessage({ id: e.data.id, layout: arrange(e.data.ask) });
});
