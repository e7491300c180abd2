package address

import (
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// variables are libpq's environment variables, by their setting.
// https://www.postgresql.org/docs/current/libpq-envars.html
var variables = map[string]string{
	"host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "database": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD",
	"passfile": "PGPASSFILE", "require_auth": "PGREQUIREAUTH", "channel_binding": "PGCHANNELBINDING", "options": "PGOPTIONS",
	"application_name": "PGAPPNAME", "sslmode": "PGSSLMODE", "sslnegotiation": "PGSSLNEGOTIATION", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
	"sslcertmode": "PGSSLCERTMODE", "sslrootcert": "PGSSLROOTCERT", "sslsni": "PGSSLSNI", "sslcrl": "PGSSLCRL", "sslcrldir": "PGSSLCRLDIR",
	"requirepeer": "PGREQUIREPEER", "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION", "ssl_max_protocol_version": "PGSSLMAXPROTOCOLVERSION",
	"gssencmode": "PGGSSENCMODE", "krbsrvname": "PGKRBSRVNAME", "connect_timeout": "PGCONNECT_TIMEOUT", "client_encoding": "PGCLIENTENCODING",
	"target_session_attrs": "PGTARGETSESSIONATTRS", "load_balance_hosts": "PGLOADBALANCEHOSTS",
}

// Environ returns environ with libpq's variables set to the address, for a
// program that uses libpq: nothing of it, and no password, is then on a command
// line. forwarded is the host and port that the address is really behind, "" if
// there is none. Certificates that are text are written into dir.
func (a Address) Environ(environ []string, forwarded, dir string) ([]string, error) {
	text, _ := plainMode(a.URL)
	own := settingsOf(text)
	found, err := findService(own)
	if err != nil {
		return nil, a.unreadable(err)
	}
	set := map[string]string{}
	if found != nil { // put in here, because libpq's own order puts it before its variables
		maps.Copy(set, found.settings)
		environ = unset(environ, "PGSERVICE")
	}
	maps.Copy(set, own)
	if forwarded != "" {
		host, port, err := net.SplitHostPort(forwarded)
		if err != nil {
			return nil, err
		}
		set["hostaddr"], set["port"] = host, port
	}
	if err := a.TLS.files(set, dir); err != nil {
		return nil, err
	}
	out := environ
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if variable := variables[name]; variable != "" {
			out = append(unset(out, variable), variable+"="+set[name])
		}
	}
	return out, nil
}

func unset(environ []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(v string) bool { return strings.HasPrefix(v, name+"=") })
}

// files writes certificates into a folder for programs that read files.
func (t *TLS) files(set map[string]string, dir string) error {
	if t == nil {
		return nil
	}
	for _, f := range []struct{ name, setting, text string }{{"ca.crt", "sslrootcert", t.CA}, {"client.crt", "sslcert", t.Cert}, {"client.key", "sslkey", t.Key}} {
		if f.text == "" {
			continue
		}
		path := filepath.Join(dir, f.name)
		if err := os.WriteFile(path, []byte(f.text), 0o600); err != nil {
			return &diag.Error{Kind: diag.Usage, File: path, Message: "cannot write the certificate: " + err.Error(), Hint: "is there room in the folder for temporary files (TMPDIR)?", Err: err}
		}
		set[f.setting] = path
	}
	return nil
}
