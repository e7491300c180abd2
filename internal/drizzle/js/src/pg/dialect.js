// How PostgreSQL's SQL is written.

import { CasingCache } from "skein:orm/casing";
import { entityKind } from "skein:orm/entity";
import { selectSQL } from "skein:pg/select-sql";

export class PgDialect {
	static [entityKind] = "PgDialect";

	constructor(config) {
		this.casing = new CasingCache(config?.casing);
	}
	escapeName(name) {
		return `"${name.replaceAll('"', '""')}"`;
	}
	escapeParam(number) {
		return `$${number + 1}`;
	}
	escapeString(text) {
		return `'${text.replaceAll("'", "''")}'`;
	}
	sqlToQuery(sql, invokeSource) {
		return sql.toQuery({
			casing: this.casing,
			escapeName: this.escapeName,
			escapeParam: this.escapeParam,
			escapeString: this.escapeString,
			invokeSource,
		});
	}
	buildSelectQuery(config) {
		return selectSQL(config, this.casing);
	}
	async migrate() {
		throw new Error("no database can be reached from a schema file");
	}
}
