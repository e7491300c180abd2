package address

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// authority makes certificates.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	a.key = newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.write("ca", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (a *authority) write(name string, text []byte) string {
	if err := os.WriteFile(a.file(name), text, 0o600); err != nil {
		a.t.Fatal(err)
	}
	return a.file(name)
}

func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

func (a *authority) read(name string) string {
	text, err := os.ReadFile(a.file(name))
	if err != nil {
		a.t.Fatal(err)
	}
	return string(text)
}

// issue writes name.crt and name.key, for a server of that name and a client of
// that user.
func (a *authority) issue(name string, until time.Time) {
	key := newKey(a.t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	a.write(name+".crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	a.write(name+".key", pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER}))
}

// tlsServer is a PostgreSQL with TLS, whose certificate is for localhost.
type tlsServer struct {
	*authority
	admin *pgx.Conn
	port  uint16
}

func newTLSServer(t *testing.T) *tlsServer {
	server := pgtest.Start(t, pgserver.Options{Listen: true})
	admin, err := pgx.Connect(t.Context(), server.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close(context.Background()) })
	s := &tlsServer{newAuthority(t, "the test's authority"), admin, admin.Config().Port}
	s.issue("localhost", time.Now().Add(time.Hour))
	s.issue("certified", time.Now().Add(time.Hour))
	s.put("server.key", s.read("localhost.key"))
	s.put("server.crt", s.read("localhost.crt"))
	s.put("clients.crt", s.read("ca"))
	s.put("pg_hba.conf", `local all all trust
hostssl all certified 127.0.0.1/32 cert
hostssl all all 127.0.0.1/32 trust
hostnossl all encrypted 127.0.0.1/32 reject
hostnossl all plain,postgres 127.0.0.1/32 trust
`)
	for _, statement := range []string{
		"CREATE ROLE certified LOGIN", "CREATE ROLE encrypted LOGIN", "CREATE ROLE plain LOGIN",
		"ALTER SYSTEM SET ssl_ca_file = 'clients.crt'", "ALTER SYSTEM SET ssl = on",
	} {
		s.exec(statement)
	}
	s.reload()
	return s
}

func (s *tlsServer) exec(statement string) {
	s.t.Helper()
	if _, err := s.admin.Exec(s.t.Context(), statement); err != nil {
		s.t.Fatal(err)
	}
}

// put writes a file into the server's data folder as the server's account.
func (s *tlsServer) put(name, text string) {
	s.t.Helper()
	s.exec(fmt.Sprintf("COPY (SELECT '%s') TO PROGRAM 'umask 077; base64 -d > %s'", base64.StdEncoding.EncodeToString([]byte(text)), name))
}

// reload makes the server read its configuration anew, and waits until it has.
func (s *tlsServer) reload() {
	s.t.Helper()
	s.exec("SELECT pg_reload_conf()")
	for range 1000 {
		conn, err := pgx.Connect(s.t.Context(), s.url("encrypted", "127.0.0.1", "sslmode=require"))
		if err == nil {
			conn.Close(context.Background())
			return
		}
	}
	s.t.Fatal("the server does not speak TLS")
}

func (s *tlsServer) url(user, host, query string) string {
	return fmt.Sprintf("postgres://%s@%s:%d/postgres?%s", user, host, s.port, query)
}

func TestTLS(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	s := newTLSServer(t)
	ca, other := "&sslrootcert="+url.QueryEscape(s.file("ca")), newAuthority(t, "somebody else")
	other.issue("certified", time.Now().Add(time.Hour))
	pair := func(a *authority) string {
		return "&sslcert=" + url.QueryEscape(a.file("certified.crt")) + "&sslkey=" + url.QueryEscape(a.file("certified.key"))
	}
	for _, c := range []struct {
		name, user, host, query string
		tls                     bool
		want                    []string // of the error
	}{
		{"disable", "plain", "127.0.0.1", "sslmode=disable", false, nil},
		{"disable, where TLS is a must", "encrypted", "127.0.0.1", "sslmode=disable", false, []string{"cannot connect to postgres on 127.0.0.1", "say sslmode=require"}},
		{"allow takes none", "plain", "127.0.0.1", "sslmode=allow", false, nil},
		{"allow, where TLS is a must", "encrypted", "127.0.0.1", "sslmode=allow", true, nil},
		{"prefer", "plain", "127.0.0.1", "sslmode=prefer", true, nil},
		{"prefer is the default", "plain", "127.0.0.1", "", true, nil},
		{"require", "plain", "127.0.0.1", "sslmode=require", true, nil},
		{"require looks at the certificate where an authority is given", "plain", "127.0.0.1", "sslmode=require&sslrootcert=" + url.QueryEscape(other.file("ca")), false, []string{"vouches", "sslrootcert=FILE"}},
		{"verify-ca", "plain", "127.0.0.1", "sslmode=verify-ca" + ca, true, nil},
		{"verify-ca, unknown authority", "plain", "127.0.0.1", "sslmode=verify-ca&sslrootcert=" + url.QueryEscape(other.file("ca")), false, []string{"unknown authority", "sslrootcert=FILE"}},
		{"verify-full", "plain", "localhost", "sslmode=verify-full&hostaddr=127.0.0.1" + ca, true, nil},
		{"verify-full, wrong host", "plain", "127.0.0.1", "sslmode=verify-full" + ca, false, []string{"made for another name", "hostaddr=ADDRESS", "sslmode=verify-ca"}},
		{"verify-full, another host at the address", "plain", "db.example.com", "sslmode=verify-full&hostaddr=127.0.0.1" + ca, false, []string{"localhost, not db.example.com"}},
		{"verify-full, no authority", "plain", "localhost", "sslmode=verify-full&hostaddr=127.0.0.1", false, []string{"unknown authority"}},
		{"the system's authorities", "plain", "localhost", "sslrootcert=system&hostaddr=127.0.0.1", false, []string{"unknown authority"}},
		{"no-verify", "plain", "127.0.0.1", "sslmode=no-verify&sslrootcert=" + url.QueryEscape(other.file("ca")), true, nil},
		{"client certificate", "certified", "localhost", "sslmode=verify-full&hostaddr=127.0.0.1" + ca + pair(s.authority), true, nil},
		{"no client certificate", "certified", "127.0.0.1", "sslmode=require", false, []string{"wants a certificate from you", "sslcert=FILE and sslkey=FILE"}},
		{"client certificate of somebody else", "certified", "127.0.0.1", "sslmode=require" + pair(other), false, []string{"its own authority (ssl_ca_file) vouches for"}},
		{"client certificate of another user", "encrypted", "127.0.0.1", "sslmode=require" + pair(s.authority), true, nil},
		{"no such file", "plain", "127.0.0.1", "sslmode=verify-ca&sslrootcert=/nowhere/ca.crt", false, []string{"unable to read CA file", "/nowhere/ca.crt"}},
		{"old TLS alone", "plain", "127.0.0.1", "sslmode=require&ssl_max_protocol_version=TLSv1.1", false, []string{"cannot connect to postgres"}},
		{"new TLS alone", "plain", "127.0.0.1", "sslmode=require&ssl_min_protocol_version=TLSv1.3", true, nil},
		{"no such version", "plain", "127.0.0.1", "ssl_min_protocol_version=SSLv3", false, []string{`ssl_min_protocol_version cannot be "SSLv3"`}},
		{"revoked certificates", "plain", "127.0.0.1", "sslcrl=/nowhere", false, []string{"sslcrl asks to check a list of revoked certificates"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, err := connect(s.url(c.user, c.host, c.query))
			if c.want != nil {
				if err == nil {
					conn.Close(context.Background())
					t.Fatal("it connects")
				}
				for _, text := range append(c.want, "hint: ", "--url") {
					if !strings.Contains(err.Error(), text) {
						t.Errorf("%q is not in: %v", text, err)
					}
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.Background())
			var tls bool
			if err := conn.QueryRow(t.Context(), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").Scan(&tls); err != nil || tls != c.tls {
				t.Errorf("TLS: %v, want %v (%v)", tls, c.tls, err)
			}
		})
	}
	t.Run("certificates as text", func(t *testing.T) { asText(t, s, other) })
	t.Run("no TLS there", func(t *testing.T) {
		s.exec("ALTER SYSTEM SET ssl = off")
		s.exec("SELECT pg_reload_conf()")
		var err error
		for range 1000 { // until it has been read
			var conn *pgx.Conn
			if conn, err = connect(s.url("plain", "127.0.0.1", "sslmode=require")); err != nil {
				break
			}
			conn.Close(context.Background())
		}
		if err == nil || !strings.Contains(err.Error(), "the server has no TLS: say sslmode=disable") {
			t.Errorf("got %v", err)
		}
	})
}

// asText uses certificates as a config has them.
func asText(t *testing.T, s *tlsServer, other *authority) {
	verify := s.url("certified", "localhost", "sslmode=verify-full&hostaddr=127.0.0.1")
	for _, c := range []struct {
		name string
		tls  TLS
		want string
	}{
		{"all of them", TLS{CA: s.read("ca"), Cert: s.read("certified.crt"), Key: s.read("certified.key")}, ""},
		{"another authority", TLS{CA: other.read("ca")}, "vouches"},
		{"another name", TLS{CA: s.read("ca"), ServerName: "db.example.com"}, "localhost, not db.example.com"},
		{"no certificate", TLS{CA: "file.pem"}, "ca in dbCredentials.ssl cannot be used: there is no certificate in it"},
		{"no pair", TLS{Cert: s.read("certified.crt"), Key: other.read("certified.key")}, "cert and key in dbCredentials.ssl cannot be used"},
	} {
		conn, err := Connect(t.Context(), Address{URL: verify, TLS: &c.tls})
		if err == nil {
			conn.Close(context.Background())
		}
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}
