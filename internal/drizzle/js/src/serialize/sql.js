// SQL values as text.

import * as orm from "drizzle-orm";
import * as pg from "drizzle-orm/pg-core";
import { isKind } from "skein:serialize/kinds";

const dialects = new Map();

const dialectFor = (casing) => {
	let dialect = dialects.get(casing);
	if (dialect === undefined) dialects.set(casing, (dialect = new pg.PgDialect({ casing })));
	return dialect;
};

export const isSQL = (value) => isKind(value, "SQL");

/**
 * Returns the text of a SQL value. There is nobody to bind parameters in a
 * definition, so values are written into the text as literals.
 */
export function sqlText(value, casing) {
	return dialectFor(casing).sqlToQuery(new orm.SQL([value]).inlineParams()).sql;
}

/** Returns the text of an index key, where columns go by their bare names. */
export function indexKeyText(value, casing) {
	return dialectFor(casing).sqlToQuery(new orm.SQL([value]).inlineParams(), "indexes").sql;
}
