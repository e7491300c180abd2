package address

import (
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
)

// Timeout bounds each attempt to reach a server where the connection string
// does not say connect_timeout.
const Timeout = 15 * time.Second

// Address says where a database is and where that was said.
type Address struct {
	// URL is a postgres:// URL or libpq's key=value form; "" leaves all to
	// libpq's environment variables.
	URL string
	// From names the source in errors: "--url", "DATABASE_URL". May be "".
	From string
	// TLS is what a config says beside the URL, or nil.
	TLS *TLS
	// Dial, if set, replaces the network: the host is then only a name.
	Dial func(ctx context.Context) (net.Conn, error)
	// Name replaces "host:port" in messages, if set.
	Name string
}

// Connect opens a connection. What the URL leaves open comes from libpq's
// environment variables, service file and passfile. No error repeats a
// password.
func Connect(ctx context.Context, a Address) (*pgx.Conn, error) {
	config, err := Parse(a)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, connectError(ctx, a, config, err)
	}
	return conn, nil
}

// Parse is the part of Connect that touches no network; it reads the files
// that the settings name. An error is a *diag.Error of kind Usage.
func Parse(a Address) (*pgx.ConnConfig, error) {
	text, verify := plainMode(a.URL)
	own := settingsOf(text)
	if err := misread(a); err != nil {
		return nil, err
	}
	service, err := findService(own)
	if err != nil {
		return nil, a.unreadable(err)
	}
	if service != nil && service.file != "" {
		text = withSetting(text, "servicefile", service.file)
	}
	config, parseErr := pgx.ParseConfig(text)
	if parseErr != nil {
		return nil, a.unreadable(&diag.Error{Kind: diag.Usage, Message: "the database URL cannot be read", Detail: parseReason(parseErr), Hint: urlHint})
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = Timeout
	}
	if err := a.apply(config, verify); err != nil {
		return nil, a.unreadable(err)
	}
	for name, value := range map[string]string{"application_name": "skein", "client_encoding": "UTF8"} {
		if config.RuntimeParams[name] == "" {
			config.RuntimeParams[name] = value
		}
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	return config, nil
}

// apply puts into a config what pgx does not know.
func (a Address) apply(config *pgx.ConnConfig, verify bool) *diag.Error {
	if err := useLibpq(config); err != nil {
		return err
	}
	for _, c := range tlsConfigs(config) {
		if !verify {
			c.InsecureSkipVerify, c.VerifyPeerCertificate = true, nil
		}
		if err := a.TLS.apply(c); err != nil {
			return err
		}
	}
	if a.Dial != nil {
		config.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
		config.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) { return a.Dial(ctx) }
	}
	return nil
}

func tlsConfigs(config *pgx.ConnConfig) []*tls.Config {
	all := []*tls.Config{config.TLSConfig}
	for _, f := range config.Fallbacks {
		all = append(all, f.TLSConfig)
	}
	return slices.DeleteFunc(all, func(c *tls.Config) bool { return c == nil })
}

// unreadable completes an error about an address with where it came from.
func (a Address) unreadable(e *diag.Error) error {
	if a.From != "" {
		e.Detail = strings.TrimPrefix(e.Detail+"\nit comes from "+a.From, "\n")
	}
	return e
}

const urlHint = "it looks like postgres://user:password@host:5432/database; in a password, / is written %2F, @ is %40, ? is %3F and # is %23"

// misread refuses a URL that can be read, but not as it was meant: a # or ? in
// a password ends the host there, and the rest of the password would be taken
// for a port or a setting, and shown.
func misread(a Address) error {
	u, err := url.Parse(a.URL)
	if err != nil || !isURL(a.URL) || u.User != nil {
		return nil
	}
	cut := strings.Contains(u.Fragment, "@")
	for name := range u.Query() {
		cut = cut || strings.Contains(name, "@")
	}
	if !cut {
		return nil
	}
	return a.unreadable(&diag.Error{Kind: diag.Usage, Message: "the database URL cannot be read", Detail: "there is a # or ? in its password", Hint: urlHint})
}

func isURL(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
}

// plainMode replaces sslmode=no-verify and ssl=false, which node-postgres has,
// by libpq's words. verify is false when any certificate will do.
func plainMode(from string) (text string, verify bool) {
	u, err := url.Parse(from)
	if err != nil || !isURL(from) || u.RawQuery == "" {
		return from, true
	}
	query := u.Query()
	verify = true
	switch {
	case query.Get("sslmode") == "no-verify", query.Get("ssl") == "no-verify":
		query.Set("sslmode", "require")
		verify = false
	case slices.Contains([]string{"0", "false"}, query.Get("ssl")):
		query.Set("sslmode", "disable")
	default:
		return from, true
	}
	query.Del("ssl")
	u.RawQuery = query.Encode()
	return u.String(), verify
}

// parseReason is why the URL could not be read. Only the fixed part of the
// message is repeated, except about TLS: a text that is cut at the wrong places
// can have any part of a password in the rest.
func parseReason(err error) string {
	_, reason, _ := strings.Cut(err.Error(), "`: ")
	if !strings.HasPrefix(reason, "failed to configure TLS") {
		reason, _, _ = strings.Cut(reason, " (")
		reason, _, _ = strings.Cut(reason, ": ")
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
	return Database(config) + " on " + where
}

// Database is the name of the database; libpq's default is the user's.
func Database(config *pgx.ConnConfig) string {
	if config.Database == "" {
		return config.User
	}
	return config.Database
}

// Place is as the function Place, with the address's own name where it has one.
func (a Address) Place(config *pgx.ConnConfig) string {
	if a.Name != "" {
		return Database(config) + " on " + a.Name
	}
	return Place(config)
}

// Variables are the environment variables that name a server or a database;
// with one of them set, an address may be left out.
var Variables = []string{"PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE"}

// VariablesSet lists those of Variables that are set.
func VariablesSet() []string {
	return slices.DeleteFunc(slices.Clone(Variables), func(name string) bool { return os.Getenv(name) == "" })
}

// settingNames are the spellings of a setting that mean the same.
var settingNames = map[string]string{"dbname": "database"}

// settingsOf are the settings that a connection string has itself. It is for
// messages, and for what has to be known before pgx reads the string.
func settingsOf(text string) map[string]string {
	own := map[string]string{}
	if !isURL(text) {
		for _, m := range keyValue.FindAllStringSubmatch(text, -1) {
			own[canonical(m[1])] = unquoted.Replace(strings.Trim(m[2], "'"))
		}
		return own
	}
	u, err := url.Parse(text)
	if err != nil {
		return own
	}
	password, _ := u.User.Password()
	maps.Copy(own, map[string]string{"host": u.Hostname(), "port": u.Port(), "user": u.User.Username(), "password": password, "database": strings.TrimPrefix(u.Path, "/")})
	for name, values := range u.Query() {
		own[canonical(name)] = values[0]
	}
	maps.DeleteFunc(own, func(_, value string) bool { return value == "" })
	return own
}

func canonical(name string) string {
	if other, ok := settingNames[name]; ok {
		return other
	}
	return name
}

// withSetting adds a setting to a connection string.
func withSetting(text, name, value string) string {
	if !isURL(text) {
		return strings.TrimSpace(text + " " + name + "='" + quoting.Replace(value) + "'")
	}
	u, err := url.Parse(text)
	if err != nil {
		return text // pgx says why
	}
	query := u.Query()
	query.Set(name, value)
	u.RawQuery = query.Encode()
	return u.String()
}
