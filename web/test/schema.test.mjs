// The Schema room: any point of history, the difference between two, and the page of
// every kind of table, held against what the command line says.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { put, scenes } from "./scenes.mjs";
import { barriers } from "./studio.mjs";

const config = 'export default { dialect: "postgresql", schema: "./schema.ts", out: "./drizzle" };\n';
const imports = 'import { integer, pgTable, smallint, text } from "drizzle-orm/pg-core";\n';
const users = (more) => `export const users = pgTable("users", { id: integer().primaryKey(), ${more} });\n`;
const first = imports + users("name: text(), age: smallint(), old: text()") + 'export const gone = pgTable("gone", { id: integer().primaryKey() });\nexport const same = pgTable("same", { id: integer().primaryKey() });\n';
const second = imports + users("name: text().notNull(), age: integer()") + 'export const same = pgTable("same", { id: integer().primaryKey() });\nexport const posts = pgTable("posts", { id: integer().primaryKey(), author: integer().references(() => users.id) });\n';

describe("the Schema room", () => {
  let all, dir, database, s;
  before(async () => {
    all = await scenes();
    dir = all.project({ "drizzle.config.ts": config, "schema.ts": first });
    database = await all.database();
    for (const [name, text] of [["first", first], ["second", second]]) {
      put(dir, { "schema.ts": text });
      // What is dropped and what is made are no renames.
      const { code, out, err } = await all.run(dir, database, "generate", "--name", name, ...(name === "second" ? ["--answers-all", "create"] : []));
      assert.equal(code, 0, out + err);
    }
    s = await all.studio(database, { cwd: dir });
  });
  after(() => all?.stop());

  const boxes = (page) => page.locator("[data-box]").evaluateAll((all) => all.map((b) => b.dataset.box.replace(/^public\./, "")).sort());
  const closed = async (page) => {
    assert.deepEqual(page.complaints.filter((c) => !/^Applying inline style/.test(c)), []);
    await page.context().close();
  };

  test("draws each point, and marks what became of tables and columns between two", async () => {
    const page = await s.open("/schema?at=0000_first");
    await page.locator("[data-box]").first().waitFor();
    assert.deepEqual(await boxes(page), ["gone", "same", "users"]);
    await page.goto(new URL("/schema?at=0001_second&from=0000_first&columns=all", page.url()).href);
    await page.locator('[data-box="public.posts"]').waitFor();
    assert.deepEqual(await boxes(page), ["gone", "posts", "same", "users"]);
    const text = (name) => page.locator(`[data-box="public.${name}"]`).evaluate((g) => [...g.querySelectorAll("text")].map((t) => t.textContent));
    assert.ok((await text("posts")).some((t) => /added/.test(t)));
    assert.ok((await text("gone")).some((t) => /removed/.test(t)));
    assert.ok((await text("users")).some((t) => /changed/.test(t)));
    assert.ok(!(await text("same")).some((t) => /added|removed|changed/.test(t)));
    const changes = await page.getByRole("region", { name: "Changes" }).innerText();
    for (const part of [/posts/, /gone/, /age/, /old/]) assert.match(changes, part);
    assert.deepEqual(await barriers(page), []);
    await page.getByRole("button", { name: "Export" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Save as SVG" }).click();
    const svg = readFileSync(await (await download).path(), "utf8");
    for (const part of ["+ added", "− removed", "~ changed"]) assert.ok(svg.includes(part), part);
    await page.goto(new URL("/schema?at=0001_second&from=0000_first&only=changed", page.url()).href);
    await page.locator('[data-box="public.posts"]').waitFor();
    assert.deepEqual(await boxes(page), ["gone", "posts", "users"]);
    await closed(page);
  });

  test("a page for each kind of table has all that skein inspect has", async () => {
    await s.sql(`CREATE EXTENSION IF NOT EXISTS btree_gist;
      CREATE SCHEMA app;
      CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TABLE app."Odd.Parent" (id int PRIMARY KEY, note text);
      CREATE TABLE app.things (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL DEFAULT 'new', twice int GENERATED ALWAYS AS (size * 2) STORED, size int,
        room int, during tstzrange, parent int REFERENCES app."Odd.Parent" ON DELETE CASCADE ON UPDATE SET NULL,
        CONSTRAINT sized CHECK (size > 0) NO INHERIT, CONSTRAINT free EXCLUDE USING gist (room WITH =, during WITH &&));
      ALTER TABLE app.things ADD CONSTRAINT later CHECK (name <> '') NOT VALID;
      COMMENT ON TABLE app.things IS 'What there is'; COMMENT ON COLUMN app.things.size IS 'in metres';
      CREATE INDEX things_part ON app.things (lower(name), size DESC) INCLUDE (room) WHERE size > 10;
      ALTER TABLE app.things ENABLE ROW LEVEL SECURITY; ALTER TABLE app.things FORCE ROW LEVEL SECURITY;
      CREATE POLICY mine ON app.things AS RESTRICTIVE FOR UPDATE USING (size > 1) WITH CHECK (size > 2);
      CREATE TRIGGER touched BEFORE UPDATE ON app.things FOR EACH ROW EXECUTE FUNCTION app.touch(); ALTER TABLE app.things DISABLE TRIGGER touched;
      CREATE TABLE app.child (extra int) INHERITS (app."Odd.Parent");
      CREATE TABLE app.log (at date NOT NULL, line text) PARTITION BY RANGE (at);
      CREATE TABLE app.log_2026 PARTITION OF app.log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      CREATE VIEW app.seen AS SELECT id, name FROM app.things;`);
    const page = await s.open("/schema/app/things");
    const shown = async (name) => {
      await page.goto(new URL(`/schema/app/${encodeURIComponent(name)}`, page.url()).href);
      await page.getByRole("heading", { name: "Columns" }).waitFor();
      return (await page.locator("main").innerText()).replace(/\s+/g, " ");
    };
    const has = (text, parts) => parts.forEach((p) => assert.ok(text.includes(p.replace(/\s+/g, " ")), `${p} in ${text}`));
    const inspected = async (name) => JSON.parse((await all.run(dir, database, "inspect", `app.${name}`, "--format", "json")).out).object;

    const o = await inspected("things");
    has(await shown("things"), [
      o.comment, `owned by ${o.owner}`, ...o.columns.flatMap((c) => [c.name, c.type, c.default ?? "", c.generated ?? "", c.comment ?? ""]), "identity, always", 'collate "C"',
      ...o.indexes.map((i) => i.name), ...o.checks.flatMap((c) => [c.name, c.definition.replace(" NOT VALID", "")]), "not validated",
      ...o.policies.flatMap((p) => [p.name, p.using, p.check]), "restrictive", "also for the owner", ...o.triggers.flatMap((t) => [t.name, t.definition]), "off",
      ...o.foreignKeys.map((k) => k.name), "cascade", "on update set null", "(lower(name), size DESC) INCLUDE (room)", "where (size > 10)",
    ]);
    assert.deepEqual(o.checks.map((c) => c.name), ["free", "later", "sized"]);
    assert.deepEqual(await barriers(page), []);
    has(await shown("log"), ["Partitioned by RANGE (at)", ...(await inspected("log")).partitions.flatMap((p) => [p.name, p.bound])]);
    await page.getByRole("link", { name: "app.log_2026" }).click();
    await page.getByText("Partition of").getByRole("link", { name: "app.log" }).waitFor();
    has(await shown("Odd.Parent"), ["Inherited by", ...(await inspected('"Odd.Parent"')).inheritedBy, "Referenced by", "app.things"]);
    has(await shown("child"), ["inherits from app.Odd.Parent"]);
    has(await shown("seen"), ["View", "SELECT things.id"]);
    await closed(page);
  });
});
