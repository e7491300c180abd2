// Editing a value of every kind in a real browser.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { at, commit, committed, refused, review, setup, type, wrong } from "./editing.mjs";
import { barriers, cell, rooms, rows, studio, toast } from "./studio.mjs";

const code = async (page, box, text) => {
  await box.locator(".cm-content").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
};
const keep = (box) => box.getByRole("button", { name: "Keep change" });

rooms("editing a value", () => studio(setup), (on) => {
  on("jsonb: as a tree, as text, its digits kept, and no invalid JSON", "/data/public/docs", {}, async (page, s) => {
    await rows(page);
    await (await at(page, 0, "body")).dblclick();
    const box = page.getByRole("dialog", { name: "body" });
    await box.getByRole("button", { name: "Tree" }).click();
    await box.getByText("12345678901234567890123.4500").waitFor();
    await box.getByRole("button", { name: "Text" }).click();
    await box.locator(".cm-content").click();
    await code(page, box, '{"zz": 1,');
    await box.getByRole("alert").waitFor();
    assert.ok(await keep(box).isDisabled());
    await code(page, box, '{"zz": 2, "a": 12345678901234567890123.4500}');
    await keep(box).click();
    await commit(page);
    assert.deepEqual(await s.sql("SELECT body FROM docs WHERE id = 1"), [['{"a": 12345678901234567890123.4500, "zz": 2}']]);
  });

  on("json: not a space of it is changed, and a key may come twice", "/data/public/docs", {}, async (page, s) => {
    await rows(page);
    await (await at(page, 0, "raw")).dblclick();
    const box = page.getByRole("dialog", { name: "raw" });
    assert.equal(await box.locator(".cm-line").innerText(), '{"b":1,  "a":2, "b":3}');
    await box.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" ");
    await keep(box).click();
    await commit(page);
    assert.deepEqual(await s.sql("SELECT raw FROM docs WHERE id = 1"), [['{"b":1,  "a":2, "b":3} ']]);
  });

  on("JSON that is typed into the cell and is none is shown at the cell", "/data/public/docs", {}, async (page) => {
    await rows(page);
    await type(page, 2, "body", "{nope");
    await refused(page, "invalid input syntax for type json");
    assert.deepEqual(await wrong(page), ["body"]);
    await (await at(page, 2, "body")).click();
    await page.keyboard.press("Enter");
    const why = page.getByRole("dialog", { name: "Conflict" });
    await why.getByText("invalid input syntax").first().waitFor();
    await why.getByRole("button", { name: "Edit" }).click();
    await page.getByRole("dialog", { name: "body" }).locator(".cm-content").waitFor();
  });

  on("a text that was written is not dropped by one key", "/data/public/docs", {}, async (page) => {
    await rows(page);
    await (await at(page, 2, "raw")).dblclick();
    const box = page.getByRole("dialog", { name: "raw", exact: true });
    await code(page, box, '{"much": "work"}');
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Drop what you wrote" }).getByRole("button", { name: "Cancel" }).click();
    assert.match(await box.locator(".cm-content").innerText(), /much/);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Drop it" }).click();
    await box.waitFor({ state: "detached" });
    assert.equal(await page.getByText("row edited").count(), 0);
  });

  on("an array: items with commas, braces, quotes, lines, NULL and the word NULL", "/data/public/lists", {}, async (page, s) => {
    await rows(page);
    await (await at(page, 0, "words")).dblclick();
    const box = page.getByRole("dialog", { name: "words" });
    const item = (n) => box.getByRole("textbox", { name: `Item ${n}`, exact: true });
    await box.getByText("6 items").waitFor();
    assert.deepEqual(await Promise.all([1, 2, 3, 4, 5, 6].map((n) => item(n).inputValue())), ["a,b", '{"q"}', "", "NULL", "", "two\nlines"]);
    assert.equal(await item(3).getAttribute("placeholder"), "NULL");
    assert.equal(await item(5).getAttribute("placeholder"), "empty");
    await item(1).fill('c,"d"\\ {e}');
    await box.getByRole("button", { name: "Item 2 is NULL" }).click();
    await box.getByRole("button", { name: "Item 3 is NULL" }).click();
    await box.getByRole("button", { name: "Add an item" }).click();
    await item(7).fill("new");
    await box.getByRole("button", { name: "Remove item 4" }).click();
    assert.deepEqual(await barriers(page), []);
    await keep(box).click();
    await commit(page);
    assert.deepEqual(await s.sql("SELECT to_json(words)::text FROM lists WHERE id = 1"), [['["c,\\"d\\"\\\\ {e}",null,"","","two\\nlines","new"]']]);
  });

  on("an array of arrays, one that begins at 0, and from NULL to no items", "/data/public/lists", {}, async (page, s) => {
    await rows(page);
    for (const [name, text] of [["grid", "{{1,2},{3,5}}"], ["odd", "[0:1]={7,9}"]]) {
      await (await at(page, 0, name)).dblclick();
      const box = page.getByRole("dialog", { name });
      await code(page, box, "{1,");
      await box.getByRole("alert").filter({ hasText: "no list" }).waitFor();
      await code(page, box, text);
      await keep(box).click();
    }
    await (await at(page, 1, "words")).dblclick();
    await page.getByRole("button", { name: "No items instead of NULL" }).click();
    await keep(page.getByRole("dialog", { name: "words" })).click();
    await type(page, 0, "place", '(2,"c d")');
    await commit(page, 2);
    assert.deepEqual(await s.sql("SELECT grid, odd, words, place FROM lists WHERE id < 3 ORDER BY id"), [["{{1,2},{3,5}}", "[0:1]={7,9}", await first(s), '(2,"c d")'], [null, null, "{}", null]]);
  });
  const first = async (s) => (await s.sql("SELECT words FROM lists WHERE id = 1"))[0][0];

  on("bytea: its size, as hex, edited as hex, from a file and into one", "/data/public/files", {}, async (page, s) => {
    await rows(page);
    await (await at(page, 0, "data")).dblclick();
    const box = page.getByRole("dialog", { name: "data" });
    await box.getByText("00000000  de ad be ef").waitFor();
    await box.getByText("4 B", { exact: true }).waitFor();
    await box.getByRole("button", { name: "Edit hex" }).click();
    await code(page, box, "de ad b");
    await box.getByRole("alert").filter({ hasText: "two digits" }).waitFor();
    await code(page, box, "xy");
    await box.getByRole("alert").filter({ hasText: "0 to 9" }).waitFor();
    await code(page, box, "DE AD\n00ff");
    await keep(box).click();
    await (await at(page, 2, "data")).dblclick();
    await box.getByLabel("Replace with a file").setInputFiles({ name: "x.bin", mimeType: "application/octet-stream", buffer: Buffer.from([1, 2, 254]) });
    await box.getByText("3 B", { exact: true }).waitFor();
    await keep(box).click();
    await commit(page, 2);
    assert.deepEqual(await s.sql("SELECT data FROM files WHERE id <> 2 ORDER BY id"), [["\\xdead00ff"], ["\\x0102fe"]]);
    await (await at(page, 1, "data")).dblclick();
    const [download] = await Promise.all([page.waitForEvent("download"), box.getByRole("link", { name: "Download" }).click()]);
    assert.deepEqual(readFileSync(await download.path()), Buffer.alloc(3000, 0xab));
  });

  on("times: in another zone, of a day, and none", "/data/public/times", {}, async (page, s) => {
    await rows(page);
    assert.equal(await (await at(page, 0, "at")).innerText(), "2026-03-01 12:00:00+00");
    await (await at(page, 0, "at")).dblclick();
    await page.getByText(/without a zone it is/).waitFor();
    await page.keyboard.type("2026-07-01 12:00 Europe/Paris");
    await page.keyboard.press("Tab");
    await page.keyboard.type("2024-02-29");
    await page.keyboard.press("Tab");
    await page.keyboard.type("23:59:59.5");
    await page.keyboard.press("Tab");
    await page.keyboard.type("P1Y2M3DT4H");
    await page.keyboard.press("Tab");
    await page.keyboard.press("F2");
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Enter");
    assert.equal(await (await at(page, 0, "local")).innerText(), "NULL");
    await commit(page);
    assert.deepEqual(await s.sql("SELECT at AT TIME ZONE 'UTC', day, hour, span, local FROM times"), [["2026-07-01 10:00:00", "2024-02-29", "23:59:59.5", "1 year 2 mons 3 days 04:00:00", null]]);
    // The grid has them as PostgreSQL writes them.
    assert.equal(await (await at(page, 0, "at")).innerText(), "2026-07-01 10:00:00+00");
    assert.equal(await (await at(page, 0, "span")).innerText(), "1 year 2 mons 3 days 04:00:00");
  });

  on("numbers of forty digits, NaN, uuid, inet, ranges, and choices by their first letter", "/data/public/scalars", { width: 1800 }, async (page, s) => {
    await rows(page);
    assert.match(await (await at(page, 0, "exact")).innerText(), /^1234567890123456789012345678901234567890\.1234567890$/);
    await type(page, 0, "exact", "9999999999999999999999999999999999999999.0100");
    await type(page, 0, "ratio", "NaN");
    await (await at(page, 0, "yes")).click();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitemcheckbox", { name: "true" }).waitFor();
    await page.keyboard.press("f");
    await page.keyboard.press("Enter");
    await (await at(page, 0, "mood")).dblclick();
    assert.equal(await page.getByRole("menuitemcheckbox", { name: "calm" }).getAttribute("aria-checked"), "true");
    await page.keyboard.press("s");
    await page.keyboard.press("Enter");
    await type(page, 0, "uid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11");
    await type(page, 0, "addr", "192.168.0.1/24");
    await type(page, 0, "during", "[2026-01-01 00:00+00,2026-02-01 00:00+00)");
    await type(page, 0, "vec", "{1,2,3}");
    await type(page, 0, "small", "3");
    await type(page, 0, "code", "1010");
    await type(page, 0, "cash", "12.50");
    await commit(page);
    assert.deepEqual(await s.sql("SELECT exact, ratio, yes, mood, uid, addr, during, vec, small, code, cash::numeric FROM scalars"), [[
      "9999999999999999999999999999999999999999.0100", "NaN", "false", "sad", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "192.168.0.1/24", '["2026-01-01 00:00:00+00","2026-02-01 00:00:00+00")', "{1,2,3}", "3", "1010", "12.50",
    ]]);
    await type(page, 0, "ratio", "-Infinity");
    await commit(page);
    for (const [name, text, says] of [["vec", "{1,2}", "violates check constraint"], ["small", "-1", "violates check constraint"], ["uid", "nope", "invalid input syntax"], ["code", "10", "does not match type bit(4)"]]) {
      await type(page, 0, name, text);
      await refused(page, says);
      assert.deepEqual(await wrong(page), [name]);
      await page.getByRole("button", { name: "Discard" }).click();
    }
  });

  on("NULL and the empty text, by the keyboard", "/data/public/texts", {}, async (page, s) => {
    await rows(page);
    const note = await at(page, 1, "note");
    assert.equal(await note.innerText(), "NULL");
    await note.click();
    await page.keyboard.press("Enter");
    const field = page.getByRole("textbox", { name: "note" });
    assert.equal(await field.getAttribute("placeholder"), "NULL");
    await page.keyboard.press("Backspace");
    assert.equal(await field.getAttribute("placeholder"), "empty");
    await page.keyboard.press("Enter");
    assert.equal(await note.innerText(), "empty");
    await page.keyboard.press("Enter"); // the row below: from '' to NULL
    await page.keyboard.press("Backspace");
    assert.equal(await field.getAttribute("placeholder"), "NULL");
    await page.keyboard.press("Enter");
    await (await at(page, 0, "note")).click();
    await page.keyboard.press("Delete");
    await (await at(page, 0, "must")).click();
    await page.keyboard.press("Delete"); // not null: no text
    await commit(page, 3);
    assert.deepEqual(await s.sql("SELECT note, must FROM texts ORDER BY id"), [[null, ""], ["", "x"], [null, "x"]]);
  });

  on("a megabyte of text is fetched when it is opened, and can be edited and emptied", "/data/public/texts", {}, async (page, s) => {
    await rows(page); // of the first time; what is measured is the second
    const [came] = await Promise.all([page.waitForResponse((r) => r.url().endsWith("/api/rows")), page.reload()]);
    assert.ok((await came.body()).length < 20_000);
    await rows(page);
    await (await at(page, 0, "long")).dblclick();
    const box = page.getByRole("dialog", { name: "long" });
    await box.getByText("1,048,576 characters").waitFor();
    await box.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("the end");
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("begun ");
    await keep(box).click();
    await commit(page);
    assert.deepEqual(await s.sql("SELECT length(long), left(long, 10), right(long, 10), md5(substr(long, 7, 1048576)) = md5(repeat('0123456789abcde' || chr(10), 65536)) FROM texts WHERE id = 1"), [["1048589", "begun 0123", "de\nthe end", "true"]]);
    await (await at(page, 0, "long")).click();
    await page.keyboard.press("Delete");
    await page.getByText("1 row edited").waitFor();
    await commit(page);
    assert.deepEqual(await s.sql("SELECT long FROM texts WHERE id = 1"), [[null]]);
  });

  on("what is generated is not edited, and a default can be", "/data/public/made", {}, async (page, s) => {
    await rows(page);
    for (const [name, why] of [["id", "always generated"], ["twice", "generated from other columns"]]) {
      await (await at(page, 0, name)).click();
      await page.keyboard.press("5");
      await toast(page, why);
      await page.keyboard.press("Delete");
      await toast(page, `${name} stays as it is`);
    }
    await (await at(page, 0, "d")).click();
    await page.keyboard.type("9");
    await page.keyboard.press("Enter");
    await commit(page);
    await (await at(page, 0, "d")).dblclick();
    await page.getByRole("button", { name: "Default" }).click();
    assert.equal(await (await at(page, 0, "d")).innerText(), "default");
    await type(page, 0, "a", "21");
    const box = await review(page);
    await box.getByText(/DEFAULT/).first().waitFor();
    await committed(page);
    await page.waitForFunction(() => document.querySelector('[data-r="0"]').textContent.includes("42"));
    assert.deepEqual(await s.sql("SELECT a, twice, d FROM made WHERE id = 1"), [["21", "42", "7"]]);
  });

  on("a key of two columns; the key itself can be edited, and edited again", "/data/public/pairs", {}, async (page, s) => {
    await rows(page);
    await type(page, 1, "v", "second");
    await type(page, 1, "b", "z");
    const box = await review(page);
    assert.match(await box.locator("pre").innerText(), /^UPDATE "public"\."pairs" SET "b" = 'z', "v" = 'second' WHERE "a" = 1 AND "b" = 'y'/);
    await committed(page);
    await type(page, 1, "v", "third");
    await commit(page);
    assert.deepEqual(await s.sql("SELECT * FROM pairs ORDER BY a, b"), [["1", "x", "one"], ["1", "z", "third"], ["2", "x", "three"]]);
  });

  on("a view is read only, and says that it is one", "/data/public/seen", {}, async (page) => {
    await rows(page);
    await cell(page, 0, 2).click();
    await page.keyboard.press("Delete");
    await toast(page, "Rows of a view cannot be edited here");
    await cell(page, 0, 2).dblclick();
    await page.getByRole("dialog", { name: "v" }).getByText("one").waitFor();
    assert.equal(await page.getByRole("button", { name: "Keep change" }).count(), 0);
  });

  on("a foreign key is chosen by the name of what it points to", "/data/public/pets", {}, async (page, s) => {
    await rows(page);
    await (await at(page, 0, "owner_id")).click();
    await page.keyboard.press("Enter");
    await page.getByRole("listbox", { name: "Rows of owners" }).getByRole("option", { name: /Owner 1$/ }).waitFor();
    await page.keyboard.type("owner 33");
    await page.getByRole("option", { name: "33 Owner 33" }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll("#key-choices [role=option]").length === 1);
    await page.keyboard.press("ArrowDown");
    assert.deepEqual(await barriers(page), []);
    await page.keyboard.press("Enter");
    await (await at(page, 1, "owner_id")).dblclick();
    await page.keyboard.type("owner 2");
    await page.getByRole("option", { name: "21 Owner 21" }).click();
    await commit(page, 2);
    assert.deepEqual(await s.sql("SELECT owner_id FROM pets WHERE id < 3 ORDER BY id"), [["33"], ["21"]]);
  });
});
