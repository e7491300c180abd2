// Looking at rows in a real browser: columns, order, filters of every kind, keys,
// what is stopped, what is exported, and all of it by touch.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { barriers, cell, rooms, rows, studio, toast } from "./studio.mjs";

const setup = `
  CREATE TYPE state AS ENUM ('open', 'paid', 'sent');
  CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, boss int REFERENCES people);
  INSERT INTO people SELECT g, 'Person ' || g, nullif(g / 10, 0) FROM generate_series(1, 60) g;
  CREATE TABLE orders (id int PRIMARY KEY, person_id int REFERENCES people, state state NOT NULL, note text, total numeric(10,2), paid boolean, more jsonb, tags text[], at timestamptz, day date, ref uuid, addr inet, during int4range);
  INSERT INTO orders SELECT g, 1 + g % 60, (enum_range(NULL::state))[1 + g % 3], CASE g % 4 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'Note, "' || g || E'"\\n100% _' END, g * 1.5,
    CASE g % 3 WHEN 0 THEN true WHEN 1 THEN false END, jsonb_build_object('level', g, 'who', jsonb_build_object('city', CASE WHEN g % 2 = 0 THEN 'Lyon' ELSE 'Kyoto' END)),
    CASE WHEN g % 5 = 0 THEN NULL ELSE ARRAY['t' || g % 5, 'a b'] END, timestamptz '2026-01-01 00:00+00' + g * interval '6 hours', date '2026-01-01' + g,
    ('00000000-0000-4000-8000-' || lpad(g::text, 12, '0'))::uuid, ('10.0.0.' || g % 250)::inet, int4range(g, g + 10) FROM generate_series(1, 240) g;
  CREATE INDEX ON orders (person_id);
  CREATE VIEW slow AS SELECT g, pg_sleep(0.2)::text AS waited FROM generate_series(1, 100000) g;
  ANALYZE;`;

const heads = (page) => page.locator("[data-head]").evaluateAll((all) => all.map((h) => h.dataset.head));
const head = (page, name) => page.locator(`[data-head="${name}"]`);
const kept = (page) => page.waitForResponse((r) => r.url().includes("/api/memory/data.columns") && r.request().method() === "PUT");
const at = async (page, row, name) => cell(page, row, Number(await head(page, name).getAttribute("aria-colindex")) - 2);
const values = async (page, name, n) => {
  const out = [];
  for (let i = 0; i < n; i++) out.push(await (await at(page, i, name)).innerText());
  return out;
};
const rowsOf = (page, n) => page.getByText(`${n} ${n === 1 ? "row" : "rows"}`, { exact: true }).waitFor();
/** Queries of the studio that still run. */
const running = async (s, what) => Number((await s.sql(`SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%${what}%'`))[0][0]);
const ends = async (s, what) => {
  for (let i = 0; i < 40 && (await running(s, what)); i++) await new Promise((r) => setTimeout(r, 100));
  assert.equal(await running(s, what), 0);
};

rooms("looking at rows", () => studio(setup), (on) => {
  on("columns are resized, moved and hidden by the pointer, and stay so", "/data/public/orders", {}, async (page) => {
    await rows(page);
    const width = async (name) => Math.round((await head(page, name).boundingBox()).width);
    const before = await width("note");
    const box = await head(page, "note").boundingBox();
    await page.mouse.move(box.x + box.width - 2, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width + 58, box.y + 10, { steps: 4 });
    await page.mouse.up();
    assert.equal(await width("note"), before + 60);
    await head(page, "total").hover();
    await page.mouse.down();
    const to = await head(page, "state").boundingBox();
    await page.mouse.move(to.x + 10, to.y + 10, { steps: 6 });
    await page.mouse.up();
    assert.deepEqual((await heads(page)).slice(0, 4), ["id", "person_id", "total", "state"]);
    assert.equal(await head(page, "total").getAttribute("aria-sort"), "none"); // no press
    await head(page, "state").getByRole("button").click();
    await Promise.all([kept(page), page.getByRole("menuitem", { name: "Hide" }).click()]);
    const now = (await heads(page)).slice(0, 4);
    assert.deepEqual(now, ["id", "person_id", "total", "note"]);
    await page.reload();
    await rows(page);
    await page.waitForFunction(() => !document.querySelector('[data-head="state"]'));
    assert.deepEqual((await heads(page)).slice(0, 4), now);
    assert.equal(await width("note"), before + 60);
    await page.getByRole("button", { name: "Columns" }).click();
    await Promise.all([kept(page), page.getByRole("button", { name: "As the table has them" }).click()]);
    assert.deepEqual((await heads(page)).slice(0, 4), ["id", "person_id", "state", "note"]);
  });

  on("and by the keyboard: order, sort by two, menu", "/data/public/orders", {}, async (page) => {
    await rows(page);
    await cell(page, 0, 3).click();
    await page.keyboard.press("ArrowUp");
    assert.equal(await page.evaluate(() => document.getElementById("grid-focus").dataset.head), "note");
    const before = (await head(page, "note").boundingBox()).width;
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    assert.equal((await head(page, "note").boundingBox()).width, before + 32);
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("Control+Shift+ArrowLeft");
    await page.keyboard.press("Control+Shift+ArrowLeft");
    await page.keyboard.press("Control+Shift+ArrowLeft"); // not past the key, which stays in sight
    await page.waitForFunction(() => document.getElementById("grid-focus")?.dataset.head === "note");
    assert.deepEqual((await heads(page)).slice(0, 4), ["id", "note", "person_id", "state"]);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.waitForURL(/sort=state$/);
    // The order changed, and the focus is where it was.
    await page.waitForFunction(() => document.getElementById("grid-focus")?.dataset.head === "state");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+Enter");
    await page.waitForURL(/sort=state%2Ctotal$/);
    await page.waitForFunction(() => document.getElementById("grid-focus")?.dataset.head === "total");
    await page.keyboard.press("Shift+Enter");
    await page.waitForURL(/sort=state%2C-total$/);
    await page.waitForFunction(() => document.querySelector('[data-head="total"]').getAttribute("aria-sort") === "descending");
    await page.waitForFunction(() => [0, 1, 2].map((r) => document.querySelector(`[data-r="${r}"] [data-c="0"]`)?.textContent).join() === "240,237,234");
    await page.waitForFunction(() => document.getElementById("grid-focus")?.dataset.head === "total");
    await page.keyboard.press("Alt+ArrowDown");
    await page.getByRole("menuitem", { name: "Do not sort by this" }).click();
    await page.waitForURL(/sort=state$/);
    await page.getByRole("button", { name: "Columns" }).click();
    await Promise.all([kept(page), page.getByRole("button", { name: "As the table has them" }).click()]);
  });

  const filter = async (page, column, op, fill) => {
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    const form = page.getByRole("dialog", { name: "Filter" });
    await form.getByRole("combobox", { name: "Column" }).selectOption(column);
    if (fill?.Path) await form.getByLabel("Path").fill(fill.Path);
    await form.getByRole("combobox", { name: "Operator" }).selectOption({ label: op });
    for (const [label, v] of Object.entries(fill ?? {})) {
      if (label === "check") for (const c of v) await form.getByLabel(c, { exact: true }).check();
      else if (label === "pick") await form.getByRole("button", { name: v }).click();
      else if (label !== "Path") await form.getByLabel(label, { exact: true }).fill(v);
    }
    await form.getByRole("button", { name: "Filter", exact: true }).click();
    await form.waitFor({ state: "detached" });
  };

  on("a filter for every kind of column; a link to it shows the same", "/data/public/orders", {}, async (page, s) => {
    await rows(page);
    for (const [column, op, fill, where] of [
      ["note", "contains", { Value: '"1' }, `note LIKE '%"1%'`],
      ["note", "contains", { Value: "100% _" }, "note LIKE '%100\\% \\_%'"],
      ["note", "is", { Value: "" }, "note = ''"],
      ["note", "is null", null, "note IS NULL"],
      ["note", "matches", { Value: '"[12]{2}"' }, `note ~ '"[12]{2}"'`],
      ["total", "between", { From: "30", To: "45.5" }, "total BETWEEN 30 AND 45.5"],
      ["paid", "is false", null, "NOT paid"],
      ["state", "is any of", { check: ["open", "sent"] }, "state IN ('open', 'sent')"],
      ["state", "is not", {}, "state <> 'open'"],
      ["more", "is", { Path: "who.city", Value: "Lyon" }, "more #>> '{who,city}' = 'Lyon'"],
      ["more", "≥", { Path: "level", Value: "9" }, "(more ->> 'level')::int >= 9"],
      ["more", "contains", { Value: '{"who": {"city": "Kyoto"}, "level": 3}' }, `more @> '{"level": 3}'`],
      ["tags", "contains", { Value: "t2" }, "'t2' = ANY (tags)"],
      ["at", "between", { From: "2026-01-10", To: "2026-01-11 12:00+02" }, "at BETWEEN '2026-01-10 00:00+00' AND '2026-01-11 10:00+00'"],
      ["at", "before", { Value: "2026-01-05 00:00 Asia/Tokyo" }, "at < '2026-01-04 15:00+00'"],
      ["day", "until", { Value: "2026-01-09" }, "day <= '2026-01-09'"],
      ["day", "from", { pick: "30 days" }, "day >= current_date - 30"],
      ["ref", "starts with", { Value: "00000000-0000-4000-8000-00000000001" }, "ref::text LIKE '00000000-0000-4000-8000-00000000001%'"],
      ["addr", "is", { Value: "10.0.0.7" }, "addr = '10.0.0.7'"],
      ["during", "contains", { Value: "12" }, "during @> 12"],
    ]) {
      await filter(page, column, op, fill);
      const [[n]] = await s.sql(`SELECT count(*) FROM orders WHERE ${where}`);
      try {
        await page.getByText(new RegExp(`^${n} rows?$`)).waitFor({ timeout: 10_000 });
        if (n !== "0") {
          const [[id]] = await s.sql(`SELECT min(id) FROM orders WHERE ${where}`);
          await page.waitForFunction((id) => document.querySelector('[data-r="0"] [data-c="0"]')?.textContent === id, id, { timeout: 10_000 });
        }
      } catch (e) {
        throw new Error(`${column} ${op} ${JSON.stringify(fill)}: not the ${n} rows of ${where}; the page says ${await page.locator("[class*=status]").last().innerText()} ${page.url()}`, { cause: e });
      }
      await page.getByRole("button", { name: "Remove the filter" }).click();
    }
    await filter(page, "state", "is any of", { check: ["paid"] });
    await filter(page, "more", "is", { Path: "who.city", Value: "Lyon" });
    await filter(page, "note", "is not null");
    await head(page, "total").click();
    await head(page, "total").click();
    await page.waitForURL(/sort=-total/);
    const [[n]] = await s.sql("SELECT count(*) FROM orders WHERE state = 'paid' AND id % 2 = 0 AND note IS NOT NULL");
    await rowsOf(page, Number(n));
    const sorted = (p) => p.waitForFunction(() => document.querySelector('[data-r="0"] [data-c="0"]')?.textContent === "238");
    await sorted(page);
    const shown = await values(page, "id", 5);
    const tab = await page.context().newPage();
    await tab.goto(page.url());
    await rowsOf(tab, Number(n));
    await sorted(tab);
    assert.deepEqual(await values(tab, "id", 5), shown);
    assert.equal(await tab.getByRole("button", { name: /^Change the filter/ }).count(), 3);
    await tab.close();
  });

  on("a filter that PostgreSQL refuses says so, and is put right", "/data/public/orders", {}, async (page) => {
    await rows(page);
    await filter(page, "total", "=", { Value: "much" });
    await page.getByRole("alert").filter({ hasText: "numeric" }).waitFor();
    await page.getByRole("button", { name: /^Change the filter/ }).click();
    await page.getByRole("textbox", { name: "Value" }).fill("3");
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await rowsOf(page, 1);
  });

  on("a key: looked behind by the pointer and by the keyboard, followed, and back", "/data/public/orders", {}, async (page) => {
    await rows(page);
    const grid = page.getByRole("grid");
    await grid.evaluate((g) => (g.scrollTop = 2900));
    await cell(page, 100, 0).waitFor();
    await cell(page, 100, 1).locator("[data-follow]").hover();
    const tip = page.getByRole("tooltip", { name: "people 42" });
    await tip.getByText("Person 42", { exact: true }).waitFor();
    await page.mouse.move(5, 5);
    await tip.waitFor({ state: "detached" });
    await cell(page, 101, 0).click();
    await page.keyboard.press("ArrowRight");
    await page.getByRole("tooltip", { name: "people 43" }).getByText("Person 43", { exact: true }).waitFor();
    await page.keyboard.press("Control+Enter");
    await page.waitForURL(/\/data\/public\/people/);
    await rowsOf(page, 1);
    await page.goBack();
    await page.getByRole("grid", { name: "Rows of orders" }).locator('[data-r="101"]').waitFor();
    assert.equal(await page.getByRole("grid").evaluate((g) => g.scrollTop), 2900); // where one was
    await page.goForward();
    await page.getByRole("grid", { name: "Rows of people" }).waitFor();
    await page.getByRole("grid").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    const fields = page.getByRole("region", { name: "Fields" });
    await fields.getByText("by boss").waitFor();
    const back = await fields.locator("[class*=back]").evaluateAll((all) => all.map((b) => b.innerText.replace(/\s+/g, " ")));
    assert.deepEqual(back.toSorted(), ["0 people by boss", "4 orders by person_id"]);
    await fields.getByRole("link", { name: "orders" }).click();
    await rowsOf(page, 4);
  });

  on("a slow query is stopped, and PostgreSQL stops too", "/data/public/slow", {}, async (page, s) => {
    const stop = page.getByRole("button", { name: "Stop" });
    await stop.waitFor();
    assert.equal(await running(s, "slow"), 1);
    await stop.click();
    await page.getByRole("alert").filter({ hasText: "reading the rows was stopped" }).waitFor();
    await ends(s, "slow");
    await page.getByRole("button", { name: "Try again" }).click();
    await stop.waitFor();
    await stop.click();
    await page.getByRole("alert").filter({ hasText: "stopped" }).waitFor();
    await ends(s, "slow");
  });

  on("a slow export is stopped where the browser has it, and so is its query", "/data/public/orders", {}, async (page, s) => {
    await rows(page);
    await page.evaluate(() => {
      const a = document.createElement("a");
      a.href = "/api/export?q=" + encodeURIComponent(JSON.stringify({ schema: "public", name: "slow", filters: [], sort: [], format: "csv" }));
      a.download = "slow.csv";
      a.click();
    });
    for (let i = 0; i < 50 && !(await running(s, "slow")); i++) await page.waitForTimeout(100);
    assert.equal(await running(s, "slow"), 1);
    // A download begins when its first bytes are here.
    const download = await page.waitForEvent("download");
    await download.cancel();
    await ends(s, "slow");
  });

  const psql = process.env.PATH.split(delimiter).map((d) => join(d, "psql")).find(existsSync);
  on("what is exported is what psql has: CSV, JSON and SQL of the filtered rows in their order", "/data/public/orders?w=%5B%22state%22%2C%22in%22%2C%5B%22paid%22%5D%5D&sort=-total", {}, async (page, s) => {
    if (!psql) return;
    const run = (...args) => execFileSync(psql, [s.database, "-X", "-q", "-v", "ON_ERROR_STOP=1", ...args], { encoding: "utf8" });
    const query = "SELECT * FROM public.orders WHERE state = 'paid' ORDER BY total DESC";
    await rows(page);
    const save = async (label) => {
      await page.getByRole("button", { name: "Export" }).click();
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: label, exact: true }).click()]);
      await page.waitForTimeout(300); // a press that closes the menu is not one that opens it again
      return readFileSync(await download.path(), "utf8");
    };
    assert.equal((await save("CSV")).replaceAll("\r\n", "\n"), run("-c", `COPY (${query.replace("*", "id, person_id, state, note, total, paid::text AS paid, more, tags, at, day, ref, addr, during")}) TO STDOUT (FORMAT csv, HEADER)`));
    const lines = run("-At", "-c", `SELECT to_jsonb(o) - 'tags' - 'more' || jsonb_build_object('at', at::text, 'tags', tags::text, 'more', more) FROM (${query}) o`).trim().split("\n").map((l) => JSON.parse(l));
    assert.deepEqual(JSON.parse(await save("JSON")), lines);
    assert.deepEqual((await save("JSON, one row a line")).trim().split("\n").map((l) => JSON.parse(l)), lines);
    const file = join(tmpdir(), `skein-export-${process.pid}.sql`);
    writeFileSync(file, (await save("SQL INSERT")).replaceAll('"public"."orders"', "again.orders"));
    run("-c", "CREATE SCHEMA again; CREATE TABLE again.orders (LIKE public.orders)", "-f", file);
    assert.equal(run("-At", "-c", `SELECT count(*) FROM (SELECT * FROM again.orders EXCEPT ${query.replace(/ ORDER.*/, "")}) d`).trim(), "0");
    assert.equal(run("-At", "-c", "SELECT count(*) FROM again.orders").trim(), "80");
  });

  on("by touch, 390 pixels wide: scroll, open a row, edit in it and in the grid, commit", "/data/public/orders", { width: 390, height: 844, touch: true }, async (page, s) => {
    await rows(page);
    const touch = await page.context().newCDPSession(page);
    const box = await page.getByRole("grid").boundingBox();
    const swipe = async (x, y, dx, dy) => {
      await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
      for (let i = 1; i <= 8; i++) await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [{ x: x + (dx * i) / 8, y: y + (dy * i) / 8 }] });
      await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    };
    await swipe(box.x + 200, box.y + 500, 0, -350);
    await page.waitForFunction(() => document.querySelector("[role=grid]").scrollTop > 300);
    assert.equal(await page.evaluate(() => [...document.querySelectorAll("[aria-selected=true][data-c]")].length), 0); // a swipe selects nothing
    await swipe(box.x + 300, box.y + 400, -200, 0);
    await page.waitForFunction(() => document.querySelector("[role=grid]").scrollLeft > 50);
    // What was swiped rolls on, and a tap would only stop it.
    await page.getByRole("grid").evaluate(async (g) => {
      for (let still = 0, at = NaN; still < 10; still = g.scrollLeft === at ? still + 1 : 0, at = g.scrollLeft) await new Promise(requestAnimationFrame);
      g.scrollTo(0, 0);
    });
    await cell(page, 2, 1).waitFor();
    await page.locator('[data-gutter="2"]').tap();
    const fields = page.getByRole("region", { name: "Fields" });
    await fields.getByText("Person 4", { exact: true }).waitFor();
    await fields.getByRole("button", { name: "Edit total" }).tap();
    await page.getByRole("textbox", { name: "total" }).fill("77.5");
    await page.getByRole("textbox", { name: "total" }).press("Enter");
    await fields.getByText("77.5", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Close", exact: true }).tap();
    await fields.waitFor({ state: "detached" });
    const note = await at(page, 0, "state");
    await note.scrollIntoViewIfNeeded();
    const spot = await note.boundingBox();
    await page.touchscreen.tap(spot.x + 20, spot.y + 10);
    await page.touchscreen.tap(spot.x + 20, spot.y + 10);
    await page.getByRole("menuitemcheckbox", { name: "sent" }).tap();
    await page.getByText("2 rows edited").waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    await page.getByRole("button", { name: "Review and commit" }).tap();
    await page.getByRole("dialog", { name: "Review changes" }).locator("pre").first().waitFor();
    assert.deepEqual(await barriers(page), []);
    await page.getByRole("button", { name: "Commit", exact: true }).tap();
    await toast(page, "Committed 2 changes");
    assert.deepEqual(await s.sql("SELECT state, total FROM orders WHERE id IN (1, 3) ORDER BY id"), [["sent", "1.50"], ["open", "77.50"]]);
  });
});
