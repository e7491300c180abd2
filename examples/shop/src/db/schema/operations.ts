import { sql } from "drizzle-orm";
import {
  bigint,
  bit,
  boolean,
  cidr,
  date,
  doublePrecision,
  index,
  inet,
  integer,
  interval,
  json,
  jsonb,
  line,
  macaddr,
  macaddr8,
  numeric,
  pgTableCreator,
  point,
  smallserial,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";

import { bytea } from "@/lib/columns";

const opsTable = pgTableCreator((name) => `ops_${name}`);

export const auditLog = opsTable(
  "audit_log",
  {
    id: bigint({ mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity({ cache: 100, cycle: true, maxValue: "9007199254740991" }),
    at: timestamp({ withTimezone: true, precision: 6 }).notNull().default(sql`clock_timestamp()`),
    actor: text().notNull(),
    action: text().notNull(),
    subject: jsonb().notNull(),
    address: inet(),
  },
  (t) => [index("ops_audit_log_at_idx").using("brin", t.at), index("ops_audit_log_subject_idx").using("gin", t.subject)],
);

export const jobs = opsTable(
  "jobs",
  {
    id: uuid().primaryKey().default(sql`gen_random_uuid()`),
    queue: text().notNull().default("default"),
    payload: json().notNull(),
    attempts: integer().notNull().default(0),
    backoff: interval().notNull().default("00:00:30"),
    runAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    timeout: interval({ fields: "second", precision: 3 }),
  },
  (t) => [index("ops_jobs_due_idx").on(t.queue, t.runAt).with({ fillfactor: 70 })],
);

export const settings = opsTable("settings", {
  key: varchar({ length: 64 }).primaryKey(),
  value: jsonb().notNull(),
  enabled: boolean().notNull().default(true),
});

// A till in a store reports what it measures: the less common column types.
export const tillReports = opsTable("till_reports", {
  id: smallserial().primaryKey(),
  till: macaddr().notNull(),
  gateway: macaddr8(),
  network: cidr().notNull().default("10.0.0.0/8"),
  location: point({ mode: "xy" }),
  corner: point({ mode: "tuple" }),
  aisle: line({ mode: "abc" }),
  shelf: line(),
  flags: bit({ dimensions: 8 }).notNull().default("00000000"),
  opens: time().notNull().default("08:00"),
  closes: time({ withTimezone: true, precision: 0 }),
  reportedOn: date({ mode: "date" }).notNull().default(new Date(Date.UTC(2024, 1, 29))),
  since: timestamp({ precision: 3 }).notNull().default(new Date(Date.UTC(2024, 0, 1, 12, 30))),
  temperature: doublePrecision().notNull().default(20.5),
  readings: numeric({ precision: 8, scale: 3 }).array(4),
  matrix: integer().array().array().notNull().default(sql`'{{0,0},{0,0}}'`),
  receipt: bytea(),
  total: numeric().notNull().default("0"),
  counter: numeric({ precision: 20, mode: "bigint" }),
});
