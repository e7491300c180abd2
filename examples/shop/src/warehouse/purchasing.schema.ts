import { sql } from "drizzle-orm";
import { bigint, check, date, integer, numeric, primaryKey, smallint, text, uuid } from "drizzle-orm/pg-core";

import { variants } from "@/db/schema/catalog.js";
import { money, timestamps } from "@/lib/columns";
import { warehouse } from "./stock.schema.js";

export const suppliers = warehouse.table("suppliers", {
  id: uuid().primaryKey().defaultRandom(),
  name: text().notNull().unique(),
  email: text(),
  leadDays: smallint().notNull().default(14),
});

export const purchaseOrders = warehouse.table("purchase_orders", {
  id: integer().primaryKey().generatedByDefaultAsIdentity({ startWith: 5000 }),
  supplierId: uuid()
    .notNull()
    .references(() => suppliers.id),
  orderedOn: date().notNull().defaultNow(),
  expectedOn: date({ mode: "string" }),
  ...timestamps,
});

export const purchaseOrderLines = warehouse.table(
  "purchase_order_lines",
  {
    purchaseOrderId: integer()
      .notNull()
      .references(() => purchaseOrders.id, { onDelete: "cascade" }),
    variantId: bigint({ mode: "number" })
      .notNull()
      .references(() => variants.id),
    quantity: integer().notNull(),
    unitCost: money({ digits: 4 }).notNull(),
    received: numeric({ precision: 12, scale: 3 }).notNull().default("0"),
  },
  (t) => [
    primaryKey({ columns: [t.purchaseOrderId, t.variantId] }),
    check("purchase_order_lines_received", sql`${t.received} <= ${t.quantity}`),
  ],
);
