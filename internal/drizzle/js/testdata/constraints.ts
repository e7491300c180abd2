// Primary keys, foreign keys, unique and check constraints, generated columns.
import { eq, gt, isNotNull, or, sql, type SQL } from "drizzle-orm";
import {
	type AnyPgColumn, boolean, check, foreignKey, integer, pgSchema, pgTable, primaryKey, serial, text, timestamp, unique, uuid,
	varchar,
} from "drizzle-orm/pg-core";

export const auth = pgSchema("auth");
export const accounts = auth.table("accounts", {
	id: uuid("id").primaryKey(),
	tenant: uuid("tenant").notNull(),
	email: text("email").unique(),
}, (t) => [unique().on(t.id, t.tenant)]);

export const users = pgTable("users", {
	id: serial("id").primaryKey(),
	email: text("email").notNull().unique(),
	handle: text("handle").unique("users_handle_key"),
	nick: text("nick").unique("users_nick_key", { nulls: "not distinct" }),
	tag: text("tag").unique(undefined, { nulls: "distinct" }),
	manager: integer("manager").references((): AnyPgColumn => users.id),
	account: uuid("account").references(() => accounts.id, { onDelete: "cascade", onUpdate: "set null" }),
	invited: integer("invited").references((): AnyPgColumn => users.id, { onDelete: "set default" }),
	other: integer("other").references((): AnyPgColumn => users.id, { onUpdate: "restrict" }),
	team: integer("team").references(() => teams.id),
	teamToo: integer("team_too").references(() => teams.id, { onDelete: "no action" }).unique().notNull(),
});

export const teams = pgTable("teams", {
	id: integer("id").notNull(),
	name: text("name"),
	region: varchar("region", { length: 2 }),
	parentId: integer("parent_id"),
	parentRegion: varchar("parent_region", { length: 2 }),
}, (table) => ({
	pk: primaryKey({ columns: [table.id, table.region] }),
	parent: foreignKey({ columns: [table.parentId, table.parentRegion], foreignColumns: [table.id, table.region] }).onDelete("cascade").onUpdate("set default"),
	named: foreignKey({ name: "teams_owner", columns: [table.id], foreignColumns: [users.id] }),
	uniqueName: unique().on(table.name),
	uniqueBoth: unique("teams_both").on(table.region, table.name).nullsNotDistinct(),
	uniqueUnnamed: unique().on(table.region, table.name),
	check: check("teams_name_check", sql`${table.name} <> '' and length(${table.name}) < 100`),
	checkOperators: check("teams_operators", or(gt(table.id, sql`0`), isNotNull(table.name))!),
}));

export const members = pgTable("members", {
	user: integer("user").references(() => users.id),
	team: integer("team"),
	role: text("role"),
}, (t) => [
	primaryKey({ name: "members_pk", columns: [t.user, t.team] }),
	foreignKey({ columns: [t.user], foreignColumns: [users.id], name: "members_user" }),
	check("members_raw", sql.raw("role in ('a', 'b')")),
	unique("members_one").on(t.role),
]);

export const old = pgTable("old", { a: integer("a"), b: integer("b") }, (t) => [primaryKey(t.b, t.a)]);
export const single = pgTable("single", { a: integer("a"), b: integer("b") }, (t) => [primaryKey({ columns: [t.a] })]);

export const audit = auth.table("audit", {
	id: integer("id").primaryKey(),
	user: integer("user").references(() => users.id),
	account: uuid("account").references(() => accounts.id),
	tenant: uuid("tenant"),
}, (t) => [
	foreignKey({ columns: [t.account, t.tenant], foreignColumns: [accounts.id, accounts.tenant] }),
	check("audit_check", sql`${t.id} > 0`),
]);

export const generated = pgTable("generated", {
	id: integer("id").primaryKey(),
	first: text("first"),
	last: text("last"),
	string: text("string").generatedAlwaysAs("lower('A')"),
	sql: text("sql").generatedAlwaysAs(sql`first || ' ' || last`),
	columns: text("columns").generatedAlwaysAs((): SQL => sql`${generated.first} || ' ' || ${generated.last}`).notNull(),
	flag: boolean("flag").generatedAlwaysAs((): SQL => eq(generated.first, generated.last)),
	after: timestamp("after"),
});

const hidden = pgTable("hidden", { id: integer("id").primaryKey() });
export const refersHidden = pgTable("refers_hidden", { id: integer("id").references(() => hidden.id) });
