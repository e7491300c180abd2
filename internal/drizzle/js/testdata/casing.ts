// Columns named by their keys, whose names follow the casing option.
import { sql } from "drizzle-orm";
import {
	type AnyPgColumn, check, foreignKey, index, integer, pgMaterializedView, pgPolicy, pgTable, pgView, primaryKey, text, timestamp, unique,
	uniqueIndex,
} from "drizzle-orm/pg-core";

export const words = pgTable("words", {
	id: integer().primaryKey(),
	firstName: text(),
	HTMLBody: text(),
	userID: text(),
	a1b2: text(),
	line2Address: text(),
	already_snake: text(),
	UPPER: text(),
	UPPER_SNAKE: text(),
	Title: text(),
	"with space": text(),
	"it's": text(),
	"d’accord": text(),
	"été": text(),
	"kebab-case": text(),
	$dollar: text(),
	_leading: text(),
	x: text(),
	XMLHttpRequest2: text(),
	explicitName: text("explicitName"),
	explicitToo: text("Explicit_Too"),
	uniqueKey: text().unique(),
	uniqueNamed: text().unique("customUnique"),
	parentId: integer().references((): AnyPgColumn => words.id),
	otherParent: integer("otherParent").references((): AnyPgColumn => words.id),
	autoId: integer().generatedAlwaysAsIdentity(),
	computed: text().generatedAlwaysAs(sql`upper('x')`),
	computedFrom: text().generatedAlwaysAs((): any => sql`${words.firstName} || ${words.explicitName}`),
	createdAt: timestamp().defaultNow(),
}, (t) => [
	index().on(t.firstName),
	index().on(t.firstName, t.explicitName),
	uniqueIndex("named").on(t.HTMLBody.desc()),
	index("expr").on(sql`lower(${t.firstName})`, t.userID).where(sql`${t.HTMLBody} is not null`),
	unique().on(t.firstName, t.userID),
	unique("namedUnique").on(t.firstName, t.explicitName),
	check("chk", sql`${t.firstName} <> ${t.explicitName}`),
	pgPolicy("pol", { using: sql`${t.firstName} = 'x'` }),
]);

export const keys = pgTable("keys", { partOne: integer(), partTwo: integer("partTwo"), wordId: integer(), keyId: integer() }, (t) => [
	primaryKey({ columns: [t.partOne, t.partTwo] }),
	foreignKey({ columns: [t.wordId], foreignColumns: [words.id] }),
	foreignKey({ columns: [t.wordId, t.keyId], foreignColumns: [keys.partOne, keys.partTwo], name: "wordId_custom" }),
	foreignKey({ columns: [t.keyId, t.wordId], foreignColumns: [keys.partOne, keys.partTwo] }),
]);
export const a = pgTable("a", { a: integer(), aB: integer(), b: integer().references((): AnyPgColumn => a.aB) }, (t) => [primaryKey({ columns: [t.a, t.aB] })]);
export const namedKeys = pgTable("named_keys", { partOne: integer(), partTwo: integer() }, (t) => [primaryKey({ name: "partOnePk", columns: [t.partOne, t.partTwo] })]);

export const joined = pgMaterializedView("joined_words").as((qb) => qb.select({ firstName: words.firstName, two: keys.partTwo }).from(words).leftJoin(keys, sql`${keys.wordId} = ${words.id}`).orderBy(words.HTMLBody));
export const manual = pgView("manual", { firstName: text(), explicit: text("Explicit") }).as(sql`select ${words.firstName} from ${words}`);
export const existing = pgView("existing", { firstName: text() }).existing();
