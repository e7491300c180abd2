package commute

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/schema"
)

// TestBothOrders asks PostgreSQL: what is said to be independent runs in either
// order and gives one database; what is said to conflict does so in no case of
// the table.
func TestBothOrders(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	agree, apart := 0, 0
	for _, c := range cases {
		a, b := base(), base()
		c.a(a)
		c.b(b)
		result := Compare(base(), a, b)
		if slices.ContainsFunc(result.Rows, func(r Row) bool { return r.Relation == Noted || r.Relation == Same }) {
			continue // not the same either way round, or done once only
		}
		first, firstErr := outcome(t, conn, base(), a, b)
		second, secondErr := outcome(t, conn, base(), b, a)
		same := firstErr == nil && secondErr == nil && cmp.Equal(first, second)
		switch {
		case result.Commute() && !same:
			t.Errorf("%s: said to commute: %v, %v\n%s", c.name, firstErr, secondErr, cmp.Diff(first, second))
		case !result.Commute() && same:
			t.Errorf("%s: said not to commute, and PostgreSQL makes the same of both orders", c.name)
		case same:
			agree++
		default:
			apart++
		}
	}
	t.Logf("%d commute, %d do not", agree, apart)
}

// outcome runs the statements of one side and then of the other, and reads what
// is there then.
func outcome(t *testing.T, conn *pgx.Conn, from, first, second *schema.Schema) (*schema.Schema, error) {
	t.Helper()
	ctx := context.Background()
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	steps := statements(t, &schema.Schema{}, from)
	if err := run(ctx, tx, steps); err != nil {
		t.Fatalf("the base: %v", err)
	}
	for _, to := range []*schema.Schema{first, second} {
		if err := run(ctx, tx, statements(t, from, to)); err != nil {
			return nil, err
		}
	}
	s, err := catalog.Read(ctx, conn, catalog.Options{})
	if err != nil {
		return nil, err
	}
	for i := range s.Tables { // columns stand in the order in which they came
		slices.SortFunc(s.Tables[i].Columns, func(x, y schema.Column) int { return strings.Compare(x.Name, y.Name) })
	}
	return s, nil
}

func run(ctx context.Context, tx pgx.Tx, steps []string) error {
	for _, sql := range steps {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

func statements(t *testing.T, from, to *schema.Schema) []string {
	t.Helper()
	result, err := diff.ComputeIn(diff.Correct, from, to, diff.CreateAll)
	if err != nil {
		t.Fatal(err)
	}
	return result.Statements()
}
