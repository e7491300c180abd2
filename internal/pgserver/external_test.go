//go:build unix

package pgserver_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/pgserver"
)

const databaseNames = "SELECT coalesce(string_agg(datname, ' ' ORDER BY datname), '') FROM pg_database"

func TestServerOfTheUser(t *testing.T) {
	host := start(t, pgserver.Options{Listen: true})
	own := create(t, host)
	t.Setenv(pgserver.EnvSource, "")
	before := query[string](t, own, databaseNames)

	t.Setenv(pgserver.EnvURL, own)
	s := start(t, pgserver.Options{Version: host.Major(), Extensions: []string{"pg_trgm"}})
	if s.Source() != pgserver.EnvURL || s.Major() != host.Major() {
		t.Errorf("source %s, major %d", s.Source(), s.Major())
	}
	one := create(t, s)
	run(t, one, "CREATE TABLE t AS SELECT 5 AS n")
	two, err := s.Clone(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	if n := query[int](t, two, "SELECT n FROM t"); n != 5 {
		t.Errorf("the clone has %d", n)
	}
	if err := s.Drop(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), two) // somebody who forgot to leave
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if after := query[string](t, own, databaseNames); after != before {
		t.Errorf("databases before: %s, after: %s", before, after)
	}
}

func TestServerOfTheUserIsSweptOfOldOnesOnly(t *testing.T) {
	host := start(t, pgserver.Options{Listen: true})
	own := create(t, host)
	day := int64(24 * time.Hour / time.Second)
	now := time.Now().Unix()
	old, recent := fmt.Sprintf("skein_tmp_%d_abcdefgh_1", now-2*day), fmt.Sprintf("skein_tmp_%d_abcdefgh_1", now-day/2)
	for _, name := range []string{old, recent, "skein_tmp_not_a_time", "skein_production"} {
		run(t, own, "CREATE DATABASE "+name)
	}
	t.Setenv(pgserver.EnvURL, own)
	start(t, pgserver.Options{})
	names := " " + query[string](t, own, databaseNames) + " "
	if strings.Contains(names, " "+old+" ") {
		t.Errorf("%s is still there", old)
	}
	for _, name := range []string{recent, "skein_tmp_not_a_time", "skein_production"} {
		if !strings.Contains(names, " "+name+" ") {
			t.Errorf("%s is gone", name)
		}
	}
}

func TestServerOfTheUserThatDoesNotServe(t *testing.T) {
	host := start(t, pgserver.Options{Listen: true})
	own := create(t, host)
	run(t, own, "CREATE ROLE modest LOGIN PASSWORD 'x'")
	modest, err := url.Parse(own)
	if err != nil {
		t.Fatal(err)
	}
	modest.User = url.UserPassword("modest", "x")
	for name, c := range map[string]struct {
		url     string
		options pgserver.Options
		kind    diag.Kind
		want    []string
	}{
		"no URL":        {"not a url", pgserver.Options{}, diag.Usage, []string{"SKEIN_PG_URL is not a PostgreSQL URL"}},
		"other scheme":  {"mysql://localhost/x", pgserver.Options{}, diag.Usage, []string{"SKEIN_PG_URL is not a PostgreSQL URL"}},
		"nobody there":  {"postgres://127.0.0.1:1/x?sslmode=disable", pgserver.Options{}, diag.Database, []string{"cannot connect", "unset SKEIN_PG_URL"}},
		"not allowed":   {modest.String(), pgserver.Options{}, diag.Database, []string{`"modest"`, `ALTER ROLE "modest" CREATEDB`}},
		"other version": {own, pgserver.Options{Version: 9}, diag.Usage, []string{"but 9 is wanted"}},
		"no extension":  {own, pgserver.Options{Extensions: []string{"skein_has_no_such"}}, diag.Usage, []string{"skein_has_no_such is not installed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(pgserver.EnvURL, c.url)
			_, err := pgserver.Start(t.Context(), c.options)
			wantError(t, err, c.kind, c.want...)
			if strings.Contains(err.Error(), "password=") || strings.Contains(err.Error(), ":x@") {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}
