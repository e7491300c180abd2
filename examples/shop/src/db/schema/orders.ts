import { DEFAULT_CURRENCY, MAX_CART_QUANTITY } from "@shop/shared";
import { relations, sql } from "drizzle-orm";
import {
  bigint,
  bigserial,
  boolean,
  char,
  check,
  foreignKey,
  index,
  integer,
  interval,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";

import { money, timestamps } from "@/lib/columns";
import { notNegative } from "@/lib/sql";
import { addresses, users } from "./accounts.js";
import { variants } from "./catalog.js";
import { discountKind, orderStatus, paymentState, ShipmentState, shipmentState } from "./enums.js";

export const carts = pgTable("carts", {
  id: uuid().primaryKey().defaultRandom(),
  userId: uuid().references(() => users.id, { onDelete: "cascade" }),
  keepFor: interval({ fields: "day" }).notNull().default("30 days"),
  ...timestamps,
});

export const cartItems = pgTable(
  "cart_items",
  {
    cartId: uuid()
      .notNull()
      .references(() => carts.id, { onDelete: "cascade" }),
    variantId: bigint({ mode: "number" })
      .notNull()
      .references(() => variants.id, { onDelete: "cascade" }),
    quantity: smallint().notNull().default(1),
  },
  (t) => [
    primaryKey({ columns: [t.cartId, t.variantId] }),
    check("cart_items_quantity", sql`${t.quantity} between 1 and ${sql.raw(String(MAX_CART_QUANTITY))}`),
  ],
);

export const coupons = pgTable(
  "coupons",
  {
    code: text().primaryKey(),
    kind: discountKind().notNull(),
    value: numeric({ precision: 10, scale: 2 }),
    usesLeft: integer(),
    validFrom: timestamp().notNull().defaultNow(),
    validTo: timestamp(),
    conditions: jsonb().notNull().default([]),
  },
  (t) => [
    check("coupons_period", sql`${t.validTo} is null or ${t.validTo} > ${t.validFrom}`),
    check("coupons_value", sql`${t.kind} = 'free_shipping' or ${t.value} > 0`),
  ],
);

export const orders = pgTable(
  "orders",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    number: text().notNull().unique(),
    userId: uuid().references(() => users.id, { onDelete: "set null" }),
    status: orderStatus().notNull().default("draft"),
    currency: char({ length: 3 }).notNull().default(DEFAULT_CURRENCY),
    total: money().notNull().default("0"),
    shippingAddressId: uuid().references(() => addresses.id),
    billingAddressId: uuid().references(() => addresses.id),
    couponCode: text().references(() => coupons.code, { onUpdate: "cascade" }),
    note: text(),
    placedAt: timestamp({ withTimezone: true }),
    ...timestamps,
  },
  (t) => [
    index("orders_user_placed_idx").on(t.userId, t.placedAt.desc().nullsFirst()),
    index("orders_open_idx")
      .on(t.status)
      .where(sql`${t.status} in ('placed', 'paid')`),
    check("orders_total", notNegative(t.total)),
    check("orders_placed", sql`${t.status} = 'draft' or ${t.placedAt} is not null`),
  ],
);

export const orderLines = pgTable(
  "order_lines",
  {
    orderId: bigint({ mode: "number" })
      .notNull()
      .references(() => orders.id, { onDelete: "cascade" }),
    line: smallint().notNull(),
    variantId: bigint({ mode: "number" })
      .notNull()
      .references(() => variants.id),
    quantity: integer().notNull(),
    unitPrice: money({ digits: 4 }).notNull(),
    discount: money().notNull().default("0"),
    amount: numeric({ precision: 16, scale: 4 }).generatedAlwaysAs(sql`quantity * unit_price - discount`),
    giftWrap: boolean().notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.orderId, t.line] }), index().on(t.variantId), check("order_lines_quantity", sql`${t.quantity} > 0`)],
);

export const payments = pgTable(
  "payments",
  {
    id: uuid().primaryKey().defaultRandom(),
    orderId: bigint({ mode: "number" })
      .notNull()
      .references(() => orders.id),
    provider: text().notNull(),
    reference: text().notNull(),
    state: paymentState().notNull().default("pending"),
    amount: money().notNull(),
    payload: jsonb(),
    ...timestamps,
  },
  (t) => [
    unique().on(t.provider, t.reference),
    index("payments_order_state_idx").on(t.orderId, t.state),
    check("payments_amount", sql`${t.amount} <> 0`),
  ],
);

export const refunds = pgTable("refunds", {
  id: uuid().primaryKey().defaultRandom(),
  paymentId: uuid()
    .notNull()
    .references(() => payments.id, { onDelete: "restrict" }),
  amount: money().notNull(),
  reason: text(),
  createdAt: timestamps.createdAt,
});

export const shipments = pgTable(
  "shipments",
  {
    id: uuid().primaryKey().defaultRandom(),
    orderId: bigint({ mode: "number" })
      .notNull()
      .references(() => orders.id, { onDelete: "cascade" }),
    carrier: text().notNull(),
    trackingCode: text(),
    state: shipmentState().notNull().default(ShipmentState.Pending),
    history: shipmentState().array().notNull().default([]),
    shippedAt: timestamp({ precision: 3, withTimezone: true }),
  },
  (t) => [uniqueIndex().on(t.carrier, t.trackingCode), index().on(t.orderId)],
);

export const shipmentLines = pgTable(
  "shipment_lines",
  {
    shipmentId: uuid()
      .notNull()
      .references(() => shipments.id, { onDelete: "cascade" }),
    orderId: bigint({ mode: "number" }).notNull(),
    line: smallint().notNull(),
    quantity: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.shipmentId, t.orderId, t.line] }),
    foreignKey({ columns: [t.orderId, t.line], foreignColumns: [orderLines.orderId, orderLines.line], name: "shipment_lines_order_line_fk" })
      .onDelete("cascade")
      .onUpdate("cascade"),
  ],
);

export const returns = pgTable("returns", {
  id: uuid().primaryKey().defaultRandom(),
  shipmentId: uuid()
    .notNull()
    .references(() => shipments.id),
  reason: text().notNull(),
  photos: text().array(),
  acceptedAt: timestamp({ withTimezone: true }),
  ...timestamps,
});

export const ordersRelations = relations(orders, ({ one, many }) => ({
  user: one(users, { fields: [orders.userId], references: [users.id] }),
  lines: many(orderLines),
  payments: many(payments),
}));
