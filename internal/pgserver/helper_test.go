//go:build unix

package pgserver_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skein-db/skein/internal/pgserver"
)

// envHelper makes the test binary a program that starts a server and waits: a
// test needs another process where it wants to kill one. Its value is the JSON
// of the Options.
const envHelper = "SKEIN_PGSERVER_TEST_HELPER"

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "docker" {
		os.Exit(standInDocker(os.Args[1:]))
	}
	if options := os.Getenv(envHelper); options != "" {
		os.Exit(helperMain(options))
	}
	os.Exit(m.Run())
}

// ready is what the helper prints when its server is there.
type ready struct {
	URL, Error string
	Log        []string
}

func helperMain(options string) int {
	signal.Ignore(os.Interrupt)
	var o pgserver.Options
	if err := json.Unmarshal([]byte(options), &o); err != nil {
		panic(err)
	}
	var r ready
	o.Log = func(line string) { r.Log = append(r.Log, line) }
	s, err := pgserver.Start(context.Background(), o)
	if err == nil {
		r.URL, err = s.CreateDatabase(context.Background())
	}
	if err != nil {
		r.Error = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		return 1
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test closes it, or kills us
	if s != nil {
		_ = s.Stop()
	}
	return 0
}

// helper is a running helper process.
type helper struct {
	cmd   *exec.Cmd
	stdin io.Closer
	out   *bufio.Reader
}

func startHelper(t *testing.T, o pgserver.Options, prepare ...func(*exec.Cmd)) *helper {
	t.Helper()
	skipIfTold(t)
	o.Log = nil
	options, err := json.Marshal(struct {
		Version    int
		Extensions []string
		Offline    bool
		Listen     bool
		CacheDir   string
	}{o.Version, o.Extensions, o.Offline, o.Listen, o.CacheDir})
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), envHelper+"="+string(options))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range prepare {
		change(cmd)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	h := &helper{cmd: cmd, stdin: stdin, out: bufio.NewReader(stdout)}
	t.Cleanup(func() { h.kill() })
	return h
}

// wait returns the URL of the helper's database.
func (h *helper) wait(t *testing.T) ready {
	t.Helper()
	line, err := h.out.ReadString('\n')
	if err != nil {
		t.Fatalf("the helper said nothing: %v", err)
	}
	var r ready
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		t.Fatal(err)
	}
	if r.Error != "" {
		t.Fatalf("the helper has no server: %s", r.Error)
	}
	return r
}

func (h *helper) kill() {
	_ = h.cmd.Process.Signal(syscall.SIGKILL)
	_ = h.cmd.Wait()
}

// socketDir is the folder of the server behind a URL.
func socketDir(t *testing.T, url string) string {
	t.Helper()
	_, query, _ := strings.Cut(url, "?host=")
	dir, _, _ := strings.Cut(query, "&")
	dir = strings.ReplaceAll(dir, "%2F", "/")
	if !filepath.IsAbs(dir) {
		t.Fatalf("no folder in %s", url)
	}
	return dir
}

// processesNaming lists the processes whose arguments or working folder name
// the text.
func processesNaming(t *testing.T, text string) []string {
	t.Helper()
	out, err := exec.Command("ps", "-A", "-ww", "-o", "pid=,args=").Output()
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, text) {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}

// eventually waits until done returns "", or fails with what it returned last.
func eventually(t *testing.T, within time.Duration, done func() string) {
	t.Helper()
	var last string
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if last = done(); last == "" {
			return
		}
	}
	t.Errorf("after %v still: %s", within, last)
}

func describe(format string, args ...any) string { return fmt.Sprintf(format, args...) }
