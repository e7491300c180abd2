package address

import (
	"context"
	"crypto/tls"
	"maps"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
)

var (
	keyValue = regexp.MustCompile(`([A-Za-z_]+)\s*=\s*('(?:\\.|[^'\\])*'|\S*)`)
	quoting  = strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	unquoted = strings.NewReplacer(`\\`, `\`, `\'`, `'`)
)

// foreign are parameters that node-postgres and the tools around it read from
// a URL, and that PostgreSQL would refuse as unknown settings.
var foreign = []string{
	"uselibpqcompat", "pgbouncer", "connection_limit", "pool_timeout", "socket_timeout",
	"statement_cache_size", "sslaccept", "schema", "workaround", "ssl",
}

// without are libpq's parameters that make no difference here: what they
// arrange is not done by this client, or done anyway.
var without = []string{
	"gssencmode", "gsslib", "gssdelegation", "sslcompression", "tcp_user_timeout",
	"load_balance_hosts", "sslkeylogfile",
}

// unsafe are libpq's parameters that ask for a check which this client does
// not make. To connect without it would be to break a promise.
var unsafe = map[string]string{
	"sslcrl": "a list of revoked certificates", "sslcrldir": "lists of revoked certificates",
	"requirepeer": "the account that the server runs as",
}

// further are libpq's environment variables that pgx does not read.
// https://www.postgresql.org/docs/current/libpq-envars.html
var further = map[string]string{
	"PGHOSTADDR": "hostaddr", "PGSSLMINPROTOCOLVERSION": "ssl_min_protocol_version", "PGSSLMAXPROTOCOLVERSION": "ssl_max_protocol_version",
	"PGSSLCRL": "sslcrl", "PGSSLCRLDIR": "sslcrldir", "PGREQUIREPEER": "requirepeer", "PGGSSENCMODE": "gssencmode",
	"PGDATESTYLE": "datestyle", "PGGEQO": "geqo",
}

// useLibpq acts on the parameters of libpq that pgx would send to the server
// as settings, and takes them away.
func useLibpq(config *pgx.ConnConfig) *diag.Error {
	set := config.RuntimeParams
	for variable, name := range further {
		if value := os.Getenv(variable); value != "" && set[name] == "" {
			set[name] = value
		}
	}
	take := func(name string) string {
		value := set[name]
		delete(set, name)
		return value
	}
	for _, name := range slices.Concat(foreign, without) {
		if value := take(name); name == "gssencmode" && value == "require" {
			return &diag.Error{Kind: diag.Usage, Message: "gssencmode=require asks for encryption by GSSAPI, which skein does not speak",
				Hint: "leave it out, and use TLS (sslmode=verify-full)"}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unsafe)) {
		if take(name) != "" {
			return &diag.Error{Kind: diag.Usage, Message: name + " asks to check " + unsafe[name] + ", which skein cannot do",
				Hint: "leave it out if the connection may be made without that check"}
		}
	}
	if name := take("fallback_application_name"); set["application_name"] == "" && name != "" {
		set["application_name"] = name
	}
	if strings.EqualFold(set["client_encoding"], "auto") {
		delete(set, "client_encoding")
	}
	if at := take("hostaddr"); at != "" {
		useHostAddress(config, at)
	}
	if err := versions(config, take("ssl_min_protocol_version"), take("ssl_max_protocol_version")); err != nil {
		return err
	}
	keepAlive(config, take)
	return nil
}

// useHostAddress connects to an address while the host stays the name that the
// certificate is for. Several are in the order of the hosts.
// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-HOSTADDR
func useHostAddress(config *pgx.ConnConfig, list string) {
	addresses := strings.Split(list, ",")
	hosts := []string{config.Host}
	for _, f := range config.Fallbacks {
		if !slices.Contains(hosts, f.Host) {
			hosts = append(hosts, f.Host)
		}
	}
	if strings.HasPrefix(config.Host, "/") && len(hosts) == 1 { // no host was given
		config.Host = addresses[0]
		for _, f := range config.Fallbacks {
			f.Host = addresses[0]
		}
		return
	}
	otherwise := config.LookupFunc
	config.LookupFunc = func(ctx context.Context, host string) ([]string, error) {
		if i := slices.Index(hosts, host); i >= 0 && i < len(addresses) && addresses[i] != "" {
			return []string{addresses[i]}, nil
		}
		return otherwise(ctx, host)
	}
}

var tlsVersions = map[string]uint16{"TLSv1": tls.VersionTLS10, "TLSv1.1": tls.VersionTLS11, "TLSv1.2": tls.VersionTLS12, "TLSv1.3": tls.VersionTLS13}

func versions(config *pgx.ConnConfig, least, most string) *diag.Error {
	for _, v := range []struct {
		name, value string
		set         func(*tls.Config, uint16)
	}{
		{"ssl_min_protocol_version", least, func(c *tls.Config, v uint16) { c.MinVersion = v }},
		{"ssl_max_protocol_version", most, func(c *tls.Config, v uint16) { c.MaxVersion = v }},
	} {
		if v.value == "" {
			continue
		}
		number, ok := tlsVersions[v.value]
		if !ok {
			return &diag.Error{Kind: diag.Usage, Message: v.name + " cannot be " + strconv.Quote(v.value), Hint: "it is one of TLSv1, TLSv1.1, TLSv1.2 and TLSv1.3"}
		}
		for _, c := range tlsConfigs(config) {
			v.set(c, number)
		}
	}
	return nil
}

// keepAlive sets how a dead connection is noticed, where that is asked for.
// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-KEEPALIVES
func keepAlive(config *pgx.ConnConfig, take func(string) string) {
	wanted, idle, interval, count := take("keepalives"), take("keepalives_idle"), take("keepalives_interval"), take("keepalives_count")
	if wanted+idle+interval+count == "" {
		return
	}
	seconds := func(text string) time.Duration {
		n, _ := strconv.Atoi(text) // 0, as libpq has it, is the system's
		return time.Duration(n) * time.Second
	}
	probes, _ := strconv.Atoi(count)
	dialer := &net.Dialer{Timeout: config.ConnectTimeout, KeepAlive: -1}
	if wanted != "0" {
		dialer.KeepAliveConfig = net.KeepAliveConfig{Enable: true, Idle: seconds(idle), Interval: seconds(interval), Count: probes}
	}
	config.DialFunc = dialer.DialContext
}
