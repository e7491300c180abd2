// Where Skein's snapshot is not drizzle-kit's, because the SQL that follows
// from drizzle-kit's is rejected by PostgreSQL or says something else. The
// expected snapshots of this file are Skein's own.
import { and, eq, gt, inArray, sql } from "drizzle-orm";
import {
	bigint, check, customType, doublePrecision, geometry, halfvec, index, integer, jsonb, line, numeric, pgPolicy, pgSchema, pgTable, pgView,
	point, text, timestamp, vector,
} from "drizzle-orm/pg-core";

const bytea = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });
const span = customType<{ data: { from: number; to: number }; driverData: string }>({
	dataType: () => "int4range",
	toDriver: ({ from, to }) => `[${from},${to})`,
});

// drizzle-kit crashes.
export const bigints = pgTable("bigints", {
	safe: bigint("safe", { mode: "bigint" }).default(42n),
	unsafe: bigint("unsafe", { mode: "bigint" }).default(-9223372036854775808n),
	numeric: numeric("numeric", { mode: "bigint" }).default(123456789012345678901234567890n),
	list: bigint("list", { mode: "bigint" }).array().default([1n, 9223372036854775807n]),
});

// drizzle-kit leaves quotes as they are.
export const quotes = pgTable("quotes", {
	json: jsonb("json").default({ a: "it's" }),
	texts: text("texts").array().default(["it's", 'say "hi"', 'say "back\\slash"', "NULL"]),
	jsons: jsonb("jsons").array().default([{ a: "it's" }, { b: 'say "hi"\n' }]),
	nulls: text("nulls").array().default(["a", null as any]),
});

// drizzle-kit writes JavaScript's text of the value.
export const values = pgTable("values", {
	vector: vector("vector", { dimensions: 3 }).default([1, 2, 3]),
	halfvec: halfvec("halfvec", { dimensions: 2 }).default([0.5, 1]),
	point: point("point").default([1, 2]),
	pointXY: point("point_xy", { mode: "xy" }).default({ x: 1, y: -2 }),
	line: line("line").default([1, 2, 3]),
	lineABC: line("line_abc", { mode: "abc" }).default({ a: 1, b: 2, c: 3 }),
	geometry: geometry("geometry").default([1, 2]),
	bytes: bytea("bytes").default(new Uint8Array([0, 171, 255])),
	span: span("span").default({ from: 1, to: 5 }),
	nan: doublePrecision("nan").default(NaN),
	infinity: doublePrecision("infinity").default(-Infinity),
});

// drizzle-kit writes $1, and crashes for defaults.
export const parameters = pgTable("parameters", {
	id: integer("id").default(sql`${5} + 1`),
	name: text("name"),
	at: timestamp("at"),
	computed: text("computed").generatedAlwaysAs((): any => sql`coalesce(${parameters.name}, ${"it's"})`),
}, (t) => [
	check("parameters_id", gt(t.id, 5)),
	check("parameters_in", and(inArray(t.name, ["a", "b"]), eq(t.at, new Date("2024-05-06T07:08:09.123Z")))!),
	index("parameters_where").on(t.id).where(eq(t.name, "x")),
	index("parameters_key").on(sql`coalesce(${t.name}, ${"none"})`),
	pgPolicy("parameters_policy", { using: eq(t.id, 7), withCheck: sql`${t.name} <> ${"y"}` }),
]);

// drizzle-kit names the type without its schema.
export const own = pgSchema("own");
export const objectEnum = own.enum("object_enum", { A: "a", B: "b" });
export const enums = pgTable("enums", { value: objectEnum("value"), values: objectEnum("values").array() });

// drizzle-kit selects the columns by their keys, and the rest by their names.
export const words = pgTable("words", { id: integer().primaryKey(), firstName: text(), HTMLBody: text(), explicit: text("explicitName") });
export const allWords = pgView("all_words").as((qb) => qb.select().from(words));
export const someWords = pgView("some_words").as((qb) =>
	qb.select({ firstName: words.firstName, calc: sql`${words.HTMLBody} || 'x'`.as("calcResult") }).from(words).where(gt(words.id, 0)).orderBy(words.firstName),
);
export const subWords = pgView("sub_words").as((qb) => {
	const sq = qb.select({ firstName: words.firstName }).from(words).as("sq");
	return qb.select({ firstName: sq.firstName }).from(sq).where(eq(sq.firstName, "x"));
});
