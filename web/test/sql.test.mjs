// The SQL room in a real browser, beyond what rooms.test.mjs has: several results,
// errors at their place, what is kept, and what a plan runs.

import assert from "node:assert/strict";
import { rooms, studio, toast, write } from "./studio.mjs";

const setup = `
  CREATE TABLE team (id int PRIMARY KEY, name text NOT NULL, note text);
  INSERT INTO team SELECT g, 'Team ' || g, CASE WHEN g = 1 THEN '' END FROM generate_series(1, 20) g;
  CREATE TABLE member (id int PRIMARY KEY, team_id int REFERENCES team, joined date);
  INSERT INTO member SELECT g, 1 + g % 20, current_date FROM generate_series(1, 500) g;
  CREATE SEQUENCE counter;
  CREATE TABLE noted (what text);
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'the trigger fired'; RETURN NEW; END $$;
  CREATE TRIGGER note BEFORE UPDATE ON team FOR EACH ROW EXECUTE FUNCTION note();
  ANALYZE;`;

const run = (page) => page.keyboard.press("ControlOrMeta+Enter");
const runAll = (page) => page.keyboard.press("ControlOrMeta+Shift+Enter");
const measure = (page) => page.keyboard.press("ControlOrMeta+Shift+E");
const editor = (page) => page.getByRole("textbox", { name: "SQL" });
const tree = (page) => page.getByRole("list", { name: "Steps of the plan" });

rooms("SQL, run", () => studio(setup), (on) => {
  on("completes from the catalog as it is now: a table of a moment ago, a column behind its alias", "/sql", {}, async (page, s) => {
    await write(page, "create table brand_new (first_thing int, other text)");
    await page.getByRole("switch").check();
    await editor(page).click();
    const [again] = await Promise.all([page.waitForResponse((r) => r.url().endsWith("/api/completion")), run(page)]);
    await again.finished();
    await write(page, "select * from brand_n");
    await page.keyboard.press("Control+Space");
    await page.getByRole("option", { name: /brand_new/ }).first().waitFor();
    await page.waitForTimeout(150); // a list that has only just come takes no keys
    await page.keyboard.press("Enter");
    await page.keyboard.type(" bn where bn.");
    await page.getByRole("option", { name: /^first_thing/ }).waitFor();
    await page.keyboard.type("oth");
    await page.waitForTimeout(150);
    await page.keyboard.press("Tab");
    assert.equal(await editor(page).innerText(), "select * from brand_new bn where bn.other");
    await s.sql("DROP TABLE brand_new");
  });

  on("several results, messages, and an error in the third: it is marked where it is, and nothing after it ran", "/sql", {}, async (page) => {
    await write(page, "select 1 as one;\n-- ä😀\nselect 'x' as two, null as three;\nselect '😀', nope_at_all from team;\nselect 4 as four");
    await runAll(page);
    const mark = page.locator("[class*=errorWord]");
    await mark.waitFor();
    assert.equal(await mark.innerText(), "nope_at_all");
    await page.getByRole("button", { name: "Line 4, column 13" }).waitFor();
    const tabs = page.getByRole("tablist", { name: "Results" }).getByRole("tab");
    assert.deepEqual((await tabs.allInnerTexts()).map((t) => t.replace(/\s+/g, " ")), ["1 SELECT 1", "2 SELECT 1", "3 error"]);
    await tabs.nth(1).click();
    assert.deepEqual(await page.getByRole("columnheader").allInnerTexts().then((all) => all.map((t) => t.split(/\s/)[0])), ["two", "three"]);
    await page.getByRole("grid").getByText("NULL").waitFor();
    // The mark goes when its line is put right.
    await page.getByRole("tab", { name: /error/ }).click();
    await page.getByRole("button", { name: "Line 4, column 13" }).click();
    await page.keyboard.type("x");
    await mark.waitFor({ state: "detached" });
  });

  on("a syntax error at the end of the text, and one in the statement at the cursor", "/sql", {}, async (page) => {
    await write(page, "select 1;\n\nselect 2 from");
    await run(page);
    await page.getByRole("alert").filter({ hasText: "syntax error at end of input" }).first().waitFor();
    await page.getByRole("button", { name: /^Line 3, column 14/ }).click();
    await page.keyboard.type(" team");
    await run(page);
    await page.getByText("20 rows").first().waitFor();
  });

  on("messages of the server have a tab of their own", "/sql", {}, async (page) => {
    await write(page, "do $$ begin raise notice 'so far so good'; raise warning 'but look'; end $$");
    await run(page);
    await page.getByRole("tab", { name: /Messages/ }).click();
    const said = page.getByRole("list", { name: "Messages" });
    assert.deepEqual((await said.getByRole("listitem").allInnerTexts()).map((t) => t.replace(/\s+/g, " ")), ["notice so far so good", "warning but look"]);
  });

  on("a result is copied as CSV and JSON, NULL told from no text", "/sql", {}, async (page) => {
    await write(page, `select id, name, note, '{"a": 12345678901234567890}'::jsonb as j from team order by id limit 2`);
    await run(page);
    await page.getByRole("columnheader", { name: "note" }).waitFor();
    const copy = async (what) => {
      await page.getByRole("button", { name: "Copy or save the result" }).click();
      await page.getByRole("menuitem", { name: what }).click();
      await toast(page, `${what.slice(8)} of 2 rows copied`);
      await page.waitForTimeout(300);
      return page.evaluate(() => navigator.clipboard.readText());
    };
    assert.equal((await copy("Copy as CSV")).replaceAll("\r\n", "\n").trimEnd(), 'id,name,note,j\n1,Team 1,"","{""a"": 12345678901234567890}"\n2,Team 2,,"{""a"": 12345678901234567890}"');
    const json = await copy("Copy as JSON");
    assert.match(json, /12345678901234567890/);
    assert.deepEqual(JSON.parse(json).map((r) => [r.id, r.note]), [[1, ""], [2, null]]);
  });

  on("what was run is kept after the page is closed, found by several words, and taken up again; also a text of 200 kB", "/sql", {}, async (page) => {
    const saved = (key) => page.waitForResponse((r) => r.url().includes(`/api/memory/${key}`) && r.request().method() === "PUT" && r.ok());
    const long = `select length('${"x".repeat(200_000)}') as size`;
    await write(page, "select 'needle one' as found_one");
    await run(page);
    await page.getByRole("columnheader", { name: "found_one" }).waitFor();
    await write(page, long);
    await Promise.all([saved("sql.tabs"), saved("sql.history"), run(page)]);
    await page.getByRole("columnheader", { name: "size" }).waitFor();
    assert.equal(await page.getByText("skein studio does not answer").count(), 0);
    await page.reload();
    await editor(page).waitFor();
    assert.match(await editor(page).innerText(), /x{1000}/);
    await page.keyboard.press("ControlOrMeta+Shift+h");
    await page.getByRole("searchbox", { name: "Find in what was run" }).fill("ONE needle");
    const found = page.getByRole("listbox", { name: "Queries" }).getByRole("option");
    await found.filter({ hasText: "needle one" }).waitFor();
    assert.equal(await found.count(), 1);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("[aria-label=SQL]").innerText === "select 'needle one' as found_one");
  });

  on("explain is a tree; analyze of what reads asks nothing, of what writes asks, runs and rolls back", "/sql", {}, async (page, s) => {
    await write(page, "update team set name = 'x' || nextval('counter') where id < 5");
    await page.keyboard.press("ControlOrMeta+e");
    await tree(page).getByText("Update").first().waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
    await measure(page);
    const ask = page.getByRole("dialog", { name: "Run it to measure it?" });
    await ask.getByText("its triggers fire").waitFor();
    await ask.getByRole("button", { name: "Cancel" }).click();
    await ask.waitFor({ state: "detached" });
    assert.deepEqual(await s.sql("SELECT is_called FROM counter"), [["false"]]);
    await editor(page).click();
    await measure(page);
    await ask.getByRole("button", { name: "Run and roll back" }).click();
    await page.getByText("It was run, and rolled back").waitFor();
    await tree(page).getByText("Update").first().waitFor();
    await page.getByRole("tab", { name: "Text" }).click();
    await page.getByText(/Execution Time/).waitFor();
    await page.getByText(/Trigger note/).waitFor();
    assert.deepEqual(await s.sql("SELECT is_called FROM counter"), [["true"]]); // it did run
    assert.deepEqual(await s.sql("SELECT count(*) FROM team WHERE name LIKE 'x%'"), [["0"]]);
    await write(page, "with gone as (delete from member where id = 1 returning *) select * from gone");
    await measure(page);
    await ask.getByRole("button", { name: "Run and roll back" }).click();
    await tree(page).getByText("Delete").first().waitFor();
    assert.deepEqual(await s.sql("SELECT count(*) FROM member"), [["500"]]);
    await write(page, "select 'delete' as update_me, count(*) from team join member on team.id = team_id");
    await measure(page);
    await tree(page).getByText("Aggregate").first().waitFor();
    assert.equal(await page.getByText("It was run, and rolled back").count(), 0);
  });

  on("what is measured can be canceled, and PostgreSQL stops", "/sql", {}, async (page, s) => {
    await write(page, "select pg_sleep(50)");
    await measure(page);
    await page.getByText("Running it to measure").waitFor();
    await page.getByRole("tabpanel").or(page.getByText("Running it to measure").locator("..")).getByRole("button", { name: "Cancel" }).first().click();
    await page.getByRole("alert").filter({ hasText: "canceled" }).waitFor();
    for (let i = 0; i < 30; i++) if ((await s.sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(50)%' AND state = 'active' AND pid <> pg_backend_pid()"))[0][0] === "0") return;
    assert.fail("it still runs");
  });
});

rooms("SQL without --write", () => studio(setup, []), (on) => {
  on("what writes is neither run nor measured, and says how it could be", "/sql", {}, async (page) => {
    for (const press of [run, measure]) {
      await write(page, "with gone as (delete from member returning *) select * from gone");
      await press(page);
      await page.getByRole("alert").filter({ hasText: "--write" }).first().waitFor();
      assert.equal(await page.getByRole("dialog").count(), 0);
    }
  });
});
