package address

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/address/addresstest"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

func parse(url string) (*pgx.ConnConfig, error) { return Parse(Address{URL: url, From: "--url"}) }

func connect(url string) (*pgx.Conn, error) {
	return Connect(context.Background(), Address{URL: url, From: "--url"})
}

func TestParse(t *testing.T) {
	config, err := parse("postgres://u:p@h:6432/d?pgbouncer=true&schema=public&sslmode=no-verify&connect_timeout=3")
	if err != nil {
		t.Fatal(err)
	}
	if config.RuntimeParams["application_name"] != "skein" || config.RuntimeParams["pgbouncer"] != "" || config.TLSConfig == nil || config.ConnectTimeout.Seconds() != 3 {
		t.Errorf("config: %+v", config)
	}
	if got := Place(config); got != "d on h:6432" {
		t.Error(got)
	}
	named, err := parse("host=/tmp/x user=u application_name=mine")
	if err != nil {
		t.Fatal(err)
	}
	if named.RuntimeParams["application_name"] != "mine" || Place(named) != "u on /tmp/x" {
		t.Errorf("%v, %s", named.RuntimeParams, Place(named))
	}
}

// password is never in an error, nor is any part of it.
const password = "s3cr3t"

func TestConnectErrors(t *testing.T) {
	t.Setenv("PGSERVICE", "")
	silent := addresstest.Listen(t, func(c net.Conn) { c.Close() })
	for _, c := range []struct {
		url  string
		kind diag.Kind
		want []string
	}{
		{"postgres://u:s3/cr3t@localhost/x", diag.Usage, []string{"the database URL cannot be read", "%2F"}},
		{"postgres://u:" + password + "@localhost:port/x", diag.Usage, []string{"the database URL cannot be read"}},
		{"postgres://u:" + password + "@localhost/x?sslmode=maybe", diag.Usage, []string{"the database URL cannot be read", "sslmode"}},
		{"password=" + password + " port=x", diag.Usage, []string{"the database URL cannot be read"}},
		{"postgres://localhost/x?sslmode=maybe", diag.Usage, []string{"sslmode"}},
		{"postgres://u:" + password + "@127.0.0.1:1/x", diag.Database, []string{"cannot connect to x on 127.0.0.1:1 as u", "connection refused", "is PostgreSQL running there?"}},
		{"host=/nowhere/at/all user=u dbname=x", diag.Database, []string{"cannot connect to x on /nowhere/at/all as u", "is PostgreSQL running there?"}},
		{"postgres://u:" + password + "@nowhere.invalid/x", diag.Database, []string{"cannot connect to x on nowhere.invalid:5432", "check the host name"}},
		{"postgres://u:" + password + "@" + silent + "/x", diag.Database, []string{"cannot connect to x on " + silent, "check host, port and sslmode"}},
	} {
		_, err := connect(c.url)
		checkError(t, c.url, err, c.kind, c.want)
	}
}

func checkError(t *testing.T, name string, err error, kind diag.Kind, want []string) {
	t.Helper()
	var e *diag.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Hint == "" {
		t.Errorf("%s: got %v", name, err)
		return
	}
	for _, text := range want {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %q is not in %v", name, text, err)
		}
	}
	for _, part := range []string{password, "s3/", "cr3t"} {
		if strings.Contains(err.Error(), part) {
			t.Errorf("%s: the password is in %v", name, err)
		}
	}
}

func TestConnectRefusedByServer(t *testing.T) {
	there := pgtest.New(t)
	config, err := parse(there)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, database, user, want string }{
		{"no database", "nowhere", config.User, "create the database first"},
		{"no role", config.Database, "nobody_at_all", `role "nobody_at_all" does not exist`},
	} {
		other := url.URL{Scheme: "postgres", User: url.UserPassword(c.user, password), Path: "/" + c.database,
			RawQuery: url.Values{"host": {config.Host}, "port": {fmt.Sprint(config.Port)}, "sslmode": {"disable"}}.Encode()}
		_, err := connect(other.String())
		var pg *pgconn.PgError
		if !errors.As(err, &pg) {
			t.Errorf("%s: got %v", c.name, err)
			continue
		}
		checkError(t, c.name, err, diag.Database, []string{"cannot connect to " + c.database, c.want})
	}
}

func TestConnectInterrupted(t *testing.T) {
	deaf := addresstest.Listen(t, func(net.Conn) {})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Connect(ctx, Address{URL: "postgres://u@" + deaf + "/x"})
	if err == nil || !strings.HasPrefix(err.Error(), "interrupted while connecting to x on "+deaf) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	_, err = connect("postgres://u@" + deaf + "/x?connect_timeout=1&sslmode=disable")
	if err == nil || !strings.Contains(err.Error(), "nothing answered in time") {
		t.Errorf("got %v", err)
	}
}
