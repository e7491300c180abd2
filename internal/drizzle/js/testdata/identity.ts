// Identity columns and sequences.
import { bigint, integer, pgSchema, pgSequence, pgTable, smallint } from "drizzle-orm/pg-core";

export const s = pgSchema("s");
export const always = pgTable("always", {
	a: integer("a").generatedAlwaysAsIdentity(),
	b: bigint("b", { mode: "number" }).generatedAlwaysAsIdentity({ name: "own_name" }),
	c: smallint("c").generatedAlwaysAsIdentity({ startWith: 10, increment: 5 }),
	d: integer("d").generatedAlwaysAsIdentity({ increment: -1 }),
	e: bigint("e", { mode: "bigint" }).generatedAlwaysAsIdentity({ increment: -2, minValue: -100, maxValue: 100, startWith: 50, cache: 10, cycle: true }),
	f: integer("f").generatedAlwaysAsIdentity({ startWith: "5", minValue: "0", maxValue: "7", cache: "2", cycle: false }),
	g: integer("g").generatedAlwaysAsIdentity({ minValue: 3 }),
	h: integer("h").generatedAlwaysAsIdentity({ minValue: 0, startWith: 0 }),
	i: smallint("i").generatedAlwaysAsIdentity({ increment: "-1" }),
	j: bigint("j", { mode: "bigint" }).generatedAlwaysAsIdentity({ increment: -1 }),
	someKey: integer().generatedAlwaysAsIdentity().primaryKey(),
});
export const byDefault = s.table("by_default", {
	a: integer("a").primaryKey().generatedByDefaultAsIdentity(),
	b: bigint("b", { mode: "number" }).generatedByDefaultAsIdentity({ name: "custom", startWith: 1000 }).notNull(),
});

export const plain = pgSequence("plain");
export const options = pgSequence("options", { startWith: 100, increment: 2, minValue: 100, maxValue: 10000, cache: 10, cycle: true });
export const down = pgSequence("down", { increment: -1 });
export const downMin = pgSequence("down_min", { increment: "-5", minValue: -50 });
export const texts = pgSequence("texts", { startWith: "3", increment: "4", minValue: "1", maxValue: "99", cache: "1", cycle: false });
export const inSchema = s.sequence("in_schema", { startWith: 7 });
export const inSchemaPlain = s.sequence("in_schema_plain");
export const zero = pgSequence("zero", { minValue: 0 });
