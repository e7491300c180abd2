package pgserver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/extension"
)

// Found is the PostgreSQL that Start would start.
type Found struct {
	Source  string // as Server.Source says it
	Version string // as Server.Version says it
	Major   int
	// Shared is true for a server that the user named: what belongs to the whole
	// server there, such as roles, is not ours to make.
	Shared bool
	// Digest changes with the programs and with the extensions that they carry.
	// It is "" where that cannot be known before the server runs.
	Digest string
}

// Find looks along the same chain as Start, with the same options, and says
// what it would start. It starts and fetches nothing, and writes at most an
// empty cache folder; a server that the user named is connected to and only
// asked. Whether the server then starts is not known. Errors are *diag.Error.
func Find(ctx context.Context, o Options) (*Found, error) {
	if url := os.Getenv(EnvURL); url != "" {
		return findExternal(ctx, url, o)
	}
	only, err := onlySource()
	if err != nil {
		return nil, err
	}
	var tried []attempt
	at, missed := findPlace(o)
	tried = append(tried, missed...)
	local := only == "" || only == "local" || filepath.IsAbs(only)
	if local && missed == nil {
		dirs := []string{only}
		if !filepath.IsAbs(only) {
			dirs = candidates(ctx)
		}
		found, passed := findLocal(ctx, o, at.who, dirs)
		if found != nil {
			return &Found{Source: found.source, Version: found.version, Major: found.major, Digest: found.digest()}, nil
		}
		if len(passed) == 0 {
			passed = []attempt{{what: "local programs", reason: "neither in PATH nor where packages put them"}}
		}
		tried = append(tried, passed...)
	}
	if (only == "" || only == "npm") && missed == nil {
		found, reason := couldNPM(o, at)
		if found != nil {
			return found, nil
		}
		tried = append(tried, reason)
	}
	if only == "" || only == "docker" {
		found, reason := couldDocker(ctx, o)
		if found != nil {
			return found, nil
		}
		tried = append(tried, reason)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return nil, nothingFound(o, tried)
}

// digest is of what decides how SQL runs here: which programs these are, and
// what extensions there are to create.
func (i install) digest() string {
	h := sha256.New()
	note := func(path string) {
		if info, err := os.Stat(path); err == nil {
			fmt.Fprintf(h, "%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
		}
	}
	if i.share == "" {
		return ""
	}
	fmt.Fprintln(h, i.version)
	note(i.program("postgres"))
	controls, _ := filepath.Glob(filepath.Join(i.share, "extension", "*.control"))
	for _, file := range controls {
		note(file)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// couldNPM says whether the pinned package would serve: its pin says what is
// in it, so that it need not be here.
func couldNPM(o Options, at place) (*Found, attempt) {
	p, reason := pinnedPackage(runtime.GOOS+"/"+runtime.GOARCH, o.Version)
	if p == nil {
		return nil, attempt{what: "npm", reason: reason}
	}
	tried := attempt{what: "npm package " + p.name}
	if _, err := os.Stat(p.bin(at)); err == nil {
		if lacks := foreign(o.Extensions); len(lacks) > 0 {
			tried.reason = "lacks " + extensionList(lacks)
			return nil, tried
		}
	} else if tried.reason = p.cannotFetch(o); tried.reason != "" {
		return nil, tried
	}
	version, _, _ := strings.Cut(p.version, "-")
	return &Found{Source: p.source(), Version: strings.TrimSuffix(version, ".0"), Major: p.major, Digest: p.sha512}, tried
}

// couldDocker says whether an image would serve. An image that is here has an
// id; what another one will turn out to be is not known.
func couldDocker(ctx context.Context, o Options) (*Found, attempt) {
	image, reason := dockerImage(o)
	tried := attempt{what: "Docker", reason: reason}
	if reason == "" {
		quiet := o
		quiet.Log = func(string) {}
		tried.reason = dockerUnusable(ctx, image, quiet)
	}
	if tried.reason != "" {
		return nil, tried
	}
	id, err := docker(ctx, "image", "inspect", "--format", "{{.Id}}", image)
	if err != nil {
		id = "" // it has yet to be fetched
	}
	major := o.Version
	if major == 0 {
		major = dockerDefault
	}
	return &Found{Source: "Docker image " + image, Major: major, Digest: id}, tried
}

// foreign are the extensions that do not come with PostgreSQL.
func foreign(extensions []string) []string {
	return slices.DeleteFunc(slices.Clone(extensions), func(name string) bool { return extension.Own(name) })
}

// findExternal asks a server of the user's what it is.
func findExternal(ctx context.Context, rawURL string, o Options) (*Found, error) {
	s, err := startExternal(ctx, rawURL, o)
	if err != nil {
		return nil, err
	}
	defer s.Stop() // has made nothing that would have to go
	rows, err := s.admin.Query(ctx, "SELECT name || ' ' || version FROM pg_available_extension_versions ORDER BY 1")
	if err != nil {
		return nil, s.explain("listing extensions", err)
	}
	have, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, s.explain("listing extensions", err)
	}
	sum := sha256.Sum256([]byte(s.version + "\n" + strings.Join(have, "\n")))
	return &Found{Source: s.source, Version: s.version, Major: s.major, Shared: true, Digest: hex.EncodeToString(sum[:])}, nil
}

// HasExtension says whether CREATE EXTENSION would find the extension's files
// on the server.
func (s *Server) HasExtension(ctx context.Context, name string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.connect(ctx); err != nil {
		return false, err
	}
	if s.home == emptyDatabase {
		defer s.disconnect()
	}
	var has bool
	if err := s.admin.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = $1)", name).Scan(&has); err != nil {
		return false, s.explain("listing extensions", err)
	}
	return has, nil
}
