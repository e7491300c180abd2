// One evaluation: the bundle is a function, called as often as there are
// decisions to try.

let program;

const describe = (error) => {
	const isObject = typeof error === "object" && error !== null;
	const text = (value) => (value === undefined || value === null ? "" : String(value));
	try {
		return {
			name: isObject ? text(error.name) : "",
			message: isObject ? text(error.message) : text(error),
			stack: isObject ? text(error.stack) : "",
			nothing: error === null,
			skein: isObject && error.skein ? { message: text(error.skein.message), hint: text(error.skein.hint), file: text(error.skein.file) } : undefined,
		};
	} catch {
		return { name: "", message: "something was thrown that cannot be shown", stack: "" };
	}
};

let pristine; // the names of globals before the first evaluation

function start(plan, candidates) {
	pristine ??= new Set(Object.getOwnPropertyNames(globalThis));
	for (const name of Object.getOwnPropertyNames(globalThis)) {
		if (!pristine.has(name)) delete globalThis[name];
	}
	reset(plan, candidates);
	resetNature();
	const mine = run;
	mine.outcome = { state: "pending" };
	program().then(
		() => {
			mine.outcome.state = "done";
		},
		(error) => {
			mine.outcome = { state: "threw", error: { ...describe(error), thrown: error !== undefined && error === mine.thrown } };
		},
	);
}

const shown = ({ specifier, importer, path }) => ({ specifier, importer, path });

/** What Go reads once the promise jobs are done. The text of the snapshot is kept apart, since it is large. */
function outcome() {
	const { outcome, sites, touched, makers, used, exported, handed, unset } = run;
	// What a message says of a stand-in is as telling as what a snapshot does.
	const text = outcome.text ?? `${outcome.error?.message} ${outcome.error?.skein?.message}`;
	return JSON.stringify({
		...outcome,
		text: undefined,
		marked: escaped ? [...new Set(markedIn(text))].map(shown) : [],
		sites,
		touched: Object.values(touched),
		makers: Object.values(makers).map(shown),
		used: Object.values(used).map(shown),
		exported,
		handed: handed.length > 0,
		unset,
		compared: run.compared,
		inCredentials: (outcome.marked ?? []).map(shown),
	});
}

/**
 * Called by the bundle with what it loaded. modules is an array of
 * {file, namespace, own, stars}: own and stars only for files with `export *`,
 * naming their own exports and, by index, the modules they pass on.
 */
function loaded(serialize, modules, listed, casing) {
	const files = listed.map((index) => {
		const exports = [];
		for (const [name, value] of exportsOf(modules, index, new Set())) {
			const origin = originOf(value);
			if (origin === undefined || typeof value === "string") exports.push([name, value]);
			else run.exported.push({ ...shown(origin), own: origin.own === true, file: modules[index].file, name });
		}
		return { file: modules[index].file, exports };
	});
	const { schema, warnings } = serialize(files, { casing });
	run.outcome.text = schema;
	run.outcome.warnings = warnings;
}

/**
 * Returns [name, value] for each export, in the order in which CommonJS has
 * them: drizzle-kit loads the files that way, and the order decides the order of
 * tables. Own exports are sorted by name, those passed on follow in the order of
 * their statements, and the first of a name wins.
 */
function exportsOf(modules, index, within) {
	const { namespace, own, stars } = modules[index];
	if (own === undefined) return Object.keys(namespace).filter((name) => !isInterop(namespace, name)).map((name) => [name, namespace[name]]);
	const found = new Map(own.filter((name) => name in namespace).map((name) => [name, namespace[name]]));
	for (const star of within.has(index) ? [] : stars) {
		for (const [name, value] of exportsOf(modules, star, new Set([...within, index]))) {
			if (name !== "default" && !found.has(name)) found.set(name, value);
		}
	}
	return [...found];
}

/** Whether a default export is only module.exports again, which a bundler adds. */
function isInterop(namespace, name) {
	if (name !== "default") return false;
	const value = namespace.default;
	if ((typeof value !== "object" && typeof value !== "function") || value === null || origins.has(value)) return false;
	const rest = Object.keys(namespace).filter((other) => other !== "default");
	const names = Object.keys(value);
	return rest.length > 0 && names.length >= rest.length && rest.every((other) => names.includes(other) && value[other] === namespace[other]);
}
