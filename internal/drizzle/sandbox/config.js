// What a config file exports.

const configKeys = ["dialect", "schema", "out", "breakpoints", "casing", "driver", "strict", "verbose", "tablesFilter", "schemaFilter", "extensionsFilters", "entities", "migrations"];

/** Called by the bundle with the namespace of the config file. */
async function configured(namespace) {
	const value = await (namespace.default ?? namespace);
	const origin = originOf(value);
	const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
	if (origin !== undefined) run.outcome.text = markOf(origin);
	else if (!isObject) run.outcome.text = JSON.stringify({ wrong: typeof value });
	else {
		run.outcome.text = textOf(Object.fromEntries(configKeys.filter((key) => key in value).map((key) => [key, value[key]])));
		run.outcome.credentials = textOf(value.dbCredentials);
		run.outcome.marked = markedIn(run.outcome.credentials);
	}
}

const textOf = (value) => JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item)) ?? "null";
