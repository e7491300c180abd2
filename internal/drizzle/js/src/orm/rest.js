// The rest of what "drizzle-orm" exports: errors, loggers and odds and ends
// that a schema file may import along with a database client.

import { entityKind, is } from "skein:orm/entity";
import { Subquery } from "skein:orm/selection";
import { BaseName, Columns, IsAlias, Table, TableName } from "skein:orm/table";
import { View, ViewBaseConfig } from "skein:orm/view";

export class DrizzleError extends Error {
	static [entityKind] = "DrizzleError";
	constructor({ message, cause } = {}) {
		super(message, { cause });
		this.name = "DrizzleError";
	}
}
export class TransactionRollbackError extends DrizzleError {
	static [entityKind] = "TransactionRollbackError";
	constructor() {
		super({ message: "Rollback" });
	}
}
export class DrizzleQueryError extends Error {
	static [entityKind] = "DrizzleQueryError";
	constructor(query, params, cause) {
		super(`Failed query: ${query}\nparams: ${params}`, { cause });
		Object.assign(this, { query, params });
	}
}

export class ConsoleLogWriter {
	static [entityKind] = "ConsoleLogWriter";
	write() {}
}
export class DefaultLogger {
	static [entityKind] = "DefaultLogger";
	logQuery() {}
}
export class NoopLogger {
	static [entityKind] = "NoopLogger";
	logQuery() {}
}
export class QueryPromise {
	static [entityKind] = "QueryPromise";
	then(resolve, reject) {
		return this.execute().then(resolve, reject);
	}
	catch(reject) {
		return this.then(undefined, reject);
	}
	finally(done) {
		return this.then().finally(done);
	}
}

/** Returns the name a table, view or subquery goes by, undefined for raw SQL. */
export function getTableLikeName(table) {
	if (is(table, Subquery)) return table._.alias;
	if (is(table, View)) return table[ViewBaseConfig].name;
	if (is(table, Table)) return table[IsAlias] ? table[TableName] : table[BaseName];
	return undefined;
}

/** Reads the arguments of a column builder: (name, config), (name) or (config). */
export const getColumnNameAndConfig = (a, b) => ({
	name: typeof a === "string" ? a : "",
	config: a !== null && typeof a === "object" ? a : b,
});

export function haveSameKeys(left, right) {
	const keys = Object.keys(left);
	return keys.length === Object.keys(right).length && keys.every((key, i) => key === Object.keys(right)[i]);
}

export function applyMixins(base, mixins) {
	for (const { prototype } of mixins) {
		for (const key of Object.getOwnPropertyNames(prototype)) {
			if (key !== "constructor") Object.defineProperty(base.prototype, key, Object.getOwnPropertyDescriptor(prototype, key));
		}
	}
}

export const mapUpdateSet = (table, values) =>
	Object.fromEntries(Object.entries(values).filter(([key, value]) => value !== undefined && key in table[Columns]));
export const mapResultRow = (_columns, row) => row;
export const isConfig = (value) => value !== null && typeof value === "object" && value.constructor === Object;
