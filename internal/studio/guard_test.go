package studio

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/migrate"
	"github.com/skein-db/skein/internal/secret"
)

// attack sends a request and returns the status, the text and the headers.
func (s *studioTest) attack(client *http.Client, r *http.Request) (int, string, http.Header) {
	s.Helper()
	answer, err := client.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer.StatusCode, string(text), answer.Header
}

// stranger is a browser that has no cookie, and follows nothing.
func stranger() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// TestAttacks makes requests that are not our page's, with the cookie of
// somebody who is let in.
func TestAttacks(t *testing.T) {
	s := start(t, "CREATE TABLE t (a int PRIMARY KEY); INSERT INTO t VALUES (1)", writing)
	run := object{"id": "x", "sql": "DELETE FROM t", "write": true}
	for _, c := range []struct {
		name   string
		method string
		path   string
		change func(*http.Request)
		status int
	}{
		{"ours", "GET", "/api/session", func(*http.Request) {}, 200},
		{"a browser that says nothing of where it comes from", "GET", "/api/session", func(r *http.Request) { r.Header.Del("Sec-Fetch-Site") }, 200},
		{"localhost", "GET", "/api/session", func(r *http.Request) { r.Host = "localhost:" + r.URL.Port() }, 200},
		{"a forwarded port", "GET", "/api/session", func(r *http.Request) { r.Host = "localhost:8080" }, 200},
		{"DNS rebinding", "GET", "/api/session", func(r *http.Request) { r.Host = "evil.example:" + r.URL.Port() }, 421},
		{"DNS rebinding of the page", "GET", "/", func(r *http.Request) { r.Host = "evil.example" }, 421},
		{"DNS rebinding of a link", "GET", "/open?token=x", func(r *http.Request) { r.Host = "evil.example" }, 421},
		{"DNS rebinding by a name that looks like ours", "GET", "/api/session", func(r *http.Request) { r.Host = "localhost.evil.example" }, 421},
		{"DNS rebinding by a name that is an address in part", "GET", "/api/session", func(r *http.Request) { r.Host = "127.0.0.1.evil.example" }, 421},
		{"an address that browsers take for this machine", "GET", "/api/session", func(r *http.Request) { r.Host = "0.0.0.0:" + r.URL.Port() }, 421},
		{"DNS rebinding by an address of somebody else", "GET", "/api/session", func(r *http.Request) { r.Host = "192.0.2.1:80" }, 421},
		{"another site reads", "GET", "/api/session", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		{"another port of this machine reads", "GET", "/api/session", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, 403},
		{"another site links to an export", "GET", exportPath(object{"schema": "public", "name": "t", "format": "csv"}), func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		{"somebody types an address of the API", "GET", "/api/session", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "none") }, 403},
		{"another origin writes", "POST", "/api/sql/run", func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, 403},
		{"another port writes", "POST", "/api/sql/run", func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:1") }, 403},
		{"the null origin writes", "POST", "/api/sql/run", func(r *http.Request) { r.Header.Set("Origin", "null") }, 403},
		{"no origin", "POST", "/api/sql/run", func(r *http.Request) { r.Header.Del("Origin"); r.Header.Del("Sec-Fetch-Site") }, 403},
		{"no header of ours", "POST", "/api/sql/run", func(r *http.Request) { r.Header.Del("X-Skein-Studio") }, 403},
		{"a form", "POST", "/api/sql/run", func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 415},
		{"a form that looks like text", "POST", "/api/sql/run", func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 415},
		{"another site writes with a method of its own", "PUT", "/api/memory/x", func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, 403},
		{"a call that is not there", "POST", "/api/shell", func(*http.Request) {}, 404},
		{"a method that is not there", "DELETE", "/api/session", func(*http.Request) {}, 404},
		{"a path out of the page", "GET", "/assets/../../../../etc/passwd", func(*http.Request) {}, 0},
		{"an encoded path out of the page", "GET", "/assets/..%2f..%2fserver.go", func(*http.Request) {}, 400},
	} {
		r := s.request(c.method, c.path, run)
		c.change(r)
		r.AddCookie(s.server.guard.cookie(r))
		status, text, header := s.attack(stranger(), r)
		if c.status != 0 && status != c.status {
			t.Errorf("%s: %d %s, want %d", c.name, status, text, c.status)
		}
		if strings.Contains(text, "root:") || strings.Contains(text, "package studio") {
			t.Errorf("%s: got a file", c.name)
		}
		for name := range header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s: %s", c.name, name)
			}
		}
	}
	if got := s.value("SELECT count(*)::text FROM t"); got != "1" {
		t.Errorf("something was deleted: %s rows", got)
	}
}

// TestStranger asks for everything without a cookie, and with wrong ones.
func TestStranger(t *testing.T) {
	s := start(t, "", writing)
	for _, e := range s.server.endpoints() {
		method, path, _ := strings.Cut(e.pattern, " ")
		for _, cookie := range []string{"", "x", s.server.guard.token, s.server.guard.session[:20]} {
			r := s.request(method, strings.NewReplacer("{key}", "x", "{tag}", "x").Replace(path), object{})
			if cookie != "" {
				r.AddCookie(&http.Cookie{Name: cookieName(r), Value: cookie})
			}
			if status, text, _ := s.attack(stranger(), r); status != 401 || !strings.Contains(text, "open the link") {
				t.Errorf("%s with the cookie %q: %d %s", e.pattern, cookie, status, text)
			}
		}
	}
	r := s.request("GET", "/api/session", nil)
	r.AddCookie(&http.Cookie{Name: "skein_studio_1", Value: s.server.guard.session}) // another studio's
	if status, _, _ := s.attack(stranger(), r); status != 401 {
		t.Errorf("the cookie of another port: %d", status)
	}
}

func TestLinks(t *testing.T) {
	s := start(t, "")
	open := func(path string) (int, *http.Response) {
		answer, err := stranger().Get(s.base + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode, answer
	}
	for _, path := range []string{"/open", "/open?token=", "/open?token=x", "/open?token=" + s.server.guard.session} {
		if status, answer := open(path); status != 403 || len(answer.Cookies()) != 0 {
			t.Errorf("%s: %d", path, status)
		}
	}
	for range 2 { // the printed link is good as long as the server runs
		status, answer := open(s.server.Link())
		if status != 303 || answer.Header.Get("Location") != "/" || len(answer.Cookies()) != 1 {
			t.Fatalf("%d %v", status, answer.Header)
		}
		c := answer.Cookies()[0]
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 {
			t.Errorf("cookie: %+v", c)
		}
	}
	ticket := s.server.Ticket()
	if status, _ := open(ticket); status != 303 {
		t.Errorf("the ticket: %d", status)
	}
	if status, _ := open(ticket); status != 403 {
		t.Errorf("the ticket again: %d", status)
	}
	for to, want := range map[string]string{"/data/public/users": "/data/public/users", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "": "/", "/a\r\nSet-Cookie: x": "/"} {
		if _, answer := open(s.server.Link() + "&to=" + url.QueryEscape(to)); answer.Header.Get("Location") != want {
			t.Errorf("to %q: %q", to, answer.Header.Get("Location"))
		}
	}
}

// TestForwardedPorts opens a studio by two forwarded ports, as two in containers
// are that listen on the same one: neither may put its cookie over the other's.
func TestForwardedPorts(t *testing.T) {
	s := start(t, "")
	ask := func(path, host string, cookies ...*http.Cookie) (int, []*http.Cookie) {
		r := s.request("GET", path, nil)
		r.Host = host
		for _, c := range cookies {
			r.AddCookie(c)
		}
		status, _, header := s.attack(stranger(), r)
		return status, (&http.Response{Header: header}).Cookies()
	}
	names := map[string]bool{}
	for _, host := range []string{"localhost:8081", "localhost:8082", "localhost"} {
		_, cookies := ask(s.server.Link(), host)
		if len(cookies) != 1 || names[cookies[0].Name] {
			t.Fatalf("%s: %v", host, cookies)
		}
		names[cookies[0].Name] = true
		for by, want := range map[string]int{host: 200, "localhost:8083": 401} {
			if status, _ := ask("/api/session", by, cookies...); status != want {
				t.Errorf("the cookie of %s by %s: %d", host, by, status)
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	s := start(t, "")
	nonces := map[string]bool{}
	for _, path := range []string{"/", "/data/public/users", "/favicon.ico/x"} {
		_, text, header := s.attack(s.client, s.request("GET", path, nil))
		policy := header.Get("Content-Security-Policy")
		nonce := regexp.MustCompile(`'nonce-([^']+)'`).FindStringSubmatch(policy)
		if nonce == nil || !strings.Contains(text, `content="`+nonce[1]+`"`) || nonces[nonce[1]] {
			t.Errorf("%s: %s in %s", path, policy, text)
			continue
		}
		nonces[nonce[1]] = true
		for _, part := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "connect-src 'self'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: no %s", path, part)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") || strings.Contains(policy, "*") {
			t.Errorf("%s: %s", path, policy)
		}
	}
	for _, path := range []string{"/", "/api/session", "/assets/a-1.js", "/open"} {
		_, _, header := s.attack(s.client, s.request("GET", path, nil))
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s: %q", path, name, got)
			}
		}
		if path != "/assets/a-1.js" && header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept", path)
		}
	}
}

func TestLongBodies(t *testing.T) {
	s := start(t, "")
	s.refused(413, "POST", "/api/sql/run", `{"sql":"`+strings.Repeat("x", longestBody)+`"}`, "too much")
	s.refused(400, "POST", "/api/rows", `{"schema":1}`, "cannot be read")
	s.refused(400, "POST", "/api/rows", `{"nobody":1}`, "cannot be read")
	s.refused(400, "POST", "/api/rows", `[`, "cannot be read")
}

// TestNoPasswords lets everything fail that talks to the database, with the
// password in the error.
func TestNoPasswords(t *testing.T) {
	const password = "s3cret-w0rd"
	hide := &secret.Set{}
	hide.Add(password)
	s := start(t, "", writing, func(o *Options) {
		o.Hide = hide
		o.Connect = func(context.Context) (*pgx.Conn, error) {
			return nil, errors.New("cannot reach postgres://u:" + password + "@h/d: password is " + password)
		}
		o.Project = &Project{Folder: t.TempDir()}
	})
	asked := 0
	for _, e := range s.server.endpoints() {
		method, path, _ := strings.Cut(e.pattern, " ")
		path = strings.NewReplacer("{key}", "x", "{tag}", "x").Replace(path)
		status, text := s.ask(method, path, object{})
		if strings.Contains(text, password) || strings.Contains(text, "s3cret") {
			t.Errorf("%s: %s", e.pattern, text)
		}
		if status == 500 && strings.Contains(text, "xxxxx") {
			asked++
		}
	}
	if asked < 3 {
		t.Errorf("only %d calls got as far as the database", asked)
	}
}

// TestNoPasswordsInNotices lets PostgreSQL say the password without failing, to
// the editor and while a migration is applied.
func TestNoPasswordsInNotices(t *testing.T) {
	const password = "s3cret-w0rd"
	hide := &secret.Set{}
	hide.Add(password)
	s := start(t, "", writing, func(o *Options) { o.Hide = hide })
	lines := s.lines(object{"id": "n", "write": true, "sql": "DO $$ BEGIN RAISE NOTICE 'a " + password + "' USING DETAIL = 'b " + password + "', HINT = 'c " + password + "'; END $$"})
	at := slices.IndexFunc(lines, func(l object) bool { return l["type"] == "notice" })
	if at < 0 {
		t.Fatalf("no notice: %v", lines)
	}
	for name, want := range map[string]string{"message": "a xxxxx", "detail": "b xxxxx", "hint": "c xxxxx"} {
		if got := lines[at][name]; got != want {
			t.Errorf("the notice's %s: %v", name, got)
		}
	}
	e := s.server.eventOf(migrate.Notice{Message: "a " + password, Detail: "b " + password, Hint: "c " + password})
	if e.Message != "a xxxxx" || e.Detail != "b xxxxx" || e.Hint != "c xxxxx" {
		t.Errorf("a migration's: %+v", e)
	}
}

// TestDatabaseGone kills every connection, and sees errors that end with the
// database's absence.
func TestDatabaseGone(t *testing.T) {
	s := start(t, "CREATE TABLE t (a int)")
	ask := func() int {
		status, _ := s.ask("POST", "/api/rows", object{"schema": "public", "name": "t", "filters": []any{}, "sort": []any{}, "limit": 1})
		return status
	}
	if status := ask(); status != 200 {
		t.Fatal(status)
	}
	if _, err := s.db.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"); err != nil {
		t.Fatal(err)
	}
	if status := ask(); status != 200 { // a new connection takes the place of the lost one
		t.Errorf("after a lost connection: %d", status)
	}
}
