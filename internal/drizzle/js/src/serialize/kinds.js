// What kind of drizzle object a value is. The kind is read off the classes'
// own marks and not with instanceof, because a workspace may have several
// copies of drizzle-orm installed.

const mark = Symbol.for("drizzle:entityKind");
const enumMark = Symbol.for("drizzle:isPgEnum");

// A stand-in for a package can have an endless chain of prototypes.
const deepest = 16;

/** Says whether value is an instance of the drizzle class with that kind. */
export function isKind(value, kind) {
	if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
	let prototype = Object.getPrototypeOf(value);
	for (let depth = 0; prototype && depth < deepest; depth++) {
		const constructor = prototype.constructor;
		if (typeof constructor === "function" && constructor[mark] === kind) return true;
		prototype = Object.getPrototypeOf(prototype);
	}
	return false;
}

/** Says whether value is an enum, which is a function or an object. */
export function isEnum(value) {
	return value !== null && (typeof value === "object" || typeof value === "function") && value[enumMark] === true;
}

const exported = [
	["PgTable", "tables"],
	["PgSchema", "schemas"],
	["PgView", "views"],
	["PgMaterializedView", "materializedViews"],
	["PgSequence", "sequences"],
	["PgRole", "roles"],
	["PgPolicy", "policies"],
];

/** Returns the group of objects an exported value belongs to, or undefined. */
export function groupOf(value) {
	if (value === null || (typeof value !== "object" && typeof value !== "function")) return undefined;
	if (isEnum(value)) return "enums";
	for (const [kind, group] of exported) if (isKind(value, kind)) return group;
	return undefined;
}
