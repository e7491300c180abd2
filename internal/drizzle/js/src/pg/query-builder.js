// The query builder without a database, which views are defined with.

import { entityKind, is } from "skein:orm/entity";
import { WithSubquery } from "skein:orm/selection";
import { PgDialect } from "skein:pg/dialect";
import { PgSelectBuilder } from "skein:pg/select";

export class QueryBuilder {
	static [entityKind] = "PgQueryBuilder";

	constructor(dialect) {
		this.dialect = is(dialect, PgDialect) ? dialect : undefined;
		this.dialectConfig = is(dialect, PgDialect) ? undefined : dialect;
	}

	/** Starts a common table expression: $with(name).as(query or (qb) => query). */
	$with = (alias, fields) => ({
		as: (query) => {
			const built = typeof query === "function" ? query(this) : query;
			const selected = fields ?? (typeof built.getSelectedFields === "function" ? built.getSelectedFields() : {});
			return new WithSubquery(built.getSQL(), selected, alias, true);
		},
	});

	// drizzle-orm forgets the common table expressions in the distinct forms;
	// the text of a view must not depend on whose builder wrote it.
	with(...queries) {
		return {
			select: (fields) => this.start(fields, { withList: queries }),
			selectDistinct: (fields) => this.selectDistinct(fields),
			selectDistinctOn: (on, fields) => this.selectDistinctOn(on, fields),
		};
	}
	select(fields) {
		return this.start(fields);
	}
	selectDistinct(fields) {
		return this.start(fields, { distinct: true });
	}
	selectDistinctOn(on, fields) {
		return this.start(fields, { distinct: { on } });
	}
	start(fields, options) {
		this.dialect ??= new PgDialect(this.dialectConfig);
		return new PgSelectBuilder({ fields, dialect: this.dialect, ...options });
	}
}
