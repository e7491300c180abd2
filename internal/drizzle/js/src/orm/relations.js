// Relations. They say nothing about the database, so only their shape matters.

import { entityKind } from "skein:orm/entity";
import { Columns, getTableName } from "skein:orm/table";

export class Relation {
	static [entityKind] = "Relation";
	constructor(sourceTable, referencedTable, relationName) {
		this.sourceTable = sourceTable;
		this.referencedTable = referencedTable;
		this.relationName = relationName;
		this.referencedTableName = getTableName(referencedTable);
	}
}

export class One extends Relation {
	static [entityKind] = "One";
	constructor(sourceTable, referencedTable, config, isNullable) {
		super(sourceTable, referencedTable, config?.relationName);
		this.config = config;
		this.isNullable = isNullable;
	}
	withFieldName(name) {
		this.fieldName = name;
		return this;
	}
}

export class Many extends Relation {
	static [entityKind] = "Many";
	constructor(sourceTable, referencedTable, config) {
		super(sourceTable, referencedTable, config?.relationName);
		this.config = config;
	}
	withFieldName(name) {
		this.fieldName = name;
		return this;
	}
}

export class Relations {
	static [entityKind] = "Relations";
	constructor(table, config) {
		this.table = table;
		this.config = config;
	}
}

export const createOne = (table) => (other, config) =>
	new One(table, other, config, config?.fields?.every((column) => column.notNull) ?? false);
export const createMany = (table) => (other, config) => new Many(table, other, config);
export const createTableRelationsHelpers = (table) => ({ one: createOne(table), many: createMany(table) });

/** Describes the relations of a table; the description is read on demand. */
export function relations(table, describe) {
	return new Relations(table, (helpers) => {
		const all = describe(helpers);
		for (const key in all) all[key].withFieldName(key);
		return all;
	});
}

// The second generation of relations, which drizzle-orm 0.45 does not have yet.
export const defineRelations = (_schema, _describe) => ({});
export const defineRelationsPart = defineRelations;

export const getOperators = () => ({});
export const getOrderByOperators = getOperators;
export const normalizeRelation = (_schema, _names, relation) => ({ fields: relation.config?.fields ?? [], references: relation.config?.references ?? [] });
export const mapRelationalRow = (_config, _table, row) => row;

/** Gathers tables and their relations by name, as the query API wants them. */
export function extractTablesRelationalConfig(schema) {
	const tables = {};
	const tableNamesMap = {};
	for (const [key, table] of Object.entries(schema)) {
		if (!table?.[Columns]) continue;
		tables[key] = { tsName: key, dbName: getTableName(table), columns: table[Columns], relations: {}, primaryKey: [] };
		tableNamesMap[getTableName(table)] = key;
	}
	return { tables, tableNamesMap };
}
