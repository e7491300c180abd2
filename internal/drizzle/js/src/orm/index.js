// "drizzle-orm"

export * from "skein:orm/entity";
export { aliasedRelation, aliasedTable, aliasedTableColumn } from "skein:orm/alias";
export { Column, ColumnBuilder } from "skein:orm/column";
export * from "skein:orm/conditions";
export * from "skein:orm/functions";
export * from "skein:orm/relations";
export * from "skein:orm/rest";
export { flatten as orderSelectedFields, Subquery, WithSubquery } from "skein:orm/selection";
export * from "skein:orm/sql";
export * from "skein:orm/table";
export { getViewName, getViewSelectedFields, isView, View, ViewBaseConfig } from "skein:orm/view";
