// "drizzle-orm/neon": roles, policies and tables of Neon.

import { is } from "skein:orm/entity";
import { SQL, sql } from "skein:orm/sql";
import { PgRole, pgPolicy, pgRole } from "skein:pg/security";
import { pgSchema } from "skein:pg/schema";
import { jsonb, text } from "skein:pg/texts";
import { timestamp } from "skein:pg/times";

export const authenticatedRole = pgRole("authenticated").existing();
export const anonymousRole = pgRole("anonymous").existing();

export const authUid = (column) => sql`(select auth.user_id() = ${column})`;

/** Returns the four policies that let a role read and modify a table, or not. */
export function crudPolicy({ role, read, modify }) {
	if (read === undefined) throw new Error("crudPolicy requires a read policy");
	if (modify === undefined) throw new Error("crudPolicy requires a modify policy");
	const [reads, modifies] = [read, modify].map(condition);
	const name = Array.isArray(role) ? role.map(roleName).join("-") : roleName(role);
	const policy = (action, clauses) => pgPolicy(`crud-${name}-policy-${action}`, { for: action, to: role, ...clauses });
	return [
		reads && policy("select", { using: reads }),
		modifies && policy("insert", { withCheck: modifies }),
		modifies && policy("update", { using: modifies, withCheck: modifies }),
		modifies && policy("delete", { using: modifies }),
	].filter(Boolean);
}

const condition = (value) => (value === null ? undefined : is(value, SQL) ? value : value ? sql`true` : sql`false`);
const roleName = (role) => (is(role, PgRole) ? role.name : role);

const moment = (name) => timestamp(name, { withTimezone: true, mode: "string" });

export const usersSync = pgSchema("neon_auth").table("users_sync", {
	rawJson: jsonb("raw_json").notNull(),
	id: text().primaryKey().notNull(),
	name: text(),
	email: text(),
	createdAt: moment("created_at"),
	deletedAt: moment("deleted_at"),
	updatedAt: moment("updated_at"),
});
