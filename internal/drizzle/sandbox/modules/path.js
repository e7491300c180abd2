// node:path, as far as paths with forward slashes go, and drive letters.
const isWindows = process.platform === "win32";
const slashed = (path) => (isWindows ? String(path).replaceAll("\\", "/") : String(path));
const rootOf = (path) => (isWindows ? /^([a-zA-Z]:)?\/?/.exec(path)[0] : path.startsWith("/") ? "/" : "");

/** Returns the segments of a path without "." and, as far as they cancel, "..". */
function segments(path, absolute) {
	const out = [];
	for (const segment of path.split("/")) {
		if (segment === "" || segment === ".") continue;
		if (segment !== "..") out.push(segment);
		else if (out.length > 0 && out[out.length - 1] !== "..") out.pop();
		else if (!absolute) out.push("..");
	}
	return out;
}

export const sep = "/";
export const delimiter = isWindows ? ";" : ":";
export const isAbsolute = (path) => rootOf(slashed(path)).endsWith("/");

export function normalize(path) {
	path = slashed(path);
	const root = rootOf(path);
	const body = segments(path.slice(root.length), root.endsWith("/")).join("/");
	const end = path.endsWith("/") && body !== "" ? "/" : "";
	return root + body + end || ".";
}

export function join(...parts) {
	const path = parts.filter((part) => part !== "").map(slashed).join("/");
	return path === "" ? "." : normalize(path);
}

export function resolve(...parts) {
	let path = "";
	for (const part of [process.cwd(), ...parts]) {
		if (typeof part !== "string") throw new TypeError("The \"paths\" argument must be of type string");
		path = isAbsolute(part) ? slashed(part) : part === "" ? path : `${path}/${slashed(part)}`;
	}
	const root = rootOf(path);
	return root + segments(path.slice(root.length), true).join("/") || "/";
}

export function dirname(path) {
	path = slashed(path);
	const root = rootOf(path);
	const body = path.slice(root.length).replace(/\/+$/, "");
	const at = body.lastIndexOf("/");
	return root + (at === -1 ? "" : body.slice(0, at)) || ".";
}

export function basename(path, suffix = "") {
	path = slashed(path).replace(/\/+$/, "");
	const name = path.slice(path.lastIndexOf("/") + 1);
	return suffix !== "" && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

export function extname(path) {
	const name = basename(path);
	const at = name.lastIndexOf(".");
	return at <= 0 ? "" : name.slice(at);
}

export function relative(from, to) {
	const a = resolve(from).split("/");
	const b = resolve(to).split("/");
	let same = 0;
	while (same < a.length && same < b.length && a[same] === b[same]) same++;
	return [...a.slice(same).filter(Boolean).map(() => ".."), ...b.slice(same)].join("/");
}

export const parse = (path) => ({ root: rootOf(slashed(path)), dir: dirname(path), base: basename(path), ext: extname(path), name: basename(path, extname(path)) });
export const format = ({ dir, root = "", base, name = "", ext = "" }) => (dir ? `${dir}/` : root) + (base ?? name + ext);
export const toNamespacedPath = (path) => path;
const path = { sep, delimiter, isAbsolute, normalize, join, resolve, dirname, basename, extname, relative, parse, format, toNamespacedPath };
export const posix = path;
export const win32 = path;
export default Object.assign(path, { posix: path, win32: path });
