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

import { isSQL, sqlText } from "skein:serialize/sql";

/** Returns the default, undefined for none. type is the column's SQL type. */
export function columnDefault(column, type, casing) {
	const value = column.default;
	if (value === undefined || value === null) return value;
	if (typeof value === "string") return literal(value);
	if (isSQL(value)) return sqlText(value, casing);
	if (type === "json" || type === "jsonb") return `${literal(JSON.stringify(value))}::${type}`;
	if (value instanceof Date) return literal(dateText(value, type));
	if (Array.isArray(value) && type.includes("[")) return literal(arrayText(value, type));
	if (typeof value === "object") return encoded(column, value);
	return scalar(value);
}

const literal = (text) => `'${text.replaceAll("'", "''")}'`;

function scalar(value) {
	if (typeof value === "bigint") {
		return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
	}
	if (typeof value === "number" && !Number.isFinite(value)) return literal(String(value));
	return value;
}

/** Returns what the column itself would send to PostgreSQL for value. */
function encoded(column, value) {
	const sent = column.mapToDriverValue(value);
	if (isSQL(sent)) return sqlText(sent);
	if (sent instanceof Uint8Array) {
		return literal("\\x" + Array.from(sent, (byte) => byte.toString(16).padStart(2, "0")).join(""));
	}
	if (sent !== null && typeof sent === "object") return literal(JSON.stringify(sent));
	return typeof sent === "string" ? literal(sent) : scalar(sent);
}

function dateText(date, type) {
	const text = date.toISOString();
	const base = type.replace(/(\[\d*\])+$/, "");
	if (base === "date") return text.slice(0, text.indexOf("T"));
	if (base === "timestamp") return text.replace("T", " ").slice(0, -1);
	return text;
}

function arrayText(values, type) {
	return `{${values.map((value) => elementText(value, type)).join(",")}}`;
}

function elementText(value, type) {
	if (Array.isArray(value)) return arrayText(value, type);
	if (value === null || value === undefined) return "NULL";
	if (value instanceof Date) return `"${dateText(value, type)}"`;
	if (typeof value === "object") value = JSON.stringify(value);
	if (typeof value !== "string") return String(value);
	return `"${value.replace(/["\\]/g, "\\$&")}"`;
}
