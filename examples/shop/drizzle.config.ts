import { defineConfig } from "drizzle-kit";

const url = process.env.SHOP_DATABASE_URL ?? process.env.DATABASE_URL;

export default defineConfig({
  dialect: "postgresql",
  schema: ["./src/db/schema", "./src/warehouse/*.schema.ts"],
  out: "./drizzle",
  casing: "snake_case",
  schemaFilter: ["public", "warehouse"],
  dbCredentials: { url: url ?? "postgres://localhost/shop" },
  strict: true,
});
