package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// studios are the running studios of scripts, by test.
var studios sync.Map

// scriptStudio is the command studio, see TestScripts.
func scriptStudio(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: studio FLAG... | studio get PATH | studio sql STATEMENT")
	}
	tb := ts.Value(tbKey).(testing.TB)
	switch args[0] {
	case "get", "sql":
		running, ok := studios.Load(tb)
		if !ok || len(args) != 2 {
			ts.Fatalf("usage: studio FLAG..., then studio %s with one argument", args[0])
		}
		running.(*scriptPage).ask(ts, args[0], args[1])
	default:
		studios.Store(tb, openScriptPage(ts, args))
	}
}

// scriptPage is a browser that was let in.
type scriptPage struct {
	base string
	http *http.Client
}

// openScriptPage runs the command to the end of the story.
func openScriptPage(ts *testscript.TestScript, args []string) *scriptPage {
	cmd := exec.Command("skein", append([]string{"studio", "--no-open", "--format", "json"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = os.Environ()
	for _, name := range []string{"HOME", "KUBECONFIG", "SKEIN_CACHE_DIR", "DATABASE_URL"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	said := &strings.Builder{}
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	var ready studioResult
	if err := json.NewDecoder(out).Decode(&ready); err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		ts.Fatalf("the studio did not start: %v %s", err, said)
	}
	fmt.Fprintf(ts.Stdout(), "%s\n", ready.Database)
	jar, _ := cookiejar.New(nil)
	p := &scriptPage{base: ready.URL[:strings.Index(ready.URL[8:], "/")+8], http: &http.Client{Jar: jar, Timeout: time.Minute}}
	answer, err := p.http.Get(ready.URL)
	ts.Check(err)
	answer.Body.Close()
	return p
}

// ask prints the status and the text of an answer.
func (p *scriptPage) ask(ts *testscript.TestScript, how, what string) {
	method, path, body := http.MethodGet, what, ""
	if how == "sql" {
		text, err := json.Marshal(map[string]string{"id": "story", "sql": what})
		ts.Check(err)
		method, path, body = http.MethodPost, "/api/sql/run", string(text)
	}
	r, err := http.NewRequest(method, p.base+path, strings.NewReader(body))
	ts.Check(err)
	r.Header.Set("Origin", p.base)
	r.Header.Set("X-Skein-Studio", "1")
	r.Header.Set("Content-Type", "application/json")
	answer, err := p.http.Do(r)
	ts.Check(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d %s\n", answer.StatusCode, strings.TrimSpace(string(text)))
}
