// The rooms SQL, Schema and History in a real browser on a real database.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { barriers, rooms, studio, write } from "./studio.mjs";

/** 112 tables in 14 families; half of them point to users. */
const families = ["users", "team", "invoice", "product", "ticket", "message", "file", "audit", "agent", "skill", "prompt", "quota", "report", "site"];
const parts = ["", "_label", "_version", "_member", "_event", "_token", "_share", "_run"];
const many = families
  .flatMap((f, i) => parts.map((p, j) => `CREATE TABLE ${f}${p} (id bigint PRIMARY KEY, name text NOT NULL, at timestamptz${p ? `, ${f}_id bigint NOT NULL REFERENCES ${f}` : ""}${(i + j) % 2 && f !== "users" ? ", user_id bigint REFERENCES users" : ""});`))
  .join("\n");
const setup = `${many}
  CREATE INDEX team_name_idx ON team (name);
  INSERT INTO users SELECT g, 'User ' || g, now() FROM generate_series(1, 3000) g;
  INSERT INTO team SELECT g, 'Team ' || g, now() FROM generate_series(1, 20) g;
  ANALYZE;`;

rooms("the SQL room", () => studio(setup), (on) => {
  on("runs the statement at the cursor, and no other", "/sql", {}, async (page) => {
    await write(page, "select 1 as one;\n\nselect id, name from users order by id;");
    await page.keyboard.press("ControlOrMeta+Enter");
    const grid = page.getByRole("grid");
    await grid.getByText("User 1", { exact: true }).waitFor();
    await page.getByText("There are more; no more than 1,000 were read").waitFor();
    assert.equal(await page.getByRole("columnheader").count(), 2);
    await page.getByRole("textbox", { name: "SQL" }).click({ position: { x: 60, y: 18 } });
    await page.keyboard.press("ControlOrMeta+Enter");
    await page.getByRole("columnheader", { name: "one" }).waitFor();
  });

  on("runs all, and shows each result", "/sql", {}, async (page) => {
    await write(page, "select 1 as one; select 2 as two, 3 as three");
    await page.keyboard.press("ControlOrMeta+Shift+Enter");
    await page.getByRole("columnheader", { name: "three" }).waitFor();
    await page.getByRole("tab", { name: /^1/ }).click();
    await page.getByRole("columnheader", { name: "one" }).waitFor();
  });

  on("shows an error at its place", "/sql", {}, async (page) => {
    await write(page, "select id,\n       nope\nfrom users");
    await page.keyboard.press("ControlOrMeta+Enter");
    await page.getByRole("alert").filter({ hasText: 'column "nope" does not exist' }).first().waitFor();
    await page.getByRole("button", { name: "Line 2, column 8" }).click();
    await page.keyboard.insertText("x");
    assert.match(await page.getByRole("textbox", { name: "SQL" }).innerText(), /xnope/);
  });

  on("cancels", "/sql", {}, async (page) => {
    await write(page, "select pg_sleep(60)");
    await page.keyboard.press("ControlOrMeta+Enter");
    await page.getByRole("tabpanel", { name: "Result" }).waitFor();
    await page.getByRole("button", { name: "Cancel" }).first().click();
    await page.getByText("Canceled. Nothing of it is kept.").waitFor();
  });

  on("writes only when told to, and for one run", "/sql", {}, async (page, s) => {
    await write(page, "update team set name = 'Renamed' where id = 1");
    await page.keyboard.press("ControlOrMeta+Enter");
    await page.getByRole("alert").first().waitFor();
    await page.getByRole("switch").check();
    await page.getByText("The next run writes").waitFor();
    await page.getByRole("textbox", { name: "SQL" }).click();
    await page.keyboard.press("ControlOrMeta+Enter");
    await page.getByText("committed").waitFor();
    assert.equal(await page.getByRole("switch").isChecked(), false);
    assert.deepEqual(await s.sql("select name from team where id = 1"), [["Renamed"]]);
  });

  on("keeps a text that is longer than what a leaving page may send", "/sql", {}, async (page) => {
    const kept = page.waitForResponse((r) => r.url().endsWith("/api/memory/sql.tabs") && r.request().method() === "PUT" && r.request().postData().length > 100_000);
    await write(page, `select '${"x".repeat(100_000)}'`);
    assert.equal((await kept).status(), 200);
    assert.equal(await page.getByText("does not answer").count(), 0);
  });

  on("completes the columns behind an alias", "/sql", {}, async (page) => {
    await write(page, "select m. from team_member m");
    for (let i = 0; i < " from team_member m".length; i++) await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Control+Space");
    await page.getByRole("option", { name: /team_id/ }).waitFor();
  });

  on("explains as a tree, with times when it ran", "/sql", {}, async (page) => {
    await write(page, "select count(*) from users u join team t on t.id = u.id");
    await page.keyboard.press("ControlOrMeta+Shift+E");
    const tree = page.getByRole("list", { name: "Steps of the plan" });
    await tree.getByText("Aggregate").first().waitFor();
    await tree.getByText(/Seq Scan|Index/).first().waitFor();
    await page.getByRole("tab", { name: "Text" }).click();
    await page.getByText(/Execution Time/).waitFor();
  });

  on("keeps the texts that were run, and finds them", "/sql", {}, async (page) => {
    await write(page, "select 'a needle' as found");
    await page.keyboard.press("ControlOrMeta+Enter");
    await page.getByRole("columnheader", { name: "found" }).waitFor();
    await page.getByRole("button", { name: "Queries that were run" }).click();
    await page.getByRole("searchbox", { name: "Find in what was run" }).fill("needle");
    await page.getByRole("option", { name: /needle/ }).waitFor();
  });

  for (const [scheme, width] of [["light", 1280], ["dark", 1280], ["light", 390]]) {
    on(`has no barriers, ${scheme} at ${width}`, "/sql", { scheme, width }, async (page) => {
      await write(page, "select id, name from users limit 20");
      await page.keyboard.press("ControlOrMeta+Enter");
      await page.getByRole("grid").waitFor();
      assert.deepEqual(await barriers(page), []);
    });
  }
});

rooms("the Schema room", () => studio(setup), (on) => {
  const boxes = (page) => page.locator("[data-box]");

  on("draws 112 tables, none over another", "/schema", {}, async (page) => {
    await boxes(page).first().waitFor();
    await page.getByText("112 tables").waitFor();
    const found = await boxes(page).evaluateAll((all) => all.map((g) => g.querySelector("rect").getBoundingClientRect()).map(({ left, top, right, bottom }) => ({ left, top, right, bottom })));
    assert.equal(found.length, 112);
    const over = found.flatMap((a, i) => found.slice(i + 1).filter((b) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5));
    assert.equal(over.length, 0);
  });

  on("finds a table, focuses on it, and the address brings that back", "/schema", {}, async (page, s) => {
    await boxes(page).first().waitFor();
    await page.getByRole("searchbox", { name: "Find a table" }).fill("skill_ver");
    await page.getByRole("searchbox", { name: "Find a table" }).press("Enter");
    await page.getByRole("group", { name: "Selected: skill_version" }).getByRole("button", { name: "Focus" }).click();
    await page.getByText(/tables around/).waitFor();
    const few = await boxes(page).count();
    assert.ok(few > 1 && few < 20, `${few} tables`);
    await page.getByRole("button", { name: "2 keys away" }).click();
    await page.waitForFunction((n) => document.querySelectorAll("[data-box]").length > n, few);
    const again = await s.open(new URL(page.url()).pathname + new URL(page.url()).search);
    await again.getByText(/tables around/).waitFor();
    await again.context().close();
  });

  on("is gone through by the keyboard", "/schema?table=public.skill", {}, async (page) => {
    await boxes(page).first().waitFor();
    await page.getByRole("listbox", { name: /^Diagram of/ }).focus();
    const chosen = () => new URL(page.url()).searchParams.get("table");
    // Where nothing lies to one side, the diagram is moved instead.
    for (const key of ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"]) {
      await page.keyboard.press(key);
      await page.waitForURL((u) => u.searchParams.get("table") !== "public.skill", { timeout: 2000 }).catch(() => {});
      if (chosen() !== "public.skill") break;
    }
    assert.match(chosen(), /^public\.(?!skill$)/);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/schema\/public\//);
  });

  on("saves an SVG that needs nothing from elsewhere", "/schema", {}, async (page) => {
    await boxes(page).first().waitFor();
    await page.getByRole("button", { name: "Export" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Save as SVG" }).click();
    const svg = readFileSync(await (await download).path(), "utf8");
    assert.match(svg, /^<\?xml/);
    for (const name of ["skill_version", "users", "site_run"]) assert.ok(svg.includes(`>${name}<`), name);
    assert.doesNotMatch(svg, /var\(|class=|href=|url\(/);
  });

  on("copies Mermaid", "/schema", {}, async (page) => {
    await boxes(page).first().waitFor();
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: "Copy as Mermaid" }).click();
    await page.getByText("Mermaid copied").waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(text, /^erDiagram\n/);
    assert.match(text, /skill \|\|--o\{ skill_version : "skill_id"/);
  });

  on("has a list for those who read", "/schema?view=list", {}, async (page) => {
    await page.getByRole("region", { name: "team_member" }).getByRole("link", { name: "team", exact: true }).click();
    await page.getByRole("heading", { name: "team", level: 1 }).waitFor();
  });

  on("has a page for a table, and says which index is unused", "/schema/public/team", {}, async (page) => {
    await page.getByRole("row", { name: /team_name_idx/ }).getByText("unused").waitFor();
    await page.getByRole("region", { name: /^Referenced by/ }).getByRole("link", { name: "team_member" }).waitFor();
    assert.deepEqual(await barriers(page), []);
  });

  for (const [scheme, width] of [["light", 1280], ["dark", 1280], ["dark", 390]]) {
    on(`has no barriers, ${scheme} at ${width}`, "/schema", { scheme, width }, async (page) => {
      await boxes(page).first().waitFor();
      assert.deepEqual(await barriers(page), []);
    });
  }
});

const shop = new URL("../../examples/shop", import.meta.url).pathname;

rooms("the History room", () => studio("SELECT 1", ["--write"], shop), (on) => {
  on("shows what is pending, and what it would do", "/history", {}, async (page) => {
    await page.locator("[data-state=pending]").first().waitFor();
    await page.getByRole("heading", { name: /migrations? to apply/ }).waitFor();
    assert.deepEqual(await barriers(page), []);
  });

  on("applies what is pending after it was asked", "/history", {}, async (page) => {
    const pending = await page.locator("[data-state=pending]").first().waitFor().then(() => page.locator("[data-state=pending]").count());
    assert.ok(pending > 0);
    await page.getByRole("button", { name: "Apply" }).first().click();
    await page.getByRole("button", { name: new RegExp(`^Apply ${pending} to `) }).click();
    await page.getByText(/in the database\.$/).waitFor();
    await page.getByRole("contentinfo").or(page.locator("footer")).getByRole("button", { name: "Close" }).click();
    await page.locator("[data-state=applied]").first().waitFor();
    assert.equal(await page.locator("[data-state=pending]").count(), 0);
  });

  on("shows a migration's SQL and what it changed", "/history", { scheme: "dark" }, async (page) => {
    await page.locator("[data-tag]").last().click();
    await page.getByText("CREATE TABLE").first().waitFor();
    await page.getByRole("tab", { name: /^Changes/ }).click();
    await page.getByRole("tabpanel", { name: "changes" }).getByRole("listitem").first().waitFor();
    assert.deepEqual(await barriers(page), []);
  });

  on("fits a phone", "/history", { width: 390, height: 844 }, async (page) => {
    await page.locator("[data-tag]").first().click();
    await page.getByRole("tab", { name: /^SQL/ }).waitFor();
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    assert.deepEqual(await barriers(page), []);
  });

  on("draws the difference between two points", "/history", {}, async (page) => {
    await page.locator("[data-tag]").first().click();
    await page.getByRole("link", { name: "In the diagram" }).click();
    await page.getByRole("region", { name: "Changes" }).waitFor();
    await page.locator("[data-box]").first().waitFor();
  });
});
