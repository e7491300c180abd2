// Opens the page of a site and says when something was to be seen. The times
// are milliseconds from when the browser began to load the page, and mean that
// it was painted.
//
//   {profile, link, listed, press, rows}
//
// `listed` and `rows` are selectors of what shows that the tables are listed,
// and that rows are there; where `press` is true, the table in the list is
// pressed as soon as it is there.

import { measure } from "./browser.mjs";

await measure(async (page, { link, listed, press, rows }) => {
  await page.addInitScript(
    ([listed, press, rows]) => {
      const seen = (window.seen = {});
      const note = (name, selector, then) => {
        const el = seen[name] === undefined && document.querySelector(selector);
        if (!el) return;
        seen[name] = null; // is there, and not yet painted
        requestAnimationFrame(() => setTimeout(() => (seen[name] = performance.now())));
        then?.(el);
      };
      const look = () => {
        note("listed", listed, press ? (el) => el.click() : undefined);
        note("rows", rows);
      };
      new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
    },
    [listed, press, rows],
  );
  await page.goto(link);
  await page.waitForFunction(() => window.seen.listed && window.seen.rows);
  return page.evaluate(() => {
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    return {
      painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
      listed: window.seen.listed,
      rows: window.seen.rows,
      requests: entries.length,
      bytes: entries.reduce((n, e) => n + e.transferSize, 0),
    };
  });
});
