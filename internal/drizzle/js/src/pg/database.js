// Names of what talks to a database. Schema files import them, mostly as
// types; nothing they do can be of use while a schema is being read.

import { entityKind } from "skein:orm/entity";

const absent = (kind) =>
	class {
		static [entityKind] = kind;
	};

export const PgDatabase = absent("PgDatabase");
export const PgSession = absent("PgSession");
export const PgTransaction = absent("PgTransaction");
export const PgPreparedQuery = absent("PgPreparedQuery");
export const PgInsertBase = absent("PgInsert");
export const PgInsertBuilder = absent("PgInsertBuilder");
export const PgUpdateBase = absent("PgUpdate");
export const PgUpdateBuilder = absent("PgUpdateBuilder");
export const PgDeleteBase = absent("PgDelete");
export const PgRefreshMaterializedView = absent("PgRefreshMaterializedView");
export const withReplicas = (primary) => primary;
