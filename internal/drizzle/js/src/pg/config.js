// What a table or view is made of, for those who read it.

import { is } from "skein:orm/entity";
import { Columns, ExtraConfigBuilder, ExtraConfigColumns, Schema, Table, TableName } from "skein:orm/table";
import { ViewBaseConfig } from "skein:orm/view";
import { CheckBuilder, ForeignKeyBuilder, PrimaryKeyBuilder, UniqueConstraintBuilder } from "skein:pg/constraints";
import { IndexBuilder } from "skein:pg/indexes";
import { PgPolicy } from "skein:pg/security";
import { EnableRLS, InlineForeignKeys } from "skein:pg/table";
import { PgMaterializedViewConfig, PgViewConfig } from "skein:pg/view";

const groups = [
	[IndexBuilder, "indexes"],
	[CheckBuilder, "checks"],
	[UniqueConstraintBuilder, "uniqueConstraints"],
	[PrimaryKeyBuilder, "primaryKeys"],
	[ForeignKeyBuilder, "foreignKeys"],
];

/** Returns the columns, indexes, keys, checks and policies of a table. */
export function getTableConfig(table) {
	const config = {
		columns: Object.values(table[Columns]),
		indexes: [],
		foreignKeys: [...table[InlineForeignKeys]],
		checks: [],
		primaryKeys: [],
		uniqueConstraints: [],
		name: table[TableName],
		schema: table[Schema],
		policies: [],
		enableRLS: table[EnableRLS],
	};
	for (const extra of extrasOf(table)) {
		if (is(extra, PgPolicy)) {
			config.policies.push(extra);
			continue;
		}
		const group = groups.find(([Builder]) => is(extra, Builder));
		if (group) config[group[1]].push(extra.build(table));
	}
	return config;
}

function extrasOf(table) {
	const extras = table[ExtraConfigBuilder]?.(table[ExtraConfigColumns]);
	if (extras === undefined || extras === null) return [];
	return Array.isArray(extras) ? extras.flat(1) : Object.values(extras);
}

export const getViewConfig = (view) => ({ ...view[ViewBaseConfig], ...view[PgViewConfig] });
export const getMaterializedViewConfig = (view) => ({ ...view[ViewBaseConfig], ...view[PgMaterializedViewConfig] });
export const extractUsedTable = (table) => (is(table, Table) ? [table[Schema] ? `${table[Schema]}.${table[TableName]}` : table[TableName]] : []);
