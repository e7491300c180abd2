//go:build unix

package pgserver_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/pgserver"
)

// standInDocker is this test binary under the name docker. It knows the few
// commands that pgserver uses and runs a real server behind them; what it
// cannot show is that the images exist and take these arguments.
func standInDocker(args []string) int {
	state := os.Getenv("SKEIN_TEST_DOCKER_STATE")
	os.Unsetenv(pgserver.EnvSource)
	file := func(name string) string { return filepath.Join(state, name) }
	switch args[0] {
	case "version":
		return 0
	case "image":
		fmt.Fprintln(os.Stderr, "No such image")
		return 1
	case "port":
		text, err := os.ReadFile(file(args[1]))
		if err != nil {
			fmt.Fprintln(os.Stderr, "No such container")
			return 1
		}
		fmt.Println(string(text))
		return 0
	case "rm":
		_ = os.Remove(file(args[len(args)-1]))
		return 0
	case "run":
		return standInContainer(args, file(args[slices.Index(args, "--name")+1]))
	}
	return 2
}

// standInContainer runs until its file is removed.
func standInContainer(args []string, file string) int {
	signal.Ignore(os.Interrupt, syscall.SIGPIPE)
	if err := os.WriteFile(file+".args", []byte(strings.Join(args, "\n")), 0o600); err != nil {
		return 1
	}
	s, err := pgserver.Start(context.Background(), pgserver.Options{Listen: true})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer s.Stop()
	conn, err := pgx.Connect(context.Background(), s.URL("postgres"))
	if err != nil {
		return 1
	}
	if _, err := conn.Exec(context.Background(), "ALTER ROLE postgres PASSWORD '"+os.Getenv("POSTGRES_PASSWORD")+"'"); err != nil {
		return 1
	}
	_ = conn.Close(context.Background())
	u, err := url.Parse(s.URL("postgres"))
	if err != nil {
		return 1
	}
	if err := os.WriteFile(file, []byte(net.JoinHostPort("127.0.0.1", u.Port())), 0o600); err != nil {
		return 1
	}
	fmt.Println("ready to accept connections")
	for {
		if _, err := os.Stat(file); err != nil {
			return 0
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// withStandIn puts the stand-in into PATH.
func withStandIn(t *testing.T) (state string) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, state := t.TempDir(), t.TempDir()
	if err := os.Symlink(binary, filepath.Join(dir, "docker")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("SKEIN_TEST_DOCKER_STATE", state)
	t.Setenv(pgserver.EnvSource, "docker")
	return state
}

func TestDocker(t *testing.T) {
	state := withStandIn(t)
	s := start(t, pgserver.Options{Version: 17, Extensions: []string{"pg_trgm"}})
	if s.Source() != "Docker image postgres:17" {
		t.Errorf("source %s", s.Source())
	}
	url := create(t, s)
	if n := query[int](t, url, "SELECT 3"); n != 3 {
		t.Error("the server does not answer")
	}
	files, err := filepath.Glob(filepath.Join(state, "skein-pg-*.args"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%q, %v", files, err)
	}
	args, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--rm", "127.0.0.1::5432", "POSTGRES_PASSWORD\n", "fsync=off", "timezone=UTC"} {
		if !strings.Contains(string(args), want) {
			t.Errorf("docker was not given %q: %s", want, args)
		}
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Done():
	case <-time.After(5 * time.Second):
		t.Error("the container still runs")
	}
}

func TestDockerContainerGoesWithItsParent(t *testing.T) {
	state := withStandIn(t)
	h := startHelper(t, pgserver.Options{})
	h.wait(t)
	if files, _ := filepath.Glob(filepath.Join(state, "skein-pg-*")); len(files) != 2 {
		t.Fatalf("%q", files)
	}
	h.kill()
	eventually(t, 10*time.Second, func() string {
		files, _ := filepath.Glob(filepath.Join(state, "skein-pg-*"))
		if len(files) == 1 { // the arguments stay
			return ""
		}
		return describe("%q", files)
	})
}

func TestDockerImageWithTheExtension(t *testing.T) {
	withStandIn(t)
	_, err := pgserver.Start(t.Context(), pgserver.Options{Extensions: []string{"skein_has_no_such"}})
	wantError(t, err, diag.Usage, "no image is known to have the extension skein_has_no_such")
	_, err = pgserver.Start(t.Context(), pgserver.Options{Extensions: []string{"vector"}, Offline: true})
	wantError(t, err, diag.Usage, "does not have the image pgvector/pgvector:pg18, and nothing may be fetched")
}
