package pgserver

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
)

// attempt is one link of the chain, or one installation, that did not serve.
type attempt struct {
	what    string
	reason  string
	install *install // what was found, nil where nothing was
	absent  []string // the wanted extensions it lacks
}

// startChain walks the chain: local binaries, the npm package, Docker.
func startChain(ctx context.Context, o Options) (*Server, error) {
	who, err := currentAccount()
	if err != nil {
		return nil, &diag.Error{Kind: diag.Usage, Message: err.Error(), Hint: "run skein as an ordinary user, or set " + EnvURL + " to a running server", Err: err}
	}
	cache, err := cacheDir(o, who)
	if err != nil {
		return nil, &diag.Error{Kind: diag.Usage, Message: err.Error(), Hint: "make the cache folder writable, or set " + EnvURL + " to a running server", Err: err}
	}
	only := os.Getenv(EnvSource)
	dirs, tried := []string(nil), []attempt(nil)
	switch only {
	case "", "local":
		dirs = candidates(ctx)
	case "npm", "docker":
	default:
		if _, err := os.Stat(only); err != nil || !filepath.IsAbs(only) {
			return nil, &diag.Error{Kind: diag.Usage, Message: fmt.Sprintf("%s is %q, which is no folder", EnvSource, only),
				Hint: "set it to local, npm, docker or the full path of a folder that holds postgres and initdb"}
		}
		dirs = []string{only}
	}
	found, tried := findLocal(ctx, o, who, dirs)
	if found == nil {
		return nil, nothingFound(o, tried)
	}
	return startInstalled(ctx, *found, cache, who, o)
}

// startInstalled starts a server of an installation on disk.
func startInstalled(ctx context.Context, i install, cache string, who account, o Options) (*Server, error) {
	from, err := template(ctx, i, cache, who, o.Log)
	if err != nil {
		return nil, notStarted(i, err, "")
	}
	c, addr, err := startCluster(ctx, i, from, who, o.Listen)
	if err != nil {
		return nil, notStarted(i, err, "")
	}
	s := &Server{source: i.source, major: i.major, version: i.version, address: addr, run: c, log: o.Log}
	if err := s.waitReady(ctx); err != nil {
		tail := c.logTail()
		_ = s.Stop() // the error that led here matters more
		return nil, notStarted(i, err, tail)
	}
	if err := s.prepare(ctx, i, o); err != nil {
		_ = s.Stop()
		return nil, err
	}
	return s, nil
}

// waitReady returns when a connection succeeds; that the socket exists says
// nothing yet.
func (s *Server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	config, err := pgx.ParseConfig(s.adminURL())
	if err != nil {
		return err
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	for wait := 2 * time.Millisecond; ; wait = min(wait*3/2, 50*time.Millisecond) {
		conn, err := pgx.ConnectConfig(ctx, config)
		if err == nil {
			s.admin = conn
			return nil
		}
		select {
		case <-s.run.done():
			return fmt.Errorf("the server ended before it was ready")
		case <-ctx.Done():
			return fmt.Errorf("the server was not ready in time: %w", err)
		case <-time.After(wait):
		}
	}
}

func notStarted(i install, err error, log string) error {
	return &diag.Error{Kind: diag.Database, Message: fmt.Sprintf("could not start a throwaway server (%s): %s", i, firstLine(err.Error())),
		Detail: joinLines(restLines(err.Error()), log),
		Hint:   "set " + EnvURL + " to a running server where skein may create databases, or " + EnvSource + " to another source", Err: err}
}
