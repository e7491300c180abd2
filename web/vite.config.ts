import { rmSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

// `npm run dev` serves the page with hot reload and hands /api on to a running
// `skein studio`, whose link has to be opened once in the same browser: its
// cookie goes by host, not by port.
const studio = process.env.STUDIO_URL ?? "http://127.0.0.1:4983";

const out = "../internal/studio/page/dist";

// The folder holds a .gitignore that is committed, so Vite must not empty all of it.
const sweep: Plugin = {
  name: "sweep",
  apply: "build",
  buildStart: () => rmSync(new URL(`${out}/assets`, import.meta.url), { recursive: true, force: true }),
};

export default defineConfig({
  plugins: [sweep],
  build: {
    outDir: out,
    emptyOutDir: false,
    target: "es2022",
    // Chromium, Firefox and Safari preload modules by themselves; the polyfill is inline code.
    modulePreload: { polyfill: false },
    // Fonts stay files: the policy of the page allows font-src 'self' only.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  css: { modules: { localsConvention: "camelCaseOnly" } },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: studio, changeOrigin: true, configure: (p) => p.on("proxyReq", (r) => r.setHeader("origin", new URL(studio).origin)) } },
  },
});
