// A column's default as the snapshot keeps it: SQL text, or a plain number or
// boolean.
//
// The text is drizzle-kit's wherever drizzle-kit's text is the default that was
// meant. It is not for a quote in a JSON value, a quote or backslash in an
// element of an array, a vector, point, line or geometry value, a value of a
// custom type that is not a string, NaN and the infinities: there drizzle-kit
// writes SQL that PostgreSQL rejects or reads as something else. bigints,
// which drizzle-kit cannot write at all, become a number where JavaScript
// holds it exactly, and else their digits as text; SQL prints both alike.

import { arrayText, dateText, literal, quoted } from "skein:serialize/literal";
import { isSQL, sqlText } from "skein:serialize/sql";

/** Returns the default, undefined for none. type is the column's SQL type. */
export function columnDefault(column, type, casing) {
	const value = column.default;
	if (value === undefined) return undefined;
	if (typeof value === "string") return quoted(value);
	if (isSQL(value)) return sqlText(value, casing);
	if (type === "json" || type === "jsonb") return `${quoted(String(JSON.stringify(value)))}::${type}`;
	if (value === null) return null;
	if (value instanceof Date) return quoted(dateText(value, type));
	if (Array.isArray(value) && type.includes("[")) return quoted(arrayText(value, type));
	return typeof value === "object" ? encoded(column, value, casing) : scalar(value);
}

function scalar(value) {
	if (typeof value === "bigint") {
		return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
	}
	return Number.isFinite(value) || typeof value !== "number" ? value : literal(value);
}

/** Returns what the column itself would send to PostgreSQL for value. */
function encoded(column, value, casing) {
	const sent = column.mapToDriverValue(value);
	if (isSQL(sent)) return sqlText(sent, casing);
	return sent !== null && typeof sent === "object" ? literal(sent) : typeof sent === "string" ? quoted(sent) : scalar(sent);
}
