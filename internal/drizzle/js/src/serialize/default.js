// A column's default as the snapshot keeps it: SQL text, or a plain number or
// boolean.
//
// The text is drizzle-kit's wherever PostgreSQL accepts drizzle-kit's. It is
// not for a lone quote in a JSON value or an array, a vector, point, line or
// geometry value, and a value of a custom type that is not a string: there
// drizzle-kit writes what PostgreSQL rejects. Nor is it for null in an array,
// NaN and the infinities, which drizzle-kit loses. bigints, which drizzle-kit
// cannot write at all, become a number where JavaScript holds it exactly, and
// else their digits as text; SQL prints both alike.

import { arrayText, elementText, literal, quoted } from "skein:serialize/literal";
import { isSQL, sqlText } from "skein:serialize/sql";

/** Returns the default, undefined for none. type is the column's SQL type. */
export function columnDefault(column, type, casing) {
	const value = column.default;
	if (value === undefined) return undefined;
	if (typeof value === "string") return quoted(value);
	if (isSQL(value)) return sqlText(value, casing);
	if (type === "json" || type === "jsonb") return `${quotedIfNeeded(String(JSON.stringify(value)))}::${type}`;
	if (value === null) return null;
	if (value instanceof Date) return quoted(dateText(value, type));
	if (Array.isArray(value) && type.includes("[")) {
		const elementType = type.replace(/(\[\d*\])+$/, "");
		return quotedIfNeeded(arrayText(value, (element) => defaultElement(element, elementType)));
	}
	return typeof value === "object" ? encoded(column, value, casing) : scalar(value);
}

/**
 * Returns text as a literal, with quotes doubled only if there is a lone one.
 * drizzle-kit doubles none here, so some schemas double theirs themselves.
 */
function quotedIfNeeded(text) {
	const lone = text.match(/'+/g)?.some((run) => run.length % 2 === 1);
	return lone ? quoted(text) : `'${text}'`;
}

function dateText(date, type) {
	const text = date.toISOString();
	if (type === "date") return text.slice(0, text.indexOf("T"));
	if (type === "timestamp") return text.replace("T", " ").slice(0, -1);
	return text;
}

/**
 * Returns an element of an array default. drizzle-kit escapes the double quotes
 * of a JSON value and nothing else; that stays where it makes a whole element.
 */
function defaultElement(value, type) {
	if (value instanceof Date) return `"${dateText(value, type)}"`;
	if (value === null || (typeof value !== "string" && typeof value !== "object")) return elementText(value);
	const text = typeof value === "string" ? value : JSON.stringify(value).replaceAll('"', '\\"');
	return /^([^"\\]|\\.)*$/s.test(text) ? `"${text}"` : elementText(value);
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
	return sent !== null && (typeof sent === "object" || typeof sent === "string") ? literal(sent) : scalar(sent);
}
