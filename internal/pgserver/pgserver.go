// Package pgserver provides a throwaway real PostgreSQL with no set-up.
//
// Skein checks migrations by running them, so it needs a server of its own
// that nobody has to install, configure or clean up. Start finds one along a
// chain (a server the user names, local binaries, a pinned npm package,
// Docker), copies a ready-made template cluster into memory and has it running
// in a tenth of a second. Databases on it cost milliseconds.
//
// The server never outlives the process that started it: a guard, a small
// shell waiting on a pipe, ends it and removes its files even when that
// process is killed with SIGKILL. It listens on a Unix socket in a directory
// that only its owner can enter, so that no password is needed, and on TCP
// only when asked to.
//
// The data is worth nothing by definition: fsync, full page writes and
// synchronous commit are off (https://www.postgresql.org/docs/current/non-durability.html).
package pgserver

import (
	"context"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
)

// Options says what kind of server is wanted. The zero value is fine.
type Options struct {
	// Version is the wanted major version, 0 for the newest that can be had.
	Version int
	// Extensions are the names of extensions that CREATE EXTENSION must find.
	Extensions []string
	// Offline forbids fetching anything.
	Offline bool
	// Listen makes a server for people and other programs: it also listens on
	// 127.0.0.1 with a random port and password, has the databases "postgres"
	// and "template0", and runs autovacuum.
	Listen bool
	// CacheDir is where template clusters and fetched binaries are kept, ""
	// for the user's cache folder. Root's PostgreSQL runs as somebody else, so
	// a folder under root's closed home gives way to /var/cache/skein.
	CacheDir string
	// Log is told, in one line each, about things that take time or fetch
	// something. It may be nil.
	Log func(string)
}

// The environment variables that steer the chain. They exist for people whose
// machines need it and for tests that have to hide what is installed.
const (
	// EnvURL names a running server: databases are created there and dropped
	// again; nothing else on it is touched.
	EnvURL = "SKEIN_PG_URL"
	// EnvSource restricts the chain to one link, "local", "npm" or "docker",
	// or names the folder that holds the postgres and initdb programs.
	EnvSource = "SKEIN_PG"
)

// Server is a running PostgreSQL. Its methods may be called from several
// goroutines.
type Server struct {
	source   string
	major    int
	packager string // whom to name in hints about extensions
	version  string
	address  address
	home     string // the database of Skein's own connection
	run      running
	log      func(string)

	mu        sync.Mutex // guards the fields below and every use of admin
	admin     *pgx.Conn
	databases int
	stopped   bool
}

// running is what keeps the server alive and takes it away.
type running interface {
	// stop ends the server and removes what it left; calling it twice is fine.
	stop() error
	// done is closed when the server has ended, for whatever reason.
	done() <-chan struct{}
	// logTail returns the end of the server's log, "" where there is none.
	logTail() string
}

// Start starts a throwaway server and returns when it accepts connections. It
// writes to the cache folder, to shared memory or the temporary folder, and
// may fetch a package (see Options.Offline). Errors are *diag.Error.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = func(string) {}
	}
	if url := os.Getenv(EnvURL); url != "" {
		return startExternal(ctx, url, o)
	}
	return startChain(ctx, o)
}

// Source says in a few words where the server comes from, for example
// "/usr/lib/postgresql/15/bin".
func (s *Server) Source() string { return s.source }

// Major is the server's major version, for example 15.
func (s *Server) Major() int { return s.major }

// Version is the server's version as PostgreSQL prints it, for example "15.20".
func (s *Server) Version() string { return s.version }

// Done is closed when the server has ended. A server that the user named never
// ends.
func (s *Server) Done() <-chan struct{} { return s.run.done() }

// LogTail returns the last lines of the server's log, for messages about
// something that went wrong inside it.
func (s *Server) LogTail() string { return s.run.logTail() }

// Stop ends the server and removes every file and database it made. Stopping
// twice is fine.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	s.stopped = true
	s.disconnect()
	return s.run.stop()
}

// parseVersion reads the output of "postgres --version", for example
// "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)", or a server_version.
// Development versions ("18beta1", "17devel") count as their major.
func parseVersion(text string) (version string, major int) {
	for _, word := range strings.Fields(text) {
		digits := word
		if i := strings.IndexFunc(word, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
			digits = word[:i]
		}
		if n, err := strconv.Atoi(digits); err == nil {
			return word, n
		}
	}
	return "", 0
}
