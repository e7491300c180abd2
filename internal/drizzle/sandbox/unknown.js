// Stand-ins for what is not there, and decisions that are tried both ways.
//
// A stand-in is a proxy around a function: it can be called, constructed, read
// and iterated, and each time gives another stand-in that knows where it came
// from. Turned into text it gives a mark, a word that survives case changes and
// is looked for in the snapshot.

const { apply } = Reflect;
const uncurried = (method) => (self, ...args) => apply(method, self, args);
const lowerCase = uncurried(String.prototype.toLowerCase);
const indexOf = uncurried(String.prototype.indexOf);
const slice = uncurried(String.prototype.slice);
const charCodeAt = uncurried(String.prototype.charCodeAt);
const includes = uncurried(Array.prototype.includes);
const lastIndexOf = uncurried(Array.prototype.lastIndexOf);
const splice = uncurried(Array.prototype.splice);
const { isArray } = Array;
const dictionary = () => Object.create(null);

const origins = new WeakMap(); // stand-in to {specifier, importer, path, called, own, root, mark}
let modules = dictionary(); // "specifier importer" to a module's stand-in
const marked = []; // origins that were turned into text, by the number in the mark
let escaped = false; // some mark exists, so texts have to be looked into

const markWord = "skeinunknown";

function markOf(origin) {
	escaped = true;
	origin.mark ??= `${markWord}${marked.push(origin) - 1}x`;
	return origin.mark;
}

/** Returns the origins of the marks in a text, in whatever case they now are. */
function markedIn(text) {
	const found = [];
	const lower = lowerCase(text);
	for (let at = indexOf(lower, markWord); at !== -1; ) {
		let number = 0;
		at += markWord.length;
		for (let digit = charCodeAt(lower, at) - 48; digit >= 0 && digit <= 9; digit = charCodeAt(lower, ++at) - 48) number = number * 10 + digit;
		if (marked[number] !== undefined) found[found.length] = marked[number];
		at = indexOf(lower, markWord, at);
	}
	return found;
}

/** Returns where a value came from if it is a stand-in, or text made of one. */
function originOf(value) {
	if (typeof value === "function") return origins.get(value);
	if (escaped && typeof value === "string") return markedIn(value)[0];
	return undefined;
}

/** Returns a stand-in for what is at path below an origin. */
function derive(origin, step, called = false) {
	const path = origin.path.length < 200 ? origin.path + step : origin.path;
	return standIn({ specifier: origin.specifier, importer: origin.importer, path, called, own: origin.own, root: origin.root });
}

/**
 * What a stand-in does when something is done to it. Every stand-in is a proxy
 * around the same function, so this is all there is of one.
 */
class StandIn {
	constructor(origin) {
		this.origin = origin;
		this.children = undefined;
	}
	child(key) {
		this.children ??= dictionary();
		return key in this.children ? this.children[key] : (this.children[key] = derive(this.origin, `.${key}`));
	}
	get(_, key) {
		touch(this.origin);
		if (typeof key === "symbol") return bySymbol(this.origin, key);
		if (this.children !== undefined && key in this.children) return this.children[key];
		const { origin } = this;
		switch (key) {
			case "toJSON":
			case "toString":
			case "toLocaleString":
				return () => markOf(origin);
			case "then":
				// Only what a call gave may be awaited, and only once.
				return origin.called ? (resolve) => resolve?.(derive(origin, "")) : undefined;
		}
		return this.child(key);
	}
	set(_, key, value) {
		this.children ??= dictionary();
		if (typeof key === "string") this.children[key] = value;
		return true;
	}
	has(_, key) {
		return typeof key === "string" && choose("in", derivedOrigin(this.origin, key), [true, false]);
	}
	ownKeys() {
		return [markOf(this.origin)];
	}
	getOwnPropertyDescriptor(_, key) {
		const there = typeof key === "string" && (key === this.origin.mark || choose("own", derivedOrigin(this.origin, key), [true, false]));
		return there ? { value: this.child(key), writable: true, enumerable: true, configurable: true } : undefined;
	}
	defineProperty() {
		return true;
	}
	deleteProperty() {
		return true;
	}
	setPrototypeOf() {
		return true;
	}
	apply(_, self, args) {
		touch(this.origin);
		watch(this.origin, args);
		return derive(this.origin, "()", true);
	}
	construct(_, args, made) {
		touch(this.origin);
		watch(this.origin, args);
		// A class that extends a stand-in keeps its own methods.
		return origins.get(made) === this.origin ? derive(this.origin, "()") : Object.create(made.prototype);
	}
}

function bySymbol(origin, symbol) {
	switch (symbol) {
		case Symbol.toPrimitive:
			return (hint) => (hint === "number" ? choose("number", origin, [1, 2]) : markOf(origin));
		case Symbol.hasInstance:
			return () => choose("instanceof", origin, [false, true]);
		case Symbol.iterator:
			return function* () {
				if (choose("loop", origin, [true, false])) yield derive(origin, "[]");
			};
		case Symbol.asyncIterator:
			return async function* () {
				if (choose("loop", origin, [true, false])) yield derive(origin, "[]");
			};
	}
	return undefined;
}

function standIn(origin) {
	const proxy = new Proxy(bareFunction, new StandIn(origin));
	origins.set(proxy, origin);
	return proxy;
}

const derivedOrigin = (origin, key) => ({ ...origin, mark: undefined, path: `${origin.path}.${key}` });

/** A function that can be constructed and owns no property a proxy would have to show. */
const bareFunction = function () {}.bind();
delete bareFunction.name;
delete bareFunction.length;

/**
 * Returns what importing a package gives. esbuild makes a namespace object whose
 * prototype is the imported object's and copies the own properties over, so the
 * prototype has to answer for every name.
 */
function unknown(specifier, importer) {
	const key = `${specifier} ${importer}`;
	if (!(key in modules)) {
		const origin = { specifier, importer, path: "", called: false, root: { touched: false } };
		const members = standIn(origin);
		const module = new Proxy(bareFunction, {
			get: (_, name) => (name === "__esModule" ? true : members[name]),
			getPrototypeOf: () => members,
			set(_, name, value) {
				members[name] = value;
				return true;
			},
			ownKeys: () => [],
			has: () => true,
			apply: (_, self, args) => Reflect.apply(members, self, args),
			construct: (_, args) => Reflect.construct(members, args),
		});
		origins.set(module, origin);
		modules[key] = module;
	}
	return modules[key];
}

/** Takes the place of esbuild's helper for `export * from` a stand-in. */
const reExport = (original) => (target, module, second) => {
	if (!origins.has(module)) return original(target, module, second);
	Object.setPrototypeOf(target, Object.getPrototypeOf(module));
	return target;
};

// What happens in one evaluation.
let run;

function reset(plan, candidates) {
	modules = dictionary();
	marked.length = 0;
	escaped = false;
	run = { plan: plan ?? {}, sites: dictionary(), touched: dictionary(), makers: dictionary(), used: dictionary(), exported: [], handed: [], unset: [], order: 0, thrown: undefined, placed: false, compared: dictionary(), candidates: candidates ?? {}, outcome: undefined };
}

const note = (where, origin) => {
	where[`${origin.specifier} ${origin.importer}`] ??= origin;
};
function touch({ root, specifier, importer }) {
	if (root.touched) return;
	root.touched = true;
	note(run.touched, { specifier, importer, path: "" });
}

const mostTimes = 10_000;

/**
 * Returns the option that this evaluation is to take: the first, unless the plan
 * says otherwise. What is chosen is named by its place in the code or, where the
 * engine asks, by what was asked of which stand-in.
 */
function choose(kind, origin, options, place) {
	const site = place === undefined ? `${kind} ${origin.specifier} ${origin.path}` : `at ${place}`;
	const { specifier, importer, path } = origin;
	const known = (run.sites[site] ??= { kind, place: place ?? -1, order: run.order++, options: 0, times: 0, specifier, importer, path });
	if (known.options < options.length) known.options = options.length;
	// A loop that never ends the other way tells nothing; in time it ends as usual.
	const option = known.times++ < mostTimes ? (run.plan[site] ?? 0) : 0;
	return options[option < options.length ? option : 0];
}

// A stand-in that is handed column builders, or the functions that make tables,
// is one that makes tables.

const entityKind = Symbol.for("drizzle:entityKind");
let tableMakers = [];

/** Whether a value is of a class below drizzle's ColumnBuilder, whoever's copy it is. */
function isColumnBuilder(value) {
	if (typeof value !== "object" || value === null) return false;
	try {
		for (let type = value.constructor; typeof type === "function" && originOf(type) === undefined; type = Object.getPrototypeOf(type)) {
			if (type[entityKind] === "ColumnBuilder") return true;
		}
	} catch {}
	return false;
}

function hasColumnBuilder(object) {
	if (Object.getPrototypeOf(object) !== Object.prototype) return false;
	for (const { value } of Object.values(Object.getOwnPropertyDescriptors(object))) {
		if (isColumnBuilder(value)) return true;
	}
	return false;
}

/** Forgets that a value was handed to code that is not rewritten: it was not. */
function takeBack(value) {
	const i = run.handed.length === 0 ? -1 : lastIndexOf(run.handed, value);
	if (i !== -1) splice(run.handed, i, 1);
}

function watch(origin, args) {
	for (const arg of args) {
		takeBack(arg);
		if (typeof arg === "function") {
			if (includes(tableMakers, arg)) note(run.makers, origin);
		} else if (typeof arg === "object" && arg !== null) {
			if (isColumnBuilder(arg) || hasColumnBuilder(arg)) note(run.makers, origin);
		}
	}
}
