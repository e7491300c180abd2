// JavaScript values as SQL literals.

export const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

/** Returns a value that a SQL text contains, as a literal. */
export function literal(value) {
	if (value === null || typeof value === "boolean" || typeof value === "bigint") return String(value);
	if (typeof value === "number") return Number.isFinite(value) ? String(value) : quoted(String(value));
	if (typeof value === "string") return quoted(value);
	if (value instanceof Date) return quoted(value.toISOString());
	if (value instanceof Uint8Array) return quoted(hex(value));
	if (Array.isArray(value)) return quoted(arrayText(value, ""));
	return quoted(JSON.stringify(value));
}

/** Returns bytes as bytea reads them. */
export const hex = (bytes) => `\\x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;

/** Returns a time as the SQL type, or an array of it, reads it. */
export function dateText(date, type) {
	const text = date.toISOString();
	const base = type.replace(/(\[\d*\])+$/, "");
	if (base === "date") return text.slice(0, text.indexOf("T"));
	if (base === "timestamp") return text.replace("T", " ").slice(0, -1);
	return text;
}

/** Returns an array as PostgreSQL reads it. */
export function arrayText(values, type) {
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
