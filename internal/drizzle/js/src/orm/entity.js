// Kinds of drizzle objects. Every class carries its kind under a registered
// symbol, so that objects from another copy of drizzle-orm are recognised too.

export const entityKind = Symbol.for("drizzle:entityKind");
export const hasOwnEntityKind = Symbol.for("drizzle:hasOwnEntityKind");

/** Says whether value is an instance of type, or of a class of the same kind. */
export function is(value, type) {
	if (value === null || typeof value !== "object") return false;
	if (value instanceof type) return true;
	if (!Object.hasOwn(type, entityKind)) throw new Error(`Class "${type?.name}" is not one of drizzle's`);
	for (let p = Object.getPrototypeOf(value); p; p = Object.getPrototypeOf(p)) {
		if (p.constructor?.[entityKind] === type[entityKind]) return true;
	}
	return false;
}
