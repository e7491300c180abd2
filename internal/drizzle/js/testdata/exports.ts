// Exports are visited by name, in code unit order; only direct ones count.
import { relations } from "drizzle-orm";
import { integer, pgEnum, pgSequence, pgTable } from "drizzle-orm/pg-core";

export const t10 = pgTable("t10", { id: integer("id") });
export const t2 = pgTable("t2", { id: integer("id") });
export const a = pgTable("a", { id: integer("id") });
export const B = pgTable("b", { id: integer("id") });
export const _u = pgTable("u", { id: integer("id") });
export const $d = pgTable("d", { id: integer("id") });
export const é = pgTable("e", { id: integer("id") });
export { a as again, t2 as "2nd" };
export { B as default };
export const seqB = pgSequence("z");
export const seqA = pgSequence("y");
export const eB = pgEnum("z_enum", ["1"]);
export const eA = pgEnum("y_enum", ["1"]);
export const aRelations = relations(a, ({ one, many }) => ({ t2: one(t2, { fields: [a.id], references: [t2.id] }), t10: many(t10) }));
export const list = [pgTable("in_list", {})];
export const fn = () => pgTable("in_function", {});
export class Service { table = pgTable("in_class", {}); }
export const nothing = null;
export const missing = undefined;
export const text = "text";
export const dynamic = Object.fromEntries(["x"].map((name) => [name, pgTable(name, {})]));
