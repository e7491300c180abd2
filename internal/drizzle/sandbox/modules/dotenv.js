// dotenv and dotenvx: their config() with the options path, override and
// processEnv. Files are read and parsed by the host.

const from = (path) => {
	const text = path instanceof URL ? decodeURIComponent(path.pathname) : String(path);
	return /^([a-zA-Z]:)?[\\/]/.test(text) ? text : `${process.cwd()}/${text}`;
};

export function config(options = {}) {
	const paths = options.path === undefined ? [".env"] : Array.isArray(options.path) ? options.path : [options.path];
	const parsed = {};
	let error;
	for (const path of paths) {
		const values = JSON.parse(__skein_environment(from(path)));
		if (values === null) error = Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: "ENOENT" });
		else populate(parsed, values, options);
	}
	populate(options.processEnv ?? process.env, parsed, options);
	return error === undefined ? { parsed } : { parsed, error };
}

export function populate(target, values, { override = false } = {}) {
	for (const name of Object.keys(values)) {
		if (override || target[name] === undefined) target[name] = values[name];
	}
	return target;
}

export const parse = (text) => JSON.parse(__skein_parse_environment(String(text)));
export const configDotenv = config;
export default { config, configDotenv, populate, parse };
