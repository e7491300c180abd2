package diff_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// database runs migrations, each in a transaction that is rolled back.
type database struct {
	t    *testing.T
	conn *pgx.Conn
}

func open(t *testing.T) database {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(ctx) })
	return database{t, conn}
}

// run runs texts in a fresh transaction and returns what the catalog and the
// query say then.
func (d database) run(query string, texts ...string) (s *schema.Schema, answer string, err error) {
	ctx := context.Background()
	if err := d.conn.PgConn().Exec(ctx, "BEGIN").Close(); err != nil {
		d.t.Fatal(err)
	}
	defer func() {
		if err := d.conn.PgConn().Exec(ctx, "ROLLBACK").Close(); err != nil {
			d.t.Fatal(err)
		}
	}()
	for _, text := range texts {
		for _, piece := range sqltext.Split(text) {
			sql := strings.ReplaceAll(piece.Text, "INDEX CONCURRENTLY", "INDEX") // this is a transaction
			if err := d.conn.PgConn().Exec(ctx, sql).Close(); err != nil {
				return nil, "", fmt.Errorf("%w in %s", err, strings.TrimSpace(piece.Text))
			}
		}
	}
	if query != "" {
		if err := d.conn.QueryRow(ctx, query).Scan(&answer); err != nil {
			return nil, "", err
		}
	}
	s, err = catalog.Read(ctx, d.conn, catalog.Options{})
	if err != nil {
		return nil, "", err
	}
	return ordered(s), answer, nil
}

// ordered forgets the order of columns: new ones stand last. Identities and
// serials keep the name of their sequence when a table is renamed.
func ordered(s *schema.Schema) *schema.Schema {
	s = s.Clone()
	for i := range s.Tables {
		columns := s.Tables[i].Columns
		slices.SortFunc(columns, func(a, b schema.Column) int { return strings.Compare(a.Name, b.Name) })
	}
	return s
}

func text(t *testing.T, mode diff.Mode, from, to *schema.Schema, ask diff.Resolver) string {
	t.Helper()
	r, err := diff.ComputeIn(mode, from, to, ask)
	if err != nil {
		t.Fatal(err)
	}
	return sqltext.Join(r.Statements(), true)
}

var empty = &schema.Schema{}

// TestDefects runs, for each defect, drizzle-kit's text, which fails or does
// not do what was asked for, and ours, which runs, leaves the schema that was
// asked for, and keeps what it should.
func TestDefects(t *testing.T) {
	t.Parallel()
	db := open(t)
	for _, c := range diff.DefectCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			from := text(t, diff.Correct, empty, c.From, diff.CreateAll)
			wanted, _, err := db.run("", c.Setup, text(t, diff.Correct, empty, c.To, diff.CreateAll))
			if err != nil {
				t.Fatalf("the schema itself: %v", err)
			}
			if why, ok := strings.CutPrefix(c.Text, "crashes: "); ok {
				if c.Kit != "crashes" {
					t.Errorf("drizzle-kit crashes (%s), want %s", why, c.Kit)
				}
			} else {
				kit, answer, err := db.run(c.Query, c.Setup, from, c.Rows, c.Text)
				switch {
				case err != nil && !strings.Contains(err.Error(), c.Kit):
					t.Errorf("drizzle-kit's text fails: %v, want %s", err, c.Kit)
				case err == nil && !strings.HasPrefix(c.Kit, "runs"):
					t.Errorf("drizzle-kit's text runs, want %s", c.Kit)
				case err == nil && cmp.Equal(kit, wanted) && answer == c.Result:
					t.Errorf("drizzle-kit's text is right:\n%s", c.Text)
				}
			}
			for mode := max(diff.Compat, c.Defect.Mended); mode <= diff.Correct; mode++ {
				ours := text(t, mode, c.From, c.To, c.Ask())
				got, answer, err := db.run(c.Query, c.Setup, from, c.Rows, ours)
				if err != nil {
					t.Errorf("ours: %v\n%s", err, ours)
					continue
				}
				if d := cmp.Diff(wanted, got); d != "" {
					t.Errorf("after\n%s\n(-want +got) %s", ours, d)
				}
				if answer != c.Result {
					t.Errorf("after\n%s\n%s is %q, want %q", ours, c.Query, answer, c.Result)
				}
			}
		})
	}
}

// invalid are the recorded cases that describe no schema that PostgreSQL could
// have, with the reason.
var invalid = map[string]string{
	"pg-views-010":   "a tablespace that is not there",
	"pg-views-045":   "a tablespace that is not there",
	"pg-views-046":   "a tablespace that is not there",
	"pg-views-047":   "a tablespace that is not there",
	"pg-views-048":   "a tablespace that is not there",
	"pg-views-051":   "a tablespace that is not there",
	"pg-views-052":   "an access method that is not there",
	"pg-views-053":   "an access method that is not there",
	"pg-views-028":   "an option out of its bounds",
	"pg-views-032":   "an option out of its bounds",
	"pg-views-039":   "an option out of its bounds",
	"pg-views-038":   "WITH CHECK OPTION on a view that cannot be updated",
	"pg-views-040":   "WITH CHECK OPTION on a view that cannot be updated",
	"pg-views-050":   "WITH CHECK OPTION on a view that cannot be updated",
	"pg-views-044":   "a view that is somebody else's, and is not",
	"pg-views-049":   "a view that is somebody else's, and is not",
	"pg-columns-011": "three primary keys",
	"pg-columns-012": "three primary keys",
	"indexes-pg-001": "a predicate that is no expression",
	"indexes-pg-003": "an operator class that is not there",

	"x063-check_param":                "a parameter without a value",
	"x090-not_exported_table_ignored": "a foreign key to a table that is not there",
	"x101-policy_create":              "WITH CHECK on a policy for SELECT",
	"x108-casing_snake":               "two primary keys",
	"x110-casing_none":                "two primary keys",
	"x111-casing_view":                "a view of columns that are not there",
}

// worlds are what cases use beside their schemas.
var worlds = map[string]string{
	"x025-custom_types": `CREATE SCHEMA "my schema"; CREATE DOMAIN "my schema"."My Type" AS text; CREATE DOMAIN email_domain AS text`,
}

// absent says that the server lacks an extension that the case needs.
func absent(err error) bool {
	for _, name := range []string{`type "vector"`, `type "geometry"`, `type "citext"`, `"gin_trgm_ops"`} {
		if strings.Contains(err.Error(), name) {
			return true
		}
	}
	return false
}

// extensions returns those that the server could install.
func (d database) extensions() map[string]bool {
	rows, err := d.conn.Query(context.Background(), "SELECT name FROM pg_available_extensions")
	if err != nil {
		d.t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		d.t.Fatal(err)
	}
	out := map[string]bool{}
	for _, n := range names {
		out[n] = true
	}
	return out
}

// usable makes the extensions that the schemas need and the server has.
func usable(has map[string]bool, schemas ...*schema.Schema) []string {
	var out []string
	for _, s := range schemas {
		for _, e := range catalog.Extensions(s) {
			if has[e] {
				out = append(out, "CREATE EXTENSION IF NOT EXISTS "+sqltext.QuoteIdent(e))
			}
		}
	}
	return out
}

// around makes what the schemas of a case use and do not define.
func around(from, to *schema.Schema) string {
	made := map[string]bool{schema.Public: true, "current_user": true, "current_role": true, "session_user": true}
	var out []string
	once := func(key, sql string) {
		if !made[key] {
			made[key] = true
			out = append(out, sql)
		}
	}
	for _, s := range []*schema.Schema{from, to} {
		for _, name := range s.Schemas {
			made[name] = true
		}
		for _, r := range s.Roles {
			made[r.Name] = true
		}
		for _, t := range s.Tables {
			made[sqltext.QuoteIdent(t.Schema)+"."+sqltext.QuoteIdent(t.Name)] = true
		}
	}
	for _, s := range []*schema.Schema{from, to} {
		namespace := func(name string) { once(name, "CREATE SCHEMA "+sqltext.QuoteIdent(name)) }
		roles := func(p schema.Policy) {
			for _, r := range p.To {
				once(r, "CREATE ROLE "+sqltext.QuoteIdent(r))
			}
		}
		for _, e := range s.Enums {
			namespace(e.Schema)
		}
		for _, q := range s.Sequences {
			namespace(q.Schema)
		}
		for _, v := range s.Views {
			namespace(v.Schema)
			if v.Definition != nil && strings.Contains(*v.Definition, `"users"`) {
				once(`"public"."users"`, "CREATE TABLE users (id integer)")
			}
			if v.Existing {
				once("view "+v.Name, "CREATE "+map[bool]string{true: "MATERIALIZED "}[v.Materialized]+"VIEW "+sqltext.QuoteIdent(v.Schema)+"."+sqltext.QuoteIdent(v.Name)+" AS SELECT 1 AS id")
			}
		}
		for _, t := range s.Tables {
			namespace(t.Schema)
			for _, p := range t.Policies {
				roles(p)
			}
		}
		for _, p := range s.Policies {
			roles(p.Policy)
			if part := strings.Split(p.On, "."); len(part) == 2 {
				namespace(strings.Trim(part[0], `"`))
			}
			once(p.On, "CREATE TABLE "+p.On+" (id integer)")
		}
	}
	return strings.Join(out, ";\n")
}

// TestRecordedCasesRun runs what we write for the recorded cases, and compares
// what comes out with the schema made in one go.
func TestRecordedCasesRun(t *testing.T) {
	if testing.Short() {
		t.Skip("runs 300 migrations")
	}
	for _, file := range []string{"differ.jsonl", "differ-extra.jsonl"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			extensions := db.extensions()
			ran, left := 0, 0
			for _, c := range diff.RecordedCases(t, file) {
				world := strings.Join(append(usable(extensions, c.From, c.To), around(c.From, c.To), worlds[c.ID]), ";\n")
				from := text(t, diff.Compat, empty, c.From, diff.CreateAll)
				_, _, err := db.run("", world, from)
				var wanted *schema.Schema
				if err == nil {
					wanted, _, err = db.run("", world, text(t, diff.Correct, empty, c.To, diff.CreateAll))
				}
				reason, known := invalid[c.ID]
				switch {
				case err != nil && !known && !absent(err):
					t.Errorf("%s: %v", c.ID, err)
				case err == nil && known:
					t.Errorf("%s is valid, and listed as %q", c.ID, reason)
				}
				if err != nil {
					left++
					continue
				}
				ours := text(t, diff.Correct, c.From, c.To, c.Ask)
				got, _, err := db.run("", world, from, ours)
				if err != nil {
					t.Errorf("%s: %v\n%s", c.ID, err, ours)
				} else if d := cmp.Diff(wanted, got); d != "" {
					t.Errorf("%s: after\n%s\n(-want +got) %s", c.ID, ours, d)
				}
				if again := text(t, diff.Compat, c.From, c.To, c.Ask); again != ours {
					if _, _, err := db.run("", world, from, again); err != nil {
						t.Errorf("%s: %v\n%s", c.ID, err, again)
					}
				}
				ran++
			}
			t.Logf("%d run, %d describe no schema that can be had here", ran, left)
		})
	}
}
