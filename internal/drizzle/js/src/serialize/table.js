// Tables: columns, keys, checks.

import * as pg from "drizzle-orm/pg-core";
import { serializeColumn } from "skein:serialize/column";
import { serializeIndexes } from "skein:serialize/index";
import { casedConstraintName, columnName } from "skein:serialize/names";
import { policiesOf } from "skein:serialize/policy";
import { fail, reading } from "skein:serialize/problem";
import { sqlText } from "skein:serialize/sql";

const nameMark = Symbol.for("drizzle:Name");
const schemaMark = Symbol.for("drizzle:Schema");
const aliasMark = Symbol.for("drizzle:IsAlias");
const originalMark = Symbol.for("drizzle:OriginalName");

/** Adds a table to the snapshot's tables. */
export function addTable(tables, table, context) {
	const file = context.fileOf(table);
	const name = table[nameMark];
	const out = reading(`table "${name}"`, file, () => serializeTable(table, { ...context, table: name, schema: table[schemaMark], file }));
	const key = `${table[schemaMark] ?? "public"}.${name}`;
	if (table[aliasMark]) {
		context.warnings.push(
			`"${name}" is an alias of table "${table[originalMark]}", but being exported it becomes a table of its own, as with drizzle-kit`,
		);
	}
	put(tables, out, `table "${name}"`, context, key);
}

/**
 * Adds a definition under its name. drizzle-kit lets a second one replace the
 * first in silence; here that is worth a warning, unless they are the same.
 */
function put(definitions, out, what, { warnings }, key = out.name) {
	if (definitions[key] && JSON.stringify(definitions[key]) !== JSON.stringify(out)) {
		warnings.push(`${what} is defined twice, and only the later definition counts`);
	}
	definitions[key] = out;
}

function serializeTable(table, at) {
	const { casing } = at;
	const config = pg.getTableConfig(table);
	at.policies.push(...(config.policies ?? []));
	const columns = {};
	const uniqueConstraints = {};
	for (const column of config.columns) {
		const out = serializeColumn(column, at.table, at.schema, casing);
		put(columns, out, `column "${out.name}" of table "${at.table}"`, at);
		if (column.isUnique) addUnique(uniqueConstraints, column.uniqueName, [out.name], column.uniqueType === "not distinct", at);
	}
	for (const unique of config.uniqueConstraints) {
		const name = unique.getName?.() ?? unique.name;
		addUnique(uniqueConstraints, name, names(unique.columns, casing), unique.nullsNotDistinct, at);
	}
	return {
		name: at.table,
		schema: at.schema ?? "",
		columns,
		indexes: serializeIndexes(config.indexes, at),
		foreignKeys: foreignKeys(config, at),
		compositePrimaryKeys: primaryKeys(config, casing),
		uniqueConstraints,
		policies: policiesOf(config.policies ?? [], at),
		checkConstraints: checks(config.checks, at),
		isRLSEnabled: config.enableRLS ?? false,
	};
}

const names = (columns, casing) => columns.map((column) => columnName(column, casing));

function addUnique(constraints, name, columns, nullsNotDistinct, { table, file }) {
	const other = constraints[name];
	if (other) {
		fail(
			`table "${table}" has two unique constraints named "${name}", on (${other.columns.join(", ")}) and on (${columns.join(", ")})`,
			"remove one of them, or give it another name",
			file,
		);
	}
	constraints[name] = { name, nullsNotDistinct: nullsNotDistinct ?? false, columns };
}

function foreignKeys(config, at) {
	const { table, file, casing } = at;
	const out = {};
	for (const key of config.foreignKeys) {
		const { columns, foreignTable, foreignColumns } = reference(key, table, file);
		const name = casedConstraintName(key.getName(), [...columns, ...foreignColumns], casing);
		const foreign = {
			name,
			tableFrom: table,
			tableTo: foreignTable[nameMark],
			schemaTo: foreignTable[schemaMark],
			columnsFrom: names(columns, casing),
			columnsTo: names(foreignColumns, casing),
			onDelete: key.onDelete,
			onUpdate: key.onUpdate,
		};
		put(out, foreign, `foreign key "${name}" of table "${table}"`, at);
	}
	return out;
}

/** Returns what a foreign key says, whose target is only now looked up. */
function reference(key, table, file) {
	const found = key.reference();
	if ([...found.columns, ...found.foreignColumns].includes(undefined)) {
		fail(`a foreign key of table "${table}" names a column that does not exist`, "check the columns and foreignColumns of its foreign keys", file);
	}
	return found;
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
