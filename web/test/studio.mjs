// What every browser test needs: a throwaway PostgreSQL, a real `skein studio` on
// it, and Chromium. SKEIN is the program to test; CHROMIUM the browser, where it
// is not in its usual place.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

export const skein = process.env.SKEIN ?? new URL("../../bin/skein", import.meta.url).pathname;
export const browserPath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Starts a program and reads its output until a line says what is waited for. */
export function start(args, env, wanted, cwd) {
  const child = spawn(skein, args, { cwd, env: { ...process.env, ...env, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (d) => (said += d));
  const line = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (l) => {
      said += l + "\n";
      const m = wanted.exec(l);
      if (m) resolve(m[0]);
    });
    child.on("exit", (code) => reject(new Error(`${skein} ${args.join(" ")} ended with ${code}:\n${said}`)));
  });
  const stop = () =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve();
      child.on("exit", resolve);
      child.kill("SIGINT");
    });
  return { line, stop, said: () => said };
}

/**
 * A studio with a browser. `setup` is SQL that runs first; `args` are flags of
 * `skein studio`; `cwd` is where it is started, for a project; `flags` are Chromium's.
 * `another` starts one more on the same server. Everything is gone after stop().
 */
export async function studio(setup, args = ["--write"], cwd = undefined, flags = []) {
  const folder = mkdtempSync(join(tmpdir(), "skein-studio-"));
  const env = { XDG_STATE_HOME: folder };
  const stops = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const f of stops.reverse()) await f();
  };
  try {
    const server = start(["dev"], env, /postgres:\/\/\S+/);
    stops.push(server.stop);
    const database = await server.line;
    const another = async (args, { url = database, cwd, env: more } = {}) => {
      const one = start(["studio", "--no-open", "--port", "0", "--url", url, ...args], { ...env, ...more }, /http:\/\/\S+/, cwd);
      stops.push(one.stop);
      return { link: await one.line, said: one.said, stop: one.stop };
    };
    const first = await another(["--write", ...args.filter((a) => a !== "--write")], { cwd });
    await runSql(first.link, setup);
    let shown = first;
    if (!args.includes("--write")) {
      await first.stop();
      shown = await another(args, { cwd });
    }
    const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu", ...flags] });
    stops.push(() => browser.close());
    return {
      browser, link: shown.link, said: shown.said, database, folder, another, stop,
      endDatabase: server.stop, sql: (text) => runSql(first.link, text), open: (path, options) => openPage(browser, shown.link, path, options),
    };
  } catch (e) {
    await stop();
    throw e;
  }
}

/**
 * Tests of a room: `start` gives the studio that they share, `tests` gets `on`. Each
 * has a page of its own, which nothing may have been complained about when it ends.
 */
export const rooms = (name, start, tests) =>
  describe(name, () => {
    let s;
    before(async () => {
      s = await start();
    });
    after(() => s?.stop());
    tests((title, path, options, run) =>
      test(title, async () => {
        const page = await s.open(path, options);
        try {
          await run(page, s);
          assert.deepEqual(page.complaints.filter((c) => !/^Applying inline style/.test(c)), []);
        } finally {
          await page.context().close();
        }
      }),
    );
  });

/** Puts a text into the editor of the SQL room in place of what is there. */
export async function write(page, text) {
  const editor = page.getByRole("textbox", { name: "SQL" });
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

/** Of the grid of the Data room. */
export const cell = (page, row, column) => page.locator(`[data-r="${row}"] [data-c="${column}"]`);
export const rows = (page) => page.waitForSelector("[data-r] [data-c]");
export const toast = (page, text) => page.locator("[aria-live=polite]", { hasText: text }).waitFor();

const cookies = new Map();

/** The cookie that opening a link gives. */
export async function signIn(link) {
  // By link, not by origin: another studio may get the port of one that ended.
  if (!cookies.has(link)) {
    const answer = await fetch(link, { redirect: "manual" });
    cookies.set(link, answer.headers.getSetCookie().map((c) => c.split(";")[0]).join("; "));
  }
  return cookies.get(link);
}

/** Runs SQL as another client of the studio does; what it says wrong is thrown. */
export async function runSql(link, sql) {
  const { origin } = new URL(link);
  const answer = await fetch(`${origin}/api/sql/run`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Skein-Studio": "1", Origin: origin, Cookie: await signIn(link) },
    body: JSON.stringify({ id: crypto.randomUUID(), sql, write: true, timeoutMs: 60000 }),
  });
  const events = (await answer.text()).split("\n").filter(Boolean).map((l) => JSON.parse(l));
  const wrong = events.find((e) => e.type === "error" || e.error);
  if (wrong) throw new Error(`SQL: ${JSON.stringify(wrong.error)}`);
  return events.filter((e) => e.type === "rows").flatMap((e) => e.rows);
}

/** A context in which things may take their time: the machine may be busy with other tests. */
export async function patient(browser, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(Number(process.env.BROWSER_TIMEOUT ?? 60_000));
  return context;
}

/** A page of its own, signed in. Whatever the browser complains about is kept in `complaints`. */
export async function openPage(browser, link, path, { width = 1280, height = 800, scheme = "light", touch = false } = {}) {
  const context = await patient(browser, { viewport: { width, height }, colorScheme: scheme, hasTouch: touch, permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (e) => page.complaints.push(String(e.stack ?? e)));
  page.on("console", (m) => m.type() === "error" && !/status of 4\d\d/.test(m.text()) && page.complaints.push(m.text()));
  page.on("request", (r) => {
    const u = new URL(r.url());
    if (u.origin !== new URL(link).origin && !["data:", "blob:"].includes(u.protocol)) page.complaints.push(`a request to ${u.origin}`);
  });
  await page.goto(link);
  await page.goto(new URL(path, link).href);
  return page;
}

/** What axe finds that keeps people out. */
export async function barriers(page) {
  // The page's policy refuses scripts that are not its own, so axe goes in by the debugger.
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }));
  return found.violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .map((v) => `${v.id}: ${v.help}\n${v.nodes.slice(0, 3).map((n) => `  ${n.html.slice(0, 160)} — ${n.failureSummary?.split("\n").slice(1, 2).join(" ").trim()}`).join("\n")}`);
}
