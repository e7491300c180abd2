package studio

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

const passphrase = "correct horse battery"

func TestPassphrase(t *testing.T) {
	s := start(t, "", func(o *Options) {
		o.Access.Passphrase, o.Access.Anywhere, o.Access.Names = passphrase, true, []string{"db.example"}
	})
	login := func(client *http.Client, word string, change func(*http.Request)) (int, string, http.Header) {
		t.Helper()
		r, _ := http.NewRequestWithContext(t.Context(), "POST", s.base+"/login", strings.NewReader(url.Values{"passphrase": {word}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", s.base)
		change(r)
		return s.attack(client, r)
	}
	same := func(*http.Request) {}
	if status, text, header := s.attack(stranger(), s.request("GET", "/", nil)); status != 200 || !strings.Contains(text, `type="password"`) || strings.Contains(header.Get("Content-Security-Policy"), "script-src") || header.Get("Referrer-Policy") != "same-origin" {
		t.Errorf("%d %s", status, text)
	}
	for host, want := range map[string]int{"db.example:1": 200, "192.0.2.7": 200, "evil.example": 421} {
		r := s.request("GET", "/", nil)
		r.Host = host
		if status, _, _ := s.attack(stranger(), r); status != want {
			t.Errorf("%s: %d", host, status)
		}
	}
	if status, _, header := login(stranger(), passphrase, func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }); status != 403 || header.Get("Set-Cookie") != "" {
		t.Errorf("from elsewhere: %d", status)
	}
	jar, _ := cookiejar.New(nil)
	person := stranger()
	person.Jar = jar
	if status, _, header := login(person, passphrase, same); status != 303 || header.Get("Set-Cookie") == "" {
		t.Errorf("the passphrase: %d %v", status, header)
	}
	if status, _, _ := s.attack(person, s.request("GET", "/api/session", nil)); status != 200 {
		t.Errorf("with the cookie: %d", status)
	}
	for i := range freeTries + 1 {
		if status, text, header := login(stranger(), "wrong", same); status != 403 || header.Get("Set-Cookie") != "" || strings.Contains(text, passphrase) {
			t.Errorf("try %d: %d %s", i, status, text)
		}
	}
	if status, text, header := login(stranger(), passphrase, same); status != 429 || header.Get("Retry-After") == "" || header.Get("Set-Cookie") != "" {
		t.Errorf("after too many: %d %s", status, text)
	}
	if status, _, _ := s.attack(person, s.request("GET", "/api/session", nil)); status != 200 {
		t.Errorf("who is in stays in: %d", status)
	}
}

// TestTriesAtOnce begins many tries before the first of them is counted: one that
// sends them all at once must not have more of them looked at.
func TestTriesAtOnce(t *testing.T) {
	s := start(t, "", func(o *Options) { o.Access.Passphrase = passphrase })
	const many = 40
	type try struct {
		conn    net.Conn
		answers *bufio.Reader
		rest    string
	}
	var tries []try
	for i := range many {
		word := "wrong"
		if i == many-1 {
			word = passphrase
		}
		form := url.Values{"passphrase": {word}}.Encode()
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST /login HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(form))
		answers := bufio.NewReader(conn)
		if answer, err := http.ReadResponse(answers, nil); err != nil || answer.StatusCode != http.StatusContinue { // it waits for the body now
			t.Fatal(answer, err)
		}
		tries = append(tries, try{conn, answers, form})
	}
	looked := 0
	for i, one := range tries {
		if _, err := io.WriteString(one.conn, one.rest); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(one.answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusTooManyRequests {
			looked++
		}
		if i == many-1 && len(answer.Cookies()) > 0 {
			t.Error("the last was let in")
		}
	}
	if looked != freeTries+1 {
		t.Errorf("%d of %d tries were looked at, want %d", looked, many, freeTries+1)
	}
}
