// Row level security policies, and roles.

import { isKind } from "skein:serialize/kinds";
import { fail } from "skein:serialize/problem";
import { sqlText } from "skein:serialize/sql";

const nameMark = Symbol.for("drizzle:Name");
const schemaMark = Symbol.for("drizzle:Schema");

/** Returns the policies in a table's definition, by name. */
export function policiesOf(policies, at) {
	const out = {};
	for (const policy of policies) addPolicy(out, policy, at);
	return out;
}

function addPolicy(policies, policy, { table, file, casing }) {
	if (policies[policy.name]) {
		fail(`table "${table}" has two policies named "${policy.name}"`, "give one of them another name", file);
	}
	policies[policy.name] = serializePolicy(policy, casing);
}

function serializePolicy(policy, casing) {
	return {
		name: policy.name,
		as: policy.as?.toUpperCase() ?? "PERMISSIVE",
		for: policy.for?.toUpperCase() ?? "ALL",
		to: roleNames(policy.to).sort(),
		using: policy.using ? sqlText(policy.using, casing) : undefined,
		withCheck: policy.withCheck ? sqlText(policy.withCheck, casing) : undefined,
	};
}

function roleNames(to) {
	const roles = to === undefined || to === null ? [] : Array.isArray(to) ? to : [to];
	const all = roles.flatMap((role) => {
		if (isKind(role, "PgRole")) return [role.name];
		// A function is a stand-in for something unknown, which must not get lost.
		return typeof role === "string" || typeof role === "function" ? [String(role)] : [];
	});
	return all.length > 0 ? all : ["public"];
}

/**
 * Adds the policies that are exported on their own. One linked to a table of
 * the schema files goes to that table, one linked to another table to the top
 * level; one that is linked to nothing is only worth a warning.
 */
export function addExportedPolicies(snapshot, policies, context) {
	for (const policy of policies) {
		if (policy._linkedTable) {
			addLinked(snapshot, policy, context);
		} else if (!context.policies.includes(policy)) {
			context.warnings.push(`policy "${policy.name}" is left out: it is neither in a table nor linked to one with .link(table)`);
		}
	}
}

function addLinked(snapshot, policy, context) {
	const name = policy._linkedTable[nameMark];
	const schema = policy._linkedTable[schemaMark] ?? "public";
	const table = snapshot.tables[`${schema}.${name}`];
	if (table) {
		addPolicy(table.policies, policy, { table: name, file: context.fileOf(policy), casing: context.casing });
		return;
	}
	snapshot.policies[policy.name] = {
		...serializePolicy(policy, context.casing),
		schema,
		on: `"${schema}"."${name}"`,
	};
}

/** Returns a role as the snapshot keeps it, undefined for an existing one. */
export function serializeRole(role) {
	if (role._existing) return undefined;
	return {
		name: role.name,
		createDb: role.createDb ?? false,
		createRole: role.createRole ?? false,
		inherit: role.inherit ?? true,
	};
}
