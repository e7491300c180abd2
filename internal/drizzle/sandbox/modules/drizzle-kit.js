// drizzle-kit, as a config file uses it.
export const defineConfig = (config) => config;
export default { defineConfig };
