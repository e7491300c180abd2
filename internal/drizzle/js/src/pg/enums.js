// Enums, and columns of their types.

import { emit } from "skein:orm/writer";
import { columnType } from "skein:pg/column";

const isPgEnumSym = Symbol.for("drizzle:isPgEnum");
export const isPgEnum = (value) => typeof value === "function" && value[isPgEnumSym] === true;

export const [PgEnumColumn, PgEnumColumnBuilder] = enumColumnType("PgEnumColumn");
export const [PgEnumObjectColumn, PgEnumObjectColumnBuilder] = enumColumnType("PgEnumObjectColumn");

function enumColumnType(kind) {
	const [Type, Builder] = columnType(kind, "string", (config) => config.enum.enumName);
	Object.defineProperty(Type.prototype, "enum", {
		get() {
			return this.config.enum;
		},
	});
	Builder.prototype.configure = function (type) {
		this.config.enum = type;
		this.config.enumValues = type.enumValues;
	};
	return [Type, Builder];
}

/** Makes an enum: a function that starts a column of its type. */
export function pgEnumWithSchema(enumName, values, schema) {
	const Builder = Array.isArray(values) ? PgEnumColumnBuilder : PgEnumObjectColumnBuilder;
	const type = (name) => new Builder(name ?? "", type);
	return Object.assign(type, {
		enumName,
		enumValues: Array.isArray(values) ? values : Object.values(values),
		schema,
		[isPgEnumSym]: true,
		[emit](writer) {
			writer.qualified(schema || undefined, enumName);
		},
	});
}

export const pgEnumObjectWithSchema = pgEnumWithSchema;
export const pgEnum = (enumName, values) => pgEnumWithSchema(enumName, values, undefined);
