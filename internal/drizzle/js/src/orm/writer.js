// SQL text as it is put together from the chunks of a SQL value.
//
// Whatever can stand in a SQL value and is not a plain JavaScript value has a
// method under the key emit, which writes it.

export const emit = Symbol("emit");

/**
 * Collects text and parameters. config is what SQL.toQuery takes: escapeName,
 * escapeParam, escapeString, casing, inlineParams, invokeSource.
 */
export class Writer {
	constructor(config) {
		this.config = config;
		this.sql = "";
		this.params = [];
		this.typings = [];
		this.inline = config.inlineParams ?? false;
		this.indexKeys = config.invokeSource === "indexes";
	}

	text(text) {
		this.sql += text;
	}

	name(name) {
		this.sql += this.config.escapeName(name);
	}

	/** Writes schema and name, or the name alone where there is no schema. */
	qualified(schema, name) {
		if (schema !== undefined) {
			this.name(schema);
			this.sql += ".";
		}
		this.name(name);
	}

	/** Writes the chunks of one SQL value; inline holds for all within it. */
	chunks(chunks, inline) {
		const outer = this.inline;
		this.inline = outer || inline;
		for (const chunk of chunks) this.chunk(chunk);
		this.inline = outer;
	}

	chunk(chunk) {
		if (chunk === undefined) return;
		if (chunk !== null && (typeof chunk === "object" || typeof chunk === "function")) {
			if (chunk[emit] !== undefined) return chunk[emit](this);
			if (Array.isArray(chunk)) return this.list(chunk);
			if (typeof chunk.getSQL === "function") return this.wrapped(chunk);
		}
		this.value(chunk);
	}

	list(chunks) {
		this.sql += "(";
		chunks.forEach((chunk, i) => {
			if (i > 0) this.sql += ", ";
			this.chunk(chunk);
		});
		this.sql += ")";
	}

	wrapped(wrapper) {
		if (wrapper.shouldOmitSQLParens?.()) return this.chunk(wrapper.getSQL());
		this.sql += "(";
		this.chunk(wrapper.getSQL());
		this.sql += ")";
	}

	/** Writes a value for PostgreSQL: as a literal, or as a parameter. */
	value(value) {
		if (this.inline) {
			this.sql += this.literal(value);
			return;
		}
		this.sql += this.config.escapeParam((this.config.paramStartIndex?.value ?? 0) + this.params.length, value);
		this.params.push(value);
		this.typings.push("none");
	}

	literal(value) {
		if (value === null) return "null";
		if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
		if (typeof value === "string") return this.config.escapeString(value);
		if (typeof value === "object") {
			const text = String(value);
			return this.config.escapeString(text === "[object Object]" ? JSON.stringify(value) : text);
		}
		throw new Error(`Unexpected param value: ${String(value)}`);
	}

	columnName(column) {
		return this.config.casing?.getColumnCasing(column) ?? column.name;
	}
}

