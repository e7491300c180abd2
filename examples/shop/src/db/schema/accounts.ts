import { COUNTRY_CODE_LENGTH, HOME_COUNTRY, MAX_NAME_LENGTH } from "@shop/shared";
import { relations, sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  boolean,
  char,
  check,
  index,
  inet,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";

import { bytea, timestamps } from "@/lib/columns";
import { matches } from "@/lib/sql";
import { accountStatus } from "./enums.js";

export const users = pgTable(
  "users",
  {
    id: uuid().primaryKey().defaultRandom(),
    email: text().notNull(),
    fullName: varchar({ length: MAX_NAME_LENGTH }).notNull(),
    status: accountStatus().notNull().default("invited"),
    locale: varchar({ length: 10 }).notNull().default("en"),
    passwordHash: text(),
    marketingConsent: boolean().notNull().default(false),
    preferences: jsonb().$type<Record<string, unknown>>().notNull().default({ theme: "light", pageSize: 25 }),
    invitedBy: uuid().references((): AnyPgColumn => users.id, { onDelete: "set null" }),
    lastSeenAt: timestamp({ withTimezone: true }),
    deletedAt: timestamp({ withTimezone: true }),
    ...timestamps,
  },
  (t) => [
    uniqueIndex("users_email_lower_key").on(sql`lower(${t.email})`).where(sql`${t.deletedAt} is null`),
    index().on(t.status, t.createdAt.desc()),
    check("users_email_has_at", matches(t.email, "@")),
  ],
);

export const roles = pgTable("roles", {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull().unique(),
  description: text(),
  permissions: text().array().notNull().default([]),
});

export const userRoles = pgTable(
  "user_roles",
  {
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    roleId: integer()
      .notNull()
      .references(() => roles.id, { onDelete: "cascade", onUpdate: "cascade" }),
    grantedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.roleId] }), index("user_roles_role_idx").on(t.roleId)],
);

export const sessions = pgTable(
  "sessions",
  {
    id: uuid().primaryKey().defaultRandom(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    tokenHash: bytea().notNull().unique("sessions_token_key"),
    address: inet(),
    userAgent: text(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    createdAt: timestamps.createdAt,
  },
  (t) => [index().on(t.userId), index("sessions_expiry_idx").using("brin", t.expiresAt).with({ pages_per_range: 32 })],
);

export const apiKeys = pgTable(
  "api_keys",
  {
    id: integer().primaryKey().generatedByDefaultAsIdentity({ name: "api_key_numbers", startWith: 1000, increment: 1 }),
    userId: uuid()
      .notNull()
      .references(() => users.id),
    label: text().notNull(),
    scopes: text().array().notNull().default(["read"]),
    hash: char({ length: 64 }).notNull(),
    revokedAt: timestamp({ mode: "string" }),
  },
  (t) => [
    unique("api_keys_user_label_key").on(t.userId, t.label),
    index("api_keys_active_idx").on(t.hash).where(sql`${t.revokedAt} is null`),
  ],
);

export const addresses = pgTable(
  "addresses",
  {
    id: uuid().primaryKey().defaultRandom(),
    userId: uuid().references(() => users.id, { onDelete: "set null" }),
    recipient: text().notNull(),
    line1: text().notNull(),
    line2: text(),
    city: text().notNull(),
    postalCode: varchar({ length: 16 }).notNull(),
    country: char({ length: COUNTRY_CODE_LENGTH }).notNull().default(HOME_COUNTRY),
    isDefault: boolean().notNull().default(false),
    ...timestamps,
  },
  (t) => [
    uniqueIndex("addresses_one_default_key").on(t.userId).where(sql`${t.isDefault}`),
    check("addresses_country_upper", sql`${t.country} = upper(${t.country})`),
  ],
);

export const usersRelations = relations(users, ({ many, one }) => ({
  addresses: many(addresses),
  sessions: many(sessions),
  inviter: one(users, { fields: [users.invitedBy], references: [users.id] }),
}));
