// Names in the database: casing, and the names drizzle gives to what has none.

const caches = { camelCase: new Map(), snake_case: new Map() };

/** Returns key in the given casing, unchanged where casing is undefined. */
export function cased(key, casing) {
	const cache = caches[casing];
	if (cache === undefined) return key;
	let name = cache.get(key);
	if (name === undefined) {
		name = casing === "snake_case" ? snake(key) : camel(key);
		cache.set(key, name);
	}
	return name;
}

// Words are runs of lower case letters and digits, of capitals, and a capital
// with the lower case run after it; apostrophes do not end a word.
const words = (key) => key.replace(/['\u2019]/g, "").match(/[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+/g) ?? [];

const snake = (key) => words(key).join("_").toLowerCase();

const camel = (key) =>
	words(key).map((word, i) => (i === 0 ? word.toLowerCase() : word[0].toUpperCase() + word.slice(1))).join("");

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
