// Applies a migrations folder with drizzle-orm's own migrator:
// node migrate.mjs <database URL> <folder>
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const { drizzle } = require("drizzle-orm/node-postgres");
const { migrate } = require("drizzle-orm/node-postgres/migrator");
const { Pool } = require("pg");

const [url, migrationsFolder] = process.argv.slice(2);
const pool = new Pool({ connectionString: url });
try {
  await migrate(drizzle(pool), { migrationsFolder });
} finally {
  await pool.end();
}
