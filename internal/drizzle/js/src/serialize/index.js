// Indexes of a table.

import { columnName } from "skein:serialize/names";
import { fail } from "skein:serialize/problem";
import { indexKeyText, isSQL, sqlText } from "skein:serialize/sql";

/** Returns the indexes of a table by name. at says which table, and where. */
export function serializeIndexes(indexes, at) {
	const out = {};
	for (const { config } of indexes) {
		const columns = config.columns.map((key) => indexKey(key, config, at));
		const name = config.name ?? `${at.table}_${columns.map((key) => key.expression).join("_")}_index`;
		claim(name, at);
		out[name] = {
			name,
			columns,
			isUnique: config.unique ?? false,
			where: config.where ? sqlText(config.where, at.casing) : undefined,
			concurrently: config.concurrently ?? false,
			method: config.method ?? "btree",
			with: config.with ?? {},
		};
	}
	return out;
}

function indexKey(key, config, at) {
	if (isSQL(key)) {
		const expression = indexKeyText(key, at.casing);
		if (config.name === undefined) {
			fail(
				`an index of table "${at.table}" on the expression ${expression} has no name`,
				`name it, for example index("${at.table}_expression_index")`,
				at.file,
			);
		}
		return { expression, asc: true, isExpression: true, nulls: "last" };
	}
	const { order, nulls, opClass } = key.indexConfig ?? {};
	const expression = columnName(key, at.casing);
	if (key.type === "PgVector" && opClass === undefined) needOpClass(expression, config, at);
	const asc = order !== "desc";
	return { expression, isExpression: false, asc, nulls: nulls ?? (asc ? "last" : "first"), opclass: opClass };
}

function needOpClass(column, config, at) {
	const name = config.name === undefined ? "an index" : `index "${config.name}"`;
	fail(
		`${name} of table "${at.table}" is on the vector column "${column}" and names no operator class`,
		`add one, for example .using("hnsw", table.${column}.op("vector_cosine_ops")), or vector_l2_ops, vector_ip_ops, vector_l1_ops`,
		at.file,
	);
}

/** Index names are unique within a schema, as they are in PostgreSQL. */
function claim(name, { table, schema, file, indexNames }) {
	const key = JSON.stringify([schema ?? "public", name]);
	const other = indexNames.get(key);
	if (other === undefined) {
		indexNames.set(key, { table, file });
	} else if (other.table !== table) {
		fail(
			`tables "${other.table}" and "${table}" both have an index named "${name}"`,
			"index names are unique within a schema: give one of them another name",
			file,
		);
	} else {
		fail(
			`table "${table}" has two indexes named "${name}"`,
			other.file === file ? "give one of them another name" : `the table is defined in ${other.file} and in ${file}: remove one`,
			file,
		);
	}
}
