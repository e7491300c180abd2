package interop

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

const pushedSchema = `import { sql } from "drizzle-orm";
import { check, index, integer, pgEnum, pgTable, pgView, serial, text, timestamp, uniqueIndex, varchar } from "drizzle-orm/pg-core";

export const mood = pgEnum("mood", ["ok", "sad"]);
export const people = pgTable("people", {
  id: serial("id").primaryKey(),
  email: varchar("email", { length: 200 }).notNull().unique(),
  mood: mood("mood").default("ok"),
  born: timestamp("born", { withTimezone: true }).defaultNow(),
}, (t) => [check("long_enough", sql` + "`length(${t.email}) > 3`" + `), index("by_mood").on(t.mood.desc())]);
export const notes = pgTable("notes", {
  id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
  person: integer("person").references(() => people.id, { onDelete: "cascade" }),
  body: text("body"),
}, (t) => [uniqueIndex("one_body").on(t.person, t.body)]);
export const happy = pgView("happy").as((qb) => qb.select().from(people));
`

// pushed is a project whose first migration is in a database because
// drizzle-kit push made its schema there; a second migration is in the folder.
func pushed(t *testing.T) (p *project, url string) {
	p = newProject(t, nodeModules(t))
	server := pgtest.Start(t, pgserver.Options{Listen: true})
	url, err := server.CreateDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.remove("drizzle")
	p.write("drizzle.config.ts", `import { defineConfig } from "drizzle-kit";
export default defineConfig({ dialect: "postgresql", schema: "./pushed.ts", out: "./drizzle", dbCredentials: { url: process.env.DATABASE_URL! } });
`)
	p.write("pushed.ts", pushedSchema)
	r := p.run([]string{"DATABASE_URL=" + url}, "node", p.path("node_modules/drizzle-kit/bin.cjs"), "push", "--force")
	if r.code != 0 || !strings.Contains(r.out, "Changes applied") {
		t.Fatalf("drizzle-kit push: %v", r)
	}
	p.skein("generate", "--name", "first")
	p.edit("pushed.ts", `body: text("body"),`, `body: text("body"), stars: integer("stars").notNull().default(0),`)
	p.skein("generate", "--name", "second")
	return p, url
}

// TestPushedDatabaseIsTakenOver: what drizzle-kit push made is recorded by
// skein baseline, and then drizzle-orm's migrator agrees on what is left.
func TestPushedDatabaseIsTakenOver(t *testing.T) {
	p, url := pushed(t)
	r := p.skein("baseline", "--yes", "--url", url)
	if !strings.Contains(r.out, "fits drizzle/meta/0000_snapshot.json") || !strings.Contains(r.out, "1 migration recorded as applied") {
		t.Fatalf("skein baseline: %v", r)
	}
	p.ormMigrate(url, "drizzle")
	if n := len(lines(t, url, rowsOfMigrations)); n != 2 {
		t.Errorf("%d migrations are recorded, want 2", n)
	}
	if got := lines(t, url, "SELECT count(*)::text FROM information_schema.columns WHERE table_name = 'notes' AND column_name = 'stars'"); got[0] != "1" {
		t.Error("drizzle-orm did not apply the second migration")
	}
	p.skein("status", "--exit-code", "--url", url)

	// The rows are those that drizzle-orm writes by itself, to the numbers.
	server := pgtest.Start(t, pgserver.Options{Listen: true})
	fresh, err := server.CreateDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.ormMigrate(fresh, "drizzle")
	const all = "SELECT format('%s %s %s', id, hash, created_at) FROM drizzle.__drizzle_migrations ORDER BY id"
	if diff := cmp.Diff(lines(t, fresh, all), lines(t, url, all)); diff != "" {
		t.Error(diff)
	}
}

// withoutLog leaves out the table in which skein records what it took out.
func withoutLog(facts []string) []string {
	return slices.DeleteFunc(facts, func(line string) bool { return strings.Contains(line, "__skein_log") })
}

// TestWhatWasTakenOutComesAgain: what skein down takes out is pending for
// drizzle-orm's migrator too.
func TestWhatWasTakenOutComesAgain(t *testing.T) {
	p := newProject(t, nodeModules(t))
	url := pgtest.New(t)
	p.ormMigrate(url, "drizzle")
	before := withoutLog(lines(t, url, facts))
	rows := lines(t, url, rowsOfMigrations)
	p.skein("down", "3", "--yes", "--accept-loss", "--url", url)
	if n := len(lines(t, url, rowsOfMigrations)); n != len(rows)-3 {
		t.Errorf("%d rows are left of %d", n, len(rows))
	}
	p.ormMigrate(url, "drizzle")
	if diff := cmp.Diff(rows, lines(t, url, rowsOfMigrations)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, withoutLog(lines(t, url, facts))); diff != "" {
		t.Errorf("the database is another one:\n%s", diff)
	}
}
