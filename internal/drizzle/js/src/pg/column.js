// What all PostgreSQL columns have in common, and arrays.

import { Column, ColumnBuilder } from "skein:orm/column";
import { entityKind } from "skein:orm/entity";
import { getColumnNameAndConfig } from "skein:orm/rest";
import { TableName } from "skein:orm/table";
import { emit } from "skein:orm/writer";

export const uniqueKeyName = (table, columns) => `${table[TableName]}_${columns.join("_")}_unique`;

export class PgColumn extends Column {
	static [entityKind] = "PgColumn";

	constructor(table, config) {
		super(table, config);
		this.uniqueName ??= uniqueKeyName(table, [config.name]);
	}

	// In the extras of a table: how the column is sorted in an index.
	asc() {
		return new IndexedColumn(this).asc();
	}
	desc() {
		return new IndexedColumn(this).desc();
	}
	nullsFirst() {
		return new IndexedColumn(this).nullsFirst();
	}
	nullsLast() {
		return new IndexedColumn(this).nullsLast();
	}
	op(opClass) {
		return new IndexedColumn(this).op(opClass);
	}
}
export { PgColumn as ExtraConfigColumn };

/** A column as the key of an index. In other SQL it is just the column. */
export class IndexedColumn {
	static [entityKind] = "IndexedColumn";

	constructor(column, indexConfig = { order: "asc", nulls: "last", opClass: undefined }) {
		this.column = column;
		this.name = column.name;
		this.keyAsName = column.keyAsName;
		this.type = column.columnType;
		this.indexConfig = indexConfig;
	}
	with(option) {
		return new IndexedColumn(this.column, { ...this.indexConfig, ...option });
	}
	asc() {
		return this.with({ order: "asc" });
	}
	desc() {
		return this.with({ order: "desc" });
	}
	nullsFirst() {
		return this.with({ nulls: "first" });
	}
	nullsLast() {
		return this.with({ nulls: "last" });
	}
	op(opClass) {
		return this.with({ opClass });
	}
	getSQLType() {
		return this.column.getSQLType();
	}
	getSQL() {
		return this.column.getSQL();
	}
	[emit](writer) {
		this.column[emit](writer);
	}
}

export class PgColumnBuilder extends ColumnBuilder {
	static [entityKind] = "PgColumnBuilder";
	foreignKeyConfigs = [];

	array(size) {
		return new PgArrayBuilder(this.config.name, this, size);
	}
	references(ref, actions = {}) {
		this.foreignKeyConfigs.push({ ref, actions });
		return this;
	}
	unique(name, config) {
		this.config.isUnique = true;
		this.config.uniqueName = name;
		this.config.uniqueType = config?.nulls;
		return this;
	}
	generatedAlwaysAs(as) {
		this.config.generated = { as, type: "always", mode: "stored" };
		return this;
	}
}

/** The builder of columns that can be identity columns. */
export class PgIntColumnBaseBuilder extends PgColumnBuilder {
	static [entityKind] = "PgIntColumnBaseBuilder";

	generatedAlwaysAsIdentity(sequence) {
		return this.identity("always", sequence);
	}
	generatedByDefaultAsIdentity(sequence) {
		return this.identity("byDefault", sequence);
	}
	identity(type, sequence) {
		const { name, ...sequenceOptions } = sequence ?? {};
		this.config.generatedIdentity = sequence ? { type, sequenceName: name, sequenceOptions } : { type };
		this.config.hasDefault = true;
		this.config.notNull = true;
		return this;
	}
}

/**
 * Makes the classes of a column type. sqlType gets the options given to the
 * builder; members become methods of the column; Base is the builder's class.
 */
export function columnType(kind, dataType, sqlType, members = {}, Base = PgColumnBuilder) {
	class Type extends PgColumn {
		static [entityKind] = kind;
		getSQLType() {
			return sqlType(this.config);
		}
	}
	Object.assign(Type.prototype, members);
	class Builder extends Base {
		static [entityKind] = `${kind}Builder`;
		constructor(name, options) {
			super(name, dataType, kind);
			if (options) this.configure(options);
		}
		/** Takes over options that are not about every column. */
		configure({ name: _name, enum: enumValues, ...options }) {
			Object.assign(this.config, options);
			if (enumValues) this.config.enumValues = enumValues;
		}
		build(table) {
			return new Type(table, this.config);
		}
	}
	return [Type, Builder];
}

/** Returns the function that starts a column: (name, options), (name) or (options). */
export function starter(choose) {
	return (a, b) => {
		const { name, config } = getColumnNameAndConfig(a, b);
		return new (choose(config ?? {}))(name, config);
	};
}

/** An array of any other column type. */
export class PgArray extends PgColumn {
	static [entityKind] = "PgArray";

	constructor(table, config, baseColumn) {
		super(table, config);
		this.baseColumn = baseColumn;
		this.size = config.size;
	}
	getSQLType() {
		return `${this.baseColumn.getSQLType()}[${typeof this.size === "number" ? this.size : ""}]`;
	}
	mapToDriverValue(values, nested = false) {
		const sent = values.map((value) => {
			if (value === null) return null;
			return this.baseColumn instanceof PgArray ? this.baseColumn.mapToDriverValue(value, true) : this.baseColumn.mapToDriverValue(value);
		});
		return nested ? sent : makePgArray(sent);
	}
}

export class PgArrayBuilder extends PgColumnBuilder {
	static [entityKind] = "PgArrayBuilder";

	constructor(name, baseBuilder, size) {
		super(name, "array", "PgArray");
		Object.assign(this.config, { baseBuilder, size });
	}
	build(table) {
		return new PgArray(table, this.config, this.config.baseBuilder.build(table));
	}
}

/** Returns an array as PostgreSQL reads it. */
export function makePgArray(array) {
	const items = array.map((item) => {
		if (Array.isArray(item)) return makePgArray(item);
		return typeof item === "string" ? `"${item.replace(/["\\]/g, "\\$&")}"` : `${item}`;
	});
	return `{${items.join(",")}}`;
}

