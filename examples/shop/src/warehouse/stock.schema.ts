import { sql } from "drizzle-orm";
import { bigint, check, foreignKey, index, integer, pgSchema, primaryKey, text, timestamp, unique, uuid } from "drizzle-orm/pg-core";

import { users } from "@/db/schema/accounts.js";
import { variants } from "@/db/schema/catalog.js";
import { notNegative } from "../lib/sql.js";

export const warehouse = pgSchema("warehouse");

export const movementKind = warehouse.enum("movement_kind", ["receipt", "pick", "count", "scrap"]);

export const movementNumbers = warehouse.sequence("movement_numbers", { startWith: 1, increment: 1, maxValue: 999999999, cycle: true });

export const locations = warehouse.table(
  "locations",
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    code: text().notNull(),
    aisle: text().notNull(),
    shelf: integer().notNull(),
  },
  (t) => [unique("locations_place_key").on(t.aisle, t.shelf), unique().on(t.code)],
);

export const stock = warehouse.table(
  "stock",
  {
    locationId: integer().notNull(),
    variantId: bigint({ mode: "number" })
      .notNull()
      .references(() => variants.id),
    onHand: integer().notNull().default(0),
    reserved: integer().notNull().default(0),
    available: integer().generatedAlwaysAs(sql`on_hand - reserved`),
  },
  (t) => [
    primaryKey({ name: "stock_pk", columns: [t.locationId, t.variantId] }),
    foreignKey({ columns: [t.locationId], foreignColumns: [locations.id], name: "stock_location_fk" }),
    check("stock_on_hand", notNegative(t.onHand)),
    check("stock_reserved", sql`${t.reserved} between 0 and ${t.onHand}`),
    index("stock_low_idx").on(t.variantId).where(sql`${t.onHand} < 5`),
  ],
);

export const movements = warehouse.table(
  "movements",
  {
    number: bigint({ mode: "number" }).primaryKey().default(sql`nextval('warehouse.movement_numbers')`),
    kind: movementKind().notNull(),
    locationId: integer()
      .notNull()
      .references(() => locations.id),
    variantId: bigint({ mode: "number" })
      .notNull()
      .references(() => variants.id),
    quantity: integer().notNull(),
    byUser: uuid().references(() => users.id),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [index().on(t.variantId, t.at), check("movements_quantity", sql`${t.quantity} <> 0`)],
);

export const lowStock = warehouse.view("low_stock", { variantId: bigint({ mode: "number" }), available: bigint({ mode: "number" }) }).as(
  sql`select variant_id, sum(on_hand - reserved) as available from warehouse.stock group by variant_id having sum(on_hand - reserved) < 5`,
);
