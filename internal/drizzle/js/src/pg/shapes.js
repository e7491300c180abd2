// Columns of points, lines, vectors and bits.

import { columnType, starter } from "skein:pg/column";

const sized = (name) => ({ dimensions }) => `${name}(${dimensions})`;
const vectorText = { mapToDriverValue: (value) => JSON.stringify(value) };
const pair = (open, between, close) => (value) => `${open}${value[0] ?? value.x}${between}${value[1] ?? value.y}${close}`;
const point2 = { mapToDriverValue: pair("(", ",", ")") };
const wellKnownText = { mapToDriverValue: pair("point(", " ", ")") };

export const [PgPointTuple, PgPointTupleBuilder] = columnType("PgPointTuple", "array", () => "point", point2);
export const [PgPointObject, PgPointObjectBuilder] = columnType("PgPointObject", "json", () => "point", point2);
export const [PgLineTuple, PgLineBuilder] = columnType("PgLine", "array", () => "line", {
	mapToDriverValue: ([a, b, c]) => `{${a},${b},${c}}`,
});
export const [PgLineABC, PgLineABCBuilder] = columnType("PgLineABC", "json", () => "line", {
	mapToDriverValue: ({ a, b, c }) => `{${a},${b},${c}}`,
});
export const [PgGeometry, PgGeometryBuilder] = columnType("PgGeometry", "array", () => "geometry(point)", wellKnownText);
export const [PgGeometryObject, PgGeometryObjectBuilder] = columnType("PgGeometryObject", "json", () => "geometry(point)", wellKnownText);
export const [PgVector, PgVectorBuilder] = columnType("PgVector", "array", sized("vector"), vectorText);
export const [PgHalfVector, PgHalfVectorBuilder] = columnType("PgHalfVector", "array", sized("halfvec"), vectorText);
export const [PgSparseVector, PgSparseVectorBuilder] = columnType("PgSparseVector", "string", sized("sparsevec"));
export const [PgBinaryVector, PgBinaryVectorBuilder] = columnType("PgBinaryVector", "string", sized("bit"));

export const point = starter(({ mode }) => (mode === undefined || mode === "tuple" ? PgPointTupleBuilder : PgPointObjectBuilder));
export const line = starter(({ mode }) => (mode === undefined || mode === "tuple" ? PgLineBuilder : PgLineABCBuilder));
export const geometry = starter(({ mode }) => (mode === undefined || mode === "tuple" ? PgGeometryBuilder : PgGeometryObjectBuilder));
export const vector = starter(() => PgVectorBuilder);
export const halfvec = starter(() => PgHalfVectorBuilder);
export const sparsevec = starter(() => PgSparseVectorBuilder);
export const bit = starter(() => PgBinaryVectorBuilder);
