// Views and materialized views.

import * as pg from "drizzle-orm/pg-core";
import { serializeViewColumn } from "skein:serialize/column";
import { isKind } from "skein:serialize/kinds";
import { fail, reading } from "skein:serialize/problem";
import { sqlText } from "skein:serialize/sql";

/** Adds a view to views, which has the view of every schema by its key. */
export function addView(views, view, context) {
	const materialized = isKind(view, "PgMaterializedView");
	const config = materialized ? pg.getMaterializedViewConfig(view) : pg.getViewConfig(view);
	const { name, query, isExisting } = config;
	const schema = config.schema ?? "public";
	const key = `${schema}.${name}`;
	if (views[key]) {
		fail(`schema "${schema}" has two views named "${name}"`, "give one of them another name", context.fileOf(view));
	}
	views[key] = {
		columns: viewColumns(config, context.casing),
		definition: isExisting ? undefined : reading(`view "${name}"`, context.fileOf(view), () => sqlText(query, context.casing)),
		name,
		schema,
		isExisting,
		with: config.with,
		withNoData: config.withNoData,
		materialized,
		tablespace: config.tablespace,
		using: config.using,
	};
}

/** Returns the columns of a view that are columns of a table or its own. */
function viewColumns({ name, schema, selectedFields }, casing) {
	const out = {};
	for (const field of Object.values(selectedFields)) {
		if (!isKind(field, "PgColumn")) continue;
		const column = serializeViewColumn(field, name, schema, casing);
		out[column.name] = column;
	}
	return out;
}
