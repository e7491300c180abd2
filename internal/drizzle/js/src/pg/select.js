// The builder of a select.

import { entityKind, is } from "skein:orm/entity";
import { getTableLikeName, haveSameKeys } from "skein:orm/rest";
import { expression, selectionField, Subquery, withinQuery } from "skein:orm/selection";
import { SQL } from "skein:orm/sql";
import { Columns } from "skein:orm/table";
import { View, ViewBaseConfig } from "skein:orm/view";

/** A select before it knows where from. */
export class PgSelectBuilder {
	static [entityKind] = "PgSelectBuilder";
	constructor(config) {
		this.config = config;
	}
	from(source) {
		const { fields, ...rest } = this.config;
		return new PgSelectBase({ ...rest, table: source, fields: fields ?? fieldsOf(source), isPartialSelect: fields !== undefined });
	}
}

function fieldsOf(source) {
	if (is(source, Subquery)) return Object.fromEntries(Object.keys(source._.selectedFields).map((key) => [key, source[key]]));
	if (is(source, View)) return source[ViewBaseConfig].selectedFields;
	return is(source, SQL) ? {} : source[Columns];
}

const usesNames = (fields) => withinQuery(fields, selectionField);
const usesExpressions = (fields) => withinQuery(fields, expression);

/** Returns the condition, which may be a function of the fields. */
const condition = (value, fields) => (typeof value === "function" ? value(usesExpressions(fields)) : value);

/** Returns values, which may be a function of the fields that returns one or more. */
function listed(values, fields) {
	if (typeof values[0] !== "function") return values;
	const result = values[0](usesNames(fields));
	return Array.isArray(result) ? result : [result];
}

/** A select. Every method changes it and returns it. */
export class PgSelectBase {
	static [entityKind] = "PgSelect";

	constructor({ table, fields, isPartialSelect, dialect, withList = [], distinct }) {
		this.config = { withList, table, fields: { ...fields }, distinct, setOperators: [] };
		this.isPartialSelect = isPartialSelect;
		this.dialect = dialect;
		this.tableName = getTableLikeName(table);
		this.joined = new Set(typeof this.tableName === "string" ? [this.tableName] : []);
		this._ = { selectedFields: this.config.fields, config: this.config };
	}

	join(joinType, lateral, table, on) {
		const { config } = this;
		const name = getTableLikeName(table);
		if (typeof name === "string" && this.joined.has(name)) throw new Error(`Alias "${name}" is already used in this query`);
		if (!this.isPartialSelect) {
			if (this.joined.size === 1 && typeof this.tableName === "string") config.fields = { [this.tableName]: config.fields };
			if (typeof name === "string" && !is(table, SQL)) config.fields[name] = fieldsOf(table);
		}
		(config.joins ??= []).push({ on: condition(on, config.fields), table, joinType, alias: name, lateral });
		if (typeof name === "string") this.joined.add(name);
		return this;
	}

	where(where) {
		this.config.where = condition(where, this.config.fields);
		return this;
	}
	having(having) {
		this.config.having = condition(having, this.config.fields);
		return this;
	}
	groupBy(...columns) {
		this.config.groupBy = listed(columns, this.config.fields);
		return this;
	}
	orderBy(...columns) {
		this.target().orderBy = listed(columns, this.config.fields);
		return this;
	}
	limit(limit) {
		this.target().limit = limit;
		return this;
	}
	offset(offset) {
		this.target().offset = offset;
		return this;
	}
	for(strength, config = {}) {
		this.config.lockingClause = { strength, config };
		return this;
	}
	/** What order, limit and offset apply to: the last set operation, or the select. */
	target() {
		return this.config.setOperators.at(-1) ?? this.config;
	}

	combine(type, isAll, right) {
		const rightSelect = typeof right === "function" ? right(setOperators) : right;
		if (!haveSameKeys(this.getSelectedFields(), rightSelect.getSelectedFields())) {
			throw new Error("Set operator error (union / intersect / except): selected fields are not the same or are in different order");
		}
		this.config.setOperators.push({ type, isAll, rightSelect });
		return this;
	}

	getSQL() {
		return this.dialect.buildSelectQuery(this.config);
	}
	toSQL() {
		const { typings: _typings, ...query } = this.dialect.sqlToQuery(this.getSQL());
		return query;
	}
	as(alias) {
		return new Subquery(this.getSQL(), this.config.fields, alias);
	}
	getSelectedFields() {
		return withinQuery(this.config.fields, selectionField);
	}
	$dynamic() {
		return this;
	}
}
export { PgSelectBase as PgSelectQueryBuilderBase };

const joins = {
	leftJoin: ["left", false],
	rightJoin: ["right", false],
	innerJoin: ["inner", false],
	fullJoin: ["full", false],
	crossJoin: ["cross", false],
	leftJoinLateral: ["left", true],
	innerJoinLateral: ["inner", true],
	crossJoinLateral: ["cross", true],
};
for (const method in joins) {
	PgSelectBase.prototype[method] = function (table, on) {
		return this.join(...joins[method], table, on);
	};
}

const sets = {
	union: ["union", false],
	unionAll: ["union", true],
	intersect: ["intersect", false],
	intersectAll: ["intersect", true],
	except: ["except", false],
	exceptAll: ["except", true],
};
for (const method in sets) {
	PgSelectBase.prototype[method] = function (right) {
		return this.combine(...sets[method], right);
	};
}

const setFunction = (method) => (left, right, ...rest) => [right, ...rest].reduce((query, select) => query[method](select), left);
export const union = setFunction("union");
export const unionAll = setFunction("unionAll");
export const intersect = setFunction("intersect");
export const intersectAll = setFunction("intersectAll");
export const except = setFunction("except");
export const exceptAll = setFunction("exceptAll");
const setOperators = { union, unionAll, intersect, intersectAll, except, exceptAll };
