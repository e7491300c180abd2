// Defaults of every kind that drizzle-kit can write.
import { sql } from "drizzle-orm";
import {
	bigint, bit, boolean, customType, date, doublePrecision, integer, interval, json, jsonb, numeric, pgEnum, pgTable, real,
	smallint, sparsevec, text, time, timestamp, uuid, varchar,
} from "drizzle-orm/pg-core";

export const mood = pgEnum("mood", ["sad", "it's ok", 'say "hi"']);
const named = customType<{ data: string }>({ dataType: () => "named" });
const at = new Date("2024-05-06T07:08:09.123Z");

export const scalars = pgTable("scalars", {
	zero: integer("zero").default(0),
	negative: integer("negative").default(-1),
	small: smallint("small").default(7),
	big: bigint("big", { mode: "number" }).default(9007199254740991),
	bigSQL: bigint("big_sql", { mode: "bigint" }).default(sql`9223372036854775807`),
	fraction: doublePrecision("fraction").default(0.1),
	huge: doublePrecision("huge").default(1e21),
	tiny: real("tiny").default(1e-7),
	exact: numeric("exact").default("1.50"),
	exactNumber: numeric("exact_number", { mode: "number" }).default(1.5),
	yes: boolean("yes").default(true),
	no: boolean("no").default(false),
	empty: text("empty").default(""),
	plain: text("plain").default("plain"),
	quotes: text("quotes").default(`it's "quoted" \\ and ''doubled''`),
	lines: text("lines").default("two\nlines\tand a tab"),
	unicode: varchar("unicode").default("naïve 🚀 \u0001"),
	dollar: text("dollar").default("$1 $& $$"),
	nothing: text("nothing").default(null as any),
	undefinedDefault: text("undefined_default").default(undefined as any),
	bits: bit("bits", { dimensions: 3 }).default("101"),
	sparse: sparsevec("sparse", { dimensions: 3 }).default("{1:1}/3"),
	uuid: uuid("uuid").default("00000000-0000-0000-0000-000000000000"),
	random: uuid("random").defaultRandom(),
	span: interval("span").default("1 day"),
	custom: named("custom").default("x"),
	customSQL: named("custom_sql").default(sql`gen()`),
});

export const runtime = pgTable("runtime", {
	fn: text("fn").$default(() => "x"),
	fn2: text("fn2").$defaultFn(() => "x"),
	update: text("update").$onUpdate(() => "x"),
	update2: text("update2").$onUpdateFn(() => sql`now()`),
	both: timestamp("both").defaultNow().$onUpdate(() => new Date()),
});

export const sqls = pgTable("sqls", {
	now: timestamp("now").default(sql`now()`),
	raw: text("raw").default(sql.raw("'a'::text")),
	joined: text("joined").default(sql.join([sql`'a'`, sql`'b'`], sql` || `)),
	nested: text("nested").default(sql`(${sql`'in'`} || ${sql.raw("'side'")})`),
	empty: text("empty").default(sql.empty()),
	appended: text("appended").default(sql`lower('A'`.append(sql`)`)),
	array: text("array").array().default(sql`'{}'::text[]`),
	arrayLiteral: text("array_literal").array().default(sql`ARRAY[]::text[]`),
	zone: timestamp("zone").default(sql`(now() AT TIME ZONE 'utc'::text)`),
	json: jsonb("json").default(sql`'{"a": "it''s"}'::jsonb`),
	enumSQL: mood("enum_sql").default(sql`'sad'::mood`),
	typed: integer("typed").default(sql<number>`1 + 1`),
});

export const dates = pgTable("dates", {
	date: date("date").default("2024-01-01"),
	dateNow: date("date_now").defaultNow(),
	dateDate: date("date_date", { mode: "date" }).default(at),
	time: time("time").default("12:00"),
	timeNow: time("time_now").defaultNow(),
	timestamp: timestamp("timestamp").default(at),
	timestampNow: timestamp("timestamp_now", { mode: "string" }).defaultNow(),
	timestampString: timestamp("timestamp_string", { mode: "string" }).default("2024-01-01 00:00:00"),
	timestampPrecision: timestamp("timestamp_precision", { precision: 3 }).default(at),
	timestampZone: timestamp("timestamp_zone", { withTimezone: true }).default(at),
	timestampZonePrecision: timestamp("timestamp_zone_precision", { withTimezone: true, precision: 3 }).default(at),
});

export const jsons = pgTable("jsons", {
	object: json("object").default({ a: 1, b: [true, null], c: { d: "e" } }),
	array: jsonb("array").default([1, "two", null]),
	empty: jsonb("empty").default({}),
	emptyArray: jsonb("empty_array").default([]),
	text: jsonb("text").default("text"),
	textArray: jsonb("text_array").default("[]"),
	number: jsonb("number").default(5),
	boolean: jsonb("boolean").default(false),
	quotes: json("quotes").default({ "double\"quote": "back\\slash\nline" }),
	date: jsonb("date").default({ at }),
	nothing: jsonb("nothing").default(null),
	ownEscapes: jsonb("own_escapes").default({ a: "it''s" }),
});

export const enums = pgTable("enums", {
	plain: mood("plain").default("sad"),
	quote: mood("quote").default("it's ok"),
	double: mood("double").default('say "hi"'),
	list: mood("list").array().default(["sad"]),
	emptyList: mood("empty_list").array().default([]),
});

export const lists = pgTable("lists", {
	texts: text("texts").array().default(["a", "b c", ""]),
	commas: text("commas").array().default(["a,b", "{c}"]),
	empty: text("empty").array().default([]),
	backslash: text("backslash").array().default(["back\\slash"]),
	ownEscapes: text("own_escapes").array().default(["it''s", 'say \\"hi\\"', "back\\\\slash"]),
	nested: text("nested").array().array().default([["a"], ["b"]]),
	nestedEmpty: integer("nested_empty").array().array().default([[], []]),
	numbers: integer("numbers").array().default([1, -2]),
	fractions: doublePrecision("fractions").array().default([0.5, 1e21]),
	sized: integer("sized").array(3).array(2).default([[1, 2, 3], [4, 5, 6]]),
	booleans: boolean("booleans").array().default([true, false]),
	numerics: numeric("numerics", { precision: 4, scale: 1 }).array().default(["1.5"]),
	jsons: jsonb("jsons").array().default([{ a: 1 }, { b: "c" }, { lines: "two\nlines" }]),
	dates: date("dates", { mode: "date" }).array().default([at]),
	dateTexts: date("date_texts").array().default(["2024-01-01"]),
	timestamps: timestamp("timestamps").array().default([at]),
	zones: timestamp("zones", { withTimezone: true, precision: 3 }).array().default([at, at]),
	precise: timestamp("precise", { precision: 3 }).array().default([at]),
	uuids: uuid("uuids").array().default(["00000000-0000-0000-0000-000000000000"]),
});
