// Package pgtest gives tests an empty database on a real PostgreSQL.
//
// All tests of a process share one throwaway server, which starts with the
// first test that asks and ends with the process. A test that needs roles,
// tablespaces or other things that belong to the whole server takes a server
// of its own. No test is skipped in silence: where no PostgreSQL can be had it
// fails with the reason, unless SKEIN_TEST_NO_PG=1 says that this is expected.
package pgtest

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/skein-db/skein/internal/pgserver"
)

// EnvSkip is the variable that turns tests which need PostgreSQL off.
const EnvSkip = "SKEIN_TEST_NO_PG"

var shared = sync.OnceValues(func() (*pgserver.Server, error) {
	return pgserver.Start(context.Background(), pgserver.Options{})
})

// New returns the URL of an empty database that is dropped when the test ends.
func New(t testing.TB) string {
	t.Helper()
	s := Server(t)
	url, err := s.CreateDatabase(context.Background())
	if err != nil {
		t.Fatalf("no database for the test: %v", err)
	}
	t.Cleanup(func() { drop(t, s, url) })
	return url
}

// Clone returns the URL of a copy of a database, dropped when the test ends.
// Nobody may be connected to the original.
func Clone(t testing.TB, from string) string {
	t.Helper()
	s := Server(t)
	url, err := s.Clone(context.Background(), from)
	if err != nil {
		t.Fatalf("no database for the test: %v", err)
	}
	t.Cleanup(func() { drop(t, s, url) })
	return url
}

// Server returns the server that all tests of this process share.
func Server(t testing.TB) *pgserver.Server {
	t.Helper()
	skipIfTold(t)
	s, err := shared()
	if err != nil {
		t.Fatalf("no PostgreSQL for the test (set %s=1 to skip such tests): %v", EnvSkip, err)
	}
	return s
}

// Start returns a server of the test's own, stopped when the test ends.
func Start(t testing.TB, o pgserver.Options) *pgserver.Server {
	t.Helper()
	skipIfTold(t)
	if o.Log == nil {
		o.Log = func(line string) { t.Log(line) }
	}
	s, err := pgserver.Start(context.Background(), o)
	if err != nil {
		t.Fatalf("no PostgreSQL for the test (set %s=1 to skip such tests): %v", EnvSkip, err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stopping the test's server: %v", err)
		}
	})
	return s
}

func skipIfTold(t testing.TB) {
	t.Helper()
	if os.Getenv(EnvSkip) == "1" {
		t.Skipf("needs PostgreSQL, and %s=1", EnvSkip)
	}
}

func drop(t testing.TB, s *pgserver.Server, url string) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := s.Drop(ctx, url); err != nil {
		t.Errorf("dropping the test's database: %v", err)
	}
}
