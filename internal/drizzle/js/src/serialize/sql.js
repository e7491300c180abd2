// SQL values as text.

import * as orm from "drizzle-orm";
import * as pg from "drizzle-orm/pg-core";
import { isKind } from "skein:serialize/kinds";
import { literal } from "skein:serialize/literal";

const dialects = new Map();

function dialectFor(casing) {
	let dialect = dialects.get(casing);
	if (dialect === undefined) dialects.set(casing, (dialect = new pg.PgDialect({ casing })));
	return dialect;
}

export const isSQL = (value) => isKind(value, "SQL");

/**
 * Returns the text of a SQL value. Nobody binds parameters in a definition, so
 * they are written into the text; drizzle-kit leaves $1 there.
 */
export function sqlText(value, casing, invokeSource) {
	const dialect = dialectFor(casing);
	const query = isSQL(value) ? value : new orm.SQL([value]);
	return query.toQuery({
		casing: dialect.casing,
		escapeName: dialect.escapeName,
		escapeString: dialect.escapeString,
		escapeParam: (_index, parameter) => literal(parameter),
		invokeSource,
	}).sql;
}

/** Returns the text of an index key, where columns go by their bare names. */
export const indexKeyText = (value, casing) => sqlText(value, casing, "indexes");
