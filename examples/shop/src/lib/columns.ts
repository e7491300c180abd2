import { customType, timestamp } from "drizzle-orm/pg-core";

/** Columns that nearly every table has. */
export const timestamps = {
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp({ withTimezone: true })
    .notNull()
    .defaultNow()
    .$onUpdate(() => new Date()),
};

/** An amount of money: exact, with four digits for unit prices. */
export const money = customType<{ data: string; config: { digits?: number } }>({
  dataType(config) {
    return `numeric(14, ${config?.digits ?? 2})`;
  },
});

/** Text prepared for full text search. */
export const tsvector = customType<{ data: string }>({
  dataType() {
    return "tsvector";
  },
});

export const bytea = customType<{ data: Buffer; driverData: Buffer }>({
  dataType() {
    return "bytea";
  },
});

/** A span of days, for validity periods. */
export const daterange = customType<{ data: string }>({
  dataType() {
    return "daterange";
  },
});
