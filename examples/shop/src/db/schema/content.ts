import { MAX_NAME_LENGTH } from "@shop/shared";
import { sql } from "drizzle-orm";
import { bigint, boolean, check, index, integer, pgTable, smallint, text, timestamp, unique, uuid, varchar } from "drizzle-orm/pg-core";

import { timestamps } from "@/lib/columns";
import { users } from "./accounts.js";
import { products } from "./catalog.js";

export const reviews = pgTable(
  "reviews",
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    productId: bigint({ mode: "number" })
      .notNull()
      .references(() => products.id, { onDelete: "cascade" }),
    authorId: uuid().references(() => users.id, { onDelete: "set null" }),
    stars: smallint().notNull(),
    title: varchar({ length: MAX_NAME_LENGTH }).notNull(),
    body: text().notNull().default(""),
    helpfulVotes: integer().notNull().default(0),
    approvedAt: timestamp({ withTimezone: true }),
    ...timestamps,
  },
  (t) => [
    unique("reviews_one_per_author").on(t.productId, t.authorId),
    index("reviews_product_stars_idx").on(t.productId, t.stars.desc()).where(sql`${t.approvedAt} is not null`),
    check("reviews_stars", sql`${t.stars} >= 1 and ${t.stars} <= 5`),
  ],
);

export const pages = pgTable(
  "pages",
  {
    slug: text().primaryKey(),
    title: text().notNull(),
    body: text().notNull(),
    footer: text().notNull().default("Made with care -- see \"About us\"; it's all there."),
    published: boolean().default(true).notNull(),
    revision: integer().notNull().default(1),
    ...timestamps,
  },
  (t) => [check("pages_slug", sql`${t.slug} ~ '^[a-z0-9-]+$'`)],
);

export const pageRevisions = pgTable(
  "page_revisions",
  {
    slug: text()
      .notNull()
      .references(() => pages.slug, { onDelete: "cascade", onUpdate: "cascade" }),
    revision: integer().notNull(),
    body: text().notNull(),
    editorId: uuid().references(() => users.id),
    editedAt: timestamp({ precision: 6, withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [unique().on(t.slug, t.revision)],
);
