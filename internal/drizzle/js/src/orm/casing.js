// Casing of columns that are named by their keys.

import { entityKind } from "skein:orm/entity";

// Words are runs of lower case letters and digits, of capitals, and a capital
// with the lower case run after it; apostrophes do not end a word.
const words = (text) => text.replace(/['\u2019]/g, "").match(/[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+/g) ?? [];

export const toSnakeCase = (text) => words(text).map((word) => word.toLowerCase()).join("_");
export const toCamelCase = (text) =>
	words(text).map((word, i) => (i === 0 ? word.toLowerCase() : word[0].toUpperCase() + word.slice(1))).join("");

const converters = { snake_case: toSnakeCase, camelCase: toCamelCase };

export class CasingCache {
	static [entityKind] = "CasingCache";
	cache = {};
	constructor(casing) {
		this.convert = converters[casing] ?? ((text) => text);
	}
	getColumnCasing(column) {
		if (!column.keyAsName) return column.name;
		return (this.cache[column.name] ??= this.convert(column.name));
	}
	clearCache() {
		this.cache = {};
	}
}
