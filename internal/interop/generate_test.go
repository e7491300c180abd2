package interop

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// migration is what generate adds to a folder.
type migration struct{ sql, snapshot, journal string }

var (
	snapshotID  = regexp.MustCompile(`(?m)^  "id": "[0-9a-f-]{36}",$`)
	journalWhen = regexp.MustCompile(`"when": \d+`)
)

// written reads the migration with a tag. What has to differ from run to run
// is taken out: the snapshot's own id, and the time of the last entry.
func (p *project) written(tag string) migration {
	p.t.Helper()
	number, _, _ := strings.Cut(tag, "_")
	journal := p.read("drizzle/meta/_journal.json")
	if times := journalWhen.FindAllStringIndex(journal, -1); len(times) > 0 {
		last := times[len(times)-1]
		journal = journal[:last[0]] + `"when": 0` + journal[last[1]:]
	}
	snapshot := p.read("drizzle/meta/" + number + "_snapshot.json")
	if n := len(snapshotID.FindAllString(snapshot, -1)); n != 1 {
		p.t.Fatalf("%d ids in the snapshot of %s", n, tag)
	}
	return migration{sql: p.read("drizzle/" + tag + ".sql"), snapshot: snapshotID.ReplaceAllString(snapshot, `  "id": "",`), journal: journal}
}

func compare(t *testing.T, want, got migration) {
	t.Helper()
	for _, part := range []struct{ name, want, got string }{
		{"SQL", want.sql, got.sql}, {"snapshot", want.snapshot, got.snapshot}, {"journal", want.journal, got.journal},
	} {
		if part.want != part.got {
			t.Errorf("the %s differs (- drizzle-kit, + skein):\n%s", part.name, cmp.Diff(strings.Split(part.want, "\n"), strings.Split(part.got, "\n")))
		}
	}
}

// change is an edit of the example's schema, and the answers to the questions
// that it raises: for drizzle-kit in the order it asks, for skein as flags.
type change struct {
	name    string
	edit    func(p *project)
	answers []string
	flags   []string
}

const (
	accounts   = "src/db/schema/accounts.ts"
	catalog    = "src/db/schema/catalog.ts"
	content    = "src/db/schema/content.ts"
	enums      = "src/db/schema/enums.ts"
	operations = "src/db/schema/operations.ts"
	orders     = "src/db/schema/orders.ts"
	support    = "src/db/schema/support.ts"
	views      = "src/db/schema/views.ts"
	stock      = "src/warehouse/stock.schema.ts"
	constants  = "packages/shared/src/index.ts"
)

const wishlists = `import { sql } from "drizzle-orm";
import { bigint, check, index, pgTable, primaryKey, smallint, text, timestamp, uuid } from "drizzle-orm/pg-core";

import { users } from "./accounts.js";
import { variants } from "./catalog.js";

export const wishlists = pgTable("wishlists", {
  id: uuid().primaryKey().defaultRandom(),
  userId: uuid().notNull().references(() => users.id, { onDelete: "cascade" }),
  title: text().notNull().default("Wishes"),
  sharedAt: timestamp({ withTimezone: true }),
}, (t) => [index().on(t.userId)]);

export const wishlistItems = pgTable("wishlist_items", {
  wishlistId: uuid().notNull().references(() => wishlists.id, { onDelete: "cascade" }),
  variantId: bigint({ mode: "number" }).notNull().references(() => variants.id),
  wanted: smallint().notNull().default(1),
}, (t) => [primaryKey({ columns: [t.wishlistId, t.variantId] }), check("wishlist_items_wanted", sql` + "`${t.wanted} > 0`" + `)]);
`

var changes = []change{
	{name: "add_column", edit: func(p *project) {
		p.edit(accounts, "    passwordHash: text(),", "    passwordHash: text(),\n    phoneNumber: text(),\n    loginCount: integer().notNull().default(0),")
	}},
	{name: "add_index", edit: func(p *project) {
		p.edit(orders, `    check("orders_total"`, "    index().on(t.couponCode),\n    index(\"orders_recent_idx\").on(t.placedAt.desc()).where(sql`${t.total} > 1000`).with({ fillfactor: 80 }),\n    check(\"orders_total\"")
	}},
	{name: "add_enum_value", edit: func(p *project) {
		p.edit(enums, `["image", "video", "document"]`, `["image", "drawing", "video", "document", "model"]`)
		p.edit(constants, `"delivered", "cancelled"`, `"delivered", "returned", "cancelled"`) // in the workspace package
	}},
	{name: "remove_enum_value", edit: func(p *project) {
		p.edit(enums, `["low", "normal", "high", "urgent"]`, `["low", "normal", "high"]`)
	}},
	{name: "add_tables", edit: func(p *project) { p.write("src/db/schema/wishlists.ts", wishlists) }},
	{name: "drop_column", edit: func(p *project) {
		p.edit(catalog, "  founded: smallint(),\n", "")
		p.edit(orders, "    note: text(),\n", "")
	}},
	{name: "drop_table", edit: func(p *project) {
		p.edit(content, revisionsSource(p), "")
	}},
	{name: "rename_column", answers: []string{"rename"}, flags: []string{"--rename", "public.brands.website=public.brands.homepage"}, edit: func(p *project) {
		p.edit(catalog, "  website: text(),", "  homepage: text(),")
	}},
	{name: "rename_not", answers: []string{"create"}, flags: []string{"--answers-all", "create"}, edit: func(p *project) {
		p.edit(catalog, "  website: text(),", "  homepage: text(),")
	}},
	{name: "rename_table", answers: []string{"rename"}, flags: []string{"--rename", "public.refunds=public.repayments"}, edit: func(p *project) {
		p.edit(orders, `pgTable("refunds", {`, `pgTable("repayments", {`)
	}},
	{name: "rename_enum", answers: []string{"rename"}, flags: []string{"--rename", "public.discount_kind=public.coupon_kind"}, edit: func(p *project) {
		p.edit(enums, `pgEnum("discount_kind"`, `pgEnum("coupon_kind"`)
	}},
	{name: "alter_columns", edit: func(p *project) {
		p.edit(accounts, `  description: text(),`, `  description: text().notNull().default("no description; it's new"),`)
		p.edit(accounts, `locale: varchar({ length: 10 }).notNull().default("en")`, `locale: varchar({ length: 20 }).default("de")`)
		p.edit(orders, `quantity: smallint().notNull().default(1)`, `quantity: integer().notNull()`)
	}},
	{name: "alter_constraints", edit: func(p *project) {
		p.edit(content, "${t.stars} >= 1 and ${t.stars} <= 5", "${t.stars} between 0 and 5")
		p.edit(content, `unique("reviews_one_per_author").on(t.productId, t.authorId)`, `unique("reviews_one_per_author").on(t.productId, t.authorId, t.title)`)
		p.edit(orders, `references(() => carts.id, { onDelete: "cascade" })`, `references(() => carts.id, { onDelete: "restrict" })`)
		p.edit(orders, `primaryKey({ columns: [t.cartId, t.variantId] })`, `primaryKey({ name: "cart_items_key", columns: [t.cartId, t.variantId] })`)
	}},
	{name: "alter_policies", edit: func(p *project) {
		p.edit(support, `to: "public", using: sql`+"`false`", `to: "public", using: sql`+"`internal`")
		p.edit(support, "}).enableRLS();", "});")
		p.edit(support, `    pgPolicy("tickets_own", {`, "    pgPolicy(\"tickets_close_own\", { for: \"update\", to: customerRole, using: ownRow }),\n    pgPolicy(\"tickets_own\", {")
	}},
	{name: "alter_views", edit: func(p *project) {
		p.edit(views, "status <> 'cancelled' and", "status not in ('draft', 'cancelled') and")
		p.edit(views, "{ fillfactor: 90, autovacuumEnabled: false }", "{ fillfactor: 80 }")
		p.edit(views, "  .withNoData()\n", "")
	}},
	{name: "another_schema", edit: func(p *project) {
		p.edit(stock, `{ startWith: 1, increment: 1, maxValue: 999999999, cycle: true }`, `{ startWith: 1, increment: 2, maxValue: 999999999 }`)
		p.edit(stock, `["receipt", "pick", "count", "scrap"]`, `["receipt", "pick", "count", "scrap", "loan"]`)
		p.edit(stock, `    shelf: integer().notNull(),`, "    shelf: integer().notNull(),\n    zone: text(),")
		p.write("src/warehouse/fleet.schema.ts", `import { integer, pgSchema, text } from "drizzle-orm/pg-core";
import { locations } from "./stock.schema.js";

export const fleet = pgSchema("fleet");
export const vans = fleet.table("vans", {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  plate: text().notNull().unique(),
  homeId: integer().references(() => locations.id),
});
`)
	}},
}

// revisionsSource is the source of the table page_revisions.
func revisionsSource(p *project) string {
	text := p.read(content)
	at := strings.Index(text, "export const pageRevisions")
	if at < 0 {
		p.t.Fatal("no pageRevisions in the example")
	}
	return text[at:]
}

// TestGenerateWritesWhatDrizzleKitWrites compares the folders that both leave
// for the same change, byte for byte. Skein reads the schema with the
// project's drizzle-orm, and again with no packages at all.
func TestGenerateWritesWhatDrizzleKitWrites(t *testing.T) {
	modules := nodeModules(t)
	for i, c := range changes {
		if testing.Short() && i%4 != 0 {
			continue // drizzle-kit takes a second for each
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tag := "0010_" + c.name
			theirs := newProject(t, modules)
			c.edit(theirs)
			theirs.kit(c.answers, "generate", "--name", c.name)
			want := theirs.written(tag)
			for _, with := range []string{modules, ""} {
				ours := newProject(t, with)
				c.edit(ours)
				ours.skein(append([]string{"generate", "--name", c.name}, c.flags...)...)
				compare(t, want, ours.written(tag))
			}
			// And each goes on where the other stopped.
			if r := theirs.skein("generate"); !strings.Contains(r.out+r.err, "othing to migrate") {
				t.Errorf("skein finds more to do after drizzle-kit: %v", r)
			}
		})
	}
}

func TestGenerateCustom(t *testing.T) {
	modules := nodeModules(t)
	theirs, ours := newProject(t, modules), newProject(t, modules)
	theirs.kit(nil, "generate", "--custom", "--name", "by_hand")
	ours.skein("generate", "--custom", "--name", "by_hand")
	compare(t, theirs.written("0010_by_hand"), ours.written("0010_by_hand"))
}

// TestDrizzleKitAcceptsWhatSkeinWrote lets skein write a history of several
// steps and drizzle-kit judge it.
func TestDrizzleKitAcceptsWhatSkeinWrote(t *testing.T) {
	p := newProject(t, nodeModules(t))
	p.remove("drizzle")
	p.skein("generate")
	for i, c := range changes[:3] {
		c.edit(p)
		p.skein(append([]string{"generate", "--name", fmt.Sprintf("step_%d", i)}, c.flags...)...)
	}
	p.skein("generate", "--custom", "--name", "data")
	if r := p.kit(nil, "generate"); !strings.Contains(r.out, "No schema changes") {
		t.Errorf("drizzle-kit generate: %v", r)
	}
	if r := p.kit(nil, "check"); !strings.Contains(r.out, "Everything's fine") {
		t.Errorf("drizzle-kit check: %v", r)
	}
	changes[4].edit(p)
	p.kit(nil, "generate", "--name", "theirs_again")
	if r := p.skein("generate"); !strings.Contains(r.out+r.err, "othing to migrate") {
		t.Errorf("skein generate: %v", r)
	}
	p.skein("check", "--replay=off")
}
