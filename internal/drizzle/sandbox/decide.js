// What rewritten code calls in place of the operators that decide something,
// since an engine compares proxies without asking them. place is the position
// of the operator in the bundle.

const decide = {
	/** A condition: returns the value itself, or something false. */
	test(place, value) {
		if (plain(value)) return value;
		const origin = originOf(value);
		return origin === undefined ? value : choose("condition", origin, [value, typeof value === "string" ? "" : undefined], place);
	},
	same(place, a, b) {
		if (plain(a) && plain(b)) {
			if (run.placed) comparedBoth(a, b);
			return a === b;
		}
		const origin = originOf(a) ?? originOf(b);
		return origin === undefined ? a === b : choose("comparison", origin, [a === b, a !== b], place);
	},
	like(place, a, b) {
		if (plain(a) && plain(b)) {
			if (run.placed) comparedBoth(a, b);
			return a == b;
		}
		const origin = originOf(a) ?? originOf(b);
		return origin === undefined ? a == b : choose("comparison", origin, [false, true], place);
	},
	kind(place, value) {
		if (plain(value)) return typeof value;
		const origin = originOf(value);
		return origin === undefined ? typeof value : choose("typeof", origin, [typeof value, "string", "object", "undefined", "number"], place);
	},
	instance(place, value, type) {
		const origin = typeof value === "function" ? origins.get(value) : undefined;
		return origin === undefined ? value instanceof type : choose("instanceof", origin, [false, true], place);
	},
	member(place, key, object) {
		const origin = originOf(key);
		return origin === undefined ? key in object : choose("in", origin, [false, true], place);
	},
	/** Reading object[key]: what an unknown key names is unknown, and may be whatever the object holds. */
	index(object, key) {
		if (plain(key)) {
			if (run.placed && typeof key === "string" && typeof object === "object" && object !== null) compared(key, Object.keys(object));
			return object[key];
		}
		const origin = originOf(key);
		return origin === undefined || originOf(object) !== undefined ? object[key] : chosen(origin);
	},
	/** The key of object[key](): an unknown one finds a stand-in on every object. */
	key(key, object) {
		if (run.placed && typeof key === "string" && typeof object === "object" && object !== null) compared(key, Object.keys(object));
		const origin = plain(key) ? undefined : originOf(key);
		if (origin === undefined) return key;
		unknownKey = origin;
		return anyMethod;
	},
	thrown(value) {
		run.thrown = value;
		return value;
	},
	length(value) {
		if (plain(value)) return value.length;
		const origin = typeof value === "string" ? originOf(value) : undefined;
		return origin === undefined ? value.length : derive(origin, ".length");
	},
	/** What is taken apart by [a, b]: of an unknown list, as many as are asked for. */
	tuple(value) {
		const origin = plain(value) ? undefined : originOf(value);
		return origin === undefined ? value : endless(origin);
	},
	/** The same for each of a loop's elements. */
	tuples(list) {
		const origin = plain(list) ? undefined : originOf(list);
		return origin === undefined ? list : Array.from(list, (item) => decide.tuple(item));
	},
	/** A switch: cases are those written as literals. */
	branch(place, value, cases) {
		if (run.placed) compared(value, cases);
		const origin = originOf(value);
		return origin === undefined ? value : choose("switch", origin, [value, ...cases], place);
	},
	/** Notes what drizzle calls a method of, or loops over. */
	used(value) {
		const origin = plain(value) ? undefined : originOf(value);
		if (origin !== undefined && typeof value === "function") note(run.used, origin);
		return value;
	},
	/** Notes what is handed to a function; one that is a stand-in takes it back, see watch. */
	argument(value) {
		if (holdsUnknown(value, 3)) run.handed[run.handed.length] = value;
		return value;
	},
	/** Notes what a function returns; code that is rewritten takes it back, see taken. */
	result(value) {
		if (holdsUnknown(value, 3)) run.handed[run.handed.length] = value;
		return value;
	},
	taken(value) {
		takeBack(value);
		return value;
	},
	/** Notes what is put into an object. */
	kept(value) {
		if (holdsUnknown(value, 3)) run.handed[run.handed.length] = undefined;
		return value;
	},
};

const endless = (origin) => ({
	*[Symbol.iterator]() {
		for (let i = 0; ; i++) yield derive(origin, `[${i}]`);
	},
});

// What is computed from an unknown number is unknown. Comparing one is tried both
// ways; + is left to texts and their marks.
const compute = (step, f) => (a, b) => {
	if (plain(a) && plain(b)) return f(a, b);
	const origin = originOf(a) ?? originOf(b);
	return origin === undefined ? f(a, b) : derive(origin, step);
};
const compare = (f) => (place, a, b) => {
	const outcome = f(a, b);
	if (plain(a) && plain(b)) return outcome;
	const origin = originOf(a) ?? originOf(b);
	return origin === undefined ? outcome : choose("order", origin, [outcome, !outcome], place);
};
Object.assign(decide, {
	less: compare((a, b) => a < b),
	most: compare((a, b) => a <= b),
	more: compare((a, b) => a > b),
	least: compare((a, b) => a >= b),
	minus: compute(" - …", (a, b) => a - b),
	times: compute(" * …", (a, b) => a * b),
	over: compute(" / …", (a, b) => a / b),
	rest: compute(" % …", (a, b) => a % b),
	power: compute(" ** …", (a, b) => a ** b),
	bitAnd: compute(" & …", (a, b) => a & b),
	bitOr: compute(" | …", (a, b) => a | b),
	bitXor: compute(" ^ …", (a, b) => a ^ b),
	left: compute(" << …", (a, b) => a << b),
	right: compute(" >> …", (a, b) => a >> b),
	zeros: compute(" >>> …", (a, b) => a >>> b),
	negated: compute("-", (a) => -a),
	number: compute("+", (a) => +a),
	inverse: compute("~", (a) => ~a),
});

function holdsUnknown(value, depth) {
	if (typeof value !== "object" || value === null) return originOf(value) !== undefined;
	if (depth === 0) return false;
	const prototype = Object.getPrototypeOf(value);
	if (prototype !== Object.prototype && prototype !== Array.prototype) return false;
	for (const key in value) {
		const property = Object.getOwnPropertyDescriptor(value, key);
		if (property !== undefined && holdsUnknown(property.value, depth - 1)) return true;
	}
	return false;
}

// The built-in functions that decide by a value they are given.

const replace = (owner, name, make) => {
	const descriptor = Object.getOwnPropertyDescriptor(owner, name);
	if (typeof descriptor?.value === "function") Object.defineProperty(owner, name, { ...descriptor, value: make(descriptor.value) });
};

function comparedBoth(a, b) {
	compared(a, [b]);
	compared(b, [a]);
}

/** Returns a stand-in for a value of the project's own that an unknown key picks. */
const chosen = (origin) => derive({ ...origin, own: true }, "[]");

const anyMethod = Symbol("any method");
let unknownKey;

/** Whether a value is what it seems, which nearly all are: the quick way out. */
const plain = (value) => typeof value !== "function" && (typeof value !== "string" || !escaped);

function originAmong(list) {
	for (let i = 0; i < list.length; i++) {
		if (plain(list[i])) continue;
		const origin = originOf(list[i]);
		if (origin !== undefined) return origin;
	}
	return undefined;
}

function watchBuiltins() {
	Object.defineProperty(Object.prototype, anyMethod, {
		get() {
			return originOf(this) === undefined ? chosen(unknownKey) : derive(unknownKey, "[]");
		},
	});
	for (const name of ["filter", "find", "findIndex", "findLast", "findLastIndex", "some", "every"]) {
		replace(Array.prototype, name, (original) => function (callback, self) {
			if (typeof callback !== "function") return apply(original, this, [callback, self]);
			const watched = (item, index, array) => {
				const value = apply(callback, self, [item, index, array]);
				if (plain(value)) return value;
				const origin = originOf(value);
				return origin === undefined ? value : choose(name, origin, [true, false]);
			};
			return apply(original, this, [watched]);
		});
	}
	for (const name of ["includes", "indexOf", "lastIndexOf"]) {
		replace(Array.prototype, name, (original) => function (value, ...from) {
			const found = apply(original, this, [value, ...from]);
			if (run?.placed && isArray(this)) compared(value, this);
			const origin = originOf(value) ?? (isArray(this) ? originAmong(this) : undefined);
			return origin === undefined ? found : choose(name, origin, name === "includes" ? [found, !found] : [found, found === -1 ? 0 : -1]);
		});
	}
	for (const type of [Map, Set, WeakMap, WeakSet]) {
		replace(type.prototype, "has", (original) => function (key) {
			const found = apply(original, this, [key]);
			if (run?.placed && typeof key === "string") compared(key, this.keys?.() ?? []);
			if (found || plain(key)) return found;
			const origin = originOf(key);
			return origin === undefined ? found : choose("has", origin, [false, true]);
		});
	}
	const mapHas = uncurried(Map.prototype.has);
	replace(Map.prototype, "get", (original) => function (key) {
		if (run?.placed && typeof key === "string") compared(key, this.keys());
		if (plain(key)) return apply(original, this, [key]);
		const origin = originOf(key);
		return origin === undefined || this.size === 0 || mapHas(this, key) ? apply(original, this, [key]) : chosen(origin);
	});
	for (const [owner, name] of [[Object, "is"], [Array, "isArray"], [Number, "isInteger"], [Number, "isFinite"], [Number, "isNaN"], [Number, "isSafeInteger"], [globalThis, "isNaN"], [globalThis, "isFinite"]]) {
		replace(owner, name, (original) => function (a, b) {
			if (plain(a) && plain(b)) return original(a, b);
			const origin = originOf(a) ?? originOf(b);
			return origin === undefined ? original(a, b) : choose(name, origin, [false, true]);
		});
	}
	for (const name of ["freeze", "seal", "preventExtensions"]) {
		replace(Object, name, (original) => (value) => (originOf(value) === undefined ? original(value) : value));
	}
	for (const name of ["parseInt", "parseFloat"]) {
		replace(globalThis, name, (original) => (value, radix) => {
			const origin = originOf(value);
			return origin === undefined ? original(value, radix) : choose(name, origin, [1, 2]);
		});
	}
	globalThis.Number = convert(Number, (origin) => choose("number", origin, [1, 2]));
	globalThis.Boolean = convert(Boolean, (origin) => choose("condition", origin, [true, false]));
}

/** Returns a constructor that converts as it always does, except stand-ins. */
function convert(original, ofUnknown) {
	const replaced = new Proxy(original, {
		apply(_, self, args) {
			const origin = originOf(args[0]);
			return origin === undefined ? Reflect.apply(original, self, args) : ofUnknown(origin);
		},
	});
	original.prototype.constructor = replaced;
	return replaced;
}

/**
 * Functions of text, for when some text holds a mark. They are replaced at once
 * and not with the first mark, which may be made between looking a function up
 * and calling it.
 */
function watchText() {
	for (const name of Object.getOwnPropertyNames(String.prototype)) {
		if (name === "constructor" || name === "toString" || name === "valueOf") continue;
		replace(String.prototype, name, (original) => function (...args) {
			const outcome = apply(original, this, args);
			return escaped ? stillMarked(outcome, [this, ...args], name) : outcome;
		});
	}
	replace(RegExp.prototype, "test", (original) => function (text) {
		const outcome = apply(original, this, [text]);
		return escaped ? stillMarked(outcome, [text, this], "test") : outcome;
	});
}

/** Returns the outcome of a function of text, or a stand-in for it if a mark went in and did not come out. */
function stillMarked(outcome, inputs, name) {
	let origin;
	for (const input of inputs) {
		origin ??= originOf(input instanceof String ? String(input) : input instanceof RegExp ? input.source : input);
	}
	if (origin === undefined || (typeof outcome === "string" && originOf(outcome) !== undefined)) return outcome;
	return derive(origin, `.${name}()`);
}
