// Columns of tables and views.

import { columnDefault } from "skein:serialize/default";
import { isKind } from "skein:serialize/kinds";
import { columnName } from "skein:serialize/names";
import { numbers, typeBounds } from "skein:serialize/sequence";
import { isSQL, sqlText } from "skein:serialize/sql";

/** Returns a column as the snapshot keeps it. */
export function serializeColumn(column, tableName, tableSchema, casing) {
	const name = columnName(column, casing);
	const type = column.getSQLType();
	const out = { name, type };
	const typeSchema = enumSchema(column);
	if (typeSchema !== undefined) out.typeSchema = typeSchema;
	out.primaryKey = column.primary;
	out.notNull = column.notNull;
	if (column.generated) out.generated = generated(column.generated, casing);
	if (column.generatedIdentity) out.identity = identity(column.generatedIdentity, type, `${tableName}_${name}_seq`, tableSchema);
	const value = columnDefault(column, type.toLowerCase(), casing);
	if (value !== undefined) out.default = value;
	return out;
}

function enumSchema(column) {
	while (isKind(column, "PgArray")) column = column.baseColumn;
	if (!isKind(column, "PgEnumColumn") && !isKind(column, "PgEnumObjectColumn")) return undefined;
	return column.enum.schema || "public";
}

function generated({ as, type }, casing) {
	const expression = typeof as === "function" && !isSQL(as) ? as() : as;
	return { as: isSQL(expression) ? sqlText(expression, casing) : expression, type: type ?? "stored" };
}

function identity({ type, sequenceName, sequenceOptions }, columnType, defaultName, tableSchema) {
	return {
		type,
		name: sequenceName ?? defaultName,
		schema: tableSchema ?? "public",
		...numbers(sequenceOptions, typeBounds(columnType)),
	};
}
