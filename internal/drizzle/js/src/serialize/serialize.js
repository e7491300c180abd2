// The snapshot of a schema, as drizzle-kit 0.31 writes it.

import { addExportedPolicies, serializeRole } from "skein:serialize/policy";
import { useCasing } from "skein:serialize/casing";
import { collect } from "skein:serialize/collect";
import { serializeSequence } from "skein:serialize/sequence";
import { addTable } from "skein:serialize/table";
import { addView } from "skein:serialize/view";

// Before the schema files run, which come after this module.
useCasing(globalThis.skeinCasing);

/**
 * Returns {schema, warnings}: the text of a snapshot without its ids, and
 * sentences for the user. See the package comment in js.go.
 */
export function serialize(modules, options) {
	const found = collect(modules);
	const context = {
		casing: options?.casing ?? undefined,
		fileOf: found.fileOf,
		warnings: [],
		indexNames: new Map(), // by schema and name
		policies: [], // those in tables
	};
	const snapshot = { version: "7", dialect: "postgresql", tables: {}, ...named(found), policies: {}, views: {} };
	for (const table of found.tables) addTable(snapshot.tables, table, context);
	addExportedPolicies(snapshot, found.policies, context);
	for (const view of [...found.views, ...found.materializedViews]) addView(snapshot.views, view, context);
	snapshot._meta = { columns: {}, schemas: {}, tables: {} };
	return { schema: JSON.stringify(snapshot, null, 2), warnings: context.warnings };
}

/** Returns the objects that stand on their own, by name. */
function named({ enums, schemas, sequences, roles }) {
	const out = { enums: {}, schemas: {}, sequences: {}, roles: {} };
	for (const { enumName, enumValues, schema = "public" } of enums) {
		out.enums[`${schema}.${enumName}`] = { name: enumName, schema, values: enumValues };
	}
	for (const { schemaName } of schemas) if (schemaName !== "public") out.schemas[schemaName] = schemaName;
	for (const sequence of sequences.map(serializeSequence)) out.sequences[`${sequence.schema}.${sequence.name}`] ??= sequence;
	for (const role of roles.map(serializeRole)) if (role) out.roles[role.name] = role;
	return out;
}
