// Numeric columns and booleans.

import { columnType, PgIntColumnBaseBuilder, starter } from "skein:pg/column";

const text = { mapToDriverValue: String };
const int = (kind, dataType, sqlType) => columnType(kind, dataType, () => sqlType, {}, PgIntColumnBaseBuilder);

/** serial types have a default and are never null. */
function serialType(kind, dataType, sqlType) {
	const [Type, Builder] = columnType(kind, dataType, () => sqlType);
	class SerialBuilder extends Builder {
		constructor(name, options) {
			super(name, options);
			this.config.hasDefault = true;
			this.config.notNull = true;
		}
	}
	return [Type, SerialBuilder];
}

function numericType(kind, dataType, members) {
	return columnType(kind, dataType, numericSQL, members);
}
function numericSQL({ precision, scale }) {
	if (precision !== undefined && scale !== undefined) return `numeric(${precision}, ${scale})`;
	return precision === undefined ? "numeric" : `numeric(${precision})`;
}

export const [PgInteger, PgIntegerBuilder] = int("PgInteger", "number", "integer");
export const [PgSmallInt, PgSmallIntBuilder] = int("PgSmallInt", "number", "smallint");
export const [PgBigInt53, PgBigInt53Builder] = int("PgBigInt53", "number", "bigint");
export const [PgBigInt64, PgBigInt64Builder] = int("PgBigInt64", "bigint", "bigint");
export const [PgSerial, PgSerialBuilder] = serialType("PgSerial", "number", "serial");
export const [PgSmallSerial, PgSmallSerialBuilder] = serialType("PgSmallSerial", "number", "smallserial");
export const [PgBigSerial53, PgBigSerial53Builder] = serialType("PgBigSerial53", "number", "bigserial");
export const [PgBigSerial64, PgBigSerial64Builder] = serialType("PgBigSerial64", "bigint", "bigserial");
export const [PgNumeric, PgNumericBuilder] = numericType("PgNumeric", "string");
export const [PgNumericNumber, PgNumericNumberBuilder] = numericType("PgNumericNumber", "number", text);
export const [PgNumericBigInt, PgNumericBigIntBuilder] = numericType("PgNumericBigInt", "bigint", text);
export const [PgReal, PgRealBuilder] = columnType("PgReal", "number", () => "real");
export const [PgDoublePrecision, PgDoublePrecisionBuilder] = columnType("PgDoublePrecision", "number", () => "double precision");
export const [PgBoolean, PgBooleanBuilder] = columnType("PgBoolean", "boolean", () => "boolean");

export const integer = starter(() => PgIntegerBuilder);
export const smallint = starter(() => PgSmallIntBuilder);
export const bigint = starter(({ mode }) => (mode === "number" ? PgBigInt53Builder : PgBigInt64Builder));
export const serial = starter(() => PgSerialBuilder);
export const smallserial = starter(() => PgSmallSerialBuilder);
export const bigserial = starter(({ mode }) => (mode === "number" ? PgBigSerial53Builder : PgBigSerial64Builder));
export const numeric = starter(({ mode }) =>
	mode === "number" ? PgNumericNumberBuilder : mode === "bigint" ? PgNumericBigIntBuilder : PgNumericBuilder,
);
export const decimal = numeric;
export const real = starter(() => PgRealBuilder);
export const doublePrecision = starter(() => PgDoublePrecisionBuilder);
export const boolean = starter(() => PgBooleanBuilder);
