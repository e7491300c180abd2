package cli

const demoConfig = `import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./schema.ts",
  out: "./drizzle",
  dbCredentials: { url: process.env.DATABASE_URL! },
});
`

const demoSchema = `import { index, integer, pgEnum, pgTable, text } from "drizzle-orm/pg-core";

export const role = pgEnum("role", ["author", "editor"]);

export const users = pgTable("users", {
  id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
  email: text("email").notNull().unique(),
  name: text("name").notNull(),
  role: role("role").notNull().default("author"),
});

export const posts = pgTable(
  "posts",
  {
    id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
    authorId: integer("author_id").notNull().references(() => users.id),
    title: text("title").notNull(),
  },
  (t) => [index("posts_author_id_idx").on(t.authorId)],
);
`

const demoChanged = `import { index, integer, pgEnum, pgTable, text } from "drizzle-orm/pg-core";

export const role = pgEnum("role", ["author", "editor"]);

export const users = pgTable("users", {
  id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
  email: text("email").notNull().unique(),
  fullName: text("full_name").notNull(),
  role: role("role").notNull().default("author"),
});

export const posts = pgTable(
  "posts",
  {
    id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
    authorId: integer("author_id").notNull().references(() => users.id),
    title: text("title").notNull(),
    slug: text("slug").notNull().default(""),
  },
  (t) => [index("posts_author_id_idx").on(t.authorId)],
);
`

const demoRows = `with u as (insert into users (email, name, role) values ('ada@example.org', 'Ada Lovelace', 'editor') returning id)
insert into posts (author_id, title) select id, title from u, (values ('Notes on the Engine'), ('On Bernoulli Numbers')) t (title)`

const demoTail = `--> statement-breakpoint
UPDATE "posts" SET "slug" = lower(replace("title", ' ', '-'));
`

const demoQuery = `select full_name, role, title, slug from posts join users on users.id = author_id order by posts.id`
