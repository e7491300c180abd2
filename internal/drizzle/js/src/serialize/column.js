// Columns of tables and views.

import { columnDefault } from "skein:serialize/default";
import { isKind } from "skein:serialize/kinds";
import { columnName } from "skein:serialize/names";
import { numbers, typeBounds } from "skein:serialize/sequence";
import { isSQL, sqlText } from "skein:serialize/sql";

/** Returns a table's column as the snapshot keeps it. */
export function serializeColumn(column, tableName, tableSchema, casing) {
	let element = column;
	while (isKind(element, "PgArray")) element = element.baseColumn;
	return describe(column, columnName(column, casing), enumSchema(element), tableName, tableSchema, casing);
}

/**
 * Returns a view's column as the snapshot keeps it, where no SQL follows from
 * it: without casing, without the enum's schema for an array of an enum, and
 * with the quotes in a text default as they are.
 */
export function serializeViewColumn(column, viewName, viewSchema, casing) {
	const out = describe(column, column.name, enumSchema(column), viewName, viewSchema, casing);
	if (typeof column.default === "string") out.default = `'${column.default}'`;
	return out;
}

function describe(column, name, typeSchema, tableName, tableSchema, casing) {
	const type = column.getSQLType();
	const out = { name, type };
	if (typeSchema !== undefined) out.typeSchema = typeSchema;
	out.primaryKey = column.primary;
	out.notNull = column.notNull;
	if (column.generated) out.generated = generated(column.generated, casing);
	if (column.generatedIdentity) out.identity = identity(column.generatedIdentity, type, `${tableName}_${name}_seq`, tableSchema);
	const value = columnDefault(column, type.toLowerCase(), casing);
	if (value !== undefined) out.default = value;
	return out;
}

/**
 * Returns the schema of a column's enum, undefined for other types. drizzle-kit
 * leaves it out for enums made from an object; that works for those in public.
 */
function enumSchema(column) {
	if (isKind(column, "PgEnumColumn")) return column.enum.schema || "public";
	if (isKind(column, "PgEnumObjectColumn")) return column.enum.schema || undefined;
	return undefined;
}

function generated({ as }, casing) {
	const expression = typeof as === "function" && !isSQL(as) ? as() : as;
	return { as: isSQL(expression) ? sqlText(expression, casing) : expression, type: "stored" };
}

function identity({ type, sequenceName, sequenceOptions }, columnType, defaultName, tableSchema) {
	return {
		type,
		name: sequenceName ?? defaultName,
		schema: tableSchema ?? "public",
		...numbers(sequenceOptions, typeBounds(columnType)),
	};
}
