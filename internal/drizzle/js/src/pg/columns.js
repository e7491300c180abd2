// All column types.

import { customType } from "skein:pg/custom";
import { bigint, bigserial, boolean, doublePrecision, integer, numeric, real, serial, smallint, smallserial } from "skein:pg/numbers";
import { bit, geometry, halfvec, line, point, sparsevec, vector } from "skein:pg/shapes";
import { char, cidr, inet, json, jsonb, macaddr, macaddr8, text, uuid, varchar } from "skein:pg/texts";
import { date, interval, time, timestamp } from "skein:pg/times";

export * from "skein:pg/column";
export * from "skein:pg/custom";
export * from "skein:pg/enums";
export * from "skein:pg/numbers";
export * from "skein:pg/shapes";
export * from "skein:pg/texts";
export * from "skein:pg/times";

const builders = {
	bigint, bigserial, boolean, char, cidr, customType, date, doublePrecision, inet, integer, interval, json, jsonb, line,
	macaddr, macaddr8, numeric, point, geometry, real, serial, smallint, smallserial, text, time, timestamp, uuid, varchar,
	bit, halfvec, sparsevec, vector,
};

/** Returns what the callback form of a table gets. */
export const getPgColumnBuilders = () => builders;
