import { DEFAULT_CURRENCY, MAX_NAME_LENGTH } from "@shop/shared";
import { sql, type SQL } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  char,
  check,
  date,
  doublePrecision,
  foreignKey,
  index,
  integer,
  json,
  jsonb,
  numeric,
  pgSequence,
  pgTable,
  primaryKey,
  real,
  serial,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";

import { daterange, money, timestamps, tsvector } from "@/lib/columns";
import { notNegative } from "@/lib/sql";
import { mediaKind } from "./enums.js";

export const skuNumbers = pgSequence("sku_numbers", { startWith: 100000, increment: 7, minValue: 100000, cache: 20 });

export const brands = pgTable("brands", {
  id: serial().primaryKey(),
  name: varchar({ length: MAX_NAME_LENGTH }).notNull().unique(),
  website: text(),
  founded: smallint(),
});

export const categories = pgTable(
  "categories",
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity({ name: "category_ids", startWith: 10, increment: 10, cache: 5 }),
    parentId: integer().references((): AnyPgColumn => categories.id, { onDelete: "restrict" }),
    slug: text().notNull(),
    title: text().notNull(),
    position: smallint().notNull().default(0),
  },
  (t) => [
    unique("categories_parent_slug_key").on(t.parentId, t.slug).nullsNotDistinct(),
    check("categories_not_own_parent", sql`${t.parentId} <> ${t.id}`),
  ],
);

export const products = pgTable(
  "products",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedByDefaultAsIdentity(),
    publicId: uuid().notNull().unique().default(sql`gen_random_uuid()`),
    brandId: integer().references(() => brands.id),
    categoryId: integer().notNull(),
    name: text().notNull(),
    summary: text().notNull().default(""),
    details: jsonb().$type<{ features: string[] }>().default({ features: ['a "quoted" one', "new"] }),
    legacyData: json(),
    weight: real(),
    rating: doublePrecision(),
    taxRate: numeric({ precision: 5, scale: 2 }).notNull().default("19.00"),
    published: boolean().notNull().default(false),
    releasedOn: date(),
    searchText: tsvector().generatedAlwaysAs(
      (): SQL => sql`to_tsvector('simple', ${products.name} || ' ' || ${products.summary})`,
    ),
    ...timestamps,
  },
  (t) => [
    foreignKey({ columns: [t.categoryId], foreignColumns: [categories.id], name: "products_category_fk" }).onDelete("restrict"),
    index("products_search_idx").using("gin", t.searchText),
    index("products_name_trgm_idx").using("gin", t.name.op("gin_trgm_ops")),
    index("products_details_idx").using("gin", t.details.op("jsonb_path_ops")),
    index("products_new_idx").on(t.releasedOn.desc().nullsLast(), t.id).where(sql`${t.published}`),
    check("products_tax_rate", sql`${t.taxRate} between 0 and 100`),
  ],
);

export const variants = pgTable(
  "variants",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedByDefaultAsIdentity(),
    productId: bigint({ mode: "number" })
      .notNull()
      .references(() => products.id, { onDelete: "cascade" }),
    sku: text()
      .notNull()
      .unique("variants_sku_key")
      .default(sql`'SKU-' || nextval('sku_numbers')`),
    options: text().array().array().notNull().default(sql`'{}'::text[]`),
    widthMm: integer(),
    heightMm: integer(),
    depthMm: integer(),
    volumeMm3: bigint({ mode: "bigint" }).generatedAlwaysAs(sql`width_mm::bigint * height_mm * depth_mm`),
    barcode: char({ length: 13 }),
  },
  (t) => [
    index().on(t.productId),
    uniqueIndex("variants_barcode_key").on(t.barcode).where(sql`${t.barcode} is not null`),
    check("variants_size_complete", sql`(${t.widthMm} is null) = (${t.heightMm} is null)`),
  ],
);

// The older form of the third argument, an object.
export const priceLists = pgTable(
  "price_lists",
  {
    id: serial().primaryKey(),
    code: text().notNull(),
    currency: char({ length: 3 }).notNull().default(DEFAULT_CURRENCY),
    validity: daterange().notNull(),
  },
  (t) => ({
    codeKey: uniqueIndex("price_lists_code_key").on(t.code),
    currencyUpper: check("price_lists_currency", sql`${t.currency} ~ '^[A-Z]{3}$'`),
  }),
);

export const prices = pgTable(
  "prices",
  {
    priceListId: integer()
      .notNull()
      .references(() => priceLists.id, { onDelete: "cascade" }),
    variantId: bigint({ mode: "number" })
      .notNull()
      .references(() => variants.id, { onDelete: "cascade" }),
    minQuantity: integer().notNull().default(1),
    amount: money({ digits: 4 }).notNull(),
  },
  (t) => [
    primaryKey({ name: "prices_pkey", columns: [t.priceListId, t.variantId, t.minQuantity] }),
    check("prices_amount_not_negative", notNegative(t.amount)),
  ],
);

export const tags = pgTable("tags", {
  id: serial().primaryKey(),
  label: text().notNull().unique(),
  colour: char({ length: 7 }).notNull().default("#808080"),
});

export const productTags = pgTable(
  "product_tags",
  {
    productId: bigint({ mode: "number" })
      .notNull()
      .references(() => products.id, { onDelete: "cascade" }),
    tagId: integer()
      .notNull()
      .references(() => tags.id, { onDelete: "cascade" }),
  },
  (t) => [primaryKey({ columns: [t.productId, t.tagId] })],
);

export const relatedProducts = pgTable(
  "related_products",
  {
    fromId: bigint({ mode: "number" }).notNull(),
    toId: bigint({ mode: "number" }).notNull(),
    score: real().notNull().default(0.5),
  },
  (t) => [
    primaryKey({ columns: [t.fromId, t.toId] }),
    foreignKey({ columns: [t.fromId], foreignColumns: [products.id], name: "related_products_from_fk" }).onDelete("cascade"),
    foreignKey({ columns: [t.toId], foreignColumns: [products.id], name: "related_products_to_fk" }).onDelete("cascade"),
    check("related_products_differ", sql`${t.fromId} <> ${t.toId}`),
  ],
);

export const media = pgTable(
  "media",
  {
    id: uuid().primaryKey().defaultRandom(),
    kind: mediaKind().notNull().default("image"),
    productId: bigint({ mode: "number" }).references(() => products.id, { onDelete: "cascade" }),
    url: text().notNull(),
    altText: text().notNull().default(""),
    position: smallint().notNull().default(0),
    byteSize: bigint({ mode: "bigint" }).notNull().default(sql`0`),
    ...timestamps,
  },
  (t) => [index("media_product_idx").on(t.productId, t.position), check("media_byte_size", notNegative(t.byteSize))],
);
