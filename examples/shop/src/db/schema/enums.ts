import { ORDER_STATUSES, PAYMENT_STATES } from "@shop/shared";
import { pgEnum } from "drizzle-orm/pg-core";

export const accountStatus = pgEnum("account_status", ["invited", "active", "suspended", "closed"]);

export const orderStatus = pgEnum("order_status", ORDER_STATUSES);

export const paymentState = pgEnum("payment_state", PAYMENT_STATES);

// An enum as an object, as TypeScript code likes them.
export enum ShipmentState {
  Pending = "pending",
  HandedOver = "handed over",
  InTransit = "in transit",
  Delivered = "delivered",
  Lost = "customer's loss",
}
export const shipmentState = pgEnum("shipment_state", ShipmentState);

export const discountKind = pgEnum("discount_kind", ["percent", "amount", "free_shipping"]);

export const ticketPriority = pgEnum("ticket_priority", ["low", "normal", "high", "urgent"]);

export const mediaKind = pgEnum("media_kind", ["image", "video", "document"]);
