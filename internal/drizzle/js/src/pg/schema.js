// Named schemas, and sequences.

import { entityKind, is } from "skein:orm/entity";
import { SQL } from "skein:orm/sql";
import { emit } from "skein:orm/writer";
import { pgEnumWithSchema } from "skein:pg/enums";
import { pgTableWithSchema } from "skein:pg/table";
import { pgMaterializedViewWithSchema, pgViewWithSchema } from "skein:pg/view";

export class PgSequence {
	static [entityKind] = "PgSequence";
	constructor(seqName, seqOptions, schema) {
		this.seqName = seqName;
		this.seqOptions = seqOptions;
		this.schema = schema;
	}
}

export const pgSequenceWithSchema = (name, options, schema) => new PgSequence(name, options, schema);
export const pgSequence = (name, options) => pgSequenceWithSchema(name, options, undefined);
export const isPgSequence = (value) => is(value, PgSequence);

export class PgSchema {
	static [entityKind] = "PgSchema";
	constructor(schemaName) {
		this.schemaName = schemaName;
		this.table = (name, columns, extras) => pgTableWithSchema(name, columns, extras, schemaName);
		this.view = (name, columns) => pgViewWithSchema(name, columns, schemaName);
		this.materializedView = (name, columns) => pgMaterializedViewWithSchema(name, columns, schemaName);
		this.enum = (name, values) => pgEnumWithSchema(name, values, schemaName);
		this.sequence = (name, options) => pgSequenceWithSchema(name, options, schemaName);
		this.table.withRLS = (name, columns, extras) => this.table(name, columns, extras).enableRLS();
	}
	existing() {
		return this;
	}
	getSQL() {
		return new SQL([this]);
	}
	shouldOmitSQLParens() {
		return true;
	}
	[emit](writer) {
		writer.name(this.schemaName);
	}
}

export const isPgSchema = (value) => is(value, PgSchema);

export function pgSchema(name) {
	if (name === "public") {
		throw new Error(
			`You can't specify 'public' as schema name. Postgres is using public schema by default. If you want to use 'public' schema, just use pgTable() instead of creating a schema`,
		);
	}
	return new PgSchema(name);
}
