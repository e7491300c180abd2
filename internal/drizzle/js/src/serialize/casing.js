// The casing option, for queries that are built while the schema files run.

import { CasingCache } from "drizzle-orm/casing";
import { columnName } from "skein:serialize/names";

/**
 * Makes every query builder use casing. The one that views are defined with
 * knows no casing: drizzle-kit writes the selected columns of such a view by
 * their keys and the rest of it by their names, which PostgreSQL rejects.
 */
export function useCasing(casing) {
	if (casing === undefined) return;
	CasingCache.prototype.getColumnCasing = (column) => columnName(column, casing);
}
