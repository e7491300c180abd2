package migrate

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/snapshot"
)

// migration returns the n-th migration of a history, with a time to match.
func migration(n int, name, sql string) history.Migration {
	tag := fmt.Sprintf("%04d_%s", n, name)
	return history.Migration{
		Entry: snapshot.Entry{Idx: n, Version: "7", When: 1700000000000 + int64(n)*1000, Tag: tag, Breakpoints: true},
		File:  "drizzle/" + tag + ".sql", SQL: sql, HasSQL: true,
	}
}

// historyOf returns a history of up to 26 migrations named a, b, c, ….
func historyOf(sqls ...string) *history.History {
	h := &history.History{Dir: "drizzle"}
	for i, sql := range sqls {
		h.Migrations = append(h.Migrations, migration(i, string(rune('a'+i)), sql))
	}
	return h
}

// connect opens a connection that ends with the test.
func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// fresh returns a connection to an empty database.
func fresh(t testing.TB) *pgx.Conn {
	t.Helper()
	return connect(t, pgtest.New(t))
}

// up plans and applies the whole history.
func up(ctx context.Context, conn *pgx.Conn, h *history.History, o Options) (*Applied, error) {
	p, err := Plan(ctx, conn, h, Target{})
	if err != nil {
		return &Applied{}, err
	}
	return Apply(ctx, conn, p, o)
}

func mustUp(t testing.TB, conn *pgx.Conn, h *history.History) *Applied {
	t.Helper()
	done, err := up(context.Background(), conn, h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// states are the states of all entries and unknown rows, in order.
func states(r *Report) (found []State) {
	for _, e := range r.Entries {
		found = append(found, e.State)
	}
	for range r.Unknown {
		found = append(found, StateUnknown)
	}
	return found
}

func mustStatus(t testing.TB, conn *pgx.Conn, h *history.History) *Report {
	t.Helper()
	r, err := Status(context.Background(), conn, h, Target{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func execSQL(t testing.TB, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(context.Background(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// value returns the single value of a query, as text.
func value(t testing.TB, conn *pgx.Conn, sql string) string {
	t.Helper()
	var s *string
	if err := conn.QueryRow(context.Background(), sql).Scan(&s); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	if s == nil {
		return "null"
	}
	return *s
}
