// @next/env: the files Next.js reads, most particular first.
import { config } from "dotenv";

export function loadEnvConfig(dir, dev = false) {
	const mode = process.env.NODE_ENV === "test" ? "test" : dev ? "development" : "production";
	const names = [`.env.${mode}.local`, mode === "test" ? "" : ".env.local", `.env.${mode}`, ".env"].filter((name) => name !== "");
	const loadedEnvFiles = names.map((name) => ({ path: name, ...config({ path: `${dir}/${name}` }) })).filter(({ error }) => error === undefined);
	return { combinedEnv: { ...process.env }, parsedEnv: Object.assign({}, ...loadedEnvFiles.map(({ parsed }) => parsed)), loadedEnvFiles };
}
export default { loadEnvConfig };
