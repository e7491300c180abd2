// What code expects to find around it, as far as a sandbox has it. Whatever
// differs from one machine or moment to the next is chosen, not read, so that an
// evaluation can be repeated and its dependence on it be seen.

const nature = (name) => ({ specifier: name, importer: "", path: "" });

const RealDate = Date;
const clocks = [RealDate.UTC(2001, 1, 3, 4, 5, 6, 7), RealDate.UTC(2017, 10, 29, 23, 58, 57, 891)];
const now = () => choose("clock", nature("the clock"), clocks);

let seed = 0;
function random() {
	// Mulberry32: small, and all that is asked of it is to be repeatable.
	seed = (seed + choose("random", nature("random numbers"), [0x6d2b79f5, 0x2545f491])) | 0;
	let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

function resetNature() {
	seed = 0;
}

globalThis.Date = new Proxy(RealDate, {
	apply: () => new RealDate(now()).toString(),
	construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
});
Date.prototype.constructor = globalThis.Date;
RealDate.now = now;
Math.random = random;

const define = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });

/** Nothing is printed: what a schema has to say, it says with its exports. */
define("console", Object.fromEntries("log info warn error debug trace dir table group groupCollapsed groupEnd time timeEnd timeLog assert count clear".split(" ").map((name) => [name, () => {}])));

/** There are no timers: a callback is never called. */
class Timer {
	ref() { return this; }
	unref() { return this; }
	hasRef() { return false; }
	refresh() { return this; }
	[Symbol.toPrimitive]() { return 1; }
}
for (const name of ["setTimeout", "setInterval", "setImmediate"]) define(name, () => new Timer());
for (const name of ["clearTimeout", "clearInterval", "clearImmediate"]) define(name, () => {});

const soon = (callback, ...args) => void Promise.resolve().then(() => callback(...args));
define("queueMicrotask", (callback) => soon(callback));
define("performance", { now: () => now() - clocks[0], timeOrigin: clocks[0], mark() {}, measure() {} });
define("global", globalThis);

define("structuredClone", function structuredClone(value) {
	const seen = new Map();
	const clone = (item) => {
		if (typeof item !== "object" || item === null) return item;
		if (seen.has(item)) return seen.get(item);
		if (item instanceof RealDate) return new RealDate(item.getTime());
		const copy = Array.isArray(item) ? [] : item instanceof Map ? new Map() : item instanceof Set ? new Set() : {};
		seen.set(item, copy);
		if (item instanceof Map) for (const [k, v] of item) copy.set(clone(k), clone(v));
		else if (item instanceof Set) for (const v of item) copy.add(clone(v));
		else for (const key of Object.keys(item)) copy[key] = clone(item[key]);
		return copy;
	};
	return clone(value);
});

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
define("crypto", {
	getRandomValues(array) {
		const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
		for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
		return array;
	},
	randomUUID() {
		const bytes = this.getRandomValues(new Uint8Array(16));
		bytes[6] = (bytes[6] & 0x0f) | 0x40;
		bytes[8] = (bytes[8] & 0x3f) | 0x80;
		return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
	},
	get subtle() { return unknown("the global crypto.subtle", ""); },
});

/** The value that stands for an unset variable where one is tried: it passes for an address, too. */
const placeholder = (name) => `${placeholderStart}${name}`;
const placeholderStart = "postgresql://skein.invalid/skein";

/** Notes the texts that the value of a variable is compared with: values that it may well have. */
function compared(value, others) {
	if (!run.placed || typeof value !== "string" || indexOf(value, placeholderStart) !== 0) return;
	const name = slice(value, placeholderStart.length);
	const known = (run.compared[name] ??= []);
	for (const other of others) {
		if (typeof other === "string" && other.length < 200 && known.length < 20 && !includes(known, other)) known[known.length] = other;
	}
}

/**
 * The environment: for a config that of the process, for a schema nothing. What
 * reading an unset variable gives is chosen, so that it can be tried what would
 * happen if it were set.
 */
function environment(real) {
	const values = Object.assign(dictionary(), real);
	const ask = (name) => {
		if (name in values) return values[name];
		if (!includes(run.unset, name)) run.unset[run.unset.length] = name;
		const value = choose("environment", nature(`process.env.${name}`), [undefined, placeholder(name), ...(run.candidates[name] ?? [])]);
		if (value !== undefined) run.placed = true;
		return value;
	};
	return new Proxy({}, {
		get: (_, name) => (typeof name === "string" ? ask(name) : undefined),
		has: (_, name) => typeof name === "string" && ask(name) !== undefined,
		set(_, name, value) {
			values[name] = String(value);
			return true;
		},
		deleteProperty(_, name) {
			values[name] = undefined;
			return true;
		},
		ownKeys: () => [...new Set([...Object.keys(values), ...Object.keys(run.plan).filter(isSet).map((site) => site.slice(siteStart.length, -1))])],
		getOwnPropertyDescriptor(_, name) {
			const there = name in values || isSet(`${siteStart}${name} `);
			return there ? { value: ask(name), writable: true, enumerable: true, configurable: true } : undefined;
		},
	});
}
const siteStart = "environment process.env.";
const isSet = (site) => site.startsWith(siteStart) && run.plan[site] > 0;

function makeProcess({ cwd, env, platform }) {
	const nothing = () => process;
	const process = {
		env: environment(env), argv: ["node", "skein"], execArgv: [], pid: 1, platform, arch: "x64", version: "v22.0.0",
		versions: { node: "22.0.0" }, release: { name: "node" }, exitCode: undefined, stdout: { isTTY: false, write: () => true },
		stderr: { isTTY: false, write: () => true }, cwd: () => cwd, uptime: () => 0, nextTick: soon, on: nothing, once: nothing,
		off: nothing, emit: () => false, emitWarning() {}, addListener: nothing, removeListener: nothing, memoryUsage: () => ({ rss: 0, heapUsed: 0, heapTotal: 0 }),
		hrtime: Object.assign(() => [0, 0], { bigint: () => 0n }),
		loadEnvFile(path = ".env") {
			const text = typeof __skein_environment === "function" ? __skein_environment(/^([a-zA-Z]:)?[\\/]/.test(path) ? path : `${cwd}/${path}`) : "null";
			if (text === "null") throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: "ENOENT" });
			for (const [name, value] of Object.entries(JSON.parse(text))) process.env[name] ??= value;
		},
		exit(code) { throw new Error(`process.exit(${code ?? ""}) was called`); },
	};
	return process;
}

/** Makes stand-ins of globals that are not here. */
function standInFor(names) {
	for (const name of names) {
		Object.defineProperty(globalThis, name, {
			get: () => unknown(`the global ${name}`, ""),
			set: (value) => define(name, value),
			configurable: true,
		});
	}
}
