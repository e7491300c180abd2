// Constants that the web shop, the workers and the database schema share.

export const ORDER_STATUSES = ["draft", "placed", "paid", "packed", "shipped", "delivered", "cancelled"] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const PAYMENT_STATES = ["pending", "authorised", "captured", "failed", "refunded"] as const;

export const MAX_NAME_LENGTH = 200;
export const MAX_CART_QUANTITY = 99;
export const DEFAULT_CURRENCY = "EUR";
export const DEFAULT_PAGE_SIZE = 25;

export { COUNTRY_CODE_LENGTH, HOME_COUNTRY } from "./countries.js";
