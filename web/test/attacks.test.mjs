// The studio attacked in a real browser by pages of strangers, and by who may look
// but not change. Each attack is also made where it has to work, so that none
// fails for another reason than the studio's guard.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { forwarded, network, rebound, stranger, unguarded, until } from "./attacker.mjs";
import { patient, studio } from "./studio.mjs";

const secret = "row-that-nobody-else-reads";
const asked = (path, q) => `${path}?q=${encodeURIComponent(JSON.stringify({ schema: "public", name: "kept", ...q }))}`;
const photo = asked("/api/cell/raw", { key: ["1"], column: "photo" });
const rows = asked("/api/export", { filters: [], sort: [], format: "csv" });
const setup = `
  CREATE TABLE marks (how text PRIMARY KEY);
  CREATE FUNCTION mark(how text) RETURNS text LANGUAGE sql AS $$ INSERT INTO marks VALUES (how) RETURNING how $$;
  CREATE TABLE kept (id int PRIMARY KEY, a text, photo bytea);
  INSERT INTO kept VALUES (1, '${secret}', decode('89504e470d0a1a0a0000000d4948445200000001000000010806000000' || '1f15c4890000000d49444154789c63f8cfc0f01f00050001ff56c72f0d0000000049454e44ae426082', 'hex'));`;

const tally = (all) => all.reduce((sum, one) => ({ ...sum, [one]: (sum[one] ?? 0) + 1 }), {});

let s, evil, open, door;
before(async () => {
  s = await studio(setup, ["--write"], undefined, [network]);
  [evil, open, door] = await Promise.all([stranger(), unguarded(s.link), forwarded(s.link)]);
});
after(async () => {
  await s?.stop();
  await Promise.all([evil?.stop(), open?.stop(), door?.stop()]);
});

describe("a stranger's page", () => {
  /** A browser in which somebody has opened the studio by the name `localhost`. */
  const victim = async (run) => {
    const context = await patient(s.browser);
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
        assert.equal(await page.evaluate(() => ((document.cookie = "own=1"), document.cookie)), "own=1"); // the studio's is not for scripts
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
        const framed = async () => {
          const urls = () => page.frames().filter((f) => f !== page.mainFrame()).map((f) => f.url());
          await until(() => urls().every(Boolean)); // the debugger hears of frames a little later
          return urls();
        };
        assert.deepEqual(await framed(), ["chrome-error://chromewebdata/"]);

        // The others are no stream, no script and no socket, and are kept out by the browser.
        const to = `http://localhost:${open.port}`;
        assert.deepEqual(await tried(to), { ...refused, fetch: "read", "fetch without CORS": "had", "an image": "had" });
        assert.equal((await framed())[1], `${to}/data/public/kept`);
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

describe("who gets in", () => {
  const alone = async (run) => {
    const context = await patient(s.browser);
    try {
      await run(context, await context.newPage());
    } finally {
      await context.close();
    }
  };

  test("leaves no token behind", () =>
    alone(async (context, page) => {
      const link = new URL(`${s.link}&to=/data/public/kept`);
      const token = link.searchParams.get("token");
      await page.goto(link.href);
      await page.getByText(secret).waitFor();
      assert.equal(page.url(), `${link.origin}/data/public/kept`);
      const { entries } = await (await context.newCDPSession(page)).send("Page.getNavigationHistory");
      const past = entries.map((e) => e.url);
      const told = await page.evaluate(() => JSON.stringify([document.referrer, document.URL, performance.getEntries().map((e) => e.name), { ...localStorage }, { ...sessionStorage }, document.cookie]));
      assert.ok(past.at(-1) === page.url() && told.includes(page.url()));
      assert.ok(!past.join().includes(token) && !told.includes(token));
      assert.equal(s.said().split(token).length, 2, "it is printed once, and in no log");
      const away = `http://localhost:${evil.port}`;
      for (const path of ["/from-studio", "/from-stranger"]) await Promise.all([page.waitForURL(away + path), page.evaluate((to) => void (location.href = to), away + path)]);
      const referer = (path) => evil.seen.find((r) => r.path === path).referer;
      assert.deepEqual([referer("/from-studio"), referer("/from-stranger")], [undefined, `${away}/from-studio`]);
      await page.goto(link.href.replace(token, token.slice(1)));
      await page.getByText("This link is not good any more").waitFor();
    }));

  test("leaves no data in the browser", () =>
    alone(async (context, page) => {
      await page.goto(`${s.link}&to=/data/public/kept`);
      await page.getByText(secret).waitFor();
      const asset = await page.evaluate(() => document.querySelector("script[src]").src);
      const cached = (path) => page.evaluate((path) => fetch(path, { cache: "only-if-cached", mode: "same-origin" }).then((a) => a.status, () => "not there"), path);
      assert.equal(await cached(asset), 200);
      for (const path of ["/api/session", "/api/objects", "/api/table?schema=public&name=kept", "/data/public/kept"]) assert.notEqual(await cached(path), 200, path);
      await page.goto(`http://localhost:${evil.port}/`);
      await page.goBack();
      await page.getByText(secret).waitFor();
      await page.goto(`http://localhost:${evil.port}/`);
      await context.clearCookies();
      await page.goBack();
      await page.getByText("not let in").first().waitFor();
      assert.equal(await page.getByText(secret).count(), 0);
    }));

  test("by a passphrase is slowed down, and keeps no cookie that was put there", () =>
    alone(async (context, page) => {
      const passphrase = "correct horse battery";
      const other = await s.another(["--host", "0.0.0.0"], { env: { SKEIN_STUDIO_PASSPHRASE: passphrase } });
      const { port, search } = new URL(other.link);
      assert.equal(search, ""); // no token
      const origin = `http://127.0.0.1:${port}`;
      const name = `skein_studio_${port}`;
      await context.addCookies([{ name, value: "chosen", url: origin }]);
      const known = async (value) => (await fetch(`${origin}/api/session`, { headers: { Cookie: `${name}=${value}` } })).status;
      const login = (word) => fetch(`${origin}/login`, { method: "POST", headers: { Origin: origin }, redirect: "manual", body: new URLSearchParams({ passphrase: word }) });
      const give = async (word) => {
        await page.getByLabel("Passphrase").fill(word);
        await page.getByRole("button", { name: "Open" }).click();
      };
      await page.goto(`http://evil.example:${port}/`);
      assert.match(await page.locator("body").innerText(), /^This name does not belong/);
      await page.goto(origin);
      await give("not this one");
      await page.getByText("That is not the passphrase.").waitFor();
      for (let i = 0; i < 5; i++) assert.equal((await login(`guess ${i}`)).status, 403);
      const early = await login(passphrase);
      assert.deepEqual([early.status, early.headers.getSetCookie()], [429, []]);
      await page.waitForTimeout(1100);
      await give(passphrase);
      await page.getByRole("link", { name: "kept" }).first().waitFor();
      const [{ value }] = (await context.cookies(origin)).filter((c) => c.name === name);
      assert.deepEqual([await known("chosen"), await known(value)], [401, 200]);
    }));

  test("to two studios at once keeps both", () =>
    alone(async (context, page) => {
      await s.sql("create database other");
      const other = await s.another([], { url: s.database.replace(/[^/]*$/, "other") });
      const database = async (link) => {
        await page.goto(new URL("/sql", link).href);
        return page.evaluate(async () => (await (await fetch("/api/session")).json()).database);
      };
      for (const link of [s.link, other.link]) await page.goto(link);
      assert.deepEqual([await database(s.link), await database(other.link)], [new URL(s.database).pathname.slice(1), "other"]);
      const [mine, theirs] = [s.link, other.link].map((link) => `skein_studio_${new URL(link).port}`);
      const cookies = new Map((await context.cookies(s.link)).map((c) => [c.name, c.value]));
      assert.ok(cookies.get(mine) && cookies.get(theirs));
      const answer = await fetch(new URL("/api/session", other.link), { headers: { Cookie: `${theirs}=${cookies.get(mine)}` } });
      assert.equal(answer.status, 401);
    }));
});

describe("who may only look", () => {
  const call = (page, path, body) =>
    page.evaluate(async ([path, body]) => {
      const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json", "X-Skein-Studio": "1" }, body: JSON.stringify(body) });
      return { status: answer.status, text: await answer.text() };
    }, [path, body]);
  const insert = (how) => `insert into marks values ('${how}')`;
  /** Ways to write that an editor may be tried with. */
  const ways = {
    plain: insert("plain"), with: `with x as (${insert("with")} returning how) select * from x`, set: `set transaction read write; ${insert("set")}`,
    config: `select set_config('transaction_read_only', 'off', false); ${insert("config")}`, commit: `commit; ${insert("commit")}`, begin: `begin read write; ${insert("begin")}; commit`,
    explain: `explain analyze ${insert("explain")}`, do: `do $$ begin ${insert("do")}; end $$`, copy: "copy marks from program 'echo copy'", session: `set session characteristics as transaction read write; ${insert("session")}`,
    prepare: `prepare p as ${insert("prepare")}; execute p`, function: "select mark('function')", abort: `values (1); abort; ${insert("abort")}`, comment: `/* select */ ${insert("comment")}`,
  };

  test("cannot write from the page's own console", async () => {
    const read = await s.another([]);
    const context = await patient(s.browser);
    try {
      const page = await context.newPage();
      const change = { kind: "update", schema: "public", name: "kept", key: ["1"], before: { a: secret }, after: { a: "forged" } };
      const tryAll = async (link, write) => {
        await page.goto(link);
        await page.goto(new URL("/sql", link).href);
        const told = [];
        for (const sql of Object.values(ways)) told.push((await call(page, "/api/sql/run", { id: "w", sql, write })).text);
        const { digest } = JSON.parse((await call(page, "/api/changes/preview", { changes: [change] })).text);
        return [told, (await call(page, "/api/changes/commit", { changes: [change], digest })).status];
      };
      const state = async () => [(await s.sql("delete from marks returning how")).flat().sort(), await s.sql("select a from kept")];
      const [refused, status] = await tryAll(read.link, false);
      for (const text of refused) assert.match(text, /"type":"error"/);
      assert.equal(status, 403);
      for (const path of ["/api/sql/run", "/api/sql/explain"]) assert.equal((await call(page, path, { id: "w", sql: insert("forged"), write: true, ...(path.endsWith("explain") && { analyze: true }) })).status, 403);
      assert.equal((await call(page, "/api/apply", { id: "w", digest: "x" })).status, 403);
      assert.match((await call(page, "/api/sql/explain", { id: "w", sql: insert("forged"), analyze: true })).text, /read-only/);
      assert.deepEqual(await state(), [[], [[secret]]]);

      // A page that is told that it may write shows how, and gets no further.
      await context.route("**/api/session", async (r) => {
        const answer = await r.fetch();
        await r.fulfill({ response: answer, json: { ...(await answer.json()), write: true } });
      });
      await page.goto(new URL("/data/public/kept", read.link).href);
      await page.locator('[data-r="0"] [data-c="1"]').click();
      await page.keyboard.type("forged");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Control+s");
      await page.getByRole("button", { name: "Commit", exact: true }).click();
      await page.getByText("the studio was started without --write").first().waitFor();
      assert.deepEqual(await state(), [[], [[secret]]]);

      assert.equal((await tryAll(s.link, true))[1], 200);
      assert.deepEqual(await state(), [Object.keys(ways).sort(), [["forged"]]]);
    } finally {
      await context.close();
    }
  });
});
