// Keys, unique and check constraints of a table.

import { entityKind } from "skein:orm/entity";
import { TableName } from "skein:orm/table";
import { uniqueKeyName } from "skein:pg/column";

export { uniqueKeyName };

const names = (columns) => columns.map((column) => column.name);

export class ForeignKeyBuilder {
	static [entityKind] = "PgForeignKeyBuilder";
	constructor(config, actions) {
		this.reference = () => {
			const { name, columns, foreignColumns } = config();
			return { name, columns, foreignTable: foreignColumns[0].table, foreignColumns };
		};
		if (actions) {
			this._onUpdate = actions.onUpdate;
			this._onDelete = actions.onDelete;
		}
	}
	_onUpdate = "no action";
	_onDelete = "no action";
	onUpdate(action) {
		this._onUpdate = action === undefined ? "no action" : action;
		return this;
	}
	onDelete(action) {
		this._onDelete = action === undefined ? "no action" : action;
		return this;
	}
	build(table) {
		return new ForeignKey(table, this);
	}
}

export class ForeignKey {
	static [entityKind] = "PgForeignKey";
	constructor(table, builder) {
		this.table = table;
		this.reference = builder.reference;
		this.onUpdate = builder._onUpdate;
		this.onDelete = builder._onDelete;
	}
	getName() {
		const { name, columns, foreignTable, foreignColumns } = this.reference();
		return name ?? `${[this.table[TableName], ...names(columns), foreignTable[TableName], ...names(foreignColumns)].join("_")}_fk`;
	}
}

export function foreignKey(config) {
	return new ForeignKeyBuilder(() => config);
}

export class PrimaryKeyBuilder {
	static [entityKind] = "PgPrimaryKeyBuilder";
	constructor(columns, name) {
		this.columns = columns;
		this.name = name;
	}
	build(table) {
		return new PrimaryKey(table, this.columns, this.name);
	}
}

export class PrimaryKey {
	static [entityKind] = "PgPrimaryKey";
	constructor(table, columns, name) {
		this.table = table;
		this.columns = columns;
		this.name = name;
	}
	getName() {
		return this.name ?? `${this.table[TableName]}_${names(this.columns).join("_")}_pk`;
	}
}

export function primaryKey(...config) {
	if (config[0].columns) return new PrimaryKeyBuilder(config[0].columns, config[0].name);
	return new PrimaryKeyBuilder(config);
}

export class UniqueConstraintBuilder {
	static [entityKind] = "PgUniqueConstraintBuilder";
	nullsNotDistinctConfig = false;
	constructor(columns, name) {
		this.columns = columns;
		this.name = name;
	}
	nullsNotDistinct() {
		this.nullsNotDistinctConfig = true;
		return this;
	}
	build(table) {
		return new UniqueConstraint(table, this.columns, this.nullsNotDistinctConfig, this.name);
	}
}

export class UniqueOnConstraintBuilder {
	static [entityKind] = "PgUniqueOnConstraintBuilder";
	constructor(name) {
		this.name = name;
	}
	on(...columns) {
		return new UniqueConstraintBuilder(columns, this.name);
	}
}

export class UniqueConstraint {
	static [entityKind] = "PgUniqueConstraint";
	constructor(table, columns, nullsNotDistinct, name) {
		this.table = table;
		this.columns = columns;
		this.nullsNotDistinct = nullsNotDistinct;
		this.name = name ?? uniqueKeyName(table, names(columns));
	}
	getName() {
		return this.name;
	}
}

export const unique = (name) => new UniqueOnConstraintBuilder(name);

export class CheckBuilder {
	static [entityKind] = "PgCheckBuilder";
	constructor(name, value) {
		this.name = name;
		this.value = value;
	}
	build(table) {
		return new Check(table, this);
	}
}

export class Check {
	static [entityKind] = "PgCheck";
	constructor(table, { name, value }) {
		this.table = table;
		this.name = name;
		this.value = value;
	}
}

export const check = (name, value) => new CheckBuilder(name, value);
