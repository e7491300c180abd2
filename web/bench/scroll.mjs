// Scrolls the studio's grid through many rows, a step at each frame, and then
// jumps about in what was passed.
//
//   {profile, link, rows, step, jumps}
//
// A frame is blank when a row in sight has no values yet. Memory is read after
// a garbage collection, where the grid was opened and where it ended; `busy` is
// the processor's time of the page's main thread, in milliseconds.

import { measure } from "./browser.mjs";

await measure(async (page, { link, rows, step, jumps }) => {
  await page.goto(link);
  await page.waitForSelector('[role=grid] [data-r="0"] [data-c="0"]:not(:empty)');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const metric = async (...names) => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return names.map((name) => metrics.find((m) => m.name === name).value);
  };
  const memory = async () => {
    // What was drawn last is let go by the one after: nodes are counted by another heap than scripts.
    for (let i = 0; i < 4; i++) {
      await devtools.send("HeapProfiler.collectGarbage");
      await page.waitForTimeout(250);
    }
    const [heap, nodes] = await metric("JSHeapUsedSize", "Nodes");
    return { heap, nodes };
  };
  const before = await memory();
  const [idle] = await metric("TaskDuration");
  const scrolled = await page.evaluate(through, { rows, step });
  const [worked] = await metric("TaskDuration");
  const after = await memory();
  const shown = await page.evaluate(about, { rows, jumps });
  return { ...scrolled, busy: (worked - idle) * 1000, shown, before, after };
});

/** Scrolls and looks at each frame. Runs in the page. */
function through({ rows, step }) {
  return new Promise((resolve) => {
    const grid = document.querySelector("[role=grid]");
    const height = document.querySelector("[data-r]").offsetHeight;
    const frames = [];
    let blank = 0;
    let stood = 0; // at the end of what is loaded
    let last = performance.now();
    const next = (now) => {
      frames.push(now - last);
      last = now;
      const inSight = [...grid.querySelectorAll("[data-r]")].filter((el) => {
        const top = el.dataset.r * height - grid.scrollTop;
        return top > -height && top < grid.clientHeight - height;
      });
      if (inSight.some((el) => el.querySelector('[data-c="0"]')?.childNodes.length === 0)) blank++;
      const most = grid.scrollHeight - grid.clientHeight;
      const wanted = grid.scrollTop + step * height;
      if (wanted > most) stood++;
      grid.scrollTop = Math.min(wanted, most);
      if (grid.scrollTop / height < rows - 200) requestAnimationFrame(next);
      else resolve({ frames: frames.slice(1), blank, stood, passed: Math.round(grid.scrollTop / height) });
    };
    requestAnimationFrame(next);
  });
}

/** Jumps, and waits until the rows there are painted. Runs in the page. */
async function about({ rows, jumps }) {
  const grid = document.querySelector("[role=grid]");
  const height = document.querySelector("[data-r]").offsetHeight;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const took = [];
  for (let i = 1; i <= jumps; i++) {
    const row = Math.floor(((i * 0.618) % 1) * (rows - 1000));
    const began = performance.now();
    grid.scrollTop = row * height;
    for (;;) {
      await frame();
      if (grid.querySelector(`[data-r="${row + 1}"] [data-c="0"]`)?.childNodes.length) break;
    }
    await frame();
    took.push(performance.now() - began);
  }
  return took;
}
