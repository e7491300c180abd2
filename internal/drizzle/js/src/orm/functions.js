// Aggregates and distances between vectors.

import { is } from "skein:orm/entity";
import { Column } from "skein:orm/column";
import { sql } from "skein:orm/sql";

const numbers = (expression) => expression.mapWith(Number);
const texts = (expression) => expression.mapWith(String);
const valuesOf = (expression, column) => expression.mapWith(is(column, Column) ? column : String);

export const count = (expression) => numbers(sql`count(${expression || sql.raw("*")})`);
export const countDistinct = (expression) => numbers(sql`count(distinct ${expression})`);
export const avg = (expression) => texts(sql`avg(${expression})`);
export const avgDistinct = (expression) => texts(sql`avg(distinct ${expression})`);
export const sum = (expression) => texts(sql`sum(${expression})`);
export const sumDistinct = (expression) => texts(sql`sum(distinct ${expression})`);
export const max = (expression) => valuesOf(sql`max(${expression})`, expression);
export const min = (expression) => valuesOf(sql`min(${expression})`, expression);

const vectorOf = (value) => (Array.isArray(value) ? JSON.stringify(value) : value);

export const l2Distance = (column, value) => sql`${column} <-> ${vectorOf(value)}`;
export const l1Distance = (column, value) => sql`${column} <+> ${vectorOf(value)}`;
export const innerProduct = (column, value) => sql`${column} <#> ${vectorOf(value)}`;
export const cosineDistance = (column, value) => sql`${column} <=> ${vectorOf(value)}`;
export const hammingDistance = (column, value) => sql`${column} <~> ${vectorOf(value)}`;
export const jaccardDistance = (column, value) => sql`${column} <%> ${vectorOf(value)}`;
