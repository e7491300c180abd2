// Roles and row level security policies.

import { entityKind } from "skein:orm/entity";

export class PgRole {
	static [entityKind] = "PgRole";
	constructor(name, options) {
		this.name = name;
		if (options) {
			this.createDb = options.createDb;
			this.createRole = options.createRole;
			this.inherit = options.inherit;
		}
	}
	existing() {
		this._existing = true;
		return this;
	}
}

export const pgRole = (name, options) => new PgRole(name, options);

export class PgPolicy {
	static [entityKind] = "PgPolicy";
	constructor(name, options) {
		this.name = name;
		if (options) {
			this.as = options.as;
			this.for = options.for;
			this.to = options.to;
			this.using = options.using;
			this.withCheck = options.withCheck;
		}
	}
	link(table) {
		this._linkedTable = table;
		return this;
	}
}

export const pgPolicy = (name, options) => new PgPolicy(name, options);
