// Operators for where clauses, checks and orders.

import { isDriverValueEncoder, isSQLWrapper, Param, SQL, sql, StringChunk } from "skein:orm/sql";

/** Returns value as a parameter of the column it is compared with. */
export function bindIfParam(value, column) {
	if (!isDriverValueEncoder(column) || isSQLWrapper(value)) return value;
	return new Param(value, column);
}

const infix = (operator) => {
	const text = ` ${operator} `;
	return (left, right) => new SQL([left, new StringChunk(text), bindIfParam(right, left)]);
};

export const eq = infix("=");
export const ne = infix("<>");
export const gt = infix(">");
export const gte = infix(">=");
export const lt = infix("<");
export const lte = infix("<=");
export const like = plainInfix("like");
export const notLike = plainInfix("not like");
export const ilike = plainInfix("ilike");
export const notIlike = plainInfix("not ilike");

function plainInfix(operator) {
	const text = ` ${operator} `;
	return (left, right) => new SQL([left, new StringChunk(text), right]);
}

const joined = (word) => (...conditions) => {
	const given = conditions.filter((condition) => condition !== undefined);
	if (given.length === 0) return undefined;
	if (given.length === 1) return new SQL(given);
	return new SQL([new StringChunk("("), sql.join(given, new StringChunk(word)), new StringChunk(")")]);
};
export const and = joined(" and ");
export const or = joined(" or ");
export const not = (condition) => sql`not ${condition}`;

const memberOf = (operator, ofNothing) => (column, values) => {
	if (!Array.isArray(values)) return new SQL([column, new StringChunk(operator), bindIfParam(values, column)]);
	if (values.length === 0) return sql.raw(ofNothing);
	return new SQL([column, new StringChunk(operator), values.map((value) => bindIfParam(value, column))]);
};
export const inArray = memberOf(" in ", "false");
export const notInArray = memberOf(" not in ", "true");

export const isNull = (value) => sql`${value} is null`;
export const isNotNull = (value) => sql`${value} is not null`;
export const exists = (subquery) => sql`exists ${subquery}`;
export const notExists = (subquery) => sql`not exists ${subquery}`;
export const between = (column, min, max) => sql`${column} between ${bindIfParam(min, column)} and ${bindIfParam(max, column)}`;
export const notBetween = (column, min, max) => sql`${column} not between ${bindIfParam(min, column)} and ${bindIfParam(max, column)}`;

const arrayOperator = (name, operator) => (column, values) => {
	if (!Array.isArray(values)) return new SQL([column, new StringChunk(operator), bindIfParam(values, column)]);
	if (values.length === 0) throw new Error(`${name} requires at least one value`);
	return new SQL([column, new StringChunk(operator), sql`${bindIfParam(values, column)}`]);
};
export const arrayContains = arrayOperator("arrayContains", " @> ");
export const arrayContained = arrayOperator("arrayContained", " <@ ");
export const arrayOverlaps = arrayOperator("arrayOverlaps", " && ");

export const asc = (column) => sql`${column} asc`;
export const desc = (column) => sql`${column} desc`;
