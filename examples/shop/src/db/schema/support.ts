import { sql } from "drizzle-orm";
import { bigint, boolean, index, pgPolicy, pgRole, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

import { timestamps } from "@/lib/columns";
import { users } from "./accounts.js";
import { ticketPriority } from "./enums.js";
import { orders } from "./orders.js";

// Customers see their own tickets; the support team sees all of them. Which
// customer is asking is a setting of the connection.
export const supportTeam = pgRole("shop_support", { inherit: false });
export const customerRole = pgRole("shop_customer").existing();

const ownRow = sql`customer_id = current_setting('shop.user_id', true)::uuid`;

export const tickets = pgTable(
  "tickets",
  {
    id: uuid().primaryKey().defaultRandom(),
    customerId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    orderId: bigint({ mode: "number" }).references(() => orders.id, { onDelete: "set null" }),
    subject: text().notNull(),
    priority: ticketPriority().notNull().default("normal"),
    labels: text().array().notNull().default(["new", "not read"]),
    closedAt: timestamp({ withTimezone: true }),
    ...timestamps,
  },
  (t) => [
    index("tickets_open_idx").on(t.priority.desc(), t.createdAt.asc()).where(sql`${t.closedAt} is null`),
    index("tickets_labels_idx").using("gin", t.labels),
    pgPolicy("tickets_own", { as: "permissive", for: "select", to: customerRole, using: ownRow }),
    pgPolicy("tickets_open_own", { for: "insert", to: customerRole, withCheck: ownRow }),
    pgPolicy("tickets_support", { for: "all", to: supportTeam, using: sql`true`, withCheck: sql`true` }),
  ],
);

export const ticketMessages = pgTable(
  "ticket_messages",
  {
    id: uuid().primaryKey().defaultRandom(),
    ticketId: uuid()
      .notNull()
      .references(() => tickets.id, { onDelete: "cascade" }),
    authorId: uuid().references(() => users.id),
    body: text().notNull(),
    internal: boolean().notNull().default(false),
    sentAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    index().on(t.ticketId, t.sentAt),
    pgPolicy("messages_visible", { for: "select", to: [supportTeam, customerRole], using: sql`not internal or pg_has_role('shop_support', 'member')` }),
    pgPolicy("messages_never_deleted", { as: "restrictive", for: "delete", to: "public", using: sql`false` }),
  ],
);

// Row level security without any policy: nobody but the owner sees a row.
export const supportNotes = pgTable("support_notes", {
  id: uuid().primaryKey().defaultRandom(),
  userId: uuid()
    .notNull()
    .references(() => users.id, { onDelete: "cascade" }),
  note: text().notNull(),
}).enableRLS();
