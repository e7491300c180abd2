// Selections: the fields a query selects, and how they look from outside it.

import { Column, columnOf } from "skein:orm/column";
import { entityKind, is } from "skein:orm/entity";
import { isSQLWrapper, SQL } from "skein:orm/sql";
import { Columns, Schema, Table, TableName, IsAlias } from "skein:orm/table";
import { emit } from "skein:orm/writer";

/** A query in the place of a table. Its fields are properties of it. */
export class Subquery {
	static [entityKind] = "Subquery";

	constructor(sql, fields, alias, isWith = false, usedTables = []) {
		this._ = { brand: "Subquery", sql, selectedFields: fields, alias, isWith, usedTables };
		// What the columns of a subquery belong to.
		this[TableName] = alias;
		this[Schema] = undefined;
		this[IsAlias] = true;
		defineFields(this, fields, asOfSource(this, rawNeedsAlias));
	}
	getSQL() {
		return new SQL([this]);
	}
	[emit](writer) {
		if (!this._.isWith) {
			writer.text("(");
			writer.chunk(this._.sql);
			writer.text(") ");
		}
		writer.name(this._.alias);
	}
}

/** A common table expression. */
export class WithSubquery extends Subquery {
	static [entityKind] = "WithSubquery";
}

/** Defines the fields of source on target; see asOfSource. */
export function defineFields(target, fields, convert) {
	for (const key in fields) {
		Object.defineProperty(target, key, {
			configurable: true,
			enumerable: true,
			get() {
				const value = convert(fields[key], key);
				Object.defineProperty(target, key, { value, enumerable: true });
				return value;
			},
		});
	}
	return target;
}

/**
 * Returns how fields look from outside their query, which is known as source:
 * columns become columns of source, named expressions become their names, and
 * raw decides about expressions without one.
 */
export function asOfSource(source, raw) {
	const convert = (field, key) => {
		if (is(field, SQL.Aliased)) return selectionField(field);
		if (is(field, SQL)) return raw(field, key);
		if (is(field, Column)) return columnOf(field, source);
		if (is(field, Subquery)) return field;
		if (is(field, Table)) return defineFields({}, field[Columns], convert);
		return field !== null && typeof field === "object" ? defineFields({}, field, convert) : field;
	};
	return convert;
}

/** Returns the fields as clauses of their own query may use them. */
export function withinQuery(fields, named) {
	const convert = (field) => {
		if (is(field, SQL.Aliased)) return named(field);
		if (field === null || typeof field !== "object" || isSQLWrapper(field)) return field;
		return defineFields({}, field, convert);
	};
	return defineFields({}, fields, convert);
}

/** A named expression goes by its name (after where) or as a whole (in where). */
export function selectionField(field) {
	const copy = field.clone();
	copy.isSelectionField = true;
	return copy;
}
export const expression = (field) => field.sql;

function rawNeedsAlias(_field, key) {
	throw new Error(
		`You tried to reference "${key}" field from a subquery, which is a raw SQL field, but it doesn't have an alias declared. Please add an alias to the field using ".as('alias')" method.`,
	);
}
export { rawNeedsAlias };

/** Returns the fields in order, those of tables and nested objects in place. */
export function flatten(fields) {
	const out = [];
	for (const key of Object.keys(fields)) {
		const field = fields[key];
		if (is(field, Column) || is(field, SQL) || is(field, SQL.Aliased) || is(field, Subquery)) out.push(field);
		else if (is(field, Table)) out.push(...flatten(field[Columns]));
		else if (field !== null && typeof field === "object") out.push(...flatten(field));
	}
	return out;
}
