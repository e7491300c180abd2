// SQL values: the sql tag and what it is made of.

import { entityKind, is } from "skein:orm/entity";
import { Writer, emit } from "skein:orm/writer";

const same = (value) => value;
export const noopDecoder = { mapFromDriverValue: same };
export const noopEncoder = { mapToDriverValue: same };
export const noopMapper = { ...noopDecoder, ...noopEncoder };

export class FakePrimitiveParam {
	static [entityKind] = "FakePrimitiveParam";
}

/** Text that is SQL already. */
export class StringChunk {
	static [entityKind] = "StringChunk";
	constructor(value) {
		this.value = Array.isArray(value) ? value : [value];
	}
	getSQL() {
		return new SQL([this]);
	}
	[emit](writer) {
		for (const text of this.value) writer.text(text);
	}
}

/** A value in SQL text, with the encoder that PostgreSQL's form of it comes from. */
export class Param {
	static [entityKind] = "Param";
	constructor(value, encoder = noopEncoder) {
		this.value = value;
		this.encoder = encoder;
	}
	getSQL() {
		return new SQL([this]);
	}
	[emit](writer) {
		if (is(this.value, Placeholder)) return writer.value(this.value);
		const sent = this.value === null ? null : this.encoder.mapToDriverValue(this.value);
		if (is(sent, SQL)) sent[emit](writer);
		else writer.value(sent);
	}
}

/** An identifier. */
export class Name {
	static [entityKind] = "Name";
	constructor(value) {
		this.value = value;
	}
	getSQL() {
		return new SQL([this]);
	}
	[emit](writer) {
		writer.name(this.value);
	}
}

/** A value that is given when a prepared query runs. */
export class Placeholder {
	static [entityKind] = "Placeholder";
	constructor(name) {
		this.name = name;
	}
	getSQL() {
		return new SQL([this]);
	}
	[emit](writer) {
		writer.value(this);
	}
}

/** A piece of SQL, as a list of chunks. */
export class SQL {
	static [entityKind] = "SQL";
	constructor(queryChunks) {
		this.queryChunks = queryChunks;
		this.decoder = noopDecoder;
		this.shouldInlineParams = false;
	}
	append(query) {
		this.queryChunks.push(...query.queryChunks);
		return this;
	}
	toQuery(config) {
		const writer = new Writer(config);
		this[emit](writer);
		return { sql: writer.sql, params: writer.params, ...(writer.params.length > 0 && { typings: writer.typings }) };
	}
	getSQL() {
		return this;
	}
	as(alias) {
		return alias === undefined ? this : new Aliased(this, alias);
	}
	mapWith(decoder) {
		this.decoder = typeof decoder === "function" ? { mapFromDriverValue: decoder } : decoder;
		return this;
	}
	inlineParams() {
		this.shouldInlineParams = true;
		return this;
	}
	if(condition) {
		return condition ? this : undefined;
	}
	[emit](writer) {
		writer.chunks(this.queryChunks, this.shouldInlineParams);
	}
}

/** SQL with a name of its own in a selection; elsewhere only the name shows. */
class Aliased {
	static [entityKind] = "SQL.Aliased";
	isSelectionField = false;
	constructor(sql, fieldAlias) {
		this.sql = sql;
		this.fieldAlias = fieldAlias;
	}
	getSQL() {
		return this.sql;
	}
	clone() {
		return new Aliased(this.sql, this.fieldAlias);
	}
	[emit](writer) {
		writer.name(this.fieldAlias);
	}
}
SQL.Aliased = Aliased;

/** The template tag: values become parameters, drizzle objects their SQL. */
export function sql(strings, ...values) {
	const chunks = [];
	if (values.length > 0 || strings[0] !== "") chunks.push(new StringChunk(strings[0]));
	values.forEach((value, i) => chunks.push(value, new StringChunk(strings[i + 1])));
	return new SQL(chunks);
}

sql.empty = () => new SQL([]);
sql.fromList = (list) => new SQL(list);
sql.raw = (text) => new SQL([new StringChunk(text)]);
sql.identifier = (value) => new Name(value);
sql.placeholder = (name) => new Placeholder(name);
sql.param = (value, encoder) => new Param(value, encoder);
sql.join = (chunks, separator) => {
	const all = [];
	chunks.forEach((chunk, i) => {
		if (i > 0 && separator !== undefined) all.push(separator);
		all.push(chunk);
	});
	return new SQL(all);
};
SQL.Placeholder = Placeholder;
SQL.Param = Param;

export const name = (value) => new Name(value);
export const param = (value, encoder) => new Param(value, encoder);
export const placeholder = (value) => new Placeholder(value);

export const isSQLWrapper = (value) => value !== null && value !== undefined && typeof value.getSQL === "function";
export const isDriverValueEncoder = (value) => typeof value === "object" && value !== null && typeof value.mapToDriverValue === "function";

/** Replaces the placeholders among params by the values given for them. */
export function fillPlaceholders(params, values) {
	const given = (placeholder) => {
		if (!(placeholder.name in values)) throw new Error(`No value for placeholder "${placeholder.name}" was provided`);
		return values[placeholder.name];
	};
	return params.map((value) => {
		if (is(value, Placeholder)) return given(value);
		if (is(value, Param) && is(value.value, Placeholder)) return value.encoder.mapToDriverValue(given(value.value));
		return value;
	});
}
