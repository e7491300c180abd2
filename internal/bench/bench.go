package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/interop/npm"
	"github.com/skein-db/skein/internal/pgserver"
)

// bench is one run: where things are, and what was measured.
type bench struct {
	settings *settings
	stderr   io.Writer
	root     string // of this module
	work     string // temporary folder, removed at the end
	skein    string // binary
	watch    string // binary, see its package
	modules  string // node_modules with the pinned packages, "" if there is none
	noNPM    string // why modules is ""
	server   *pgserver.Server
	noServer string // why server is nil

	history string   // migrations folder of the project's copy
	gallery *gallery // what the studio is measured on, nil where it is not

	done     []*task
	facts    []string // sentences under the heading
	sections []string // behind the table of tasks
}

// newBench builds skein, installs packages and starts a server. What cannot be
// had is remembered with the reason; only skein itself is needed.
func newBench(ctx context.Context, s *settings, stderr io.Writer) (*bench, error) {
	b := &bench{settings: s, stderr: stderr}
	var err error
	if b.root, err = moduleRoot(ctx); err != nil {
		return nil, err
	}
	if b.work, err = os.MkdirTemp("", "skein-bench-"); err != nil {
		return nil, err
	}
	if err := b.findSkein(ctx); err != nil {
		b.close()
		return nil, err
	}
	b.watch = filepath.Join(b.work, "watch")
	if err := b.build(ctx, b.watch, "./internal/bench/watch"); err != nil {
		b.close()
		return nil, err
	}
	if !s.studio {
		b.findModules(ctx)
	}
	b.log("starting a throwaway PostgreSQL")
	if b.server, err = pgserver.Start(ctx, pgserver.Options{Offline: s.offline, Log: func(line string) { b.log("%s", line) }}); err != nil {
		b.noServer = "no PostgreSQL could be had: " + firstLine(err.Error())
	} else {
		b.facts = append(b.facts, "PostgreSQL "+b.server.Version()+".")
	}
	return b, ctx.Err()
}

func (b *bench) close() {
	b.gallery.close()
	if b.server != nil {
		_ = b.server.Stop() // a throwaway; it dies with this process anyway
	}
	_ = os.RemoveAll(b.work)
}

// log tells whoever waits what is being done.
func (b *bench) log(format string, args ...any) {
	fmt.Fprintf(b.stderr, format+"\n", args...)
}

// moduleRoot returns this module's folder.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/skein-db/skein").Output()
	if err != nil {
		return "", fmt.Errorf("run it inside the module: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// findSkein takes the given binary or builds one as releases are built.
func (b *bench) findSkein(ctx context.Context) error {
	if b.settings.skein != "" {
		var err error
		b.skein, err = filepath.Abs(b.settings.skein)
		return err
	}
	b.log("building skein")
	b.skein = filepath.Join(b.work, "skein")
	return b.build(ctx, b.skein, "./cmd/skein")
}

// build builds a program of this module.
func (b *bench) build(ctx context.Context, into, pkg string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", into, pkg)
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", pkg, err, out)
	}
	return nil
}

func (b *bench) findModules(ctx context.Context) {
	switch {
	case b.settings.offline:
		b.noNPM = "needs packages from npm, and -offline was given"
	case npm.Missing() != "":
		b.noNPM = npm.Missing()
	default:
		b.log("installing drizzle-kit and drizzle-orm with npm, if they are not here yet")
		var err error
		if b.modules, err = npm.Install(ctx); err != nil {
			b.noNPM = "npm could not install the packages: " + firstLine(err.Error())
		}
	}
}

// install builds a Go program at a pinned version with the user's own Go, once
// per machine, and returns its path.
func (b *bench) install(ctx context.Context, name, module, version string, tags ...string) (string, error) {
	if b.settings.offline {
		return "", errors.New("needs the Go module proxy, and -offline was given")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "skein", "bench", name+"@"+version)
	program := filepath.Join(dir, name)
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	b.log("building %s %s", name, version)
	cmd := exec.CommandContext(ctx, "go", "install", "-tags", strings.Join(tags, ","), module+"@"+version)
	cmd.Env = append(os.Environ(), "GOBIN="+dir, "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go install %s@%s: %w: %s", module, version, err, lastLines(string(out)))
	}
	return program, nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
