// The History room against what can be wrong with a database, a folder and a run.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { git, journal, migrations, put, read, scenes, way } from "./scenes.mjs";
import { barriers } from "./studio.mjs";

const out = ["--out", "drizzle"];

describe("the History room", () => {
  let all;
  before(async () => {
    all = await scenes();
  });
  after(() => all?.stop());

  /** A project, its database, and a studio on both; `at` may be another way to the database. */
  const begin = async (files, { args = [], through } = {}) => {
    const dir = all.project(files);
    const database = await all.database();
    const path = through ? await through(database) : null;
    const s = await all.studio(path?.url ?? database, { cwd: dir, args: ["--write", ...out, ...args] });
    return { dir, database, path, s };
  };
  const closed = async (page) => {
    assert.deepEqual(page.complaints.filter((c) => !/^Applying inline style/.test(c)), []);
    await page.context().close();
  };
  const dialog = (page) => page.getByRole("dialog", { name: /Apply|Applied|Stopp|Not all/ });
  const states = (page) => page.locator("[data-tag]").evaluateAll((rows) => Object.fromEntries(rows.map((r) => [r.dataset.tag, r.dataset.state])));
  const ask = async (page) => {
    await page.getByRole("navigation", { name: "Migrations" }).getByRole("button", { name: "Apply" }).click();
    await dialog(page).getByRole("button", { name: /^Apply \d+ to / }).waitFor();
  };
  const apply = async (page) => {
    await ask(page);
    await dialog(page).getByRole("button", { name: /^Apply \d+ to / }).click();
  };

  test("every state, with what it means and what to do next", async () => {
    const dir = all.project(migrations({
      "0000_start": "CREATE TABLE a (id int PRIMARY KEY);\n",
      "0001_edited": "CREATE TABLE b (id int);\n-- as it was\n",
      "0002_skipped": "CREATE TABLE c (id int);\n",
      "0003_moved": "CREATE TABLE m (id int);\n",
      "0004_begun": "CREATE TABLE d (id int);\n--> statement-breakpoint\nCREATE INDEX CONCURRENTLY d_id ON d (id);\n--> statement-breakpoint\nSELECT 1 / (SELECT count(*) FROM a);\n",
    }));
    const database = await all.database();
    git(dir, "init", "-q");
    git(dir, "add", ".");
    git(dir, "commit", "-qm", "first");
    assert.notEqual((await all.run(dir, database, "migrate", ...out, "--yes")).code, 0);
    const s = await all.studio(database, { cwd: dir, args: ["--write", ...out] });
    await s.sql("DROP TABLE c; DELETE FROM drizzle.__drizzle_migrations WHERE created_at = 1700000002000; INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES (repeat('ab', 32), 1600000000000)");
    const entries = JSON.parse(journal("0000_start", "0001_edited", "0002_skipped", "0003_moved", "0004_begun", "0005_pending"));
    entries.entries[3].when += 10;
    put(dir, {
      "drizzle/meta/_journal.json": JSON.stringify(entries),
      "drizzle/0001_edited.sql": "CREATE TABLE b (id int);\n-- as it is\n",
      "drizzle/0005_pending.sql": "ALTER TABLE a ADD COLUMN n int NOT NULL;\n",
    });
    const page = await s.open("/history");
    await page.locator("[data-state=begun]").waitFor();
    assert.deepEqual(await states(page), { "0005_pending": "pending", "0004_begun": "begun", "0003_moved": "moved", "0002_skipped": "skipped", "0001_edited": "edited", "0000_start": "applied" });
    for (const [tag, means, next] of [
      ["0004_begun", "applied up to line 3", "goes on behind that part"], ["0003_moved", "before skein resolve", "recorded anew"],
      ["0002_skipped", "pass it over", "run it nevertheless"], ["0001_edited", "its SQL was changed after it was applied", "Put back what was"],
    ]) {
      await page.locator(`[data-tag="${tag}"]`).click();
      const article = page.getByRole("article", { name: tag });
      await article.getByText(means).first().waitFor();
      await article.getByText(next).first().waitFor();
    }
    await page.getByRole("tab", { name: "Edited since" }).click();
    const patch = await page.getByRole("tabpanel", { name: "diff" }).innerText();
    assert.match(patch, /^-+ as it was$/m);
    assert.match(patch, /^\+-- as it is$/m);
    await page.locator("[data-state=unknown]").click();
    await page.getByRole("article", { name: /^Row \d+$/ }).getByText("Another branch may have made it").waitFor();
    await page.getByRole("article").getByText("ab".repeat(32)).waitFor();

    // What check finds stands at its line, what is about no migration at the side.
    await page.locator('[data-tag="0005_pending"]').click();
    await page.getByRole("region", { name: /^(error|warning): / }).first().waitFor();
    const colour = (word) => page.getByRole("tabpanel").locator("code span", { hasText: new RegExp(`^${word}$`) }).first().evaluate((e) => getComputedStyle(e).color);
    assert.notEqual(await colour("ALTER"), await page.getByRole("tabpanel").locator("code").first().evaluate((e) => getComputedStyle(e).color));
    assert.deepEqual(await barriers(page), []);

    await s.sql("INSERT INTO a VALUES (1)");
    put(dir, { "drizzle/0005_pending.sql": "ALTER TABLE a ADD COLUMN n int;\n" });
    await ask(page);
    await dialog(page).getByText("goes on behind that").first().waitFor();
    await dialog(page).getByText("Recorded anew, and not run").waitFor();
    await dialog(page).getByRole("button", { name: /^Apply \d+ to / }).click();
    await dialog(page).getByText("4 migrations are in the database.").waitFor();
    await dialog(page).getByText("recorded anew", { exact: false }).first().waitFor();
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.querySelectorAll("[data-state=applied]").length === 5);
    assert.deepEqual(Object.values(await states(page)).filter((x) => x !== "applied"), ["edited"]);
    await page.goto(new URL("/history", page.url()).href);
    await page.getByText("2 of what was applied are not what the folder says").waitFor();
    await closed(page);
  });

  test("a database elsewhere is applied to after its name was typed", async () => {
    const { s, path, database } = await begin(migrations({ "0000_start": "CREATE TABLE a (id int);" }), { args: ["--yes"], through: (to) => way(to, { remote: true }) });
    const page = await s.open("/history");
    const name = new URL(database).pathname.slice(1);
    await ask(page);
    await dialog(page).getByText("which is not on this machine").waitFor();
    const go = dialog(page).getByRole("button", { name: `Apply 1 to ${name}` });
    assert.ok(await go.isDisabled());
    await dialog(page).getByRole("textbox", { name: `Type ${name}` }).fill(`${name}x`);
    await page.keyboard.press("Enter");
    assert.ok(await go.isDisabled());
    await dialog(page).getByRole("textbox", { name: `Type ${name}` }).fill(name);
    await page.keyboard.press("Enter");
    await dialog(page).getByText("1 migration is in the database.").waitFor();
    await closed(page);
    await s.stop();
    await path.stop();
  });

  test("a statement that fails: what, where, what next, and what is in the database", async () => {
    const { s, dir } = await begin(migrations({
      "0000_good": "CREATE TABLE a (id int);", "0001_bad": "CREATE TABLE b (id int);\n--> statement-breakpoint\nINSERT INTO a VALUES ('one');\n", "0002_later": "CREATE TABLE c (id int);",
    }));
    const page = await s.open("/history");
    await apply(page);
    await page.getByRole("dialog", { name: "Not all of it was applied" }).waitFor();
    const said = await dialog(page).innerText();
    for (const part of ["invalid input syntax for type integer", "22P02", "drizzle/0001_bad.sql:3", "INSERT INTO a VALUES ('one')"]) assert.ok(said.includes(part), `${part} in ${said}`);
    assert.match(said, /0000_good\s*applied/);
    assert.match(said, /0001_bad\s*not applied/);
    assert.match(said, /0002_later\s*waiting/);
    assert.deepEqual(await barriers(page), []);
    await dialog(page).getByRole("button", { name: "Close" }).last().click();
    await page.locator('[data-tag="0000_good"][data-state=applied]').waitFor();
    assert.deepEqual(await states(page), { "0002_later": "pending", "0001_bad": "pending", "0000_good": "applied" });
    assert.deepEqual(await s.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"), [["a"]]);
    put(dir, { "drizzle/0001_bad.sql": "CREATE TABLE b (id int);\n" });
    await apply(page);
    await dialog(page).getByText("2 migrations are in the database.").waitFor();
    await closed(page);
  });

  test("a lock that cannot be had: who has it, and Stop leaves nothing behind", async () => {
    const { s, dir } = await begin({ ...migrations({ "0000_wide": "CREATE TABLE more (id int);\nALTER TABLE held ADD COLUMN n int;" }), "skein.yaml": "migrate:\n  lock-timeout: 300ms\n  lock-retries: 0\n" });
    await s.sql("CREATE TABLE held (id int)");
    const holding = s.sql("BEGIN; LOCK TABLE held; SELECT pg_sleep(100); COMMIT").catch((e) => e);
    const page = await s.open("/history");
    await apply(page);
    await page.getByRole("dialog", { name: "Not all of it was applied" }).waitFor();
    assert.match(await dialog(page).innerText(), /55P03/);
    await dialog(page).getByRole("button", { name: "Close" }).last().click();
    put(dir, { "skein.yaml": "migrate:\n  lock-timeout: 60s\n" });
    await apply(page);
    await dialog(page).getByText(/^Waiting for/).waitFor();
    await dialog(page).getByText(/pg_sleep/).first().waitFor();
    await dialog(page).getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("dialog", { name: "Stopped" }).waitFor();
    await dialog(page).getByRole("button", { name: "Close" }).last().click();
    assert.deepEqual(await states(page), { "0000_wide": "pending" });
    await s.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(100)%'");
    await holding;
    assert.deepEqual(await s.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"), [["held"]]);
    await apply(page);
    await dialog(page).getByText("1 migration is in the database.").waitFor();
    await closed(page);
  });

  test("two pages at once, and one that is closed meanwhile", async () => {
    const { s, dir } = await begin(migrations({ "0000_slow": "CREATE TABLE a (id int);\nSELECT pg_sleep(1);\nINSERT INTO a VALUES (1);" }));
    const [one, two] = await Promise.all([s.open("/history"), s.open("/history")]);
    await Promise.all([ask(one), ask(two)]);
    const go = (page) => dialog(page).getByRole("button", { name: /^Apply 1 to / }).click();
    await Promise.all([go(one), go(two)]);
    await Promise.all([one, two].map((page) => dialog(page).getByText("1 migration is in the database.").waitFor()));
    const words = await Promise.all([one, two].map((page) => dialog(page).getByRole("listitem").innerText()));
    assert.equal(words.filter((w) => /applied by another run/.test(w)).length, 1, words.join());
    assert.deepEqual(await s.sql("SELECT count(*) FROM a"), [["1"]]);
    await closed(one);
    await dialog(two).getByRole("button", { name: "Close" }).last().click();

    put(dir, { "drizzle/meta/_journal.json": journal("0000_slow", "0001_slower"), "drizzle/0001_slower.sql": "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM gate) LOOP PERFORM pg_sleep(0.1); END LOOP; END $$;\nCREATE TABLE b (id int);" });
    await s.sql("CREATE TABLE gate (id int)");
    await two.getByRole("button", { name: "Read the history again" }).click();
    await apply(two);
    await dialog(two).getByText("WHILE NOT EXISTS").first().waitFor();
    await closed(two);
    const three = await s.open("/history");
    await three.getByText("Being applied now").waitFor();
    await s.sql("INSERT INTO gate VALUES (1)");
    await three.locator('[data-tag="0001_slower"][data-state=applied]').waitFor();
    await three.getByText("The database is up to date").waitFor();
    await closed(three);
  });

  test("what skein.yaml refuses is not applied", async () => {
    const { s } = await begin({ ...migrations({ "0000_type": "ALTER TABLE big ALTER COLUMN id TYPE bigint;" }), "skein.yaml": "migrate:\n  refuse:\n    rewrite: true\n" });
    await s.sql("CREATE TABLE big (id int); INSERT INTO big SELECT generate_series(1, 1000); ANALYZE big");
    const page = await s.open("/history?view=plan");
    await page.getByText("skein.yaml does not let this pass").waitFor();
    await page.getByText(/^rewrites/).first().waitFor();
    assert.ok(await page.getByRole("region", { name: "The plan" }).getByRole("button", { name: "Apply" }).isDisabled());
    await ask(page);
    assert.ok(await dialog(page).getByRole("button", { name: /^Apply 1 to / }).isDisabled());
    await closed(page);
  });

  test("a folder that is not right: none, a broken journal, no snapshot, other line ends", async () => {
    const { s, dir } = await begin({ "empty.txt": "" });
    const page = await s.open("/history");
    await page.getByText(/no migrations/i).first().waitFor();
    put(dir, migrations({ "0000_start": "CREATE TABLE a (\r\n  id int\r\n);\r\n", "0001_gone": "SELECT 1;" }));
    await page.getByRole("button", { name: /Try again|Read the history again/ }).first().click();
    await page.locator('[data-tag="0000_start"]').click();
    const lines = page.getByRole("tabpanel", { name: "sql" }).locator("code");
    await lines.first().waitFor();
    assert.deepEqual(await lines.allInnerTexts(), ["CREATE TABLE a (", "  id int", ");"]);
    await page.getByRole("tab", { name: /^Changes/ }).click();
    await page.getByText("It has no snapshot, so what it changed cannot be told.").waitFor();
    rmSync(join(dir, "drizzle/0001_gone.sql"));
    await page.locator('[data-tag="0001_gone"]').click();
    await page.getByRole("alert").filter({ hasText: "has no SQL file" }).waitFor();
    await page.goto(new URL("/history?view=plan", page.url()).href);
    await page.getByRole("alert").filter({ hasText: "SQL file of a pending migration is missing" }).waitFor();
    put(dir, { "drizzle/0001_gone.sql": "SELECT 1;", "drizzle/meta/_journal.json": read(dir, "drizzle/meta/_journal.json").slice(0, 40) });
    await page.goto(new URL("/history", page.url()).href);
    await page.getByText(/_journal\.json/).first().waitFor();
    put(dir, { "drizzle/meta/_journal.json": journal("0000_start", "0001_gone") });
    await page.getByRole("button", { name: "Try again" }).click();
    await apply(page);
    await dialog(page).getByText("2 migrations are in the database.").waitFor();
    await closed(page);
  });

  test("a migration of ten megabytes", async () => {
    const rows = (from) => Array.from({ length: 100 }, (_, i) => `  (${from + i}, 'a text that fills the line so that there are many bytes in it')`).join(",\n");
    const text = "CREATE TABLE a (id int, t text);\n" + Array.from({ length: 1500 }, (_, i) => `INSERT INTO a VALUES\n${rows(i * 100)};\n`).join("");
    const { s } = await begin(migrations({ "0000_rows": text }));
    const page = await s.open("/history/0000_rows");
    await page.getByText(/^The file has 1\d\.\d MB; its first/).waitFor();
    assert.ok((await page.locator("code").count()) < 1000, "only what is near is in the page");
    await page.getByRole("tabpanel").evaluate((e) => (e.scrollTop = e.scrollHeight));
    await page.waitForFunction(() => [...document.querySelectorAll("code")].some((c) => /^ {2}\(1\d{4},/.test(c.textContent)));
    await page.goto(new URL("/history?view=plan", page.url()).href);
    await page.getByText("1,001 more are not shown.").waitFor();
    await closed(page);
  });

  test("without a project it says so, and the other rooms work", async () => {
    const s = await all.studio(await all.database(), { cwd: all.project({ "README.md": "" }) });
    await s.sql("CREATE TABLE only_here (id int PRIMARY KEY)");
    const page = await s.open("/history");
    await page.getByText("the studio knows of no migrations").waitFor();
    await page.getByText("start it in the folder of a drizzle.config").waitFor();
    await page.getByRole("link", { name: "Schema" }).click();
    await page.locator("[data-box]").getByText("only_here").waitFor();
    await page.getByRole("link", { name: "Data" }).click();
    await page.getByRole("link", { name: "only_here" }).first().waitFor();
    await closed(page);
  });

  test("a database that goes away and comes back, in every room, without a reload", async () => {
    const { s, path } = await begin(migrations({ "0000_start": "CREATE TABLE later (id int);" }), { through: (to) => way(to) });
    await s.sql("CREATE TABLE now (id int PRIMARY KEY); INSERT INTO now VALUES (41)");
    const pages = await Promise.all(["/history", "/schema", "/schema/public/now", "/data/public/now"].map((p) => s.open(p)));
    const there = [(p) => p.locator('[data-tag="0000_start"]'), (p) => p.locator("[data-box]").getByText("now", { exact: true }), (p) => p.getByRole("heading", { name: "now" }), (p) => p.getByText("41", { exact: true })];
    await Promise.all(pages.map((p, i) => there[i](p).first().waitFor()));
    path.cut();
    await Promise.all(pages.map(async (p) => {
      await p.reload();
      await p.getByRole("alert").filter({ hasText: /cannot connect|was lost/ }).first().waitFor();
    }));
    path.mend();
    await Promise.all(pages.map((p, i) => there[i](p).first().waitFor()));
    await Promise.all(pages.map((p) => p.getByRole("alert").waitFor({ state: "detached" })));
    await Promise.all(pages.map((p) => p.context().close()));
    await s.stop();
    await path.stop();
  });
});
