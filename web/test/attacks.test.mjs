// The studio attacked in a real browser by pages of strangers, and by who may look
// but not change. Each attack is also made where it has to work, so that none
// fails for another reason than the studio's guard.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { forwarded, network, rebound, stranger, unguarded, until } from "./attacker.mjs";
import { studio } from "./studio.mjs";

const secret = "row-that-nobody-else-reads";
const asked = (path, q) => `${path}?q=${encodeURIComponent(JSON.stringify({ schema: "public", name: "kept", ...q }))}`;
const photo = asked("/api/cell/raw", { key: ["1"], column: "photo" });
const rows = asked("/api/export", { filters: [], sort: [], format: "csv" });
const setup = `
  CREATE TABLE marks (how text PRIMARY KEY);
  CREATE TABLE kept (id int PRIMARY KEY, a text, photo bytea);
  INSERT INTO kept VALUES (1, '${secret}', decode('89504e470d0a1a0a0000000d4948445200000001000000010806000000' || '1f15c4890000000d49444154789c63f8cfc0f01f00050001ff56c72f0d0000000049454e44ae426082', 'hex'));`;

const tally = (all) => all.reduce((sum, one) => ({ ...sum, [one]: (sum[one] ?? 0) + 1 }), {});

describe("a stranger's page", () => {
  let s, evil, open, door;
  before(async () => {
    s = await studio(setup, ["--write"], undefined, [network]);
    [evil, open, door] = await Promise.all([stranger(), unguarded(s.link), forwarded(s.link)]);
  });
  after(async () => {
    await s?.stop();
    await Promise.all([evil?.stop(), open?.stop(), door?.stop()]);
  });

  /** A browser in which somebody has opened the studio by the name `localhost`. */
  const victim = async (run) => {
    const context = await s.browser.newContext();
    try {
      const page = await context.newPage();
      const link = new URL(s.link);
      Object.assign(link, { hostname: "localhost", port: door.port });
      await page.goto(link.href);
      await page.getByRole("link", { name: "kept" }).first().waitFor();
      await run(context, page, link);
    } finally {
      await context.close();
    }
  };

  test("by DNS rebinding gets nothing, whatever it knows", () =>
    victim(async (context, page, link) => {
      await page.goto(`http://evil.example:${new URL(s.link).port}/data/public/kept`);
      assert.match(await page.locator("body").innerText(), /^This name does not belong to skein studio/);
      const ask = async (name) => {
        const way = await rebound(new URL(s.link).port);
        try {
          await page.goto(`http://${name}:${way.port}/`);
          assert.equal(await page.title(), "Stranger");
          way.turn();
          return await page.evaluate(async (token) => {
            const headers = { "Content-Type": "application/json", "X-Skein-Studio": "1" };
            const sql = (write) => ({ method: "POST", headers, body: JSON.stringify({ id: "r", sql: write ? "insert into marks values ('rebound')" : "table kept", write }) });
            const told = [];
            for (const [path, how] of [["/"], [`/open?token=${token}`], ["/api/session"], ["/api/sql/run", sql(false)], ["/api/sql/run", sql(true)]]) {
              const answer = await fetch(path, how);
              told.push({ status: answer.status, text: await answer.text() });
            }
            return told;
          }, link.searchParams.get("token"));
        } finally {
          await way.stop();
        }
      };
      for (const { status, text } of await ask("evil.example")) assert.ok(status === 421 && /^This name does not belong/.test(text), `${status} ${text}`);
      assert.deepEqual(await context.cookies("http://evil.example"), []);
      assert.deepEqual(await s.sql("table marks"), []);
      const real = await ask("localhost");
      assert.deepEqual(real.map((a) => a.status), [200, 200, 200, 200, 200]);
      assert.ok(real[3].text.includes(secret));
      assert.deepEqual(await s.sql("delete from marks returning how"), [["rebound"]]);
    }));

  /** What is tried from a page of another origin. Each is run there, and writes `how` or returns what it could read. */
  const forged = {
    "a form of text": (to, how) => window.post(to, "text/plain", { [`{"sql":"insert into marks values ('${how}')","write":true,"id":"`]: '"}' }),
    "a form": (to, how) => window.post(to, "application/x-www-form-urlencoded", { sql: how, write: "true", id: "f" }),
    "a form of parts": (to, how) => window.post(to, "multipart/form-data", { sql: how, write: "true", id: "p" }),
    "fetch without CORS": (to, how) => fetch(`${to}/api/sql/run`, { method: "POST", mode: "no-cors", credentials: "include", body: window.insert(how) }).then(() => {}, () => {}),
    "fetch with everything": (to, how) =>
      fetch(`${to}/api/sql/run`, { method: "POST", credentials: "include", headers: { "Content-Type": "application/json", "X-Skein-Studio": "1" }, body: window.insert(how) }).then(() => {}, () => {}),
    "a beacon": (to, how) => void navigator.sendBeacon(`${to}/api/sql/run`, window.insert(how)),
  };
  const writers = ["a form of text", "fetch without CORS", "fetch with everything", "a beacon"];

  /** Goes to a stranger's page that has what the forgeries use. */
  const visit = async (page, name) => {
    await page.goto(`http://${name}:${evil.port}/`);
    await page.evaluate(() => {
      window.insert = (how) => JSON.stringify({ id: how, sql: `insert into marks values ('${how}')`, write: true });
      window.post = (to, enctype, fields) =>
        new Promise((done) => {
          const frame = Object.assign(document.createElement("iframe"), { name: `f${Math.random()}`, onload: done });
          const form = Object.assign(document.createElement("form"), { method: "post", action: `${to}/api/sql/run`, enctype, target: frame.name });
          for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { name, value }));
          document.body.append(frame, form);
          form.submit();
        });
    });
  };

  for (const [title, name] of [["another port of the same name", "localhost"], ["another site", "evil.example"]]) {
    test(`from ${title} changes nothing`, () =>
      victim(async (context, page, link) => {
        await visit(page, name);
        open.seen.length = door.seen.length = 0;
        for (const [what, attack] of Object.entries(forged)) {
          await page.evaluate(`(${attack})("${link.origin}", "at the studio")`);
          await page.evaluate(`(${attack})("http://localhost:${open.port}", "${what}")`);
        }
        const posts = () => open.seen.filter((r) => r.method === "POST" && r.answered);
        await until(() => posts().length === 6 && door.seen.filter((r) => r.status).length === 6);
        // All arrive where there is no guard; at the studio the one with headers of its own is only asked for.
        assert.deepEqual(tally(door.seen.map((r) => `${r.asked} ${r.status}`)), { "POST /api/sql/run 403": 5, "OPTIONS /api/sql/run 403": 1 });
        assert.deepEqual((await s.sql("delete from marks returning how")).flat().sort(), [...writers].sort());
        // The cookie is the studio's; whoever is on the same name is sent it, on any port.
        const carried = posts().filter((r) => r.cookie?.includes(`skein_studio_${link.port}=`)).length;
        assert.equal(carried, name === "localhost" ? 6 : 0);
      }));
  }

  /** What is tried to read; each tells what it got hold of. */
  const curious = {
    fetch: (to) => fetch(`${to}/api/session`, { credentials: "include" }).then(async (a) => ((await a.json()).database ? "read" : "nothing"), () => "refused"),
    "fetch without CORS": (to) => fetch(`${to}/api/session`, { mode: "no-cors", credentials: "include" }).then(() => "had", () => "refused"),
    "an event stream": (to) => new Promise((done) => {
      const e = new EventSource(`${to}/api/session`, { withCredentials: true });
      e.onerror = () => (e.close(), done("refused"));
      e.onopen = () => done("had");
    }),
    "a script": (to, photo, rows) => new Promise((done) => document.head.append(Object.assign(document.createElement("script"), { src: to + rows, onload: () => done("had"), onerror: () => done("refused") }))),
    "an image": (to, photo) => new Promise((done) => Object.assign(new Image(), { src: to + photo, onload: () => done("had"), onerror: () => done("refused") })),
    "a socket": (to) => new Promise((done) => Object.assign(new WebSocket(`${to.replace("http", "ws")}/api/session`), { onopen: () => done("had"), onclose: () => done("refused") })),
  };

  for (const [title, name] of [["another port of the same name", "localhost"], ["another site", "evil.example"]]) {
    test(`from ${title} reads nothing, and frames nothing`, () =>
      victim(async (context, page, link) => {
        await visit(page, name);
        const tried = async (to) => {
          const told = {};
          for (const [what, attack] of Object.entries(curious)) told[what] = await page.evaluate(`(${attack})("${to}", "${photo}", "${rows}")`);
          await page.evaluate((to) => new Promise((done) => document.body.append(Object.assign(document.createElement("iframe"), { src: `${to}/data/public/kept`, onload: done }))), to);
          return told;
        };
        door.seen.length = 0;
        const refused = Object.fromEntries(Object.keys(curious).map((what) => [what, "refused"]));
        assert.deepEqual(await tried(link.origin), refused);
        const came = tally(door.seen.map((r) => `${r.asked.replace(/\?.*/, "")} ${r.status}`));
        assert.deepEqual(came, { "GET /api/session 403": 4, "GET /api/export 403": 1, "GET /api/cell/raw 403": 1, "GET /data/public/kept 200": 1 }); // the page is no secret
        const framed = () => page.frames().filter((f) => f !== page.mainFrame()).map((f) => f.url());
        assert.deepEqual(framed(), ["chrome-error://chromewebdata/"]);

        // The others are no stream, no script and no socket, and are kept out by the browser.
        const to = `http://localhost:${open.port}`;
        assert.deepEqual(await tried(to), { ...refused, fetch: "read", "fetch without CORS": "had", "an image": "had" });
        assert.equal(framed()[1], `${to}/data/public/kept`);
      }));

    test(`from ${title} leads to nothing, and keeps no hold of a window`, () =>
      victim(async (context, page, link) => {
        const lead = async (to) => {
          await visit(page, name);
          await page.evaluate((to) => void (location.href = to), to + rows);
        };
        await lead(link.origin);
        await page.getByText("was not made by the studio's own page").waitFor();
        const download = page.waitForEvent("download");
        await lead(`http://localhost:${open.port}`);
        assert.match(await (await download).path().then((path) => readFile(path, "utf8")), new RegExp(secret));

        // A link may bring a text into the editor. Who looks at it runs it, or does not.
        const opened = async (to) => {
          await visit(page, name);
          const [window] = await Promise.all([
            context.waitForEvent("page"),
            page.evaluate((to) => void (globalThis.hold = globalThis.open(`${to}/sql?q=${encodeURIComponent("select 'ran' as told")}`)), to),
          ]);
          await window.getByRole("textbox", { name: "SQL" }).getByText("ran").waitFor();
          const hold = await page.evaluate(() => {
            globalThis.hold.postMessage({ id: 1, sql: "delete from kept", write: true }, "*");
            return !globalThis.hold.closed;
          });
          return [window, hold];
        };
        door.seen.length = 0;
        const [window, hold] = await opened(link.origin);
        assert.equal(hold, false);
        const ran = () => door.seen.filter((r) => r.asked === "POST /api/sql/run").length;
        assert.equal(ran(), 0);
        await window.getByRole("button", { name: "Run", exact: true }).click();
        await window.getByRole("columnheader", { name: "told" }).waitFor();
        assert.equal(ran(), 1);
        assert.equal((await opened(`http://localhost:${open.port}`))[1], true);
        assert.deepEqual(await s.sql("select id from kept"), [["1"]]);
      }));
  }
});
