package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/schema"
)

const several = `
CREATE SCHEMA auth;
CREATE SCHEMA "it's";
CREATE TABLE auth.users (id serial PRIMARY KEY);
ALTER TABLE auth.users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON auth.users FOR SELECT USING (true);
CREATE TABLE "it's"."a\b" (id integer);
CREATE TYPE auth.kind AS ENUM ('a');
CREATE SEQUENCE auth.numbers;
CREATE VIEW auth.seen AS SELECT 1 AS one;
CREATE TABLE posts (id integer, author integer CONSTRAINT f REFERENCES auth.users);
CREATE TABLE post_tags (id integer);`

func TestOptions(t *testing.T) {
	conn := connect(t, pgtest.New(t))
	run(t, conn, several)
	for _, c := range []struct {
		name                      string
		options                   Options
		schemas, tables, policies []string
		others                    int // enums, sequences and views together
	}{
		{"everything", Options{}, []string{"auth", "it's"}, []string{"auth.users", `it's.a\b`, "post_tags", "posts"}, nil, 3},
		{"one schema", Options{Schemas: []string{"public"}}, nil, []string{"post_tags", "posts"}, nil, 0},
		{"quoted schema", Options{Schemas: []string{"it's", "none"}}, []string{"it's"}, []string{`it's.a\b`}, nil, 0},
		{"linked policy", Options{Schemas: []string{"public"}, Linked: []schema.Ref{{Schema: "auth", Name: "users"}}},
			nil, []string{"post_tags", "posts"}, []string{`"auth"."users"/own`}, 0},
		{"tables", Options{Tables: filter(t, "post_*")}, []string{"auth", "it's"}, []string{"post_tags"}, nil, 2},
		{"other migrations table", Options{Migrations: schema.Ref{Schema: "auth", Name: "users"}},
			[]string{"auth", "it's"}, []string{`it's.a\b`, "post_tags", "posts"}, nil, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Read(context.Background(), conn, c.options)
			if err != nil {
				t.Fatal(err)
			}
			var tables, policies []string
			for _, x := range s.Tables {
				tables = append(tables, x.Ref().String())
			}
			for _, x := range s.Policies {
				policies = append(policies, x.On+"/"+x.Name)
			}
			if !slices.Equal(s.Schemas, c.schemas) || !slices.Equal(tables, c.tables) || !slices.Equal(policies, c.policies) {
				t.Errorf("got schemas %q, tables %q, policies %q", s.Schemas, tables, policies)
			}
			if n := len(s.Enums) + len(s.Sequences) + len(s.Views); n != c.others {
				t.Errorf("got %d other objects, want %d: %+v %+v %+v", n, c.others, s.Enums, s.Sequences, s.Views)
			}
		})
	}
	s, err := Read(context.Background(), conn, Options{Schemas: []string{"public"}})
	if err != nil {
		t.Fatal(err)
	}
	want := schema.ForeignKey{Name: "f", Columns: []string{"author"}, ToSchema: "auth", ToTable: "users", ToColumns: []string{"id"},
		OnDelete: "no action", OnUpdate: "no action"}
	if got := s.Table(schema.Ref{Schema: "public", Name: "posts"}).ForeignKeys[0]; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("a foreign key to a schema that is not read: got %+v", got)
	}
}

func filter(t *testing.T, patterns ...string) func(schema.Ref) bool {
	t.Helper()
	f, err := TableFilter(patterns)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTableFilter(t *testing.T) {
	for _, c := range []struct {
		patterns []string
		name     string
		want     bool
	}{
		{[]string{"users"}, "users", true},
		{[]string{"users"}, "posts", false},
		{[]string{"app_*", "users"}, "app_x", true},
		{[]string{"!app_*"}, "users", true},
		{[]string{"!app_*"}, "app_x", false},
		{[]string{"*", "!app_*"}, "app_x", false},
		{[]string{"users", "!app_*"}, "posts", true}, // as drizzle-kit has it: "!app_*" fits posts
		{[]string{"{a,b}_*"}, "b_x", true},
	} {
		if got := filter(t, c.patterns...)(schema.Ref{Schema: "public", Name: c.name}); got != c.want {
			t.Errorf("%q on %s: got %v", c.patterns, c.name, got)
		}
	}
	if f, err := TableFilter(nil); f != nil || err != nil {
		t.Error("no patterns make a filter")
	}
	var e *diag.Error
	if _, err := TableFilter([]string{"a[b"}); !errors.As(err, &e) || e.Kind != diag.Usage {
		t.Errorf("a broken pattern: %v", err)
	}
}

// TestRoles needs a server of its own: roles belong to the server.
func TestRoles(t *testing.T) {
	server := pgtest.Start(t, pgserver.Options{})
	url, err := server.CreateDatabase(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, url)
	run(t, conn, `CREATE ROLE reader CREATEDB NOINHERIT; CREATE ROLE "The Writer" CREATEROLE; CREATE ROLE other;`)
	s, err := Read(context.Background(), conn, Options{Roles: []string{"reader", "The Writer", "nobody"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []schema.Role{{Name: "The Writer", CreateRole: true, Inherit: true}, {Name: "reader", CreateDB: true}}
	if !slices.Equal(s.Roles, want) {
		t.Errorf("got %+v", s.Roles)
	}
}

// TestInsideTransaction reads what an open transaction did and leaves it open,
// with its settings.
func TestInsideTransaction(t *testing.T) {
	ctx := context.Background()
	conn := connect(t, pgtest.New(t))
	run(t, conn, `CREATE SCHEMA app; BEGIN; SET LOCAL search_path = app; SET LOCAL timezone = 'Asia/Tokyo'; CREATE TABLE t (at timestamptz DEFAULT '2024-01-02 00:00:00+00')`)
	s, err := Read(ctx, conn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if table := s.Table(schema.Ref{Schema: "app", Name: "t"}); table == nil || table.Columns[0].Default.Text != "'2024-01-02 00:00:00+00'" {
		t.Errorf("got %+v", s.Tables)
	}
	var path, zone string
	if err := conn.QueryRow(ctx, "select current_setting('search_path'), current_setting('timezone')").Scan(&path, &zone); err != nil {
		t.Fatal(err)
	}
	if path != "app" || zone != "Asia/Tokyo" || conn.PgConn().TxStatus() != 'T' {
		t.Errorf("after reading: search_path %q, timezone %q, status %c", path, zone, conn.PgConn().TxStatus())
	}
}

// TestFailedTransaction reads nothing inside a transaction that has failed,
// and says so.
func TestFailedTransaction(t *testing.T) {
	conn := connect(t, pgtest.New(t))
	_ = conn.PgConn().Exec(context.Background(), "BEGIN; SELECT 1/0").Close()
	var e *diag.Error
	if _, err := Read(context.Background(), conn, Options{}); !errors.As(err, &e) || e.Kind != diag.Database {
		t.Errorf("got %v", err)
	}
	if conn.PgConn().TxStatus() != 'E' {
		t.Errorf("the transaction was touched")
	}
}

// TestStrangeSettings reads the same whatever the connection is set to, in
// every mode of asking that a pooler may force on it.
func TestStrangeSettings(t *testing.T) {
	url := pgtest.New(t)
	run(t, connect(t, url), `CREATE TABLE t (at timestamptz DEFAULT '2024-01-02 00:00:00+00', name text DEFAULT 'a\b', i interval DEFAULT '1 day 02:00:00', b bytea DEFAULT '\x01')`)
	read := func(mode pgx.QueryExecMode, settings string) string {
		config, err := pgx.ParseConfig(url)
		if err != nil {
			t.Fatal(err)
		}
		config.DefaultQueryExecMode = mode
		conn, err := pgx.ConnectConfig(context.Background(), config)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		run(t, conn, settings)
		r, err := Inspect(context.Background(), conn, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return dump(r)
	}
	plain := read(pgx.QueryExecModeCacheStatement, "")
	for _, settings := range []string{
		"SET search_path = pg_catalog; SET timezone = 'Asia/Tokyo'; SET datestyle = 'SQL, DMY'",
		"SET standard_conforming_strings = off; SET intervalstyle = iso_8601; SET bytea_output = escape; SET quote_all_identifiers = on",
		"SET default_transaction_read_only = on; SET default_transaction_isolation = serializable",
	} {
		if got := read(pgx.QueryExecModeSimpleProtocol, settings); got != plain {
			t.Errorf("after %s:\n%s\nwithout:\n%s", settings, got, plain)
		}
	}
}

// TestReadOnly reads as a role that may do nothing but connect.
func TestReadOnly(t *testing.T) {
	server := pgtest.Start(t, pgserver.Options{})
	url, err := server.CreateDatabase(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, url)
	run(t, conn, several+`CREATE ROLE nobody_special; REVOKE ALL ON SCHEMA public FROM public;`)
	want, err := Inspect(context.Background(), conn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	run(t, conn, "SET ROLE nobody_special")
	got, err := Inspect(context.Background(), conn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if dump(got) != dump(want) {
		t.Errorf("got\n%s\nwant\n%s", dump(got), dump(want))
	}
}
