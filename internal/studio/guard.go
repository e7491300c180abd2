package studio

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Access says who gets in.
type Access struct {
	// Names are the hosts that the page may be asked for by, next to the names
	// and addresses of this machine's loopback.
	Names []string
	// Anywhere lets the page be asked for by any address; names still have to be
	// in Names. It is for servers that listen beyond loopback.
	Anywhere bool
	// Passphrase lets people in who have no link; "" for none. Then links are of
	// no use beyond loopback, and none is made.
	Passphrase string
}

// guard lets in who has a link or the passphrase, and only requests that this
// page itself makes.
//
// A name that leads here is refused unless it is one of ours: a page of a
// stranger whose name is made to point to 127.0.0.1 is of the same origin as
// ours in the browser's eyes (DNS rebinding). What changes something has to
// come from our own origin, whatever cookies come with it (CSRF).
type guard struct {
	access  Access
	token   string // of the link that is printed; good as long as the server runs
	session string // what the cookie holds

	mu      sync.Mutex
	ticket  string // of the link that the browser is started with; good once
	expires time.Time
	tries   attempts
}

// Paths outside of the API.
const (
	openPath  = "/open"
	loginPath = "/login"
)

// ticketTime is how long a link for one use is good.
const ticketTime = time.Minute

func newGuard(access Access) (*guard, error) {
	return &guard{access: access, token: random(), session: random()}, nil
}

// random is 256 bits as text. crypto/rand does not fail.
func random() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// same compares secrets in a time that tells nothing of them, their length
// included.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// Link is a path that lets in who opens it, as long as the server runs.
func (s *Server) Link() string { return openPath + "?token=" + s.guard.token }

// Ticket is a path that lets in who opens it first, within a minute. It is for
// the command line of the browser, which others on the machine can read.
func (s *Server) Ticket() string {
	g := s.guard
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ticket, g.expires = random(), time.Now().Add(ticketTime)
	return openPath + "?token=" + g.ticket
}

// admits says whether a token of a link is good, and uses it up if it is a
// ticket.
func (g *guard) admits(token string) bool {
	if same(token, g.token) {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ticket == "" || time.Now().After(g.expires) || !same(token, g.ticket) {
		return false
	}
	g.ticket = ""
	return true
}

// cookieName has the port that the browser asks by: browsers keep cookies by host
// and not by port, and each of several studios is to keep its own. The port that
// is listened on would not do, since those of two containers are often the same.
func cookieName(r *http.Request) string {
	name := "skein_studio"
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		name += "_" + port
	}
	return name
}

func (g *guard) cookie(r *http.Request) *http.Cookie {
	return &http.Cookie{Name: cookieName(r), Value: g.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode}
}

func (g *guard) knows(r *http.Request) bool {
	for _, c := range r.CookiesNamed(cookieName(r)) {
		if same(c.Value, g.session) {
			return true
		}
	}
	return false
}

// wrap puts what holds for every answer around a handler.
func (g *guard) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		for name, value := range headers {
			header.Set(name, value)
		}
		if !g.host(r.Host) {
			http.Error(w, "This name does not belong to skein studio. Use the link that it printed.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// headers are those of every answer. A page adds its own policy.
var headers = map[string]string{
	"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
	"Cache-Control":                "no-store",
}

// host says whether a request names this server by one of its names. The port
// may be another: a container's or a port-forward's.
func (g *guard) host(name string) bool {
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if name == "localhost" {
		return true
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.IsLoopback() || g.access.Anywhere // an address cannot be made to point elsewhere
	}
	for _, known := range g.access.Names {
		if strings.EqualFold(name, known) {
			return true
		}
	}
	return false
}

// ours says whether a request was made by our own page. Browsers say where a
// request comes from in Sec-Fetch-Site, and older ones in Origin for all that
// is no plain GET.
func ours(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	if site != "" && site != "same-origin" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin != "" && origin != "http://"+r.Host && origin != "https://"+r.Host {
		return false
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	return origin != "" && r.Header.Get("X-Skein-Studio") == "1"
}
