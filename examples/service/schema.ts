import { bigserial, boolean, index, pgTable, text } from "drizzle-orm/pg-core";

export const notes = pgTable(
  "notes",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    text: text().notNull(),
    pinned: boolean().notNull().default(false),
  },
  (table) => [index("notes_pinned").on(table.pinned).concurrently()],
);
