// What kind of drizzle object a value is. The kind is read off the classes'
// own marks and not with instanceof, because a workspace may have several
// copies of drizzle-orm installed.

const mark = Symbol.for("drizzle:entityKind");
const enumMark = Symbol.for("drizzle:isPgEnum");

// A stand-in for a package can have an endless chain of prototypes.
const deepest = 16;

const known = new WeakMap();

/** Returns the kinds of what has the given prototype. */
function kindsOf(prototype) {
	let kinds = known.get(prototype);
	if (kinds !== undefined) return kinds;
	kinds = [];
	for (let p = prototype, depth = 0; p && depth < deepest; p = Object.getPrototypeOf(p), depth++) {
		const constructor = p.constructor;
		if (typeof constructor === "function" && typeof constructor[mark] === "string") kinds.push(constructor[mark]);
	}
	known.set(prototype, kinds);
	return kinds;
}

const isObject = (value) => value !== null && (typeof value === "object" || typeof value === "function");

/** Says whether value is an instance of the drizzle class with that kind. */
export function isKind(value, kind) {
	if (!isObject(value)) return false;
	const prototype = Object.getPrototypeOf(value);
	return prototype !== null && kindsOf(prototype).includes(kind);
}

/** Says whether value is an enum, which is a function or an object. */
export const isEnum = (value) => isObject(value) && value[enumMark] === true;

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
	if (isEnum(value)) return "enums";
	return exported.find(([kind]) => isKind(value, kind))?.[1];
}
