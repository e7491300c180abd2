package resolve

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/schema/schematest"
	"github.com/skein-db/skein/internal/sqltext"
)

// TestRandomLines holds resolve against PostgreSQL: two random lists of changes
// to a random schema, made one history, and run. What is in the database then
// is what the last snapshot says. SKEIN_PAIRS asks for more than a few.
func TestRandomLines(t *testing.T) {
	seeds := 25
	if text := os.Getenv("SKEIN_PAIRS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		seeds = n
	}
	s := server{t: t, roles: fmt.Sprintf("skein_r%d_", os.Getpid())}
	agreed := 0
	for seed := range uint64(seeds) {
		if s.try(seed) {
			agreed++
		}
	}
	t.Logf("%d of %d pairs of lines were made one, the others disagree", agreed, seeds)
	if agreed*4 < seeds {
		t.Error("too few agree for the test to say much")
	}
}

type server struct {
	t     *testing.T
	roles string
}

// try reports whether the two lines of a seed agree.
func (s *server) try(seed uint64) bool {
	g := schematest.New(seed, s.roles)
	up := g.Pair()
	local := g.Edit(up.From)
	base := &branch{t: s.t, files: map[string][]byte{}, id: "00000000-0000-0000-0000-000000000000", name: "base", when: 1000}
	base.step("init", &schematest.Pair{To: up.From})
	theirs, mine := base.fork("upstream"), base.fork("local")
	theirs.step("theirs", up)
	mine.step("mine", local)
	p := make3(s.t, base, theirs, mine, nil)
	if len(p.Problems) > 0 {
		return false
	}
	sound(s.t, theirs, p)
	sql := []string{schematest.OutsideSQL, string(base.files["0000_init.sql"]), string(theirs.files["0001_theirs.sql"])}
	for _, m := range p.Moves {
		if m.Fate != Gone {
			sql = append(sql, m.SQL)
		}
	}
	got, err := s.run(p.Schema, sql)
	if err != nil {
		s.t.Errorf("seed %d (%v, %v): %v\n-- base\n%s", seed, up.Edits, local.Edits, err, strings.Join(sql[1:], "\n-- then\n"))
		return true
	}
	built, err := diff.ComputeIn(diff.Correct, &schema.Schema{}, p.Schema, diff.CreateAll)
	if err != nil {
		s.t.Fatal(err)
	}
	want, err := s.run(p.Schema, []string{schematest.OutsideSQL, sqltext.Join(built.Statements(), true)})
	if err != nil {
		s.t.Fatalf("seed %d: the joined schema cannot be built: %v", seed, err)
	}
	if d := cmp.Diff(inOrder(want), inOrder(got)); d != "" {
		s.t.Errorf("seed %d (%v, %v): the history makes something else (-snapshot +history):\n%s\n%s", seed, up.Edits, local.Edits, d, strings.Join(sql[1:], "\n-- then\n"))
	}
	return true
}

// step writes a migration for an edit, answering as the edit knows.
func (b *branch) step(name string, p *schematest.Pair) {
	b.t.Helper()
	r, err := diff.ComputeIn(diff.Correct, &b.now, p.To, diff.ResolverFunc(func(q diff.Question) (diff.Answer, error) {
		for _, c := range q.Candidates {
			if p.Was != nil && c.Name == p.Origin(q.Created.Name) {
				return diff.Answer{Rename: true, From: c}, nil
			}
		}
		return diff.Answer{}, nil
	}))
	if err != nil {
		b.t.Fatal(err)
	}
	b.now = *p.To.Clone()
	b.write(name, sqltext.Join(r.Statements(), true), true)
}

// run runs migrations in a database of their own and reads what is there then.
func (s *server) run(want *schema.Schema, migrations []string) (*schema.Schema, error) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pgtest.New(s.t))
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close(ctx)
	defer s.clear(conn)
	for _, m := range migrations {
		for _, piece := range sqltext.Split(m) {
			if err := conn.PgConn().Exec(ctx, piece.Text).Close(); err != nil {
				return nil, fmt.Errorf("%s\n%w", strings.TrimSpace(piece.Text), err)
			}
		}
	}
	o := catalog.Options{
		Linked: []schema.Ref{schematest.Outside}, Tables: func(r schema.Ref) bool { return r != schematest.Outside },
	}
	for _, r := range want.Roles {
		o.Roles = append(o.Roles, r.Name)
	}
	got, err := catalog.Read(ctx, conn, o)
	if err == nil {
		got.Schemas = slices.DeleteFunc(got.Schemas, func(name string) bool { return name == schematest.Outside.Schema })
	}
	return got, err
}

// clear takes away what the database holds, and then its roles: those belong
// to the whole server.
func (s *server) clear(conn *pgx.Conn) {
	ctx := context.Background()
	rows, err := conn.Query(ctx, "SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1)", s.roles)
	if err != nil {
		s.t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		s.t.Fatal(err)
	}
	for _, name := range names {
		role := sqltext.QuoteIdent(name)
		if _, err := conn.Exec(ctx, "DROP OWNED BY "+role+" CASCADE; DROP ROLE "+role, pgx.QueryExecModeSimpleProtocol); err != nil {
			s.t.Fatal(err)
		}
	}
}

// inOrder is a schema in an order of its own: the history's tables come in
// another one than a fresh schema's.
func inOrder(s *schema.Schema) *schema.Schema {
	c := s.Clone()
	slices.SortFunc(c.Tables, func(a, b schema.Table) int { return strings.Compare(a.Ref().String(), b.Ref().String()) })
	for i := range c.Tables {
		t := &c.Tables[i]
		slices.SortFunc(t.Columns, func(a, b schema.Column) int { return strings.Compare(a.Name, b.Name) })
		slices.SortFunc(t.Indexes, func(a, b schema.Index) int { return strings.Compare(a.Name, b.Name) })
		slices.SortFunc(t.ForeignKeys, func(a, b schema.ForeignKey) int { return strings.Compare(a.Name, b.Name) })
		slices.SortFunc(t.Uniques, func(a, b schema.Unique) int { return strings.Compare(a.Name, b.Name) })
		slices.SortFunc(t.Checks, func(a, b schema.Check) int { return strings.Compare(a.Name, b.Name) })
		slices.SortFunc(t.Policies, func(a, b schema.Policy) int { return strings.Compare(a.Name, b.Name) })
	}
	slices.SortFunc(c.Enums, func(a, b schema.Enum) int { return strings.Compare(a.Ref().String(), b.Ref().String()) })
	slices.SortFunc(c.Sequences, func(a, b schema.Sequence) int { return strings.Compare(a.Ref().String(), b.Ref().String()) })
	slices.SortFunc(c.Views, func(a, b schema.View) int { return strings.Compare(a.Ref().String(), b.Ref().String()) })
	slices.Sort(c.Schemas)
	return c
}
