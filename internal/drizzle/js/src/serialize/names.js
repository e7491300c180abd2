// Names in the database: casing, and the names drizzle gives to what has none.

import { toCamelCase, toSnakeCase } from "skein:orm/casing";

const converters = { camelCase: toCamelCase, snake_case: toSnakeCase };
const known = { camelCase: new Map(), snake_case: new Map() };

/** Returns key in the given casing, unchanged where casing is undefined. */
export function cased(key, casing) {
	if (casing === undefined) return key;
	let name = known[casing].get(key);
	if (name === undefined) known[casing].set(key, (name = converters[casing](key)));
	return name;
}

/** Returns a column's name; casing applies where the object key is the name. */
export function columnName(column, casing) {
	return column.keyAsName ? cased(column.name, casing) : column.name;
}

/**
 * Returns the name of a constraint that drizzle made from column names, with
 * those replaced by the cased ones. drizzle-kit replaces the text wherever it
 * first occurs in the name, and so does this.
 */
export function casedConstraintName(name, columns, casing) {
	if (casing === undefined) return name;
	return columns.reduce((text, column) => text.replace(column.name, () => columnName(column, casing)), name);
}
