// "drizzle-orm/pg-core"

export { aliasedTable as alias } from "skein:orm/alias";
export * from "skein:pg/columns";
export * from "skein:pg/config";
export * from "skein:pg/constraints";
export * from "skein:pg/database";
export { PgDialect } from "skein:pg/dialect";
export * from "skein:pg/indexes";
export { QueryBuilder } from "skein:pg/query-builder";
export * from "skein:pg/schema";
export * from "skein:pg/security";
export * from "skein:pg/select";
export * from "skein:pg/table";
export * from "skein:pg/view";
