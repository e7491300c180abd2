package cli

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/address"
)

type psqlOptions struct {
	config string
	reach  reachFlags
	args   []string
}

func newPsql(a *app) *cobra.Command {
	o := &psqlOptions{}
	cmd := &cobra.Command{
		Use:   "psql [flags] [-- psql's arguments]",
		Short: "open psql on a database",
		Long: `Opens your psql on the database that the other commands would use, through the port-forward too.
What comes after -- is for psql. The password is handed over in the environment, never on the
command line, and psql's exit code is handed on.

` + reachOrder,
		Example: `  skein psql
  skein psql -- -c 'select count(*) from users'
  skein psql --kube prod/db/postgres-0 --kube-secret pg-app
  PGOPTIONS='-c default_transaction_read_only=on' skein psql --url "$PRODUCTION_URL"`,
		GroupID: groupLook,
		Args: func(cmd *cobra.Command, args []string) error {
			if at := cmd.ArgsLenAtDash(); at > 0 || at < 0 && len(args) > 0 {
				return usage("put -- in front of them: `skein psql -- "+strings.Join(args, " ")+"`", "`skein psql` takes psql's arguments only after --")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			return openPsql(cmd.Context(), a, o)
		},
	}
	cmd.Flags().StringVar(&o.config, "config", "", configUsage)
	o.reach.add(cmd)
	return cmd
}

const psqlHint = "install PostgreSQL's client programs: `apt install postgresql-client` on Debian and Ubuntu, `dnf install postgresql` on Fedora, `brew install libpq` on macOS"

func openPsql(ctx context.Context, a *app, o *psqlOptions) error {
	path, err := exec.LookPath("psql")
	if err != nil {
		return usage(psqlHint, "psql is not installed, or not in PATH")
	}
	p, err := a.optionalProject(ctx, o.config, &o.reach)
	if err != nil {
		return err
	}
	at, err := o.reach.address(ctx, a, p)
	if err != nil {
		return err
	}
	if _, err := address.Parse(at); err != nil { // in Skein's words
		return err
	}
	dir, err := os.MkdirTemp("", "skein-psql-")
	if err != nil {
		return unusableFolder(os.TempDir(), err)
	}
	defer os.RemoveAll(dir)
	forwarded := ""
	for _, r := range a.routes {
		forwarded = r.first.Address()
	}
	environ, err := at.Environ(a.environ, forwarded, dir)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(environ, func(v string) bool { return strings.HasPrefix(v, "PGAPPNAME=") }) {
		environ = append(environ, "PGAPPNAME=skein psql")
	}
	defer ignoreInterrupts()()
	err = a.runWith(ctx, environ, append([]string{path}, o.args...))
	if err != nil && len(a.routes) > 0 {
		if why := a.explain(ctx, err, (*route).begun); why != "" {
			a.warn("%s", a.hide.Hide(why))
		}
	}
	return err
}

// ignoreInterrupts leaves Ctrl-C to the program that has the terminal: in psql
// it cancels a query, and a second one must not end us either.
func ignoreInterrupts() (restore func()) {
	signal.Reset(os.Interrupt)
	ignored := make(chan os.Signal, 1)
	signal.Notify(ignored, os.Interrupt)
	return func() { signal.Stop(ignored) }
}
