// Enums, schemas, and what happens to objects of public and unexported schemas.
import { integer, pgEnum, pgSchema, pgTable, text } from "drizzle-orm/pg-core";

export const status = pgEnum("status", ["on", "off", "it's"]);
export const single = pgEnum("single", ["only"]);
export enum Level { Low = "low", High = "high" }
export const level = pgEnum("level", Level);
export const object = pgEnum("object", { First: "first", Second: "second" });
export const own = pgSchema("own");
export const ownStatus = own.enum("status", ["x", "y"]);
export const ownObject = own.enum("object", { A: "a" });
const unexported = pgSchema("unexported");
export const inUnexported = unexported.table("in_unexported", { id: integer("id"), status: ownStatus("status") });
const hiddenEnum = pgEnum("hidden", ["h"]);
export const values = status.enumValues;
export const nested = { status, table: pgTable("nested", {}) };

export const uses = pgTable("uses", {
	status: status("status").notNull(),
	unnamed: status(),
	level: level("level").default(Level.Low),
	object: object("object"),
	ownStatus: ownStatus("own_status").default("y"),
	statuses: status("statuses").array().notNull(),
	matrix: status("matrix").array().array(),
	hidden: hiddenEnum("hidden"),
	text: text("text", { enum: status.enumValues }),
});
export const ownTable = own.table("t", (t) => ({ id: t.integer().primaryKey(), status: status() }));
export default pgTable("default_export", { id: integer("id") });
