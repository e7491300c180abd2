package drizzle

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/skein-db/skein/internal/diag"
)

// sslModes says what libpq's sslmode is for drizzle-kit's values of ssl. With
// require, allow and prefer drizzle-kit encrypts and does not look at the
// certificate; with true and verify-full it does.
var sslModes = map[string]string{
	"require": "require", "allow": "require", "prefer": "require", "verify-full": "verify-full",
}

// url returns the address of the database, or the reason why there is none.
func (l *configLoader) url(credentials *jsonValue, driver string) (string, *diag.Error) {
	const hint = "pass --url, or set dbCredentials in the config"
	if driver != "" {
		return "", l.at("driver", fmt.Sprintf("the driver %s cannot be reached over PostgreSQL's protocol", driver), "pass --url with the address of a server")
	}
	if credentials == nil || credentials.kind == jsontext.KindNull {
		return "", &diag.Error{Kind: diag.Usage, File: l.shown, Message: "the config has no dbCredentials", Hint: hint}
	}
	if credentials.kind != jsontext.KindBeginObject {
		return "", l.at("dbCredentials", "\"dbCredentials\" must be an object, not "+describeJSON(credentials), hint)
	}
	if v := credentials.get("url"); v != nil && v.kind != jsontext.KindNull {
		if v.kind != jsontext.KindString {
			return "", l.at("url", "\"url\" in dbCredentials must be a string, not "+describeJSON(v), hint)
		}
		if v.str == "" {
			return "", l.at("url", "\"url\" in dbCredentials is empty"+l.notSet(), hint)
		}
		return v.str, nil
	}
	host, database := credentials.get("host").text(), credentials.get("database").text()
	if host == "" || database == "" {
		return "", l.at("dbCredentials", "\"dbCredentials\" has neither a url nor a host and a database"+l.notSet(), "set the variables that it is made from, in the environment or in .env, or pass --url")
	}
	address := url.URL{Scheme: "postgresql", Host: host, Path: "/" + database}
	query := url.Values{}
	switch {
	case strings.HasPrefix(host, "/"): // a folder of sockets
		address.Host = ""
		query.Set("host", host)
	case strings.Contains(host, ":"):
		address.Host = "[" + host + "]"
	}
	if p := credentials.get("port"); p != nil {
		port, err := strconv.ParseFloat(p.number, 64)
		if p.kind == jsontext.KindString {
			port, err = strconv.ParseFloat(p.str, 64)
		}
		if err != nil || port != float64(int(port)) || port < 1 || port > 65535 {
			return "", l.at("port", "\"port\" in dbCredentials must be a number from 1 to 65535", hint)
		}
		if address.Host == "" {
			query.Set("port", strconv.Itoa(int(port)))
		} else {
			address.Host = net.JoinHostPort(host, strconv.Itoa(int(port)))
		}
	}
	user, password := credentials.get("user").text(), credentials.get("password").text()
	if password != "" {
		address.User = url.UserPassword(user, password)
	} else if user != "" {
		address.User = url.User(user)
	}
	mode, reason := l.sslMode(credentials.get("ssl"))
	if reason != nil {
		return "", reason
	}
	if mode != "" {
		query.Set("sslmode", mode)
	}
	address.RawQuery = query.Encode()
	return address.String(), nil
}

// notSet names the environment variables that the config read in vain.
func (l *configLoader) notSet() string {
	if len(l.unset) == 0 {
		return ""
	}
	return "; not set in the environment: " + shorten(l.unset)
}

// sslMode returns libpq's sslmode for a value of ssl, "" for its default.
func (l *configLoader) sslMode(v *jsonValue) (string, *diag.Error) {
	if v == nil {
		return "", nil
	}
	switch v.kind {
	case jsontext.KindNull:
		return "", nil
	case jsontext.KindFalse:
		return "disable", nil
	case jsontext.KindTrue:
		return "verify-full", nil
	case jsontext.KindString:
		if mode, ok := sslModes[v.str]; ok {
			return mode, nil
		}
	case jsontext.KindBeginObject: // options of Node's TLS
		if reject := v.get("rejectUnauthorized"); reject != nil && reject.kind == jsontext.KindFalse {
			return "require", nil
		}
		return "verify-full", nil
	}
	return "", l.at("ssl", "\"ssl\" in dbCredentials must be true, false, require, allow, prefer, verify-full or an object", "see the configuration reference of drizzle-kit")
}

// SSL is certificates in PEM, as Node's TLS takes them; "" where not given.
type SSL struct {
	CA, Cert, Key, ServerName string
}

// readSSL returns what ssl has beside a mode, nil where there is nothing.
// Next to a url drizzle-kit reads no ssl.
func readSSL(credentials *jsonValue) *SSL {
	v := credentials.get("ssl")
	if v == nil || v.kind != jsontext.KindBeginObject || credentials.get("url").text() != "" {
		return nil
	}
	lines := func(v *jsonValue) string { return strings.Join(v.texts(), "\n") }
	s := SSL{CA: lines(v.get("ca")), Cert: lines(v.get("cert")), Key: lines(v.get("key")), ServerName: v.get("servername").text()}
	if s == (SSL{}) {
		return nil
	}
	return &s
}
