package studio

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/address"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// studioTest is a studio on a database of its own, asked over HTTP.
type studioTest struct {
	*testing.T
	server *Server
	base   string
	client *http.Client // that has opened the link
	db     *pgx.Conn
}

// testPage stands in for the built page, which tests of the server need not
// have.
var testPage = fstest.MapFS{
	"index.html":    {Data: []byte(`<meta name="csp-nonce" content="{{NONCE}}">`)},
	"assets/a-1.js": {Data: []byte("1")},
}

func start(t *testing.T, setup string, change ...func(*Options)) *studioTest {
	t.Helper()
	url := pgtest.New(t)
	connect := func(ctx context.Context) (*pgx.Conn, error) { return address.Connect(ctx, address.Address{URL: url}) }
	db, err := connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close(context.Background()) })
	if _, err := db.Exec(t.Context(), setup); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	options := Options{
		Connect: connect, Database: Database{Name: address.Database(db.Config()), Host: db.Config().Host, Port: db.Config().Port, User: db.Config().User, Local: true},
		Version: "test", Files: testPage,
	}
	for _, f := range change {
		f(&options)
	}
	server, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serving: %v", err)
		}
		server.Close()
	})
	s := &studioTest{T: t, server: server, base: "http://" + l.Addr().String(), db: db}
	jar, _ := cookiejar.New(nil)
	s.client = &http.Client{Jar: jar}
	answer, err := s.client.Get(s.base + server.Link())
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("opening the link: %v, %v", answer, err)
	}
	answer.Body.Close()
	return s
}

// request is a request as the page makes it. A body that is no string is JSON.
func (s *studioTest) request(method, path string, body any) *http.Request {
	s.Helper()
	var data []byte
	switch b := body.(type) {
	case nil:
	case string:
		data = []byte(b)
	default:
		data, _ = json.Marshal(b)
	}
	r, err := http.NewRequestWithContext(s.Context(), method, s.base+path, bytes.NewReader(data))
	if err != nil {
		s.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Skein-Studio", "1")
		r.Header.Set("Origin", s.base)
	}
	return r
}

// ask returns the status and the text of an answer.
func (s *studioTest) ask(method, path string, body any) (int, string) {
	s.Helper()
	answer, err := s.client.Do(s.request(method, path, body))
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// get asks for something that has to be there.
func (s *studioTest) get(into any, method, path string, body any) {
	s.Helper()
	status, text := s.ask(method, path, body)
	if status != http.StatusOK {
		s.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		s.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
}

// refused asks for something that is an error with the wanted status, whose
// text has each of the wanted parts.
func (s *studioTest) refused(status int, method, path string, body any, parts ...string) {
	s.Helper()
	got, text := s.ask(method, path, body)
	if got != status {
		s.Errorf("%s %s: %d %s, want %d", method, path, got, text, status)
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			s.Errorf("%s %s: %q is not in %s", method, path, part, text)
		}
	}
}

type object = map[string]any
