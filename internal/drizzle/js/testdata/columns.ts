// Every column builder with its options, the three ways to name a column, and
// arrays.
import {
	bigint, bigserial, bit, boolean, char, cidr, customType, date, decimal, doublePrecision, geometry, halfvec,
	inet, integer, interval, json, jsonb, line, macaddr, macaddr8, numeric, pgTable, pgTableCreator, point, real, serial,
	smallint, smallserial, sparsevec, text, time, timestamp, uuid, varchar, vector,
} from "drizzle-orm/pg-core";

export const numbers = pgTable("numbers", {
	serial: serial("serial").primaryKey(),
	bigSerial: bigserial("big_serial", { mode: "number" }),
	bigSerial64: bigserial("big_serial_64", { mode: "bigint" }).notNull(),
	smallSerial: smallserial("small_serial"),
	integer: integer("integer").notNull(),
	smallint: smallint("smallint"),
	bigint: bigint("bigint", { mode: "number" }),
	bigint64: bigint("bigint_64", { mode: "bigint" }),
	numeric: numeric("numeric"),
	numericPrecision: numeric("numeric_precision", { precision: 7 }),
	numericScale: numeric("numeric_scale", { precision: 7, scale: 3 }),
	numericZero: numeric("numeric_zero", { precision: 7, scale: 0 }),
	numericNumber: numeric("numeric_number", { precision: 10, scale: 2, mode: "number" }),
	numericBigint: numeric("numeric_bigint", { precision: 20, scale: 0, mode: "bigint" }),
	numericOnlyScale: numeric("numeric_only_scale", { scale: 2 }),
	decimal: decimal("decimal", { precision: 4 }),
	real: real("real"),
	double: doublePrecision("double"),
	boolean: boolean("boolean"),
});

export const texts = pgTable("texts", {
	text: text("text"),
	textEnum: text("text_enum", { enum: ["a", "b"] }).notNull(),
	varchar: varchar("varchar"),
	varcharLength: varchar("varchar_length", { length: 255 }),
	varcharEnum: varchar("varchar_enum", { length: 5, enum: ["a", "b"] }),
	char: char("char"),
	charLength: char("char_length", { length: 2 }),
	charEnum: char("char_enum", { enum: ["x"] }),
	uuid: uuid("uuid").primaryKey().defaultRandom(),
	json: json("json").$type<{ a: string }>(),
	jsonb: jsonb("jsonb"),
	inet: inet("inet"),
	cidr: cidr("cidr"),
	macaddr: macaddr("macaddr"),
	macaddr8: macaddr8("macaddr8"),
});

export const times = pgTable("times", {
	date: date("date"),
	dateDate: date("date_date", { mode: "date" }),
	dateString: date("date_string", { mode: "string" }),
	time: time("time"),
	timePrecision: time("time_precision", { precision: 3 }),
	timeZone: time("time_zone", { withTimezone: true }),
	timeZonePrecision: time("time_zone_precision", { withTimezone: true, precision: 6 }),
	timestamp: timestamp("timestamp"),
	timestampString: timestamp("timestamp_string", { mode: "string" }),
	timestampPrecision: timestamp("timestamp_precision", { precision: 3 }),
	timestampZone: timestamp("timestamp_zone", { withTimezone: true }),
	timestampZonePrecision: timestamp("timestamp_zone_precision", { withTimezone: true, precision: 6, mode: "string" }),
	timestampZero: timestamp("timestamp_zero", { precision: 0, withTimezone: true }),
	interval: interval("interval"),
	intervalFields: interval("interval_fields", { fields: "day to hour" }),
	intervalPrecision: interval("interval_precision", { precision: 6 }),
	intervalBoth: interval("interval_both", { fields: "second", precision: 3 }),
});

export const shapes = pgTable("shapes", {
	point: point("point"),
	pointTuple: point("point_tuple", { mode: "tuple" }),
	pointXY: point("point_xy", { mode: "xy" }),
	line: line("line"),
	lineABC: line("line_abc", { mode: "abc" }),
	geometry: geometry("geometry"),
	geometryXY: geometry("geometry_xy", { type: "point", mode: "xy", srid: 4326 }),
	vector: vector("vector", { dimensions: 3 }),
	halfvec: halfvec("halfvec", { dimensions: 768 }),
	sparsevec: sparsevec("sparsevec", { dimensions: 10 }),
	bit: bit("bit", { dimensions: 8 }),
});

const bytea = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });
const money = customType<{ data: number; driverData: string; config: { digits?: number } }>({
	dataType: (config) => (config?.digits ? `money_type(${config.digits})` : "money_type"),
	toDriver: (value) => value.toFixed(2),
	fromDriver: (value) => Number(value),
});

export const customs = pgTable("customs", {
	bytes: bytea("bytes"),
	unnamed: bytea(),
	money: money("money"),
	moneyConfig: money("money_config", { digits: 4 }).notNull(),
	moneyUnnamed: money({ digits: 2 }),
	moneyArray: money("money_array", { digits: 1 }).array(),
});

export const arrays = pgTable("arrays", {
	texts: text("texts").array(),
	matrix: integer("matrix").array().array(),
	sized: varchar("sized", { length: 5 }).array(3),
	sizedTwice: integer("sized_twice").array(2).array(4).notNull(),
	stamps: timestamp("stamps", { precision: 3, withTimezone: true }).array(),
	numerics: numeric("numerics", { precision: 7, scale: 3 }).array().notNull(),
	uuids: uuid("uuids").array().unique(),
	vectors: vector("vectors", { dimensions: 2 }).array(),
	points: point("points").array(),
});

export const callback = pgTable("callback", (t) => ({
	id: t.integer().primaryKey(),
	name: t.text("full_name").notNull(),
	amount: t.numeric({ precision: 3, scale: 1 }),
	big: t.bigint({ mode: "bigint" }),
	when: t.timestamp({ withTimezone: true }),
	tags: t.varchar({ length: 3 }).array(),
	vec: t.vector({ dimensions: 4 }),
	bits: t.bit({ dimensions: 2 }),
	shape: t.geometry({ type: "point" }),
	code: t.char({ length: 3 }),
	day: t.date({ mode: "date" }),
	clock: t.time({ precision: 2 }),
	span: t.interval({ fields: "year" }),
	custom: t.customType({ dataType: () => "citext" })("custom"),
	seq: t.bigserial({ mode: "number" }),
	place: t.point({ mode: "xy" }),
	ruler: t.line(),
	address: t.inet(),
	net: t.cidr(),
	mac: t.macaddr(),
	mac8: t.macaddr8(),
	half: t.halfvec({ dimensions: 1 }),
	sparse: t.sparsevec({ dimensions: 1 }),
	id2: t.uuid(),
	j: t.json(),
	jb: t.jsonb(),
	r: t.real(),
	d: t.doublePrecision(),
	b: t.boolean(),
	s: t.smallint(),
	ss: t.smallserial(),
	sr: t.serial(),
}));

const prefixed = pgTableCreator((name) => `app_${name}`);
export const created = prefixed("created", { id: serial("id").primaryKey(), other: integer().references(() => created.id) });
export const createdToo = prefixed("created_too", (t) => ({ id: t.uuid().primaryKey() }), () => []);

const common = {
	createdAt: timestamp("created_at").defaultNow().notNull(),
	updatedAt: timestamp().$onUpdate(() => new Date()),
};
export const withCommon = pgTable("with_common", { id: integer().primaryKey(), ...common });
export const withCommonToo = pgTable("with_common_too", { ...common, id: integer().primaryKey() });
export const empty = pgTable("empty", {});
