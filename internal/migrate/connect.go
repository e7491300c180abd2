package migrate

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
)

// connectTimeout bounds each attempt to reach a server where the URL does not
// say connect_timeout.
const connectTimeout = 15 * time.Second

// Connect opens a connection for Status, Plan and Apply. The URL (or libpq's
// key=value form) is read by libpq's rules; what it leaves open comes from
// libpq's environment variables. No error repeats a password.
func Connect(ctx context.Context, url string) (*pgx.Conn, error) {
	config, err := ParseURL(url)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, connectError(ctx, config, err)
	}
	return conn, nil
}

// ParseURL is the part of Connect that touches nothing. An error is a
// *diag.Error of kind Usage.
func ParseURL(url string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(withoutForeign(url))
	if err != nil {
		return nil, &diag.Error{
			Kind: diag.Usage, Message: "the database URL cannot be read", Detail: parseReason(err, url),
			Hint: "it looks like postgres://user:password@host:5432/database; in a password, / is written %2F, @ is %40 and # is %23",
		}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	for name, value := range map[string]string{"application_name": "skein", "client_encoding": "UTF8"} {
		if config.RuntimeParams[name] == "" {
			config.RuntimeParams[name] = value
		}
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	return config, nil
}

// foreign are parameters that node-postgres and the tools around it read from
// a URL, and that PostgreSQL would refuse as unknown settings.
var foreign = []string{
	"uselibpqcompat", "pgbouncer", "connection_limit", "pool_timeout", "socket_timeout",
	"statement_cache_size", "sslaccept", "schema", "workaround",
}

// withoutForeign makes a URL that works with node-postgres one that works here.
func withoutForeign(from string) string {
	u, err := url.Parse(from)
	if err != nil || u.RawQuery == "" {
		return from
	}
	query := u.Query()
	for _, name := range foreign {
		query.Del(name)
	}
	if query.Get("sslmode") == "no-verify" { // TLS with any certificate
		query.Set("sslmode", "require")
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// parseReason is why the URL could not be read. With a password in it, only
// the fixed part of the message is repeated: a URL that is cut at the wrong
// places can have any part of a password in the rest.
func parseReason(err error, from string) string {
	_, reason, _ := strings.Cut(err.Error(), "`: ")
	settings := strings.HasPrefix(reason, "failed to configure TLS")
	if !settings && (strings.Contains(from, "@") || strings.Contains(strings.ToLower(from), "password")) {
		reason, _, _ = strings.Cut(reason, " (")
	}
	return reason
}

// Place names what a connection leads to, without a password: "app on
// localhost:5432".
func Place(config *pgx.ConnConfig) string {
	where := config.Host
	if !strings.HasPrefix(where, "/") {
		where = net.JoinHostPort(config.Host, fmt.Sprint(config.Port))
	}
	database := config.Database
	if database == "" {
		database = config.User
	}
	return database + " on " + where
}

func connectError(ctx context.Context, config *pgx.ConnConfig, err error) error {
	e := &diag.Error{Kind: diag.Database, Err: err, Message: fmt.Sprintf("cannot connect to %s as %s", Place(config), config.User)}
	if errors.Is(ctx.Err(), context.Canceled) {
		e.Message, e.Err = "interrupted while connecting to "+Place(config), context.Cause(ctx)
		return e
	}
	e.Detail, e.Hint = attempts(err, config.Password), connectHint(err)
	return e
}

// attempts lists what became of each address that was tried. The same address
// may be tried with and without TLS.
func attempts(err error, password string) string {
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		err = connect.Unwrap()
	}
	var told []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(told, line) {
			told = append(told, line)
		}
	}
	text := strings.Join(told, "\n")
	if password != "" && len(password) > 2 {
		text = strings.ReplaceAll(text, password, "xxxxx")
	}
	return text
}

func connectHint(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return refusalHint(pg)
	}
	var name *net.DNSError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	switch {
	case errors.As(err, &name):
		return "check the host name in the URL, and whether this machine can look it up"
	case errors.As(err, &authority), errors.As(err, &host):
		return "the server's certificate does not fit: give its authority by sslrootcert=FILE and the name it is made for, or accept any by sslmode=require"
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, fs.ErrNotExist):
		return "is PostgreSQL running there? check host and port in the URL; `skein dev` starts a PostgreSQL to try things with"
	case strings.Contains(err.Error(), "server refused TLS connection"):
		return "the server has no TLS: say sslmode=disable, or prefer, in the URL"
	case pgconn.Timeout(err), errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return "nothing answered in time: check host and port, and what is between here and there (VPN, port-forward, firewall, allowed addresses)"
	}
	return "check host, port and sslmode in the URL"
}

// refusalHint is for a PostgreSQL that answered.
func refusalHint(pg *pgconn.PgError) string {
	switch pg.Code {
	case "28P01": // invalid_password
		return "check user and password in the URL"
	case "28000": // invalid_authorization_specification
		return "the server does not let this user in from here: check the user, pg_hba.conf, and whether it wants TLS (sslmode=require)"
	case "3D000": // invalid_catalog_name
		return "create the database first (createdb), or check its name in the URL"
	case "53300": // too_many_connections
		return "the server has no free connection: try again, or see pg_stat_activity for who has them"
	case "57P03": // cannot_connect_now
		return "the server is starting or stopping: try again in a moment"
	}
	return pg.Hint
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
