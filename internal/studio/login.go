package studio

import (
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// attempts slow down who guesses.
type attempts struct {
	mu     sync.Mutex
	failed int
	until  time.Time
}

// Failed tries that cost nothing, and the longest pause after the others.
const (
	freeTries    = 5
	longestPause = time.Minute
)

// try looks at a try, unless it comes before the pause is over: then it says how
// long that still is. Looking and counting are one step, so that of many tries
// sent at the same time no more are looked at than of tries one after the other.
func (a *attempts) try(right func() bool) (good bool, pause time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if pause = time.Until(a.until); pause > 0 {
		return false, pause
	}
	if right() {
		a.failed, a.until = 0, time.Time{}
		return true, 0
	}
	a.failed++
	if over := a.failed - freeTries; over > 0 {
		a.until = time.Now().Add(min(longestPause, time.Second<<min(over-1, 6)))
	}
	return false, 0
}

// open takes the token of a link and gives the cookie for it. The answer goes
// on to the page without the token, so that it is in no history and no bookmark.
func (s *Server) open(w http.ResponseWriter, r *http.Request) {
	if !s.guard.admits(r.URL.Query().Get("token")) {
		s.note(w, http.StatusForbidden, "This link is not good any more", "A link is good as long as the studio that printed it runs, and the one that a browser was started with is good once. Start `skein studio` again, or use the link that it printed.")
		return
	}
	http.SetCookie(w, s.guard.cookie(r))
	http.Redirect(w, r, within(r.URL.Query().Get("to")), http.StatusSeeOther)
}

// within keeps a path that a link leads to inside of the page.
func within(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return "/"
	}
	return path
}

// login takes the passphrase.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	g := s.guard
	origin := r.Header.Get("Origin")
	if g.access.Passphrase == "" || origin != "http://"+r.Host && origin != "https://"+r.Host {
		s.note(w, http.StatusForbidden, "Not from here", "The passphrase is given on the page of this server.")
		return
	}
	if err := arrive(w, r, longestPassphrase); err != nil {
		s.note(w, http.StatusBadRequest, "Not like that", err.Error())
		return
	}
	good, pause := g.tries.try(func() bool { return same(r.PostFormValue("passphrase"), g.access.Passphrase) })
	switch seconds := strconv.Itoa(int(pause.Seconds()) + 1); {
	case pause > 0:
		w.Header().Set("Retry-After", seconds)
		s.loginForm(w, http.StatusTooManyRequests, "Too many wrong tries. Wait "+seconds+" seconds.")
		return
	case !good:
		s.loginForm(w, http.StatusForbidden, "That is not the passphrase.")
		return
	}
	http.SetCookie(w, g.cookie(r))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// longestPassphrase bounds the form, in bytes.
const longestPassphrase = 8 << 10

func (s *Server) loginForm(w http.ResponseWriter, status int, said string) {
	form := `<form method="post" action="` + loginPath + `"><p><label for="p">Passphrase</label> <input id="p" name="passphrase" type="password" required autofocus autocomplete="current-password"> <button>Open</button></p></form>`
	// A page that sends no referrer sends a form without an origin, which login asks
	// for. https://fetch.spec.whatwg.org/#append-a-request-origin-header
	w.Header().Set("Referrer-Policy", "same-origin")
	s.plain(w, status, "skein studio", `<p role="status">`+escape(said)+`</p>`+form)
}

func (s *Server) note(w http.ResponseWriter, status int, title, text string) {
	s.plain(w, status, title, "<p>"+escape(text)+"</p>")
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;").Replace

// plain is a page of the server's own, without a script.
func (s *Server) plain(w http.ResponseWriter, status int, title, body string) {
	nonce := random()
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+nonce+"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>` + escape(title) + `</title>
<style nonce="` + nonce + `">:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem}input,button{font:inherit;padding:.3rem .6rem}</style>
<h1>` + escape(title) + `</h1>` + body + `</html>
`)) // who went away needs no answer
}

// noncePlace is what stands in index.html for the nonce of an answer.
const noncePlace = "{{NONCE}}"

// file answers with the page, or with one of its assets. Which part of it is
// shown is the page's own matter, so every other path gives the page too.
func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/assets/") {
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable") // the names have the content's hash
		http.ServeFileFS(w, r, s.options.Files, strings.TrimPrefix(r.URL.Path, "/"))
		return
	}
	if s.guard.access.Passphrase != "" && !s.guard.knows(r) {
		s.loginForm(w, http.StatusOK, "")
		return
	}
	if name := strings.TrimPrefix(r.URL.Path, "/"); rootFiles[name] {
		http.ServeFileFS(w, r, s.options.Files, name)
		return
	}
	page, err := fs.ReadFile(s.options.Files, "index.html")
	if err != nil {
		s.note(w, http.StatusServiceUnavailable, "The page was not built into this program", "Run `make build` in a checkout of Skein.")
		return
	}
	nonce := random()
	w.Header().Set("Content-Security-Policy", pagePolicy(nonce))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(strings.ReplaceAll(string(page), noncePlace, nonce)))
}

// rootFiles are the files next to index.html that browsers ask for.
var rootFiles = map[string]bool{"favicon.svg": true, "favicon.ico": true}

func pagePolicy(nonce string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce + "'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}
