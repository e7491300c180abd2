// Tables, whatever the dialect.

import { entityKind } from "skein:orm/entity";
import { SQL } from "skein:orm/sql";
import { emit } from "skein:orm/writer";

export const TableName = Symbol.for("drizzle:Name");
export const Schema = Symbol.for("drizzle:Schema");
export const Columns = Symbol.for("drizzle:Columns");
export const ExtraConfigColumns = Symbol.for("drizzle:ExtraConfigColumns");
export const OriginalName = Symbol.for("drizzle:OriginalName");
export const BaseName = Symbol.for("drizzle:BaseName");
export const IsAlias = Symbol.for("drizzle:IsAlias");
export const ExtraConfigBuilder = Symbol.for("drizzle:ExtraConfigBuilder");
const IsDrizzleTable = Symbol.for("drizzle:IsDrizzleTable");

export class Table {
	static [entityKind] = "Table";
	static Symbol = { Name: TableName, Schema, OriginalName, Columns, ExtraConfigColumns, BaseName, IsAlias, ExtraConfigBuilder };

	constructor(name, schema, baseName) {
		this[TableName] = this[OriginalName] = name;
		this[Schema] = schema;
		this[BaseName] = baseName;
		this[IsAlias] = false;
		this[IsDrizzleTable] = true;
		this[ExtraConfigBuilder] = undefined;
	}

	getSQL() {
		return new SQL([this]);
	}

	[emit](writer) {
		writer.qualified(this[IsAlias] ? undefined : this[Schema], this[TableName]);
	}
}

export const isTable = (table) => typeof table === "object" && table !== null && IsDrizzleTable in table;
export const getTableName = (table) => table[TableName];
export const getTableUniqueName = (table) => `${table[Schema] ?? "public"}.${table[TableName]}`;
export const getTableColumns = (table) => table[Columns];
export { getTableColumns as getColumns };
