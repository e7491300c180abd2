// Row level security, policies and roles.
import { eq, gt, sql } from "drizzle-orm";
import { anonymousRole, authenticatedRole, authUid, crudPolicy } from "drizzle-orm/neon";
import { integer, pgPolicy, pgRole, pgSchema, pgTable, text, uuid } from "drizzle-orm/pg-core";
import * as supabase from "drizzle-orm/supabase";

export const admin = pgRole("admin", { createDb: true, createRole: true, inherit: false });
export const plain = pgRole("plain");
export const some = pgRole("some", { createRole: true });
export const existing = pgRole("existing").existing();

export const posts = pgTable("posts", { id: integer("id"), owner: uuid("owner"), someKey: text() }, (t) => [
	pgPolicy("bare"),
	pgPolicy("full", { as: "restrictive", for: "update", to: admin, using: sql`${t.owner} = current_user`, withCheck: sql`true` }),
	pgPolicy("select_all", { for: "select", to: "public", using: sql`true` }),
	pgPolicy("many", { for: "all", to: ["zeta", admin, "current_user", plain, "alpha"], as: "permissive" }),
	pgPolicy("insert_cased", { for: "insert", to: existing, withCheck: sql`${t.someKey} is not null` }),
	pgPolicy("operators", { for: "delete", to: "current_role", using: eq(t.id, sql`1`) }),
	pgPolicy("session", { to: "session_user" }),
]);
export const forced = pgTable("forced", { id: integer("id") }).enableRLS();
export const forcedWith = pgTable("forced_with", { id: integer("id") }, () => [pgPolicy("p", { for: "select" })]).enableRLS();
export const objectExtras = pgTable("object_extras", { id: integer("id") }, (t) => ({ p: pgPolicy("p", { using: sql`${t.id} = 1` }) }));

export const linkedHere = pgPolicy("linked_here", { for: "select", to: admin, using: sql`1 = 1` }).link(posts);
const elsewhere = pgSchema("elsewhere");
const outside = elsewhere.table("outside", { id: integer("id") });
const outsidePublic = pgTable("outside_public", { id: integer("id") });
export const linkedOutside = pgPolicy("linked_outside", { for: "insert", to: ["b", "a"], withCheck: sql`${outside.id} > 0` }).link(outside);
export const linkedPublic = pgPolicy("linked_public").link(outsidePublic);
export const linkedSupabase = pgPolicy("linked_supabase", { for: "select", to: supabase.authenticatedRole, using: sql`true` }).link(supabase.realtimeMessages);
export const unlinked = pgPolicy("unlinked");

export const crud = pgTable("crud", { id: integer("id"), owner: text("owner") }, (t) => [
	crudPolicy({ role: authenticatedRole, read: authUid(t.owner), modify: authUid(t.owner) }),
	crudPolicy({ role: anonymousRole, read: true, modify: false }),
	crudPolicy({ role: "custom", read: sql`${t.id} = 1`, modify: null }),
	crudPolicy({ role: [admin, "both"], read: null, modify: true }),
].flat());
export const supabaseTable = pgTable("supabase_table", { id: uuid("id").references(() => supabase.authUsers.id) }, () => [
	pgPolicy("uid", { to: supabase.authenticatedRole, using: sql`${supabase.authUid} = id` }),
	pgPolicy("roles", { to: [supabase.anonRole, supabase.serviceRole, supabase.postgresRole, supabase.supabaseAuthAdminRole] }),
	pgPolicy("topic", { using: sql`${supabase.realtimeTopic} = 'x'` }),
]);
