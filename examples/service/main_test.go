package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/pgserver/pgtest"
)

// TestReplicas starts eight of the service at once on an empty database: each
// migration runs once, and all of them get ready and work.
func TestReplicas(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "service")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("building the service: %v\n%s", err, out)
	}
	database := pgtest.New(t)
	var replicas []*replica
	for range 8 {
		replicas = append(replicas, start(t, binary, database))
	}
	for _, r := range replicas {
		r.untilReady(t)
	}
	response, err := http.PostForm("http://"+replicas[0].address+"/notes", url.Values{"text": {"hello"}})
	if err != nil || response.StatusCode != http.StatusCreated {
		t.Fatalf("adding a note: %v, %v", response, err)
	}
	response.Body.Close()
	for _, r := range replicas {
		status, body := get(t, r, "/notes")
		if want := `[{"id":1,"text":"Welcome","pinned":true},{"id":2,"text":"hello","pinned":false}]` + "\n"; status != http.StatusOK || body != want {
			t.Errorf("%d %s", status, body)
		}
	}
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var rows, kinds int
	if err := conn.QueryRow(t.Context(), "SELECT count(*), count(DISTINCT hash) FROM drizzle.__drizzle_migrations").Scan(&rows, &kinds); err != nil {
		t.Fatal(err)
	}
	if rows != 3 || kinds != 3 {
		t.Errorf("%d rows of %d migrations", rows, kinds)
	}
	applied := 0
	for _, r := range replicas {
		applied += r.stop(t)
	}
	if applied != 3 {
		t.Errorf("the replicas say that they have applied %d migrations together", applied)
	}
}

// TestNoDatabase: a service that cannot migrate ends and says why.
func TestNoDatabase(t *testing.T) {
	cmd := exec.Command("go", "run", ".")
	cmd.Env = append(os.Environ(), "DATABASE_URL=postgres://nobody@127.0.0.1:1/none?connect_timeout=2", "LISTEN=127.0.0.1:0")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), `"msg":"database is not migrated"`) {
		t.Errorf("%v\n%s", err, out)
	}
}

type replica struct {
	cmd     *exec.Cmd
	address string
	log     chan string // all lines, when it has ended
}

// start starts a replica and returns when it listens.
func start(t *testing.T, binary, database string) *replica {
	t.Helper()
	r := &replica{cmd: exec.Command(binary), log: make(chan string, 1)}
	r.cmd.Env = append(os.Environ(), "DATABASE_URL="+database, "LISTEN=127.0.0.1:0")
	stderr, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.cmd.Process.Kill() }) // it has ended unless the test failed
	address := make(chan string, 1)
	go r.read(stderr, address)
	if r.address = <-address; r.address == "" {
		t.Fatalf("the service never listened:\n%s", <-r.log)
	}
	return r
}

// read keeps the log and tells the address that stands in it.
func (r *replica) read(from io.Reader, address chan<- string) {
	var all strings.Builder
	for lines := bufio.NewScanner(from); lines.Scan(); {
		all.WriteString(lines.Text() + "\n")
		var line struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
			address <- line.Address
		}
	}
	close(address)
	r.log <- all.String()
}

func get(t *testing.T, r *replica, path string) (int, string) {
	t.Helper()
	response, err := http.Get("http://" + r.address + path)
	if err != nil {
		t.Fatalf("%v\n%s", err, <-r.log)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// untilReady asks until the replica is ready; it is alive meanwhile.
func (r *replica) untilReady(t *testing.T) {
	t.Helper()
	for {
		if status, _ := get(t, r, "/healthz"); status != http.StatusNoContent {
			t.Fatalf("not alive: %d", status)
		}
		if status, _ := get(t, r, "/readyz"); status == http.StatusNoContent {
			return
		}
	}
}

// stop ends the replica as an orchestrator does and returns how many
// migrations its log says it has applied.
func (r *replica) stop(t *testing.T) (applied int) {
	t.Helper()
	if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	log := <-r.log
	if err := r.cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, log)
	}
	return strings.Count(log, `"msg":"migration applied"`)
}
