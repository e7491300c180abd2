// What tests of projects need: one throwaway PostgreSQL with many databases, one
// Chromium, folders with migrations, and ways to a database that break.

import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import { hostname, networkInterfaces, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";
import { browserPath, openPage, runSql, skein, start } from "./studio.mjs";

/** A server and a browser for several studios. Everything is gone after stop(). */
export async function scenes() {
  const folder = mkdtempSync(join(tmpdir(), "skein-scenes-"));
  const env = { XDG_STATE_HOME: join(folder, "state"), SKEIN_CACHE_DIR: join(folder, "cache") };
  const stops = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const f of stops.reverse()) await f();
  };
  let number = 0;
  try {
    const server = start(["dev"], env, /postgres:\/\/\S+/);
    stops.push(server.stop);
    const url = await server.line;
    const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });
    stops.push(() => browser.close());
    const admin = start(["studio", "--no-open", "--write", "--port", "0", "--url", url], env, /http:\/\/\S+/, folder);
    stops.push(admin.stop);
    const master = await admin.line;

    /** A new database, as its address. */
    const database = async () => {
      const name = `scene${++number}`;
      await runSql(master, `CREATE DATABASE ${name}`);
      const own = new URL(url);
      own.pathname = `/${name}`;
      return own.href;
    };
    /** A new folder with files, by their names. */
    const project = (files) => {
      const dir = join(folder, `project${++number}`);
      put(dir, files);
      return dir;
    };
    /** A studio on a database. `link` lets in, `sql` runs SQL through it. */
    const studio = async (at, { cwd = folder, args = ["--write"] } = {}) => {
      const running = start(["studio", "--no-open", "--port", "0", "--url", at, ...args], env, /http:\/\/\S+/, cwd);
      stops.push(running.stop);
      const link = await running.line;
      return { link, stop: running.stop, sql: (text) => runSql(link, text), open: (path, options) => openPage(browser, link, path, options) };
    };
    /** Runs the command line in a project; what it prints, and how it ended. */
    const run = (dir, at, ...args) =>
      new Promise((resolve) => execFile(skein, args, { cwd: dir, env: { ...process.env, ...env, DATABASE_URL: at, SKEIN_REPLAY: "off", NO_COLOR: "1" } }, (e, out, err) => resolve({ code: e ? e.code : 0, out, err })));
    return { database, project, studio, run, stop };
  } catch (e) {
    await stop();
    throw e;
  }
}

/** Writes files into a folder. */
export function put(dir, files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
}

export const read = (dir, name) => readFileSync(join(dir, name), "utf8");

/** A journal of migrations that were made a second after each other. */
export function journal(...tags) {
  return JSON.stringify({ version: "7", dialect: "postgresql", entries: tags.map((tag, idx) => ({ idx, version: "7", when: 1700000000000 + idx * 1000, tag, breakpoints: true })) });
}

/** The files of a folder of migrations without snapshots: SQL by tag. */
export function migrations(sql) {
  return { "drizzle/meta/_journal.json": journal(...Object.keys(sql)), ...Object.fromEntries(Object.entries(sql).map(([tag, text]) => [`drizzle/${tag}.sql`, text])) };
}

export function git(dir, ...args) {
  execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], { cwd: dir, stdio: "ignore" });
}

/** An address of this machine that is not its loopback. */
const outside = Object.values(networkInterfaces()).flat().find((n) => n.family === "IPv4" && !n.internal)?.address ?? hostname();

/**
 * Another way to a database, which can be cut: while it is, connections end. With
 * `remote` it is by an address that is not of loopback, so that the database counts
 * as one on another machine.
 */
export async function way(to, { remote = false } = {}) {
  const target = new URL(to);
  const open = new Set();
  let up = true;
  const server = createServer((client) => {
    if (!up) return client.destroy();
    const through = connect(Number(target.port), target.hostname);
    open.add(client);
    const end = () => {
      open.delete(client);
      client.destroy();
      through.destroy();
    };
    for (const s of [client, through]) s.on("error", end).on("close", end);
    client.pipe(through).pipe(client);
  });
  await new Promise((resolve) => server.listen(0, remote ? undefined : "127.0.0.1", resolve));
  const url = new URL(to);
  url.hostname = remote ? outside : "127.0.0.1";
  url.port = String(server.address().port);
  return {
    url: url.href,
    cut() {
      up = false;
      for (const c of open) c.destroy();
    },
    mend() {
      up = true;
    },
    stop() {
      up = false;
      for (const c of open) c.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
