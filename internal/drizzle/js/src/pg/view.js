// Views and materialized views.

import { entityKind, is } from "skein:orm/entity";
import { asOfSource, defineFields, rawNeedsAlias } from "skein:orm/selection";
import { Columns } from "skein:orm/table";
import { View, ViewBaseConfig } from "skein:orm/view";
import { QueryBuilder } from "skein:pg/query-builder";
import { pgTable } from "skein:pg/table";

export const PgViewConfig = Symbol.for("drizzle:PgViewConfig");
export const PgMaterializedViewConfig = Symbol.for("drizzle:PgMaterializedViewConfig");

export class PgViewBase extends View {
	static [entityKind] = "PgViewBase";
}

export class PgView extends PgViewBase {
	static [entityKind] = "PgView";
	constructor({ pgConfig, config }) {
		super(config);
		if (pgConfig) this[PgViewConfig] = { with: pgConfig.with };
	}
}

export class PgMaterializedView extends PgViewBase {
	static [entityKind] = "PgMaterializedView";
	constructor({ pgConfig, config }) {
		super(config);
		this[PgMaterializedViewConfig] = {
			with: pgConfig?.with,
			using: pgConfig?.using,
			tablespace: pgConfig?.tablespace,
			withNoData: pgConfig?.withNoData,
		};
	}
}

export const isPgView = (value) => is(value, PgView);
export const isPgMaterializedView = (value) => is(value, PgMaterializedView);

/** Puts the fields on the view, as columns of it. */
function withFields(view, fields) {
	view[ViewBaseConfig].selectedFields = defineFields({}, fields, asOfSource(view, rawNeedsAlias));
	return defineFields(view, fields, (_field, key) => view[ViewBaseConfig].selectedFields[key]);
}

/** Collects the options of a view; View is the class of what it ends in. */
class DefaultViewBuilderCore {
	static [entityKind] = "PgDefaultViewBuilderCore";
	config = undefined;
	constructor(name, schema) {
		this.name = name;
		this.schema = schema;
	}
	set(option) {
		this.config = { ...this.config, ...option };
		return this;
	}
	with(options) {
		return this.set({ with: options });
	}
	make(fields, query) {
		const config = { name: this.name, schema: this.schema, selectedFields: fields, query };
		return withFields(new this.constructor.View({ pgConfig: this.config, config }), fields);
	}
}

class MaterializedViewBuilderCore extends DefaultViewBuilderCore {
	static [entityKind] = "PgMaterializedViewBuilderCore";
	using(method) {
		return this.set({ using: method });
	}
	tablespace(tablespace) {
		return this.set({ tablespace });
	}
	withNoData() {
		return this.set({ withNoData: true });
	}
}

/** A builder whose columns follow from a query. */
const fromQuery = (Core, View, kind) =>
	class extends Core {
		static [entityKind] = kind;
		static View = View;
		as(query) {
			const built = typeof query === "function" ? query(new QueryBuilder()) : query;
			return this.make(built.getSelectedFields(), built.getSQL().inlineParams());
		}
	};

/** A builder whose columns are spelled out. */
const fromColumns = (Core, View, kind) =>
	class extends Core {
		static [entityKind] = kind;
		static View = View;
		constructor(name, columns, schema) {
			super(name, schema);
			this.columns = pgTable(name, columns)[Columns];
		}
		existing() {
			return this.make(this.columns, undefined);
		}
		as(query) {
			return this.make(this.columns, query.inlineParams());
		}
	};

export const ViewBuilder = fromQuery(DefaultViewBuilderCore, PgView, "PgViewBuilder");
export class ManualViewBuilder extends fromColumns(DefaultViewBuilderCore, PgView, "PgManualViewBuilder") {
	/** The options of a view that someone else makes are left out. */
	existing() {
		this.config = undefined;
		return super.existing();
	}
}
export const MaterializedViewBuilder = fromQuery(MaterializedViewBuilderCore, PgMaterializedView, "PgMaterializedViewBuilder");
export const ManualMaterializedViewBuilder = fromColumns(MaterializedViewBuilderCore, PgMaterializedView, "PgManualMaterializedViewBuilder");
export { DefaultViewBuilderCore, MaterializedViewBuilderCore };

export const pgViewWithSchema = (name, columns, schema) =>
	columns ? new ManualViewBuilder(name, columns, schema) : new ViewBuilder(name, schema);
export const pgMaterializedViewWithSchema = (name, columns, schema) =>
	columns ? new ManualMaterializedViewBuilder(name, columns, schema) : new MaterializedViewBuilder(name, schema);
export const pgView = (name, columns) => pgViewWithSchema(name, columns, undefined);
export const pgMaterializedView = (name, columns) => pgMaterializedViewWithSchema(name, columns, undefined);
