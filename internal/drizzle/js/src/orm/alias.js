// Aliases of tables and views.

import { columnOf, columnsOf } from "skein:orm/column";
import { is } from "skein:orm/entity";
import { Columns, ExtraConfigColumns, IsAlias, TableName } from "skein:orm/table";
import { View, ViewBaseConfig } from "skein:orm/view";
import { asOfSource, defineFields } from "skein:orm/selection";

/** Returns table, which may be a view, under another name. */
export function aliasedTable(table, alias) {
	const copy = Object.create(table);
	const set = (key, value) => Object.defineProperty(copy, key, { value, writable: true, configurable: true });
	set(TableName, alias);
	set(IsAlias, true);
	if (is(table, View)) {
		set(ViewBaseConfig, { ...table[ViewBaseConfig], name: alias, isAlias: true });
		return defineFields(copy, table[ViewBaseConfig].selectedFields, asOfSource(copy, (field) => field));
	}
	const columns = columnsOf(table[Columns], copy);
	set(Columns, columns);
	set(ExtraConfigColumns, columns);
	return Object.assign(copy, columns);
}

export const aliasedTableColumn = (column, alias) => columnOf(column, aliasedTable(column.table, alias));
export const aliasedRelation = (relation) => relation;
