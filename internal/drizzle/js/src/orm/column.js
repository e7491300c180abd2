// Columns and their builders, whatever the dialect.

import { entityKind } from "skein:orm/entity";
import { SQL } from "skein:orm/sql";
import { IsAlias, Schema, TableName } from "skein:orm/table";
import { emit } from "skein:orm/writer";

export class ColumnBuilder {
	static [entityKind] = "ColumnBuilder";

	constructor(name, dataType, columnType) {
		this.config = {
			name,
			keyAsName: name === "",
			notNull: false,
			default: undefined,
			hasDefault: false,
			primaryKey: false,
			isUnique: false,
			uniqueName: undefined,
			uniqueType: undefined,
			dataType,
			columnType,
			generated: undefined,
		};
	}
	$type() {
		return this;
	}
	notNull() {
		this.config.notNull = true;
		return this;
	}
	default(value) {
		this.config.default = value;
		this.config.hasDefault = true;
		return this;
	}
	$defaultFn(fn) {
		this.config.defaultFn = fn;
		this.config.hasDefault = true;
		return this;
	}
	$default(fn) {
		return this.$defaultFn(fn);
	}
	$onUpdateFn(fn) {
		this.config.onUpdateFn = fn;
		this.config.hasDefault = true;
		return this;
	}
	$onUpdate(fn) {
		return this.$onUpdateFn(fn);
	}
	primaryKey() {
		this.config.primaryKey = true;
		this.config.notNull = true;
		return this;
	}
	/** Names the column by its key, unless it has a name. */
	setName(key) {
		if (this.config.name === "") this.config.name = key;
	}
}

export class Column {
	static [entityKind] = "Column";

	constructor(table, config) {
		this.table = table;
		this.config = config;
		this.name = config.name;
		this.keyAsName = config.keyAsName;
		this.notNull = config.notNull;
		this.default = config.default;
		this.defaultFn = config.defaultFn;
		this.onUpdateFn = config.onUpdateFn;
		this.hasDefault = config.hasDefault;
		this.primary = config.primaryKey;
		this.isUnique = config.isUnique;
		this.uniqueName = config.uniqueName;
		this.uniqueType = config.uniqueType;
		this.dataType = config.dataType;
		this.columnType = config.columnType;
		this.generated = config.generated;
		this.generatedIdentity = config.generatedIdentity;
		this.enumValues = config.enumValues;
	}
	mapFromDriverValue(value) {
		return value;
	}
	mapToDriverValue(value) {
		return value;
	}
	shouldDisableInsert() {
		return this.config.generated !== undefined && this.config.generated.type !== "byDefault";
	}
	getSQL() {
		return new SQL([this]);
	}
	[emit](writer) {
		if (!writer.indexKeys) {
			const { table } = this;
			writer.qualified(table[IsAlias] ? undefined : table[Schema], table[TableName]);
			writer.text(".");
		}
		writer.name(writer.columnName(this));
	}
}

/** Returns the column as one of another table, which may be an alias or a view. */
export function columnOf(column, table) {
	return Object.create(column, { table: { value: table, enumerable: true } });
}

/** Returns the columns as those of another table. */
export function columnsOf(columns, table) {
	const out = {};
	for (const key in columns) out[key] = columnOf(columns[key], table);
	return out;
}
