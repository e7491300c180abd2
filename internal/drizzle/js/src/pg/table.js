// Tables.

import { entityKind } from "skein:orm/entity";
import { Columns, ExtraConfigBuilder, ExtraConfigColumns, Table } from "skein:orm/table";
import { getPgColumnBuilders } from "skein:pg/columns";
import { ForeignKeyBuilder } from "skein:pg/constraints";

export const InlineForeignKeys = Symbol.for("drizzle:PgInlineForeignKeys");
export const EnableRLS = Symbol.for("drizzle:EnableRLS");

export class PgTable extends Table {
	static [entityKind] = "PgTable";
	static Symbol = { ...Table.Symbol, InlineForeignKeys, EnableRLS };

	constructor(name, schema, baseName) {
		super(name, schema, baseName);
		this[InlineForeignKeys] = [];
		this[EnableRLS] = false;
	}
	enableRLS() {
		this[EnableRLS] = true;
		return this;
	}
}

/** Makes a table. columns may be a function of all column builders. */
export function pgTableWithSchema(name, columns, extras, schema, baseName = name) {
	const table = new PgTable(name, schema, baseName);
	const builders = typeof columns === "function" ? columns(getPgColumnBuilders()) : columns;
	const built = {};
	for (const key of Object.keys(builders)) {
		const builder = builders[key];
		builder.setName(key);
		const column = builder.build(table);
		for (const config of builder.foreignKeyConfigs) table[InlineForeignKeys].push(inlineForeignKey(column, config).build(table));
		built[key] = column;
	}
	table[Columns] = table[ExtraConfigColumns] = built;
	if (extras) table[ExtraConfigBuilder] = extras;
	return Object.assign(table, built);
}

function inlineForeignKey(column, { ref, actions }) {
	const builder = new ForeignKeyBuilder(() => ({ columns: [column], foreignColumns: [ref()] }));
	return builder.onUpdate(actions.onUpdate).onDelete(actions.onDelete);
}

export const pgTable = (name, columns, extras) => pgTableWithSchema(name, columns, extras, undefined);
pgTable.withRLS = (name, columns, extras) => pgTable(name, columns, extras).enableRLS();

/** Returns a pgTable that puts every name through customizeTableName. */
export const pgTableCreator = (customizeTableName) => (name, columns, extras) =>
	pgTableWithSchema(customizeTableName(name), columns, extras, undefined, name);
