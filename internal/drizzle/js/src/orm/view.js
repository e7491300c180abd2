// Views, whatever the dialect.

import { entityKind } from "skein:orm/entity";
import { SQL } from "skein:orm/sql";
import { Columns, IsAlias, OriginalName, Schema, TableName } from "skein:orm/table";
import { emit } from "skein:orm/writer";

export const ViewBaseConfig = Symbol.for("drizzle:ViewBaseConfig");
const IsDrizzleView = Symbol.for("drizzle:IsDrizzleView");

export class View {
	static [entityKind] = "View";

	constructor({ name, schema, selectedFields, query }) {
		this[ViewBaseConfig] = {
			name,
			originalName: name,
			schema,
			selectedFields,
			query,
			isExisting: !query,
			isAlias: false,
		};
		this[IsDrizzleView] = true;
		// A view is what its columns belong to, and those go by its bare name.
		this[TableName] = this[OriginalName] = name;
		this[Schema] = schema;
		this[IsAlias] = true;
		this[Columns] = undefined;
	}

	getSQL() {
		return new SQL([this]);
	}

	[emit](writer) {
		const { name, schema, isAlias } = this[ViewBaseConfig];
		writer.qualified(isAlias ? undefined : schema, name);
	}
}

export const isView = (view) => typeof view === "object" && view !== null && IsDrizzleView in view;
export const getViewName = (view) => view[ViewBaseConfig].name;
export const getViewSelectedFields = (view) => view[ViewBaseConfig].selectedFields;
