// Gathers what the schema files export, in the order that decides the order of
// the snapshot: files as matched, exports by name.

import { groupOf } from "skein:serialize/kinds";

/**
 * Returns the drizzle objects among the exports, by group. The same object
 * exported twice counts once. fileOf says which file exported an object first.
 */
export function collect(modules) {
	const found = { tables: [], enums: [], schemas: [], sequences: [], roles: [], policies: [], views: [], materializedViews: [] };
	const files = new Map();
	for (const { file, exports } of modules) {
		for (const [, value] of exports) {
			const group = groupOf(value);
			if (group === undefined || files.has(value)) continue;
			files.set(value, file);
			found[group].push(value);
		}
	}
	return { ...found, fileOf: (value) => files.get(value) ?? "" };
}
