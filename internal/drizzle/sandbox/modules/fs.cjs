// node:fs, for config files: looking at files of the project, nothing else.
const fs = __skein.unknown("node:fs", "");
const look = (path) => {
	const text = path instanceof URL ? decodeURIComponent(path.pathname) : String(path);
	return __skein_read(/^([a-zA-Z]:)?[\\/]/.test(text) ? text : `${process.cwd()}/${text}`);
};
fs.existsSync = (path) => look(path) !== null;
fs.readFileSync = (path, options) => {
	const text = look(path);
	if (text === null) {
		throw Object.assign(new Error(`ENOENT: no such file or directory in the project, open '${path}'`), { code: "ENOENT" });
	}
	const encoding = typeof options === "string" ? options : options?.encoding;
	return encoding === undefined || encoding === null ? Object.assign(new TextEncoder().encode(text), { toString: () => text }) : text;
};
module.exports = fs;
