// The shop's database client. Skein does not read this file: it only reads
// what drizzle.config.ts names.
import { drizzle } from "drizzle-orm/node-postgres";
import { Pool } from "pg";

import * as accounts from "./schema/accounts.js";
import * as catalog from "./schema/catalog.js";
import * as orders from "./schema/orders.js";

export const db = drizzle(new Pool({ connectionString: process.env.DATABASE_URL }), {
  schema: { ...accounts, ...catalog, ...orders },
  casing: "snake_case",
});
