package interop

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// facts are all that a migration could have changed, in PostgreSQL's own
// words, a line each. Numbers that depend on the order of events (oids) are
// not among them.
const facts = `
SELECT format('column %s.%s %s %s%s default %s %s%s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
	CASE WHEN a.attnotnull THEN ' not null' ELSE '' END, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
UNION ALL
SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
WHERE connamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
UNION ALL
SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
UNION ALL
SELECT format('enum %s %s', t.typname, string_agg(enumlabel, ',' ORDER BY enumsortorder)) FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid GROUP BY t.typname
UNION ALL
SELECT format('view %s.%s %s', schemaname, viewname, definition) FROM pg_views WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
UNION ALL
SELECT format('matview %s.%s %s', schemaname, matviewname, definition) FROM pg_matviews
UNION ALL
SELECT format('policy %s %s %s %s %s %s %s', tablename, policyname, permissive, roles, cmd, qual, with_check) FROM pg_policies
UNION ALL
SELECT format('sequence %s.%s %s %s %s %s %s', schemaname, sequencename, start_value, increment_by, min_value, max_value, cycle) FROM pg_sequences
UNION ALL
SELECT format('table %s rls %s options %s', oid::regclass, relrowsecurity, reloptions) FROM pg_class
WHERE relkind IN ('r', 'm', 'v') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
UNION ALL
SELECT format('row roles %s %s', name, permissions) FROM roles
ORDER BY 1`

const rowsOfMigrations = `SELECT format('%s %s', hash, created_at) FROM drizzle.__drizzle_migrations ORDER BY id`

func lines(t testing.TB, url, query string) []string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, query)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func sameDatabase(t *testing.T, want, got string) {
	t.Helper()
	for _, query := range []string{facts, rowsOfMigrations} {
		if diff := cmp.Diff(lines(t, want, query), lines(t, got, query)); diff != "" {
			t.Errorf("the databases differ:\n%s", diff)
		}
	}
}

// firstMigrations makes a project with only the first n of the example's
// migrations in its journal: a checkout of some time ago.
func firstMigrations(t testing.TB, modules string, n int) *project {
	t.Helper()
	p := newProject(t, modules)
	var journal struct {
		Version string            `json:"version"`
		Dialect string            `json:"dialect"`
		Entries []json.RawMessage `json:"entries"`
	}
	if err := json.Unmarshal([]byte(p.read("drizzle/meta/_journal.json")), &journal); err != nil {
		t.Fatal(err)
	}
	var tags []string
	for _, entry := range journal.Entries[n:] {
		var e struct{ Tag string }
		if err := json.Unmarshal(entry, &e); err != nil {
			t.Fatal(err)
		}
		tags = append(tags, e.Tag)
	}
	journal.Entries = journal.Entries[:n]
	text, err := json.MarshalIndent(journal, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	p.write("drizzle/meta/_journal.json", string(text))
	for _, tag := range tags {
		number, _, _ := strings.Cut(tag, "_")
		p.remove("drizzle/" + tag + ".sql")
		p.remove("drizzle/meta/" + number + "_snapshot.json")
	}
	return p
}

func (p *project) skeinMigrate(url string) result {
	p.t.Helper()
	return p.skein("migrate", "--yes", "--url", url)
}

// TestEitherMigratorAppliesTheExample: the same database comes out of
// drizzle-orm's migrate() and of skein migrate, and neither finds anything
// left to do after the other.
func TestEitherMigratorAppliesTheExample(t *testing.T) {
	p := newProject(t, nodeModules(t))
	theirs, ours := pgtest.New(t), pgtest.New(t)
	p.ormMigrate(theirs, "drizzle")
	p.skeinMigrate(ours)
	sameDatabase(t, theirs, ours)

	before := lines(t, theirs, rowsOfMigrations)
	p.skeinMigrate(theirs)
	p.ormMigrate(ours, "drizzle")
	for _, url := range []string{theirs, ours} {
		if diff := cmp.Diff(before, lines(t, url, rowsOfMigrations)); diff != "" {
			t.Errorf("something was applied twice:\n%s", diff)
		}
	}
}

// TestEitherMigratorGoesOnAfterTheOther stops one after some of the migrations
// and lets the other finish.
func TestEitherMigratorGoesOnAfterTheOther(t *testing.T) {
	modules := nodeModules(t)
	whole := newProject(t, modules)
	reference := pgtest.New(t)
	whole.skeinMigrate(reference)
	for _, n := range []int{1, 4, 7} {
		part := firstMigrations(t, modules, n)
		a, b := pgtest.New(t), pgtest.New(t)
		part.skeinMigrate(a)
		whole.ormMigrate(a, "drizzle")
		sameDatabase(t, reference, a)
		part.ormMigrate(b, "drizzle")
		whole.skeinMigrate(b)
		sameDatabase(t, reference, b)
	}
}

// TestDrizzleOrmAppliesWhatSkeinWrote is on a history that skein wrote from
// the first migration to a data tail.
func TestDrizzleOrmAppliesWhatSkeinWrote(t *testing.T) {
	p := newProject(t, nodeModules(t))
	p.remove("drizzle")
	p.skein("generate", "--custom", "--name", "before_all")
	p.write("drizzle/0000_before_all.sql", "CREATE EXTENSION IF NOT EXISTS pg_trgm;\n--> statement-breakpoint\n"+
		"DO $$ BEGIN CREATE ROLE shop_customer; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;")
	p.edit(support, `pgRole("shop_support", { inherit: false })`, `pgRole("shop_support").existing()`) // roles outlive a test's database
	p.edit(support, `to: supportTeam, using`, `to: "public", using`)
	p.edit(support, `to: [supportTeam, customerRole]`, `to: [customerRole]`)
	p.skein("generate", "--name", "all")
	for _, c := range changes[:2] {
		c.edit(p)
		p.skein(append([]string{"generate", "--name", c.name}, c.flags...)...)
	}
	p.write("drizzle/0002_add_column.sql", p.read("drizzle/0002_add_column.sql")+
		"\n--> statement-breakpoint\nUPDATE \"users\" SET \"login_count\" = 1 WHERE \"last_seen_at\" IS NOT NULL;\n")
	theirs, ours := pgtest.New(t), pgtest.New(t)
	p.ormMigrate(theirs, "drizzle")
	p.skeinMigrate(ours)
	sameDatabase(t, theirs, ours)
	if n := len(lines(t, theirs, rowsOfMigrations)); n != 4 {
		t.Errorf("%d migrations are recorded, want 4", n)
	}
}

// TestDevURLWorksInNode: `skein dev` prints a TCP URL, for programs that do not
// speak over Unix sockets.
func TestDevURLWorksInNode(t *testing.T) {
	p := newProject(t, nodeModules(t))
	s := pgtest.Start(t, pgserver.Options{Listen: true})
	url, err := s.CreateDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.ormMigrate(url, "drizzle")
	if n := len(lines(t, url, rowsOfMigrations)); n != 10 {
		t.Errorf("%d migrations are recorded, want 10", n)
	}
}
