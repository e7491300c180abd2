// What is not committed yet, in a real browser: conflicts, what is refused and where
// that is shown, pasting and copying.

import assert from "node:assert/strict";
import { at, commit, committed, refused, review, setup, type, wrong } from "./editing.mjs";
import { rooms, rows, studio, toast } from "./studio.mjs";

rooms("changes of a table, pasting and copying", () => studio(setup), (on) => {
  on("edits of two tables, undone and done again, are one transaction", "/data/public/pets", {}, async (page, s) => {
    await rows(page);
    await type(page, 0, "name", "Rex");
    await page.getByRole("navigation", { name: "Tables", exact: true }).getByRole("link", { name: "pairs" }).click();
    await page.locator('[data-head="v"]').waitFor();
    await rows(page);
    await type(page, 0, "v", "gone");
    await page.getByText("2 rows edited").waitFor();
    await page.keyboard.press("Control+z");
    await page.getByText("1 row edited").waitFor();
    await page.keyboard.press("Control+z");
    await page.getByText("row edited").waitFor({ state: "detached" });
    await page.keyboard.press("Control+Shift+z");
    await page.keyboard.press("Control+Shift+z");
    const box = await review(page);
    assert.deepEqual(await box.locator("tbody tr").evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent))), [["name", "Pet 1", "Rex"], ["v", "one", "gone"]]);
    await s.sql("UPDATE pairs SET v = 'theirs' WHERE v = 'one'");
    await page.getByRole("button", { name: "Commit", exact: true }).click();
    await box.getByText("Somebody changed v meanwhile").waitFor();
    assert.deepEqual(await s.sql("SELECT name FROM pets WHERE id = 1"), [["Pet 1"]]); // all or nothing
    await box.getByRole("button", { name: "Take theirs" }).click();
    await box.getByText("gone").waitFor({ state: "detached" });
    await committed(page);
    assert.deepEqual(await s.sql("SELECT name FROM pets WHERE id = 1"), [["Rex"]]);
  });

  on("a row that somebody deleted meanwhile", "/data/public/pets", {}, async (page, s) => {
    await s.sql("INSERT INTO pets (id, name) VALUES (500, 'soon gone')");
    await page.reload();
    await rows(page);
    await type(page, 6, "name", "late");
    await s.sql("DELETE FROM pets WHERE id = 500");
    const box = await review(page);
    await page.getByRole("button", { name: "Commit", exact: true }).click();
    await box.getByText("Somebody deleted this row meanwhile").waitFor();
    await box.getByRole("button", { name: "Drop my change" }).click();
    await box.waitFor({ state: "detached" });
  });

  on("constraints: unique, check, foreign key and not null, each at its cell", "/data/public/pets", {}, async (page, s) => {
    await rows(page);
    for (const [name, text, says] of [["tag", "t5", "23505"], ["weight", "100", "23514"], ["owner_id", "999", "23503"], ["weight", "ten", "22P02"], ["weight", "99999999999", "22003"]]) {
      await type(page, 2, name, text);
      await refused(page, says);
      assert.deepEqual(await wrong(page), [name], says);
      await page.keyboard.press("Control+z");
      assert.deepEqual(await wrong(page), []);
    }
    await page.getByRole("button", { name: "New row" }).click();
    await type(page, 0, "tag", "fresh");
    await refused(page, "23502");
    assert.deepEqual(await wrong(page), ["name"]);
    await type(page, 0, "name", "named");
    assert.deepEqual(await wrong(page), []);
    await commit(page);
    assert.deepEqual(await s.sql("SELECT name FROM pets WHERE tag = 'fresh'"), [["named"]]);
  });

  on("a deletion that a foreign key forbids", "/data/public/owners", {}, async (page, s) => {
    await rows(page);
    await (await at(page, 3, "name")).click();
    await page.keyboard.press("Control+Backspace");
    await refused(page, "23503");
    assert.equal((await s.sql("SELECT count(*) FROM owners"))[0][0], "40");
    await page.keyboard.press("Control+z");
    await page.getByText("to delete").waitFor({ state: "detached" });
  });

  on("a table that was dropped meanwhile is said once", "/data/public/dropped", {}, async (page, s) => {
    await rows(page);
    await type(page, 0, "a", "y");
    await s.sql("DROP TABLE dropped");
    let asked = 0;
    page.on("request", (r) => (asked += r.url().includes("/api/changes/preview") ? 1 : 0));
    await page.keyboard.press("Control+s");
    await page.getByRole("dialog", { name: "Review changes" }).getByText("there is no table or view public.dropped").first().waitFor();
    await page.waitForTimeout(400);
    assert.ok(asked <= 2, `asked ${asked} times`);
  });

  on("leaving with edits warns, and without does not", "/data/public/pairs", {}, async (page) => {
    const asked = [];
    page.on("dialog", (d) => {
      asked.push(d.type());
      void d.dismiss();
    });
    await rows(page);
    await type(page, 0, "v", "not yet");
    // A reload that is refused never ends, as far as playwright knows.
    await page.evaluate(() => setTimeout(() => location.reload()));
    for (let i = 0; asked.length === 0 && i < 50; i++) await page.waitForTimeout(50);
    assert.deepEqual(asked, ["beforeunload"]);
    await page.getByText("1 row edited").waitFor();
    await page.getByRole("button", { name: "Discard" }).click();
    await page.reload();
    await rows(page);
    assert.deepEqual(asked, ["beforeunload"]);
  });

  // ---- paste and copy

  const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());
  const paste = async (page, text) => {
    await page.evaluate((t) => navigator.clipboard.writeText(t), text);
    await page.keyboard.press("Control+v");
  };

  on("a block from a spreadsheet, with quotes, tabs and lines in its cells, over cells and beyond the last row", "/data/public/sheet", {}, async (page, s) => {
    await rows(page);
    await (await at(page, 2, "a")).click();
    await paste(page, '"say ""hi"""\t7\t"two\nlines"\r\nplain\t\t"tab\there"\r\nnew\t9\tx\r\nnewer\t10\ty\r\n');
    await toast(page, "2 pasted lines are new rows");
    await page.getByText("2 rows edited, 2 new").waitFor();
    await page.keyboard.press("Control+z"); // one step
    await page.getByText("2 rows edited").waitFor({ state: "detached" });
    await page.keyboard.press("Control+Shift+z");
    for (const [i, id] of [[0, "5"], [1, "6"]]) await type(page, i, "id", id);
    await commit(page, 4);
    assert.deepEqual(await s.sql("SELECT * FROM sheet WHERE id > 2 ORDER BY id"), [["3", 'say "hi"', "7", "two\nlines"], ["4", "plain", null, "tab\there"], ["5", "new", "9", "x"], ["6", "newer", "10", "y"]]);
  });

  on("into a new row: all lines become new rows, and none is overwritten", "/data/public/sheet", {}, async (page, s) => {
    await rows(page);
    await page.getByRole("button", { name: "New row" }).click();
    await (await at(page, 0, "id")).click();
    await paste(page, "101\tp\t1\n102\tq\t2\n103\tr\t3");
    await page.getByText("3 new").waitFor();
    assert.equal(await page.getByText("edited").count(), 0);
    await commit(page, 3);
    assert.deepEqual(await s.sql("SELECT id, a, b, c FROM sheet WHERE id > 100 ORDER BY id"), [["101", "p", "1", null], ["102", "q", "2", null], ["103", "r", "3", null]]);
  });

  on("over a generated column: that stays, the others are taken", "/data/public/made", {}, async (page, s) => {
    await rows(page);
    await (await at(page, 1, "id")).click();
    await paste(page, "77\t5\t99\t8");
    await toast(page, "id, twice stay as they are");
    await commit(page);
    assert.deepEqual(await s.sql("SELECT * FROM made WHERE id = 2"), [["2", "5", "10", "8"]]);
  });

  on("one value over a selection; and what was copied here comes back as it was, NULL and lines too", "/data/public/texts", {}, async (page, s) => {
    await s.sql("UPDATE texts SET note = E'one\\ntwo', long = NULL WHERE id = 1; UPDATE texts SET note = NULL, long = '' WHERE id = 2");
    await page.reload();
    await rows(page);
    await (await at(page, 0, "note")).click();
    await page.keyboard.press("Control+c");
    await toast(page, "Copied");
    assert.equal(await clipboard(page), "one\ntwo");
    await (await at(page, 1, "must")).click();
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Control+v");
    await page.getByText("2 rows edited").waitFor();
    await (await at(page, 1, "note")).click();
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Control+c");
    await toast(page, "Copied 1 row");
    await (await at(page, 2, "note")).click();
    await page.keyboard.press("Control+v");
    await commit(page, 2);
    assert.deepEqual(await s.sql("SELECT note, long, must FROM texts WHERE id > 1 ORDER BY id"), [[null, "", "one\ntwo"], [null, "", "one\ntwo"]]);
  });

  on("copied as CSV, JSON and SQL, which PostgreSQL takes back", "/data/public/made", {}, async (page, s) => {
    await rows(page);
    await page.getByRole("grid").focus();
    await (await at(page, 0, "a")).click();
    await page.keyboard.press("Control+a");
    const copied = async (words) => {
      await page.evaluate(() => navigator.clipboard.writeText(""));
      await page.keyboard.press("Control+k");
      await page.keyboard.type(words);
      await page.keyboard.press("Enter");
      await page.waitForFunction(async () => (await navigator.clipboard.readText()) !== "");
      return clipboard(page);
    };
    const want = await s.sql("SELECT id, a, twice, d FROM made ORDER BY id");
    assert.equal(await copied("copy the selection as csv"), "id,a,twice,d\n" + want.map((r) => r.join(",")).join("\n") + "\n");
    assert.deepEqual(JSON.parse(await copied("copy the selection as json")), want.map(([id, a, twice, d]) => ({ id: +id, a: +a, twice: +twice, d: +d })));
    const sql = await copied("copy the selection as sql");
    await s.sql("CREATE SCHEMA again; CREATE TABLE again.made (LIKE made INCLUDING ALL);");
    await s.sql(sql.replaceAll("public.made", "again.made"));
    assert.deepEqual(await s.sql("SELECT id, a, twice, d FROM again.made ORDER BY id"), want);
  });
});
