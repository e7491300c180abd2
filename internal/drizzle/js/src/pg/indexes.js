// Indexes of a table.

import { entityKind, is } from "skein:orm/entity";
import { SQL } from "skein:orm/sql";
import { IndexedColumn } from "skein:pg/column";

const keys = (columns) => columns.map((column) => (is(column, SQL) || is(column, IndexedColumn) ? column : new IndexedColumn(column)));

export class IndexBuilderOn {
	static [entityKind] = "PgIndexBuilderOn";
	constructor(unique, name) {
		this.unique = unique;
		this.name = name;
	}
	on(...columns) {
		return new IndexBuilder(keys(columns), this.unique, false, this.name);
	}
	onOnly(...columns) {
		return new IndexBuilder(keys(columns), this.unique, true, this.name);
	}
	using(method, ...columns) {
		return new IndexBuilder(keys(columns), this.unique, true, this.name, method);
	}
}

export class IndexBuilder {
	static [entityKind] = "PgIndexBuilder";
	constructor(columns, unique, only, name, method = "btree") {
		this.config = { name, columns, unique, only, method };
	}
	concurrently() {
		this.config.concurrently = true;
		return this;
	}
	with(options) {
		this.config.with = options;
		return this;
	}
	where(condition) {
		this.config.where = condition;
		return this;
	}
	build(table) {
		return new Index(this.config, table);
	}
}

export class Index {
	static [entityKind] = "PgIndex";
	constructor(config, table) {
		this.config = { ...config, table };
	}
}

export const index = (name) => new IndexBuilderOn(false, name);
export const uniqueIndex = (name) => new IndexBuilderOn(true, name);
