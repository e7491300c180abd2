// The server's contract as types: docs/studio-api.md says what each means.

export interface Problem {
  what: string;
  where?: string;
  next?: string;
  code?: string; // SQLSTATE
  detail?: string;
  hint?: string;
  line?: number;
  column?: number;
}

export interface Session {
  database: string;
  host: string;
  port: number | string;
  user: string;
  server: string;
  local: boolean;
  write: boolean;
  writeWhy: string;
  version: string;
  project: { config: string; folder: string; schema?: string; table?: string } | null;
  timezone: string;
  statementTimeoutMs: number;
  kube?: Record<string, string>;
}

export type ObjectKind = "table" | "partitioned" | "partition" | "view" | "matview" | "foreign";

export interface DbObject {
  name: string;
  kind: ObjectKind;
  rows: number | null; // an estimate
  bytes: number;
  comment?: string;
}

export interface Objects {
  schemas: { name: string; objects: DbObject[] }[];
}

export type Kind =
  | "text" | "number" | "bool" | "timestamp" | "timestamptz" | "date" | "time" | "interval" | "json"
  | "uuid" | "bytea" | "array" | "enum" | "vector" | "network" | "range" | "other";

export interface Column {
  name: string;
  type: string;
  kind: Kind;
  element?: Kind;
  nullable: boolean;
  default: string | null;
  identity?: string;
  generated?: string;
  collation?: string; // where it is not the type's
  primary: boolean;
  enum?: string[];
  comment?: string;
  updatable: boolean;
  /** Whether it has an order, so that rows can be sorted by it. */
  sortable: boolean;
}

export interface TableName {
  schema: string;
  name: string;
}

export interface Index {
  name: string;
  columns: (string | null)[]; // null is an expression
  definition: string;
  unique: boolean;
  primary: boolean;
  valid: boolean;
  method: string;
  predicate?: string;
  bytes: number;
  scans: number;
}

export interface ForeignKey {
  name: string;
  columns: string[];
  table: TableName;
  references: string[];
  onDelete: string;
  onUpdate: string;
  validated: boolean;
  indexed: boolean;
}

/** A foreign key of another table that points here. */
export type BackReference = ForeignKey;

export interface Policy {
  name: string;
  command: string;
  roles: string[];
  using?: string | null;
  check?: string | null;
  permissive: boolean;
}

export interface Table extends TableName {
  kind: ObjectKind;
  owner: string;
  comment?: string;
  rows: number | null;
  bytes: { total: number; table: number; indexes: number; toast: number };
  key: string[] | null;
  columns: Column[];
  indexes: Index[];
  checks: { name: string; definition: string; validated: boolean }[];
  uniques: { name: string; columns: string[] }[];
  foreignKeys: ForeignKey[];
  referencedBy: BackReference[];
  policies: Policy[];
  rls: { enabled: boolean; forced: boolean };
  triggers: { name: string; definition: string; enabled: boolean }[];
  partitionOf?: string; // as SQL names it, as are the tables below
  bound?: string;
  partitionKey?: string;
  partitions: { name: string; bound: string }[];
  inherits: string[];
  inheritedBy: string[];
  view?: string;
  stats: {
    seqScans: number; idxScans: number; inserted: number; updated: number; deleted: number;
    liveRows: number; deadRows: number; lastVacuum?: string | null; lastAnalyze?: string | null;
  } | null;
}

export interface CutCell {
  cut: string;
  size: number;
}
export type Cell = string | null | CutCell;

export type Op =
  | "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "between" | "in" | "null" | "notnull" | "contains" | "starts"
  | "ends" | "regex" | "true" | "false" | "jsonHas" | "jsonEq" | "arrayHas" | "empty";

export interface Filter {
  column: string;
  path?: string[];
  op: Op;
  value?: string;
  values?: string[];
}

export interface Sort {
  column: string;
  desc: boolean;
  nullsFirst?: boolean;
}

export interface RowsRequest extends TableName {
  columns?: string[];
  filters: Filter[];
  sort: Sort[];
  after?: string;
  before?: string;
  end?: boolean; // the last page
  at?: number; // the share of all rows that are in front of the page, about
  limit: number;
}

export interface RowsPage {
  columns: string[];
  key: string[] | null;
  rows: Cell[][];
  keys: string[][] | null;
  first: string | null;
  last: string | null;
  more: boolean;
  ms: number;
  sql: string;
  index: string | null;
  slow?: string;
}

export interface Count {
  count: number;
  exact: boolean;
  ms: number;
}

export interface Peek {
  columns: { name: string; type: string; kind: Kind }[];
  row: Cell[] | null;
}

export interface Backlink {
  name: string;
  table: TableName;
  columns: string[];
  values: string[];
  count: number;
  more: boolean;
  indexed: boolean;
  skipped?: string;
}

/** A value of a change: text as PostgreSQL reads it, NULL, or the column's default. */
export type NewValue = string | null | { default: true };

export interface Change extends TableName {
  kind: "update" | "insert" | "delete";
  key?: string[];
  before?: Record<string, string | null>;
  after?: Record<string, NewValue>;
}

export interface ChangesPreview {
  statements: { sql: string; change: number }[];
  script: string;
  digest: string;
}

export interface Committed {
  committed: true;
  rows: { change: number; key: string[] | null; columns: string[]; row: Cell[] }[];
}

export interface Conflict {
  change: number;
  gone: boolean;
  columns: { name: string; before: string | null; now: string | null }[];
}

export type ExportFormat = "csv" | "json" | "ndjson" | "sql";

export type SqlEvent =
  | { type: "statement"; index: number; sql: string; start: number; end: number }
  | { type: "columns"; index: number; columns: { name: string; type: string; kind: Kind }[] }
  | { type: "rows"; index: number; rows: Cell[][] }
  | { type: "notice"; severity: string; message: string }
  | { type: "done"; index: number; command: string; rows: number; more: boolean; ms: number }
  | { type: "error"; index: number; canceled?: boolean; error: Problem }
  | { type: "end"; ms: number; committed: boolean };

export interface PlanNode {
  "Node Type": string;
  Plans?: PlanNode[];
  [key: string]: unknown;
}

export interface Explain {
  plan: { Plan: PlanNode; [key: string]: unknown }[];
  text: string;
  ms: number;
}

export interface Completion {
  searchPath: string[];
  schemas: { name: string; objects: { name: string; kind: ObjectKind; columns: { name: string; type: string }[] }[] }[];
  functions: { name: string; arguments: string; returns: string }[];
  types: string[];
  enums: { name: string; values: string[] }[];
  keywords: string[];
}

export interface SchemaTable extends TableName {
  kind: ObjectKind;
  columns: { name: string; type: string; nullable: boolean; primary: boolean; unique: boolean; foreign: boolean }[];
}

export interface SchemaLink {
  name: string;
  from: TableName & { columns: string[] };
  to: TableName & { columns: string[] };
  onDelete: string;
}

export interface SchemaGraph {
  at: string;
  tables: SchemaTable[];
  foreignKeys: SchemaLink[];
  enums: { schema: string; name: string; values: string[] }[];
  views: TableName[];
}

export interface SchemaPoint {
  at: string;
  label: string;
  when?: string;
}

export interface ObjectChange {
  kind: string;
  object: string;
  summary: string;
}

export interface SchemaDifference {
  tables: {
    added: TableName[];
    removed: TableName[];
    changed: (TableName & { columns: { added: string[]; removed: string[]; changed: string[] } })[];
  };
  changes: ObjectChange[];
  sql: string[];
  notes?: string[];
}

export interface HistoryEntry {
  index: number;
  tag: string;
  when: string | number;
  state: string;
  /** Whether a part of it is in the database, and the rest is not. */
  begun?: boolean;
  note?: string;
  mark?: { event: string; by: string; person: string; reason: string; at: string };
  statements: number;
  custom: boolean;
  snapshot: boolean;
  tail: boolean;
  findings: { error: number; warning: number; info: number };
}

export interface History {
  folder: string;
  table: string;
  entries: HistoryEntry[];
  unknown: { id: number; hash: string; createdAt: number | null }[];
  counts: Record<string, number>;
  /** Why there are no findings. */
  unchecked?: string;
  /** Whether findings are still looked for. */
  checking?: boolean;
  /** What is being applied, by whatever page. */
  applying?: string;
  others: Finding[];
}

export interface Finding {
  code: string;
  severity: string;
  file?: string;
  line?: number;
  message: string;
  hint?: string;
  [key: string]: unknown;
}

export interface Migration {
  tag: string;
  sql: string;
  size: number; // of the whole, in bytes
  statements: { line: number; lock?: string; blocks?: string; effect?: string; generated: boolean }[];
  changes: ObjectChange[];
  findings: Finding[];
  checking?: boolean;
  file?: string;
  edited?: { diff: string };
}

export interface Span {
  from: number; // seconds
  to: number;
}

/** What a statement does to those who use the database; docs/json.md. */
export interface Effect {
  risk: "none" | "moment" | "busy" | "blocking";
  locks: { table: string; level: string; blocks: string[]; maybe: boolean; held: Span }[];
  work: { kind: "rewrite" | "scan" | "build" | "change"; table: string; index: string; why: string; maybe: boolean; takes: Span; space: number }[];
  waitsFor: { pid: number; table: string }[];
  opaque: boolean;
  notes: string[];
}

export interface PlanStatement {
  sql: string;
  line: number;
  control: boolean;
  alone: boolean;
  effect?: Effect;
}

export interface PlanMigration {
  tag: string;
  file: string;
  skipped: boolean;
  statements: PlanStatement[];
  notes: string[];
}

export interface MigrationPlan {
  status: "pending" | "nothing_to_do" | "refused";
  database: string;
  table: string;
  counts: Record<string, number>;
  pending: PlanMigration[];
  moved: { tag: string; file: string; note: string }[];
  /** How many statements of a migration are not among its statements. */
  left?: Record<string, number>;
  target?: {
    empty: boolean;
    tables: { name: string; rows: number | null; bytes: number; indexes: number; indexBytes: number; partitions: number }[];
    sessions: { pid: number; user: string; application: string; state: string; seconds: number; query: string }[];
    notes: string[];
  };
  refused: { migration: string; line: number; table: string; rules: string[]; message: string }[];
  digest: string;
  /** Why the effects could not be looked at. */
  unseen?: string;
}

export interface ApplyEvent {
  type: "lock_wait" | "migration_start" | "statement_start" | "blocked" | "retry" | "cleared" | "found" | "reconnected" | "notice" | "migration_end" | "end";
  tag?: string;
  number?: number;
  total?: number;
  line?: number;
  sql?: string;
  waited?: number; // seconds, as are pause and took
  pause?: number;
  took?: number;
  who?: string[];
  reason?: string;
  severity?: string;
  message?: string;
  detail?: string;
  hint?: string;
  byOthers?: boolean | string[];
  failed?: boolean | string;
  ok?: boolean;
  applied?: string[];
  moved?: string[];
  canceled?: boolean;
  error?: Problem;
}
