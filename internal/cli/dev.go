package cli

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/pgserver"
)

type devOptions struct {
	postgres   int
	extensions []string
	offline    bool
	command    []string
}

// devResult is the JSON object of skein dev.
type devResult struct {
	Status  string `json:"status"` // "ready"
	URL     string `json:"url"`
	Version string `json:"version"`
	Source  string `json:"source"`
}

func newDev(a *app) *cobra.Command {
	o := &devOptions{}
	cmd := &cobra.Command{
		Use:   "dev [flags] [-- command]",
		Short: "start a throwaway PostgreSQL",
		Long: `Starts a throwaway PostgreSQL with an empty database, prints its URL and waits for Ctrl-C. With a
command after --, runs that with DATABASE_URL set, and ends with its exit code. The server and all
its data are gone afterwards, however skein ends.

PostgreSQL is looked for on this machine; where there is none, a pinned npm package is fetched with
your npm, once.`,
		Example: `  skein dev
  skein dev -- npm test
  skein dev --postgres 16 --extension pg_trgm -- skein migrate --yes`,
		GroupID: groupLook,
		Args: func(cmd *cobra.Command, args []string) error {
			if at := cmd.ArgsLenAtDash(); at > 0 || at < 0 && len(args) > 0 {
				return usage("put -- in front of the command: `skein dev -- "+strings.Join(args, " ")+"`", "`skein dev` takes a command only after --")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.command = args
			return dev(cmd.Context(), a, o)
		},
	}
	cmd.Flags().IntVar(&o.postgres, "postgres", 0, "major `version` of PostgreSQL (default: any)")
	cmd.Flags().StringArrayVar(&o.extensions, "extension", nil, "`name` of an extension that has to be there; repeatable")
	cmd.Flags().BoolVar(&o.offline, "offline", false, "fetch nothing")
	a.addFormat(cmd)
	return cmd
}

func dev(ctx context.Context, a *app, o *devOptions) error {
	server, url, err := a.throwaway(ctx, pgserver.Options{
		Version: o.postgres, Extensions: o.extensions, Offline: o.offline, Listen: true,
	})
	if err != nil {
		return err
	}
	defer server.Stop()
	if len(o.command) > 0 {
		return a.runWith(ctx, append(a.environ, "DATABASE_URL="+url), o.command)
	}
	if a.json {
		a.printJSON(devResult{Status: "ready", URL: url, Version: server.Version(), Source: server.Source()})
	} else {
		a.print("%s\n", url)
		a.note("PostgreSQL %s from %s; Ctrl-C ends it\n", server.Version(), server.Source())
	}
	select {
	case <-ctx.Done():
		return nil // Ctrl-C is how this ends
	case <-server.Done():
		return &diag.Error{Kind: diag.Database, Message: "the throwaway PostgreSQL ended by itself", Detail: server.LogTail(),
			Hint: "start it again; if it happens twice, report it at " + issuesURL}
	}
}

// throwaway starts a server and makes a database on it. The caller stops it.
func (a *app) throwaway(ctx context.Context, o pgserver.Options) (*pgserver.Server, string, error) {
	defer a.working("starting PostgreSQL")()
	o.Log = func(line string) { a.note("%s\n", line) }
	o.CacheDir = a.cacheDir("postgres")
	server, err := pgserver.Start(ctx, o)
	if err != nil {
		return nil, "", err
	}
	url, err := server.CreateDatabase(ctx)
	if err != nil {
		server.Stop()
		return nil, "", err
	}
	return server, url, nil
}

// runWith runs a command in an environment and hands on its exit code.
func (a *app) runWith(ctx context.Context, environ, command []string) error {
	path, err := exec.LookPath(command[0])
	if err != nil {
		return usage("is it installed, and in PATH?", "cannot run %q: %v", command[0], errors.Unwrap(err))
	}
	cmd := exec.Command(path, command[1:]...)
	cmd.Env = environ
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.In, a.Out, a.Err
	if err := cmd.Start(); err != nil {
		return usage("", "cannot run %q: %v", command[0], err)
	}
	ended := make(chan struct{})
	go endWith(ctx, cmd.Process, ended)
	err = cmd.Wait()
	close(ended)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return exitCode(exit.ExitCode())
	case err != nil:
		return exitCode(exitInterrupted) // ended by a signal
	}
	return nil
}

// endWith ends a process some time after ctx, if it has not ended by itself:
// Ctrl-C on a terminal reaches the process as well, and a second signal makes
// many programs skip their cleaning up.
func endWith(ctx context.Context, process *os.Process, ended <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-ended:
		return
	}
	for _, end := range []os.Signal{syscall.SIGTERM, os.Kill} {
		select {
		case <-time.After(2 * time.Second):
			_ = process.Signal(end) // it may have ended just now
		case <-ended:
			return
		}
	}
}
