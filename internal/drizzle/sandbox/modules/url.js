// node:url
const { URL, URLSearchParams } = globalThis;
export { URL, URLSearchParams };
export function fileURLToPath(url) {
	const { protocol, pathname } = new URL(url);
	if (protocol !== "file:") throw new TypeError("The URL must be of scheme file");
	const path = decodeURIComponent(pathname);
	return /^\/[a-zA-Z]:/.test(path) ? path.slice(1) : path;
}
export const pathToFileURL = (path) => new URL(`file://${String(path).replaceAll("\\", "/").replace(/^([a-zA-Z]:)/, "/$1").split("/").map(encodeURIComponent).join("/").replaceAll("%3A", ":")}`);
export const parse = (text) => new URL(text);
export const format = (url) => String(url);
export const resolve = (from, to) => new URL(to, from).href;
export default { URL, URLSearchParams, fileURLToPath, pathToFileURL, parse, format, resolve };
