package cli

// The file comes before that of the stories, which look at the end for JSON that
// no test has seen.

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/studio"
)

// withPage gives the command a page for a test: it need not be built for that.
func withPage(t *testing.T, files fs.FS) {
	before := studioFiles
	studioFiles = files
	t.Cleanup(func() { studioFiles = before })
}

var anyPage = fstest.MapFS{"index.html": {Data: []byte("a page")}}

// runningStudio is the command while it runs.
type runningStudio struct {
	studioResult
	stop func() int // as Ctrl-C does; returns the exit code
	said *bytes.Buffer
	http *http.Client
}

// startStudio runs the command until its page can be opened.
func startStudio(t *testing.T, environ []string, args ...string) *runningStudio {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	r := &runningStudio{said: &bytes.Buffer{}}
	ended := make(chan int, 1)
	go func() {
		code := Main(ctx, append([]string{"studio", "--format", "json"}, args...), &Streams{Out: in, Err: r.said}, environ)
		in.Close()
		ended <- code
	}()
	stopped := false
	r.stop = func() int {
		stopped = true
		cancel()
		return <-ended
	}
	t.Cleanup(func() {
		if !stopped {
			r.stop()
		}
	})
	if err := json.NewDecoder(out).Decode(&r.studioResult); err != nil || r.Status != "ready" {
		t.Fatalf("%+v, %v, %s", r.studioResult, err, r.said)
	}
	go io.Copy(io.Discard, out)
	jar, _ := cookiejar.New(nil)
	r.http = &http.Client{Jar: jar}
	return r
}

// get returns the status and the text of an answer.
func (r *runningStudio) get(t *testing.T, url string) (int, string) {
	t.Helper()
	answer, err := r.http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text)
}

func (r *runningStudio) base() string { return r.URL[:strings.Index(r.URL[8:], "/")+8] }

func TestStudio(t *testing.T) {
	withPage(t, anyPage)
	jsonPage() // which is found by the working directory
	t.Chdir(t.TempDir())
	url := pgtest.New(t)
	db, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.Background())
	if _, err := db.Exec(t.Context(), `CREATE TABLE "My Users" (id int PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	first := startStudio(t, os.Environ(), "--url", url, "My Users")
	if status, text := first.get(t, first.URL); status != 200 || text != "a page" {
		t.Errorf("the link: %d %s", status, text)
	}
	if !strings.Contains(first.URL, "to=%2Fdata%2Fpublic%2FMy%2520Users") {
		t.Errorf("the link leads to no table: %s", first.URL)
	}
	var session map[string]any
	_, text := first.get(t, first.base()+"/api/session")
	if err := json.Unmarshal([]byte(text), &session); err != nil || session["write"] != false || session["local"] != true || session["project"] != nil {
		t.Errorf("session: %s", text)
	}
	compareJSON(t, "studio", first.studioResult)
	second := startStudio(t, os.Environ(), "--url", url, "--write")
	if second.base() == first.base() || !second.Write {
		t.Errorf("the second is where the first is: %s", second.URL)
	}
	if code := first.stop(); code != exitFine {
		t.Errorf("Ctrl-C: exit code %d, %s", code, first.said)
	}
	if code := second.stop(); code != exitFine {
		t.Errorf("Ctrl-C: exit code %d, %s", code, second.said)
	}
}

func compareJSON(t *testing.T, name string, v any) {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal(jsonBytes(v), &object); err != nil {
		t.Fatal(err)
	}
	for _, problem := range jsonPage().compare(name, object) {
		t.Errorf("docs/json.md, %s: %s", name, problem)
	}
}

// TestStudioHost lets others in, by their passphrase.
func TestStudioHost(t *testing.T) {
	withPage(t, anyPage)
	t.Chdir(t.TempDir())
	s := startStudio(t, append(os.Environ(), "SKEIN_STUDIO_PASSPHRASE=correct horse"), "--url", pgtest.New(t), "--host", "0.0.0.0")
	if strings.Contains(s.URL, "token") {
		t.Errorf("there is a token in %s", s.URL)
	}
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.URL, "http://"))
	base := "http://127.0.0.1:" + port
	if status, text := s.get(t, base+"/"); status != 200 || !strings.Contains(text, "Passphrase") {
		t.Errorf("%d %s", status, text)
	}
	if status, _ := s.get(t, base+"/api/session"); status != 401 {
		t.Errorf("without the passphrase: %d", status)
	}
	r, _ := http.NewRequestWithContext(t.Context(), "POST", base+"/login", strings.NewReader("passphrase=correct+horse"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", base)
	answer, err := s.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if status, _ := s.get(t, base+"/api/session"); status != 200 {
		t.Errorf("with the passphrase: %d", status)
	}
	s.stop()
	if !strings.Contains(s.said.String(), "plain HTTP") {
		t.Errorf("nothing is said of TLS: %s", s.said)
	}
}

func TestStudioRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	url := pgtest.New(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	for _, c := range []struct {
		name  string
		files fs.FS
		args  string
		env   string
		code  int
		says  string
	}{
		{"no page", fstest.MapFS{}, "--url " + url, "", exitUsage, "make build"},
		{"no database", anyPage, "", "", exitUsage, "no database is named"},
		{"a database that does not answer", anyPage, "--url postgres://u@127.0.0.1:1/d", "", 3, "cannot connect"},
		{"no such table", anyPage, "--url " + url + " nobody", "", exitUsage, "no table, view"},
		{"two tables", anyPage, "a b", "", exitUsage, "takes one table"},
		{"a port that is taken", anyPage, "--url " + url + " --port " + port, "", exitUsage, "--port"},
		{"others without a passphrase", anyPage, "--url " + url + " --host 0.0.0.0", "", exitUsage, "SKEIN_STUDIO_PASSPHRASE"},
		{"others with a short passphrase", anyPage, "--url " + url + " --host 0.0.0.0", "short", exitUsage, "too short"},
		{"a demo of a database of one's own", anyPage, "--demo --url " + url, "", exitUsage, "--demo brings its own"},
	} {
		withPage(t, c.files)
		environ := []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
		if c.env != "" {
			environ = append(environ, "SKEIN_STUDIO_PASSPHRASE="+c.env)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		var out, said bytes.Buffer
		code := Main(ctx, append([]string{"studio", "--no-open"}, strings.Fields(c.args)...), &Streams{Out: &out, Err: &said}, environ)
		cancel()
		if code != c.code || !strings.Contains(said.String(), c.says) {
			t.Errorf("%s: exit code %d, %s", c.name, code, said.String())
		}
	}
}

func elsewhere() *studio.Options {
	return &studio.Options{Database: studio.Database{Name: "shop", Host: "db.example", Place: "shop on db.example"}}
}

// TestStudioWriteElsewhere wants to write where nobody says yes.
func TestStudioWriteElsewhere(t *testing.T) {
	for host, want := range map[string]bool{"localhost": true, "/run/postgresql": true, "127.0.0.1": true, "::1": true, "@abstract": true, "db.example": false, "10.0.0.1": false} {
		if isLocal(host) != want {
			t.Errorf("%s: %v", host, !want)
		}
	}
	o := &studioOptions{write: true}
	a := &app{Streams: &Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}}
	if err := o.approve(t.Context(), a, elsewhere()); err == nil || !strings.Contains(err.Error(), "not on this machine") {
		t.Errorf("got %v", err)
	}
	o.yes = true
	if err := o.approve(t.Context(), a, elsewhere()); err != nil {
		t.Errorf("with --yes: %v", err)
	}
}

// TestStudioDemo opens the example: it has rows, a project and one pending
// migration, and leaves nothing behind.
func TestStudioDemo(t *testing.T) {
	pgtest.Server(t) // says so where there is no PostgreSQL
	withPage(t, anyPage)
	t.Chdir(t.TempDir())
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	s := startStudio(t, append(os.Environ(), "SKEIN_CACHE_DIR="+t.TempDir(), "XDG_STATE_HOME="+t.TempDir()), "--demo", "--write")
	s.get(t, s.URL)
	for path, want := range map[string]string{
		"/api/objects": `"name":"orders","kind":"table","rows":2000`,
		"/api/history": `"state":"pending"`,
		"/api/plan":    `"tag":"0009_chunky_thor"`,
	} {
		if status, text := s.get(t, s.base()+path); status != 200 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %.400s", path, status, text)
		}
	}
	if status, text := s.get(t, s.base()+"/api/schema?at=files"); status != 200 || strings.Count(text, `"kind":"table"`) != 42 {
		t.Errorf("schema files: %d, %d tables", status, strings.Count(text, `"kind":"table"`))
	}
	if code := s.stop(); code != exitFine {
		t.Errorf("exit code %d, %s", code, s.said)
	}
	if left, _ := os.ReadDir(temporary); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
