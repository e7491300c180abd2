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
	err     error    // why a server that should have served did not start
}

// startChain walks the chain: local binaries, the npm package, Docker. A link
// that is there but does not start a server is told about, and the next one
// tried.
func startChain(ctx context.Context, o Options) (*Server, error) {
	only, err := onlySource()
	if err != nil {
		return nil, err
	}
	var tried []attempt
	for _, link := range []struct {
		name  string
		start func() (*Server, []attempt)
	}{
		{"local", func() (*Server, []attempt) { return startLocal(ctx, o, only) }},
		{"npm", func() (*Server, []attempt) { return startNPM(ctx, o) }},
		{"docker", func() (*Server, []attempt) { return startDocker(ctx, o) }},
	} {
		if only != "" && only != link.name && (link.name != "local" || !filepath.IsAbs(only)) {
			continue
		}
		s, missed := link.start()
		if s != nil {
			return s, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		tried = append(tried, missed...)
	}
	return nil, nothingFound(o, tried)
}

// onlySource returns what EnvSource allows: "" for the whole chain, a link's
// name, or the full path of a folder.
func onlySource() (string, error) {
	only := os.Getenv(EnvSource)
	switch only {
	case "", "local", "npm", "docker":
		return only, nil
	}
	if info, err := os.Stat(only); err != nil || !info.IsDir() || !filepath.IsAbs(only) {
		return "", &diag.Error{Kind: diag.Usage, Message: fmt.Sprintf("%s is %q, which is no folder", EnvSource, only),
			Hint: "set it to local, npm, docker or the full path of a folder that holds postgres and initdb"}
	}
	return only, nil
}

func startLocal(ctx context.Context, o Options, only string) (*Server, []attempt) {
	place, missed := findPlace(o)
	if missed != nil {
		return nil, missed
	}
	dirs := []string{only}
	if !filepath.IsAbs(only) {
		dirs = candidates(ctx)
	}
	found, tried := findLocal(ctx, o, place.who, dirs)
	if found == nil {
		if len(tried) == 0 {
			tried = []attempt{{what: "local programs", reason: "neither in PATH nor where packages put them"}}
		}
		return nil, tried
	}
	s, err := startInstalled(ctx, *found, place, o)
	if err != nil {
		return nil, append(tried, failed(*found, err, o))
	}
	return s, nil
}

func startNPM(ctx context.Context, o Options) (*Server, []attempt) {
	place, missed := findPlace(o)
	if missed != nil {
		return nil, missed
	}
	found, tried := findNPM(ctx, o, place)
	if found == nil {
		return nil, tried
	}
	s, err := startInstalled(ctx, *found, place, o)
	if err != nil {
		return nil, []attempt{failed(*found, err, o)}
	}
	return s, nil
}

// failed is the attempt with programs that did not start.
func failed(i install, err error, o Options) attempt {
	o.Log(fmt.Sprintf("%s does not serve: %s", i, firstLine(err.Error())))
	return attempt{what: i.String(), reason: firstLine(err.Error()), err: err}
}

// place is where and as whom programs on this machine run.
type place struct {
	who   account
	cache string
}

func findPlace(o Options) (place, []attempt) {
	who, err := currentAccount()
	if err != nil {
		return place{}, []attempt{{what: "programs on this machine", reason: err.Error()}}
	}
	cache, err := cacheDir(o, who)
	if err != nil {
		return place{}, []attempt{{what: "programs on this machine", reason: err.Error()}}
	}
	return place{who: who, cache: cache}, nil
}

// startInstalled starts a server of an installation on disk.
func startInstalled(ctx context.Context, i install, p place, o Options) (*Server, error) {
	go sweep(p.who)
	from, err := template(ctx, i, p, o.Log)
	if err != nil {
		return nil, notStarted(i, p, err, "")
	}
	c, addr, err := startCluster(ctx, i, from, p.who, o.Listen)
	if err != nil {
		return nil, notStarted(i, p, err, "")
	}
	s := &Server{source: i.source, major: i.major, version: i.version, address: addr, home: emptyDatabase, run: c, log: o.Log}
	if err := s.waitReady(ctx); err != nil {
		tail := c.logTail()
		_ = s.Stop() // the error that led here matters more
		return nil, notStarted(i, p, err, tail)
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

func notStarted(i install, p place, err error, log string) error {
	return &diag.Error{Kind: diag.Database, Message: fmt.Sprintf("could not start a throwaway server (%s): %s", i, firstLine(err.Error())),
		Detail: joinLines(restLines(err.Error()), log), Err: err,
		Hint: fmt.Sprintf("remove %s, where skein keeps what it prepared, and try again; or set %s to a running server where skein may create databases", p.cache, EnvURL)}
}
