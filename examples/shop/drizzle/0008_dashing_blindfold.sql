CREATE VIEW "public"."brand_sizes" AS (select "brands"."name", count("products"."id") as "size" from "brands" left join "products" on "products".brand_id = "brands"."id" group by "brands"."name" having count("products"."id") > 0);--> statement-breakpoint
CREATE VIEW "public"."customer_totals" AS (
  select user_id, count(*) as orders, coalesce(sum(total), 0) as spent, max(placed_at) as last_order_at
  from orders
  where status <> 'cancelled' and user_id is not null
  group by user_id);--> statement-breakpoint
CREATE VIEW "public"."published_pages" WITH (check_option = cascaded, security_invoker = true) AS (select "slug", "title", "body", "published" from "pages" where "pages"."published" = true);--> statement-breakpoint
CREATE MATERIALIZED VIEW "public"."product_ratings" AS (select product_id, count(*)::int as reviews, round(avg(stars), 2) as stars from reviews where approved_at is not null group by product_id) WITH NO DATA;--> statement-breakpoint
CREATE MATERIALIZED VIEW "public"."tag_use" WITH (fillfactor = 90, autovacuum_enabled = false) AS (select "tags"."label", count("product_tags".product_id) as "uses" from "tags" left join "product_tags" on "product_tags".tag_id = "tags"."id" group by "tags"."label" order by "tags"."label");