// The SQL of a select, as drizzle's builder words it.

import { Column } from "skein:orm/column";
import { is } from "skein:orm/entity";
import { flatten } from "skein:orm/selection";
import { Name, SQL, sql, StringChunk } from "skein:orm/sql";
import { IsAlias, OriginalName, Schema, Table, TableName } from "skein:orm/table";

const comma = new StringChunk(", ");
const list = (values) => sql.join(values, comma);
const clause = (word, value) => (value === undefined ? undefined : sql`${sql.raw(word)}${value}`);
const listClause = (word, values) => (values?.length > 0 ? clause(word, list(values)) : undefined);

/** Returns the SQL of a select; casing names columns that stand alone. */
export function selectSQL(config, casing) {
	const { withList, fields, where, having, table, joins, orderBy, groupBy, limit, offset, lockingClause, distinct, setOperators } = config;
	const alone = !joins || joins.length === 0;
	const query = sql.fromList([
		withSQL(withList),
		sql.raw("select"),
		distinctSQL(distinct),
		sql.raw(" "),
		selectionSQL(flatten(fields), alone, casing),
		sql.raw(" from "),
		sourceSQL(table),
		...(joins ?? []).map(joinSQL),
		clause(" where ", where),
		listClause(" group by ", groupBy),
		clause(" having ", having),
		listClause(" order by ", orderBy),
		...limitSQL(limit, offset),
		lockingClause && lockSQL(lockingClause),
	]);
	return (setOperators ?? []).reduce((left, operation) => setSQL(left, operation, casing), query);
}

function withSQL(queries) {
	if (!queries || queries.length === 0) return undefined;
	return sql`with ${list(queries.map((query) => sql`${new Name(query._.alias)} as (${query._.sql})`))} `;
}

function distinctSQL(distinct) {
	if (!distinct) return undefined;
	return distinct === true ? sql.raw(" distinct") : sql` distinct on (${list(distinct.on)})`;
}

/** A column of the only table goes by its bare name. */
function selectionSQL(fields, alone, casing) {
	const bare = (chunk) => (alone && is(chunk, Column) ? new Name(casing.getColumnCasing(chunk)) : chunk);
	return list(
		fields.map((field) => {
			if (is(field, SQL.Aliased)) {
				if (field.isSelectionField) return new Name(field.fieldAlias);
				return sql`${within(field.sql, bare)} as ${new Name(field.fieldAlias)}`;
			}
			return is(field, SQL) ? within(field, bare) : bare(field);
		}),
	);
}

function within(expression, bare) {
	const copy = new SQL(expression.queryChunks.map(bare));
	copy.shouldInlineParams = expression.shouldInlineParams;
	return copy;
}

function sourceSQL(table) {
	if (!is(table, Table) || !table[IsAlias]) return table;
	const original = new Name(table[OriginalName]);
	const schema = table[Schema];
	return sql`${schema === undefined ? undefined : sql`${new Name(schema)}.`}${original} ${new Name(table[TableName])}`;
}

function joinSQL({ joinType, lateral, table, on }) {
	return sql`${sql.raw(` ${joinType} join ${lateral ? "lateral " : ""}`)}${sourceSQL(table)}${clause(" on ", on)}`;
}

function limitSQL(limit, offset) {
	const given = typeof limit === "object" || (typeof limit === "number" && limit >= 0);
	return [given ? sql` limit ${limit}` : undefined, offset ? sql` offset ${offset}` : undefined];
}

function lockSQL({ strength, config }) {
	const of = config.of && list(Array.isArray(config.of) ? config.of : [config.of]);
	const wait = config.noWait ? " nowait" : config.skipLocked ? " skip locked" : "";
	return sql`${sql.raw(` for ${strength}`)}${clause(" of ", of)}${sql.raw(wait)}`;
}

function setSQL(left, { type, isAll, rightSelect, limit, orderBy, offset }, casing) {
	const operator = sql.raw(` ${type} ${isAll ? "all " : ""}`);
	const order = orderBy?.length > 0 ? sql` order by ${list(orderBy.map((value) => setOrderSQL(value, casing)))} ` : undefined;
	return sql.fromList([sql`(${left.getSQL()})`, operator, sql`(${rightSelect.getSQL()})`, order, ...limitSQL(limit, offset)]);
}

/** The result of a set operation has columns of its own, with bare names. */
function setOrderSQL(value, casing) {
	const bare = (chunk) => (is(chunk, Column) ? new Name(casing.getColumnCasing(chunk)) : chunk);
	if (is(value, Column)) return bare(value);
	return is(value, SQL) ? within(value, bare) : value;
}
