package inspect

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// What an object shows is told by the story inspect of internal/cli.

func TestNothingCanBeWritten(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	err = Read(t.Context(), conn, func(r *Reader) error {
		_, err := r.tx.Exec(t.Context(), "CREATE TABLE t ()")
		return err
	})
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "25006" { // read_only_sql_transaction
		t.Errorf("got %v", err)
	}
	var timeout string
	if err := conn.QueryRow(t.Context(), "SHOW statement_timeout").Scan(&timeout); err != nil || timeout != "0" {
		t.Errorf("the timeout stays: %s, %v", timeout, err)
	}
}

func TestMatch(t *testing.T) {
	names := []Name{
		{Schema: "a", Name: "users"}, {Schema: "public", Name: "users", Visible: true},
		{Schema: "a", Name: "log"}, {Schema: "b", Name: "log"}, {Schema: "public", Name: "Odd.Name"},
	}
	for text, want := range map[string]int{
		"users": 1, "a.users": 0, `"a"."users"`: 0, "public.users": 1, `public."Odd.Name"`: 4, "Odd.Name": 4,
	} {
		if got := Match(names, text); len(got) != 1 || got[0] != names[want] {
			t.Errorf("%s: got %v", text, got)
		}
	}
	if got := Match(names, "log"); len(got) != 2 {
		t.Errorf("log: got %v", got)
	}
	if got := Match(names, "nobody"); len(got) != 0 {
		t.Errorf("nobody: got %v", got)
	}
}
