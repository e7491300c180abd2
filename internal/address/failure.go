package address

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/secret"
)

func connectError(ctx context.Context, a Address, config *pgx.ConnConfig, err error) error {
	e := &diag.Error{Kind: diag.Database, Err: err, Message: fmt.Sprintf("cannot connect to %s as %s", a.Place(config), config.User)}
	if errors.Is(ctx.Err(), context.Canceled) {
		e.Message, e.Err = "interrupted while connecting to "+a.Place(config), context.Cause(ctx)
		return e
	}
	e.Detail, e.Hint = attempts(err, config.Password), connectHint(err)
	var pg *pgconn.PgError
	asked := errors.As(err, &pg) && pg.Code == "28P01" // invalid_password
	if from := a.origins(config, asked); from != "" {
		e.Detail += "\n" + from
	}
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
	var hide secret.Set
	hide.Add(password)
	return hide.Hide(text)
}

func connectHint(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return refusalHint(pg)
	}
	var name *net.DNSError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return "check the host name in the URL, and whether this machine can look it up"
	case errors.As(err, &authority):
		return "nobody known here vouches for the server's certificate: give its authority by sslrootcert=FILE (sslrootcert=system for those of this machine), or accept any certificate by sslmode=require without sslrootcert"
	case errors.As(err, &host):
		return "the server's certificate is made for another name: connect by that name (hostaddr=ADDRESS says where it is), or check the authority alone by sslmode=verify-ca"
	case errors.As(err, &invalid):
		return "the server's certificate is not valid (any more): it has to be renewed on the server"
	case strings.Contains(err.Error(), "remote error: tls") && strings.Contains(err.Error(), "certificate"):
		return "the server does not accept the client's certificate: check sslcert and sslkey, and the authority that the server knows (ssl_ca_file)"
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
	switch {
	case pg.Code == "28000" && strings.Contains(pg.Message, "certificate"):
		return "the server wants a certificate from you that its own authority (ssl_ca_file) vouches for: give it by sslcert=FILE and sslkey=FILE, or by PGSSLCERT and PGSSLKEY"
	case pg.Code == "28000" && strings.Contains(pg.Message, "no encryption"):
		return "the server may let this user in over TLS alone: say sslmode=require, or a stricter one"
	}
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
