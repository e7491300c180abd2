// What the attacks need beside a studio: servers of strangers, and a studio
// without its guard, which shows that an attack would work if nobody kept it out.

import { once } from "node:events";
import { createServer } from "node:http";
import { connect, createServer as createRelay } from "node:net";
import { signIn } from "./studio.mjs";

/** No name leads anywhere but that of the stranger, which leads to this machine. */
export const network = "--host-resolver-rules=MAP evil.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1";

/** Waits for what comes soon; what then is not so is told by the next assertion. */
export async function until(so) {
  for (let i = 0; i < 250 && !so(); i++) await new Promise((next) => setTimeout(next, 20));
}

/** A server on a port of its own. `answer` gets the request and its body; what came is kept in `seen`. */
async function listen(answer) {
  const seen = [];
  const server = createServer(async (q, a) => {
    const body = [];
    for await (const part of q) body.push(part);
    const text = Buffer.concat(body).toString();
    const one = { method: q.method, path: q.url, cookie: q.headers.cookie, referer: q.headers.referer };
    seen.push(one);
    await answer(q, a, text);
    one.answered = true;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  const stop = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { port, seen, stop };
}

/** A stranger's server: `pages` by path, else an empty one. */
export const stranger = (pages = {}) =>
  listen((q, a) => {
    a.setHeader("Content-Type", "text/html; charset=utf-8");
    a.end(`<!doctype html><meta charset="utf-8"><title>Stranger</title>${pages[new URL(q.url, "http://x").pathname] ?? ""}`);
  });

/** The studio of a link without its guard: whatever comes is passed on as if its page had asked, and anybody may read or frame the answer. */
export async function unguarded(link) {
  const { origin } = new URL(link);
  const cookie = await signIn(link);
  return listen(async (q, a, body) => {
    a.setHeader("Access-Control-Allow-Origin", q.headers.origin ?? "*");
    a.setHeader("Access-Control-Allow-Credentials", "true");
    a.setHeader("Access-Control-Allow-Headers", "content-type, x-skein-studio");
    if (q.method === "OPTIONS") return a.end();
    const answer = await fetch(origin + q.url, {
      method: q.method, redirect: "manual", ...(body ? { body } : {}),
      headers: { Cookie: cookie, Origin: origin, "Content-Type": "application/json", "X-Skein-Studio": "1" },
    });
    for (const name of ["content-type", "content-disposition"]) if (answer.headers.has(name)) a.setHeader(name, answer.headers.get(name));
    a.statusCode = answer.status;
    a.end(Buffer.from(await answer.arrayBuffer()));
  });
}

/** A port that leads to another one. What goes through is kept in `seen`, as `{asked, status}`. */
async function relay(to) {
  const seen = [];
  const sockets = new Set();
  const server = createRelay((from) => {
    const on = connect(to(), "127.0.0.1");
    for (const one of [from, on]) {
      sockets.add(one);
      one.on("error", () => one.destroy()).on("close", () => sockets.delete(one));
    }
    let last; // browsers ask one after the other on a connection
    from.on("data", (d) => {
      const asked = /^([A-Z]+ \S+) HTTP\/1/.exec(d.toString("latin1"));
      if (asked) seen.push((last = { asked: asked[1] }));
    });
    on.on("data", (d) => {
      const status = /^HTTP\/1\.\d (\d+)/.exec(d.toString("latin1"));
      if (status) last.status = Number(status[1]);
    });
    from.pipe(on).pipe(from);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const hangUp = () => sockets.forEach((one) => one.destroy());
  const stop = () => {
    hangUp();
    return new Promise((done) => server.close(done));
  };
  return { port: server.address().port, seen, hangUp, stop };
}

/** A forwarded port of a studio, which tells what came and how it was answered. */
export const forwarded = (link) => relay(() => new URL(link).port);

/** A port that leads to a stranger's page until `turn` lets it lead to another port, as a name that is rebound does. */
export async function rebound(port) {
  const trap = await stranger();
  let to = trap.port;
  const way = await relay(() => to);
  return {
    port: way.port,
    turn: () => {
      to = port;
      way.hangUp();
    },
    stop: () => Promise.all([way.stop(), trap.stop()]),
  };
}
