package reverse

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/adopt"
	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/schema/schematest"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

// TestRandomHistories applies random migrations and takes them out one by one.
// After each the database has to be what it was before it came. SKEIN_PAIRS
// asks for more than a few.
func TestRandomHistories(t *testing.T) {
	seeds := 6
	if text := os.Getenv("SKEIN_PAIRS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		seeds = n
	}
	server := pgtest.Start(t, pgserver.Options{}) // roles belong to the server
	for seed := range seeds {
		t.Run(strconv.Itoa(seed), func(t *testing.T) { goBack(t, server, uint64(seed)) })
	}
}

// randomHistory writes four migrations and returns the names of the edits.
func randomHistory(t *testing.T, seed uint64) (h *history.History, edits []string) {
	t.Helper()
	g := schematest.New(seed, fmt.Sprintf("skein_back%d_", seed))
	first := g.Pair()
	pairs := []*schematest.Pair{{From: &schema.Schema{}, To: first.From}, first}
	for range 2 {
		pairs = append(pairs, g.Edit(pairs[len(pairs)-1].To))
	}
	dir := t.TempDir()
	id := snapshot.OriginID
	write := func(name, sql string, s *schema.Schema) {
		t.Helper()
		h, err := history.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		next := fmt.Sprintf("00000000-0000-0000-0000-0000000000%02d", len(h.Migrations)+1)
		if _, err := h.Append(history.Draft{Name: name, SQL: sql, Snapshot: snapshot.New(next, id, s)}); err != nil {
			t.Fatal(err)
		}
		id = next
	}
	write("outside", schematest.OutsideSQL, &schema.Schema{})
	for i, p := range pairs {
		made, err := diff.ComputeIn(diff.Correct, p.From, p.To, diff.ResolverFunc(func(q diff.Question) (diff.Answer, error) {
			for _, c := range q.Candidates {
				if p.Was != nil && c.Name == p.Origin(q.Created.Name) {
					return diff.Answer{Rename: true, From: c}, nil
				}
			}
			return diff.Answer{}, nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		edits = append(edits, p.Edits...)
		write(fmt.Sprintf("step%d", i), sqltext.Join(made.Statements(), true), p.To)
	}
	h, err := history.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return h, edits
}

func goBack(t *testing.T, server *pgserver.Server, seed uint64) {
	ctx := context.Background()
	h, edits := randomHistory(t, seed)
	url, err := server.CreateDatabase(ctx)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := migrate.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	reading := catalog.Options{}
	for i := range h.Migrations {
		s, err := h.Snapshot(i)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range s.Schema.Roles {
			reading.Roles = append(reading.Roles, r.Name)
		}
	}
	look := func() *schema.Schema {
		t.Helper()
		s, err := catalog.Read(ctx, conn, reading)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	var before []*schema.Schema
	for n := range h.Migrations {
		before = append(before, look())
		up(t, conn, &history.History{Dir: h.Dir, Migrations: h.Migrations[:n+1]})
	}
	t.Logf("edits: %v", edits)
	report := status(t, conn, h)
	all, err := Choose(report, len(h.Migrations)-1)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := Compute(h, all)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Prove(ctx, conn, h, steps, catalog.Options{}, replay.Options{}); err != nil {
		t.Fatalf("the proof: %v\n%s", err, story(steps))
	}
	for _, s := range steps {
		down(t, conn, h, s)
		if found := replay.Compare(look(), before[s.Entry], before[s.Entry]); len(found) > 0 {
			t.Fatalf("behind %s: %s\n%s", s.Migration.Entry.Tag, differences(found, "now", "before"), story([]Step{s}))
		}
	}
	// And up again to the end.
	up(t, conn, h)
}

func story(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&b, "-- %s\n%s\n-- back\n%s\n", s.Migration.Entry.Tag, s.Migration.SQL, s.SQL)
	}
	return b.String()
}

func status(t *testing.T, conn *pgx.Conn, h *history.History) *migrate.Report {
	t.Helper()
	report, err := migrate.Status(context.Background(), conn, h, migrate.Target{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func up(t *testing.T, conn *pgx.Conn, h *history.History) {
	t.Helper()
	plan, err := migrate.Plan(context.Background(), conn, h, migrate.Target{})
	if err == nil {
		_, err = migrate.Apply(context.Background(), conn, plan, migrate.Options{})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func down(t *testing.T, conn *pgx.Conn, h *history.History, s Step) {
	t.Helper()
	plan, err := migrate.PlanReverse(context.Background(), conn, status(t, conn, h), []migrate.Reversal{{Entry: s.Entry, SQL: s.SQL}})
	if err == nil {
		_, err = migrate.Apply(context.Background(), conn, plan, migrate.Options{})
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, story([]Step{s}))
	}
}

// TestRandomDatabasesAreFound makes databases by the first migrations of random
// histories, without a record, and asks how far along they are.
func TestRandomDatabasesAreFound(t *testing.T) {
	ctx := context.Background()
	server := pgtest.Start(t, pgserver.Options{})
	for seed := range uint64(4) {
		h, edits := randomHistory(t, 100+seed)
		n := 2 + int(seed)%3
		url, err := server.CreateDatabase(ctx)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := migrate.Connect(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		up(t, conn, &history.History{Dir: h.Dir, Migrations: h.Migrations[:n]})
		if _, err := conn.Exec(ctx, "DROP SCHEMA drizzle CASCADE"); err != nil {
			t.Fatal(err)
		}
		d := &adopt.Database{Conn: conn, Reading: catalog.Options{Tables: func(r schema.Ref) bool { return r != schematest.Outside }}}
		fit, err := d.Search(ctx, h, 0)
		if err != nil {
			t.Fatal(err)
		}
		right, _, err := adopt.SchemaAfter(h, n)
		if err != nil {
			t.Fatal(err)
		}
		found, _, err := adopt.SchemaAfter(h, fit.N)
		if err != nil {
			t.Fatal(err)
		}
		if fit.N != n && !schema.Equal(right, found) || len(fit.Differences) > 0 {
			t.Errorf("seed %d (%v): it is at %d, and %d was found: %s", seed, edits, n, fit.N, differences(fit.Differences, "the database", "the snapshot"))
		}
		conn.Close(ctx)
	}
}
