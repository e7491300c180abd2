// Text and addresses: TextEncoder, TextDecoder, atob, btoa, URL and
// URLSearchParams, as far as configuration and constants use them.

const bytesOf = (text) => {
	const encoded = unescape(encodeURIComponent(String(text).toWellFormed()));
	return Uint8Array.from(encoded, (char) => char.charCodeAt(0));
};
define("TextEncoder", class TextEncoder {
	get encoding() { return "utf-8"; }
	encode(text = "") { return bytesOf(text); }
});
define("TextDecoder", class TextDecoder {
	get encoding() { return "utf-8"; }
	decode(bytes = new Uint8Array()) {
		const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
		return decodeURIComponent(Array.from(view, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
	}
});

const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
define("btoa", (text) => {
	let out = "";
	for (let i = 0; i < text.length; i += 3) {
		const [a, b, c] = [text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2)];
		const bits = (a << 16) | ((b || 0) << 8) | (c || 0);
		out += base64[bits >> 18] + base64[(bits >> 12) & 63] + (Number.isNaN(b) ? "=" : base64[(bits >> 6) & 63]) + (Number.isNaN(c) ? "=" : base64[bits & 63]);
	}
	return out;
});
define("atob", (text) => {
	let out = "";
	let bits = 0;
	let count = 0;
	for (const char of String(text).replace(/[=\s]/g, "")) {
		bits = (bits << 6) | base64.indexOf(char);
		count += 6;
		if (count >= 8) out += String.fromCharCode((bits >> (count -= 8)) & 255);
	}
	return out;
});

class URLSearchParams {
	#list = [];
	constructor(init = "") {
		if (typeof init === "string") {
			for (const part of init.replace(/^\?/, "").split("&")) {
				if (part === "") continue;
				const [name, ...value] = part.split("=");
				this.#list.push([plus(name), plus(value.join("="))]);
			}
		} else for (const [name, value] of init[Symbol.iterator] ? init : Object.entries(init)) this.append(name, value);
	}
	append(name, value) { this.#list.push([String(name), String(value)]); }
	get(name) { return this.#list.find(([n]) => n === name)?.[1] ?? null; }
	getAll(name) { return this.#list.filter(([n]) => n === name).map(([, v]) => v); }
	has(name) { return this.#list.some(([n]) => n === name); }
	set(name, value) {
		this.delete(name);
		this.append(name, value);
	}
	delete(name) { this.#list = this.#list.filter(([n]) => n !== name); }
	forEach(callback) { for (const [n, v] of this.#list) callback(v, n, this); }
	keys() { return this.#list.map(([n]) => n).values(); }
	values() { return this.#list.map(([, v]) => v).values(); }
	entries() { return this.#list.values(); }
	[Symbol.iterator]() { return this.entries(); }
	get size() { return this.#list.length; }
	toString() { return this.#list.map(([n, v]) => `${encodeURIComponent(n)}=${encodeURIComponent(v)}`).join("&"); }
}
const plus = (text) => decodeURIComponent(text.replaceAll("+", " "));

class URL {
	constructor(text, base) {
		const origin = originOf(text) ?? originOf(base);
		if (origin !== undefined) return derive(origin, ".URL");
		const parts = /^([a-z][a-z0-9+.-]*:)(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/i.exec(String(text).trim());
		if (parts === null) {
			if (base === undefined) throw new TypeError("Invalid URL");
			return resolved(String(text), new URL(base));
		}
		const [, protocol, user, host, path, search = "", hash = ""] = parts;
		const [, hostname, port = ""] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(host ?? "") ?? [];
		if (hostname === undefined) throw new TypeError("Invalid URL");
		const [username = "", ...password] = (user ?? "").split(":");
		Object.assign(this, {
			protocol: protocol.toLowerCase(), username, password: password.join(":"), hostname, port, search, hash,
			pathname: host === undefined ? path : tidy(path) || (/^(https?|file|ftp|wss?):$/i.test(protocol) ? "/" : ""),
			opaque: host === undefined,
		});
		Object.defineProperty(this, "opaque", { enumerable: false });
	}
	get searchParams() {
		const url = this;
		const params = new URLSearchParams(this.search);
		for (const name of ["append", "set", "delete"]) {
			const change = params[name];
			params[name] = function (...args) {
				change.apply(this, args);
				const text = this.toString();
				url.search = text && `?${text}`;
			};
		}
		return params;
	}
	get host() { return this.hostname + (this.port && `:${this.port}`); }
	get origin() { return this.opaque ? "null" : `${this.protocol}//${this.host}`; }
	get href() {
		const user = this.username + (this.password && `:${this.password}`);
		return this.protocol + (this.opaque ? "" : `//${user && `${user}@`}${this.host}`) + this.pathname + this.search + this.hash;
	}
	set href(text) { Object.assign(this, new URL(text)); }
	toString() { return this.href; }
	toJSON() { return this.href; }
	static canParse(text, base) {
		try {
			return Boolean(new URL(text, base));
		} catch {
			return false;
		}
	}
}

/** Takes "." and ".." out of a path. */
function tidy(path) {
	const out = [];
	const segments = path.split("/");
	for (const [i, segment] of segments.entries()) {
		if (segment === "..") {
			if (out.length > 1) out.pop();
		} else if (segment !== ".") out.push(segment);
		if (i === segments.length - 1 && (segment === "." || segment === "..")) out.push("");
	}
	return out.join("/");
}

function resolved(text, base) {
	const [, path, search, hash] = /^([^?#]*)(\?[^#]*)?(#.*)?$/.exec(text);
	if (text.startsWith("//")) return new URL(base.protocol + text);
	const url = new URL(base.href);
	if (path !== "") url.pathname = tidy(path.startsWith("/") ? path : base.pathname.replace(/[^/]*$/, "") + path);
	if (path !== "" || search !== undefined) url.search = search ?? "";
	url.hash = hash ?? "";
	return url;
}

define("URL", URL);
define("URLSearchParams", URLSearchParams);
