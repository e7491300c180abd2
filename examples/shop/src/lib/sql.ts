import { sql, type AnyColumn } from "drizzle-orm";

/** True for values that are not negative. */
export const notNegative = (column: AnyColumn) => sql`${column} >= 0`;

/** True for values that match a regular expression. */
export const matches = (column: AnyColumn, pattern: string) => sql`${column} ~ ${sql.raw(`'${pattern}'`)}`;
