import { count, eq, gt, sql } from "drizzle-orm";
import { bigint, integer, numeric, pgMaterializedView, pgView, text, timestamp, uuid } from "drizzle-orm/pg-core";

import { brands, products, productTags, tags } from "./catalog.js";
import { pages } from "./content.js";

// Written as SQL: what the query builder would need many lines for.
export const customerTotals = pgView("customer_totals", {
  userId: uuid().notNull(),
  orders: bigint({ mode: "number" }).notNull(),
  spent: numeric().notNull(),
  lastOrderAt: timestamp({ withTimezone: true }),
}).as(sql`
  select user_id, count(*) as orders, coalesce(sum(total), 0) as spent, max(placed_at) as last_order_at
  from orders
  where status <> 'cancelled' and user_id is not null
  group by user_id`);

export const publishedPages = pgView("published_pages")
  .with({ securityInvoker: true, checkOption: "cascaded" })
  .as((qb) =>
    qb
      .select({ slug: pages.slug, title: pages.title, body: pages.body, published: pages.published })
      .from(pages)
      .where(eq(pages.published, true)),
  );

// Written with the query builder.
export const brandSizes = pgView("brand_sizes").as((qb) =>
  qb
    .select({ name: brands.name, size: count(products.id).as("size") })
    .from(brands)
    .leftJoin(products, eq(sql`${products}.brand_id`, brands.id))
    .groupBy(brands.name)
    .having(({ size }) => gt(size, 0)),
);

export const tagUse = pgMaterializedView("tag_use")
  .with({ fillfactor: 90, autovacuumEnabled: false })
  .as((qb) =>
    qb
      .select({ label: tags.label, uses: sql<number>`count(${productTags}.product_id)`.as("uses") })
      .from(tags)
      .leftJoin(productTags, sql`${productTags}.tag_id = ${tags.id}`)
      .groupBy(tags.label)
      .orderBy(tags.label),
  );

export const productRatings = pgMaterializedView("product_ratings", {
  productId: bigint({ mode: "number" }).notNull(),
  reviews: integer().notNull(),
  stars: numeric({ precision: 3, scale: 2 }),
})
  .withNoData()
  .as(sql`select product_id, count(*)::int as reviews, round(avg(stars), 2) as stars from reviews where approved_at is not null group by product_id`);

// A view that a database administrator made; the schema only describes it.
export const databaseSize = pgView("database_size", { name: text().notNull(), bytes: bigint({ mode: "number" }).notNull() }).existing();
