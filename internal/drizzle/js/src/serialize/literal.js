// JavaScript values as SQL literals.

export const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

/** Returns a value that a SQL text contains, as a literal. */
export function literal(value) {
	if (value === null || typeof value === "boolean" || typeof value === "bigint") return String(value);
	if (typeof value === "number") return Number.isFinite(value) ? String(value) : quoted(String(value));
	if (typeof value === "string") return quoted(value);
	if (value instanceof Date) return quoted(value.toISOString());
	if (value instanceof Uint8Array) return quoted(hex(value));
	if (Array.isArray(value)) return quoted(arrayText(value, elementText));
	return quoted(JSON.stringify(value));
}

/** Returns bytes as bytea reads them. */
const hex = (bytes) => `\\x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;

/** Returns an array as PostgreSQL reads it, its elements as element writes them. */
export function arrayText(values, element) {
	return `{${values.map((value) => (Array.isArray(value) ? arrayText(value, element) : element(value))).join(",")}}`;
}

/** Returns an element of an array as PostgreSQL reads it. */
export function elementText(value) {
	if (value === null || value === undefined) return "NULL";
	if (value instanceof Date) return `"${value.toISOString()}"`;
	const text = typeof value === "object" ? JSON.stringify(value) : value;
	return typeof text === "string" ? `"${text.replace(/["\\]/g, "\\$&")}"` : String(text);
}
