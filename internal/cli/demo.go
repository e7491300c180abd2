package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/address"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/pgserver"
)

func newDemo(a *app) *cobra.Command {
	offline := false
	cmd := &cobra.Command{
		Use:   "demo [flags]",
		Short: "watch the main job happen on a throwaway PostgreSQL",
		Long: `Goes from a schema in TypeScript to a migrated database, in a temporary folder and on a throwaway
PostgreSQL: writes a schema, generates, checks and migrates, changes the schema, generates again,
adds SQL of its own to that migration, migrates, and shows what is in the database. It takes a few
seconds and leaves nothing behind.`,
		GroupID: groupLook,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), a, offline) },
	}
	cmd.Flags().BoolVar(&offline, "offline", false, "fetch nothing")
	return cmd
}

// demo is one run: the commands are the real ones, run in dir with DATABASE_URL
// set to url.
type demo struct {
	*app
	dir  string
	url  string
	step int
}

func runDemo(ctx context.Context, a *app, offline bool) (err error) {
	began := time.Now()
	server, url, err := a.throwaway(ctx, pgserver.Options{Offline: offline, Listen: true})
	if err != nil {
		return err
	}
	defer server.Stop()
	dir, leave, err := enterTemporary()
	if err != nil {
		return err
	}
	defer leave()
	a.print("PostgreSQL %s from %s is running for this demo. Everything happens in a temporary folder.\n", server.Version(), server.Source())
	d := &demo{app: a, dir: dir, url: url}
	if err := d.story(ctx); err != nil {
		return err
	}
	a.print("\nThat was %s. The folder and the server are gone again; `skein init` starts a project of your own.\n", short(time.Since(began)))
	return nil
}

// enterTemporary makes a folder and goes there; leave goes back and removes it.
func enterTemporary() (dir string, leave func(), err error) {
	home, err := os.Getwd()
	if err != nil {
		return "", nil, unusableFolder(".", err)
	}
	dir, err = os.MkdirTemp("", "skein-demo-")
	if err != nil {
		return "", nil, unusableFolder(os.TempDir(), err)
	}
	leave = func() {
		_ = os.Chdir(home)
		_ = os.RemoveAll(dir)
	}
	if err := os.Chdir(dir); err != nil {
		leave()
		return "", nil, unusableFolder(dir, err)
	}
	return dir, leave, nil
}

func unusableFolder(dir string, err error) error {
	return &diag.Error{Kind: diag.Usage, File: dir, Message: "cannot be used: " + err.Error(), Hint: "check its permissions, or set TMPDIR to another folder", Err: err}
}

func (d *demo) story(ctx context.Context) error {
	steps := []func(context.Context) error{
		func(ctx context.Context) error {
			d.title("A schema in TypeScript")
			return d.write(map[string]string{"drizzle.config.ts": demoConfig, "schema.ts": demoSchema}, "schema.ts")
		},
		func(ctx context.Context) error {
			d.title("The first migration")
			return d.run(ctx, "generate", "--name", "start")
		},
		func(ctx context.Context) error { return d.show("drizzle/0000_start.sql") },
		func(ctx context.Context) error { return d.run(ctx, "check") },
		func(ctx context.Context) error { return d.run(ctx, "migrate", "--yes") },
		func(ctx context.Context) error { return d.sql(ctx, demoRows) },
		func(ctx context.Context) error {
			d.title("The schema changes: name becomes full_name, posts get a slug")
			return d.write(map[string]string{"schema.ts": demoChanged}, "")
		},
		func(ctx context.Context) error {
			d.say("Was name renamed, or dropped and full_name added? Only you know: on a terminal skein asks,\nelsewhere a flag says it.")
			return d.run(ctx, "generate", "--name", "slugs", "--rename", "users.name=users.full_name")
		},
		func(ctx context.Context) error {
			d.say("The slugs of the posts that are there need SQL of our own, at the end of the same file:")
			return d.extend("drizzle/0001_slugs.sql", demoTail)
		},
		func(ctx context.Context) error { return d.show("drizzle/0001_slugs.sql") },
		func(ctx context.Context) error { return d.run(ctx, "check") },
		func(ctx context.Context) error { return d.run(ctx, "migrate", "--yes") },
		func(ctx context.Context) error {
			d.title("Where the database stands")
			return d.run(ctx, "status")
		},
		func(ctx context.Context) error { return d.rows(ctx, demoQuery) },
	}
	for _, step := range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) title(text string) {
	d.step++
	d.print("\n%s\n", d.outPaint().bold(fmt.Sprintf("%d. %s", d.step, text)))
}

func (d *demo) say(text string) { d.print("\n%s\n", text) }

func (d *demo) prompt(command string) { d.print("\n%s\n", d.outPaint().cyan("$ "+command)) }

// run runs a command of skein as a person would.
func (d *demo) run(ctx context.Context, args ...string) error {
	quoted := make([]string, len(args))
	for i, arg := range args {
		quoted[i] = diag.ShellQuote(arg)
	}
	d.prompt("skein " + strings.Join(quoted, " "))
	// What the commands would keep for the next time goes with the folder.
	environ := append(d.environ, "DATABASE_URL="+d.url, "SKEIN_CACHE_DIR="+filepath.Join(d.dir, ".cache"))
	args = append(args, "--color", string(d.color))
	if code := Main(ctx, args, d.Streams, environ); code != exitFine {
		return exitCode(code)
	}
	return nil
}

// write writes files of the demo and shows one of them.
func (d *demo) write(files map[string]string, show string) error {
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return unusableFolder(name, err)
		}
	}
	if show == "" {
		return nil
	}
	return d.show(show)
}

func (d *demo) extend(file, text string) error {
	f, err := os.OpenFile(filepath.FromSlash(file), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(text)
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}
	if err != nil {
		return unusableFolder(file, err)
	}
	return nil
}

func (d *demo) show(file string) error {
	text, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil {
		return unusableFolder(file, err)
	}
	d.prompt("cat " + file)
	d.print("%s\n", strings.TrimRight(string(text), "\n"))
	return nil
}

// sql runs a statement as psql would.
func (d *demo) sql(ctx context.Context, statement string) error {
	d.prompt(`psql -c "` + statement + `"`)
	db, err := d.connect(ctx, address.Address{URL: d.url})
	if err != nil {
		return err
	}
	defer db.close()
	tag, err := db.Exec(ctx, statement)
	if err != nil {
		return demoFailed(err)
	}
	d.print("%s\n", tag)
	return nil
}

// rows runs a query and shows what it returns.
func (d *demo) rows(ctx context.Context, query string) error {
	d.prompt(`psql -c "` + query + `"`)
	db, err := d.connect(ctx, address.Address{URL: d.url})
	if err != nil {
		return err
	}
	defer db.close()
	rows, err := db.Query(ctx, query)
	if err != nil {
		return demoFailed(err)
	}
	var headers []string
	for _, f := range rows.FieldDescriptions() {
		headers = append(headers, f.Name)
	}
	cells, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]string, error) {
		values, err := row.Values()
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = fmt.Sprint(v)
		}
		return texts, err
	})
	if err != nil {
		return demoFailed(err)
	}
	d.print("%s", columnsText(headers, cells, d.outPaint()))
	return nil
}

func demoFailed(err error) error {
	return &diag.Error{Kind: diag.Database, Message: "the demo's own SQL failed: " + err.Error(), Hint: "please report it at " + issuesURL, Err: err}
}
