// The page's one way to the server. Every call is typed by contract.ts; every
// failure is an ApiError that says what happened and what to do next.

import { signal } from "@preact/signals";
import type * as C from "./contract";
import { lines } from "./lines";

export type * from "./contract";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: C.Problem,
    readonly body: Record<string, unknown> = {},
  ) {
    super(problem.what);
  }
}

/** Why the database or the server cannot be reached; null while they can. */
export const away = signal<C.Problem | null>(null);

const gone: C.Problem = {
  what: "skein studio does not answer",
  next: "Is it still running in the terminal? Start it again and open the address that it prints.",
};

const stranger: C.Problem = {
  what: "this page is not signed in",
  next: "Open the address that skein studio printed; it holds a token for this run.",
};

// The Fetch standard refuses a request that is to outlive its page where such
// requests hold more than 64 KiB together.
const longestLast = 48 * 1024;

async function send(method: string, path: string, body?: unknown, abort?: AbortSignal, leaving = false): Promise<Response> {
  const init: RequestInit = { method, credentials: "same-origin", signal: abort ?? null };
  if (method !== "GET") {
    const text = JSON.stringify(body ?? {});
    init.headers = { "Content-Type": "application/json", "X-Skein-Studio": "1" };
    init.body = text;
    init.keepalive = leaving && new Blob([text]).size <= longestLast;
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (e) {
    if (abort?.aborted) throw e;
    away.value = gone;
    throw new ApiError(0, gone);
  }
  if (response.ok) return response;
  let data: Record<string, unknown> = {};
  try {
    data = (await response.json()) as Record<string, unknown>;
  } catch {
    // Not ours: a proxy's page, or nothing.
  }
  const problem = (data["error"] as C.Problem | undefined) ?? (response.status === 401 ? stranger : { what: `the server said ${response.status} ${response.statusText}` });
  if (response.status === 503) away.value = problem;
  throw new ApiError(response.status, problem, data);
}

async function json<T>(method: string, path: string, body?: unknown, abort?: AbortSignal): Promise<T> {
  const response = await send(method, path, body, abort);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

function get<T>(path: string, query: Record<string, string> = {}, abort?: AbortSignal): Promise<T> {
  const q = new URLSearchParams(query).toString();
  return json<T>("GET", q ? `${path}?${q}` : path, undefined, abort);
}

function post<T>(path: string, body: unknown, abort?: AbortSignal): Promise<T> {
  return json<T>("POST", path, body, abort);
}

async function* stream<T>(path: string, body: unknown, abort?: AbortSignal): AsyncGenerator<T> {
  const response = await send("POST", path, body, abort);
  if (response.body) yield* lines<T>(response.body);
}

const seg = encodeURIComponent;

export const api = {
  session: () => get<C.Session>("/api/session"),
  objects: () => get<C.Objects>("/api/objects"),
  table: (t: C.TableName, abort?: AbortSignal) => get<C.Table>("/api/table", { schema: t.schema, name: t.name }, abort),
  rows: (r: C.RowsRequest, abort?: AbortSignal) => post<C.RowsPage>("/api/rows", r, abort),
  count: (r: C.TableName & { filters: C.Filter[] }, abort?: AbortSignal) => post<C.Count>("/api/count", r, abort),
  cell: (r: C.TableName & { key: string[]; column: string }, abort?: AbortSignal) =>
    post<{ value: string | null; size: number }>("/api/cell", r, abort),
  peek: (r: C.TableName & { columns: string[]; values: string[] }, abort?: AbortSignal) => post<C.Peek>("/api/peek", r, abort),
  backlinks: (r: C.TableName & { key: string[] }, abort?: AbortSignal) =>
    post<{ links: C.Backlink[] }>("/api/backlinks", r, abort),
  previewChanges: (changes: C.Change[]) => post<C.ChangesPreview>("/api/changes/preview", { changes }),
  commitChanges: (changes: C.Change[], digest: string) => post<C.Committed>("/api/changes/commit", { changes, digest }),
  runSql: (r: { id: string; sql: string; write: boolean; timeoutMs?: number; maxRows?: number }, abort?: AbortSignal) =>
    stream<C.SqlEvent>("/api/sql/run", r, abort),
  cancelSql: (id: string) => post<{ canceled: boolean }>("/api/sql/cancel", { id }),
  explain: (r: { id: string; sql: string; analyze: boolean; write: boolean }, abort?: AbortSignal) => post<C.Explain>("/api/sql/explain", r, abort),
  completion: () => get<C.Completion>("/api/completion"),
  schema: (at: string, abort?: AbortSignal) => get<C.SchemaGraph>("/api/schema", { at }, abort),
  schemaPoints: () => get<C.SchemaPoint[]>("/api/schema/points"),
  schemaDifference: (from: string, to: string, abort?: AbortSignal) =>
    get<C.SchemaDifference>("/api/schema/difference", { from, to }, abort),
  history: () => get<C.History>("/api/history"),
  migration: (tag: string, abort?: AbortSignal) => get<C.Migration>(`/api/history/${seg(tag)}`, {}, abort),
  plan: (abort?: AbortSignal) => get<C.MigrationPlan>("/api/plan", {}, abort),
  apply: (r: { id: string; digest: string }, abort?: AbortSignal) => stream<C.ApplyEvent>("/api/apply", r, abort),
  cancelApply: (id: string) => post<unknown>("/api/apply/cancel", { id }),
  recall: <T>(key: string) => get<T | null>(`/api/memory/${seg(key)}`),
  /** `leaving` says that the page is about to go. */
  remember: async (key: string, value: unknown, leaving = false) => {
    await send("PUT", `/api/memory/${seg(key)}`, value, undefined, leaving);
  },
};

/** The address of a download of all rows that the filters let through. */
export function exportUrl(r: Omit<C.RowsRequest, "limit">, format: C.ExportFormat): string {
  return "/api/export?q=" + seg(JSON.stringify({ ...r, format }));
}

/** The address of one whole value, as a file. */
export function rawUrl(r: C.TableName & { key: string[]; column: string }): string {
  return "/api/cell/raw?q=" + seg(JSON.stringify(r));
}
