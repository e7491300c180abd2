// Columns of types that the schema files define.

import { getColumnNameAndConfig } from "skein:orm/rest";
import { columnType } from "skein:pg/column";

export const [PgCustomColumn, PgCustomColumnBuilder] = columnType(
	"PgCustomColumn",
	"custom",
	({ fieldConfig, type }) => type.dataType(fieldConfig),
	{
		mapToDriverValue(value) {
			const { toDriver } = this.config.type;
			return typeof toDriver === "function" ? toDriver(value) : value;
		},
		mapFromDriverValue(value) {
			const { fromDriver } = this.config.type;
			return typeof fromDriver === "function" ? fromDriver(value) : value;
		},
	},
);

/** Defines a type; the result starts a column of it. */
export const customType = (type) => (a, b) => {
	const { name, config } = getColumnNameAndConfig(a, b);
	return new PgCustomColumnBuilder(name, { type, fieldConfig: config });
};
