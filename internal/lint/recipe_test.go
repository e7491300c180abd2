package lint

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// TestRecipesRun runs every recipe of the corpus on a real PostgreSQL, in the
// state that the database has where its statement stands.
func TestRecipesRun(t *testing.T) {
	for _, c := range corpora(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			all := judged(c.input)
			url := pgtest.New(t)
			for i := range c.input.Files {
				f := &c.input.Files[i]
				for _, found := range all {
					if found.file == f && fromStart(found) {
						runRecipe(t, url, found)
					}
				}
				for j := range f.Statements {
					before, after := recipesAt(all, f, j)
					for _, found := range before {
						runRecipe(t, url, found)
					}
					run(t, url, f, j)
					for _, found := range after {
						runRecipe(t, url, found)
					}
				}
			}
		})
	}
}

// fromStart reports whether a recipe stands for several statements of its file.
func fromStart(f found) bool {
	return f.Code == "several-locks" || strings.Contains(f.Recipe, "instead of")
}

// recipesAt returns what to run before and after a statement.
func recipesAt(all []found, f *File, statement int) (before, after []found) {
	for _, found := range all {
		switch {
		case found.file != f || found.statement != statement || found.Recipe == "" || fromStart(found):
		case found.Code == "key-without-index": // of the table that the statement makes
			after = append(after, found)
		default:
			before = append(before, found)
		}
	}
	return before, after
}

// runRecipe runs a recipe on a copy of the database.
func runRecipe(t *testing.T, url string, f found) {
	t.Helper()
	clone := pgtest.Clone(t, url)
	for _, s := range sqltext.Statements(f.Recipe) {
		if err := exec(clone, s.Text); err != nil {
			t.Errorf("%s:%d: the recipe for %s fails: %v\n%s\nin\n%s", f.File, f.Line, f.Code, err, s.Text, f.Recipe)
			return
		}
	}
}

// run runs a statement, which fails as a comment "-- fails: SQLSTATE" before it
// says.
func run(t *testing.T, url string, f *File, statement int) {
	t.Helper()
	s := f.Statements[statement]
	want := ""
	for _, c := range sqltext.Comments(f.Text[:s.Offset]) {
		if state, ok := strings.CutPrefix(c.Text, "-- fails: "); ok && statementOf(f.Text, f.Statements, c.Offset) == statement {
			want = state
		}
	}
	err := exec(url, s.Text)
	var pgErr *pgconn.PgError
	switch {
	case want == "" && err != nil:
		t.Fatalf("%v\n%s", err, s.Text)
	case want != "" && (!errors.As(err, &pgErr) || pgErr.Code != want):
		t.Fatalf("got %v, not %s\n%s", err, want, s.Text)
	}
}

func exec(url, sql string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.PgConn().Exec(ctx, sql).ReadAll()
	return err
}

// TestRecipesAreClean lints what recipes advise, each step as a migration of
// another release: but for what they allow, and what else is to be said about
// the statement, there must be nothing.
func TestRecipesAreClean(t *testing.T) {
	type tried struct {
		found
		in    Input
		steps []string
	}
	var all []tried
	var texts []string
	for _, c := range corpora(t) {
		for _, f := range judged(c.input) {
			if f.Recipe == "" || fromStart(f) || f.Code == "cascade" || f.Code == "backfill-with-change" {
				continue
			}
			steps := inMigrations(f.Recipe)
			all, texts = append(all, tried{f, c.input, steps}), append(texts, steps...)
		}
	}
	parsed, err := sqltree.ParseAll(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		in := f.in
		in.Alone, in.Files = true, nil
		for _, before := range f.in.Files[:f.order+1] {
			before.Report = false
			in.Files = append(in.Files, before)
		}
		here := &in.Files[f.order]
		here.Statements = here.Statements[:f.statement]
		if f.Code == "key-without-index" { // of the table that the statement makes
			here.Statements = here.Statements[:f.statement+1]
		}
		for _, step := range f.steps {
			in.Files = append(in.Files, File{Name: "recipe.sql", Text: step, Statements: parsed[0], Report: true})
			parsed = parsed[1:]
		}
		already := []string{"key-without-index"} // which a recipe leaves to the one for it
		for _, other := range judged(f.in) {
			if other.file == f.file && other.statement == f.statement && other.Code != f.Code {
				already = append(already, other.Code)
			}
		}
		for _, again := range Run(in).Findings {
			if !slices.Contains(already, again.Code) {
				t.Errorf("%s:%d: the recipe for %s gives %s: %s\n%s", f.File, f.Line, f.Code, again.Code, again.Message, f.Recipe)
			}
		}
	}
}

var stepStart = regexp.MustCompile(`(?m)^-- \d+\. `)

// inMigrations returns the steps of a recipe that are migrations: those that a
// person does by hand are seen by no lint.
func inMigrations(recipe string) []string {
	var out []string
	starts := append(stepStart.FindAllStringIndex(recipe, -1), []int{len(recipe)})
	for i := range len(starts) - 1 {
		step := recipe[starts[i][0]:starts[i+1][0]]
		if when, _, _ := strings.Cut(step, "\n"); !strings.Contains(when, "by hand") {
			out = append(out, step)
		}
	}
	return out
}
