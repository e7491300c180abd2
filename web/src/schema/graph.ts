// What the diagram draws: tables as boxes, foreign keys as links, and where two
// points of history are held against each other, what became of each.

import type { SchemaDifference, SchemaGraph, SchemaLink, SchemaTable, TableName } from "../contract";

/** What became of a thing between two points. */
export type Mark = "same" | "added" | "removed" | "changed";

export interface BoxColumn {
  name: string;
  type: string;
  nullable: boolean;
  primary: boolean;
  unique: boolean;
  foreign: boolean;
  mark: Mark;
  /** Its type before, where that is another. */
  was?: string;
}

export interface Box {
  id: string;
  schema: string;
  name: string;
  kind: string;
  columns: BoxColumn[];
  mark: Mark;
}

export interface Link {
  id: string;
  name: string;
  from: string;
  to: string;
  fromColumns: string[];
  toColumns: string[];
  onDelete: string;
  /** Whether a row there has at most one row here. */
  one: boolean;
  /** Whether the key may be null. */
  optional: boolean;
  mark: Mark;
}

export interface Graph {
  boxes: Box[];
  links: Link[];
}

/** Schema and name with a dot between them; a dot within the schema's name has a backslash before it. */
export function idOf(t: TableName): string {
  return `${t.schema.replace(/[\\.]/g, "\\$&")}.${t.name}`;
}

/** The name as people say it: without the schema where that is `public`. */
export function saidName(t: TableName): string {
  return t.schema === "public" || t.schema === "" ? t.name : `${t.schema}.${t.name}`;
}

export function nameOf(id: string): TableName {
  const schema = /^(?:[^\\.]|\\.)*/.exec(id)![0];
  return { schema: schema.replace(/\\(.)/g, "$1"), name: id.slice(schema.length + 1) };
}

/** The table that SQL names so; without a schema it is in `public`. */
export function namedIn(sql: string): TableName {
  const parts = [...sql.matchAll(/"((?:[^"]|"")*)"|[^."]+/g)].map((m) => (m[1] === undefined ? m[0] : m[1].replaceAll('""', '"')));
  return { schema: parts.length > 1 ? parts[0]! : "public", name: parts.at(-1) ?? "" };
}

function boxOf(t: SchemaTable, mark: Mark): Box {
  return { id: idOf(t), schema: t.schema, name: t.name, kind: t.kind, mark, columns: t.columns.map((c) => ({ ...c, mark })) };
}

function linkId(l: SchemaLink): string {
  return JSON.stringify([idOf(l.from), ...l.from.columns, idOf(l.to)]);
}

function linkOf(l: SchemaLink, tables: Map<string, SchemaTable>, mark: Mark): Link {
  const columns = tables.get(idOf(l.from))?.columns.filter((c) => l.from.columns.includes(c.name)) ?? [];
  return {
    id: linkId(l), name: l.name, from: idOf(l.from), to: idOf(l.to), fromColumns: l.from.columns, toColumns: l.to.columns, onDelete: l.onDelete,
    one: columns.length === 1 && (columns[0]!.unique || (columns[0]!.primary && tables.get(idOf(l.from))!.columns.filter((c) => c.primary).length === 1)),
    optional: columns.some((c) => c.nullable),
    mark,
  };
}

const byId = <T extends { id: string }>(a: T, b: T) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function linksOf(g: SchemaGraph, mark: Mark): Link[] {
  const tables = new Map(g.tables.map((t) => [idOf(t), t]));
  const seen = new Map<string, Link>();
  for (const l of g.foreignKeys) {
    if (tables.has(idOf(l.from)) && tables.has(idOf(l.to))) seen.set(linkId(l), linkOf(l, tables, mark));
  }
  return [...seen.values()].sort(byId);
}

export function graphOf(g: SchemaGraph): Graph {
  return { boxes: g.tables.map((t) => boxOf(t, "same")).sort(byId), links: linksOf(g, "same") };
}

/** Both points in one graph, each thing with what became of it. */
export function mergeGraphs(before: SchemaGraph, after: SchemaGraph, difference?: SchemaDifference): Graph {
  const old = new Map(before.tables.map((t) => [idOf(t), t]));
  const now = new Map(after.tables.map((t) => [idOf(t), t]));
  const said = new Map(difference?.tables.changed.map((t) => [idOf(t), t.columns]));
  const boxes: Box[] = [];
  for (const t of after.tables) {
    const was = old.get(idOf(t));
    boxes.push(was ? mergeBox(was, t, said.get(idOf(t))) : boxOf(t, "added"));
  }
  for (const t of before.tables) if (!now.has(idOf(t))) boxes.push(boxOf(t, "removed"));

  const links = new Map<string, Link>();
  for (const l of linksOf(before, "removed")) links.set(l.id, l);
  for (const l of linksOf(after, "added")) {
    const was = links.get(l.id);
    links.set(l.id, { ...l, mark: !was ? "added" : was.onDelete === l.onDelete ? "same" : "changed" });
  }
  return { boxes: boxes.sort(byId), links: [...links.values()].sort(byId) };
}

function mergeBox(was: SchemaTable, now: SchemaTable, said?: { added: string[]; removed: string[]; changed: string[] }): Box {
  const old = new Map(was.columns.map((c) => [c.name, c]));
  const names = new Set(now.columns.map((c) => c.name));
  const columns: BoxColumn[] = now.columns.map((c) => {
    const before = old.get(c.name);
    if (!before) return { ...c, mark: "added" };
    const changed = said?.changed.includes(c.name) || before.type !== c.type || before.nullable !== c.nullable || before.primary !== c.primary;
    const column: BoxColumn = { ...c, mark: changed ? "changed" : "same" };
    if (before.type !== c.type) column.was = before.type;
    return column;
  });
  for (const c of was.columns) if (!names.has(c.name)) columns.push({ ...c, mark: "removed" });
  const mark = said !== undefined || columns.some((c) => c.mark !== "same") ? "changed" : "same";
  return { id: idOf(now), schema: now.schema, name: now.name, kind: now.kind, columns, mark };
}

/** The tables around one: those within so many links of it, either way. */
export function around(g: Graph, id: string, depth: number): Graph {
  const near = new Set([id]);
  let edge = [id];
  const next = neighbours(g.links);
  for (let d = 0; d < depth && edge.length > 0; d++) {
    edge = edge.flatMap((at) => [...(next.get(at) ?? [])]).filter((n) => !near.has(n));
    for (const n of edge) near.add(n);
  }
  return only(g, near);
}

export function only(g: Graph, ids: ReadonlySet<string>): Graph {
  return { boxes: g.boxes.filter((b) => ids.has(b.id)), links: g.links.filter((l) => ids.has(l.from) && ids.has(l.to)) };
}

/** What changed, and the tables that it touches. */
export function changedOnly(g: Graph): Graph {
  const ids = new Set(g.boxes.filter((b) => b.mark !== "same").map((b) => b.id));
  for (const l of g.links) {
    if (l.mark === "same") continue;
    ids.add(l.from);
    ids.add(l.to);
  }
  return only(g, ids);
}

export function neighbours(links: readonly { from: string; to: string }[]): Map<string, Set<string>> {
  const next = new Map<string, Set<string>>();
  const add = (a: string, b: string) => {
    const set = next.get(a);
    if (set) set.add(b);
    else next.set(a, new Set([b]));
  };
  for (const l of links) {
    if (l.from === l.to) continue;
    add(l.from, l.to);
    add(l.to, l.from);
  }
  return next;
}

export type Detail = "names" | "keys" | "all";

/** The columns that a box shows, and how many it does not. */
export function shownColumns(box: Box, detail: Detail): { columns: BoxColumn[]; more: number } {
  if (detail === "all") return { columns: box.columns, more: 0 };
  if (detail === "names") return { columns: box.columns.filter((c) => box.mark === "changed" && c.mark !== "same"), more: 0 };
  const keys = box.columns.filter((c) => c.primary || c.foreign || (box.mark === "changed" && c.mark !== "same"));
  const columns = keys.slice(0, 10);
  return { columns, more: box.columns.length - columns.length };
}
