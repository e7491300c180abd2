// Tables: columns, keys, indexes, checks.

import * as pg from "drizzle-orm/pg-core";
import { serializeColumn } from "skein:serialize/column";
import { serializeIndexes } from "skein:serialize/index";
import { casedConstraintName, columnName } from "skein:serialize/names";
import { policiesOf } from "skein:serialize/policy";
import { fail } from "skein:serialize/problem";
import { sqlText } from "skein:serialize/sql";

/** Returns [key, table] of a table as the snapshot keeps it. */
export function serializeTable(table, context) {
	const { casing } = context;
	const config = pg.getTableConfig(table);
	const at = { ...context, table: config.name, schema: config.schema, file: context.fileOf(table) };

	const columns = {};
	const uniqueConstraints = {};
	for (const column of config.columns) {
		const out = serializeColumn(column, config.name, config.schema, casing);
		columns[out.name] = out;
		if (column.isUnique) addUnique(uniqueConstraints, column.uniqueName, [out.name], column.uniqueType === "not distinct", at);
	}
	for (const unique of config.uniqueConstraints) {
		const name = unique.getName?.() ?? unique.name;
		addUnique(uniqueConstraints, name, names(unique.columns, casing), unique.nullsNotDistinct, at);
	}
	const out = {
		name: config.name,
		schema: config.schema ?? "",
		columns,
		indexes: serializeIndexes(config.indexes, at),
		foreignKeys: foreignKeys(config, casing),
		compositePrimaryKeys: primaryKeys(config, casing),
		uniqueConstraints,
		policies: policiesOf(config.policies ?? [], at),
		checkConstraints: checks(config.checks, at),
		isRLSEnabled: config.enableRLS ?? false,
	};
	return [`${config.schema ?? "public"}.${config.name}`, out];
}

const names = (columns, casing) => columns.map((column) => columnName(column, casing));

function addUnique(constraints, name, columns, nullsNotDistinct, { table, file }) {
	const other = constraints[name];
	if (other) {
		fail(
			`table "${table}" has two unique constraints named "${name}", on (${other.columns.join(", ")}) and on (${columns.join(", ")})`,
			`give one of them another name, for example unique("${table}_${columns.join("_")}_key")`,
			file,
		);
	}
	constraints[name] = { name, nullsNotDistinct: nullsNotDistinct ?? false, columns };
}

function foreignKeys(config, casing) {
	const out = {};
	for (const key of config.foreignKeys) {
		const { columns, foreignTable, foreignColumns } = key.reference();
		const target = pg.getTableConfig(foreignTable);
		const name = casedConstraintName(key.getName(), [...columns, ...foreignColumns], casing);
		out[name] = {
			name,
			tableFrom: config.name,
			tableTo: target.name,
			schemaTo: target.schema,
			columnsFrom: names(columns, casing),
			columnsTo: names(foreignColumns, casing),
			onDelete: key.onDelete,
			onUpdate: key.onUpdate,
		};
	}
	return out;
}

function primaryKeys(config, casing) {
	const out = {};
	for (const key of config.primaryKeys) {
		const name = casedConstraintName(key.getName(), key.columns, casing);
		out[name] = { name, columns: names(key.columns, casing) };
	}
	return out;
}

function checks(constraints, { table, file, casing }) {
	const out = {};
	for (const { name, value } of constraints) {
		if (out[name]) {
			fail(`table "${table}" has two check constraints named "${name}"`, "give one of them another name", file);
		}
		out[name] = { name, value: sqlText(value, casing) };
	}
	return out;
}
