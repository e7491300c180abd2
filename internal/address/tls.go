package address

import (
	"crypto/tls"
	"crypto/x509"

	"github.com/skein-db/skein/internal/diag"
)

// TLS is certificates as text, as a drizzle.config gives them in ssl: ca, cert,
// key and servername of Node's TLS.
type TLS struct {
	CA, Cert, Key, ServerName string // PEM; "" where not given
}

func (t *TLS) apply(c *tls.Config) *diag.Error {
	if t == nil {
		return nil
	}
	if t.CA != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(t.CA)) {
			return wrongPEM("ca", "there is no certificate in it")
		}
	}
	if t.Cert != "" || t.Key != "" {
		pair, err := tls.X509KeyPair([]byte(t.Cert), []byte(t.Key))
		if err != nil {
			return wrongPEM("cert and key", "they are no pair in PEM")
		}
		c.Certificates = []tls.Certificate{pair}
	}
	if t.ServerName != "" {
		c.ServerName = t.ServerName
	}
	return nil
}

func wrongPEM(what, why string) *diag.Error {
	return &diag.Error{Kind: diag.Usage, Message: what + " in dbCredentials.ssl cannot be used: " + why, Hint: "it is the text that begins with -----BEGIN"}
}
