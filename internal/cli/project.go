package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/drizzle"
	"github.com/skein-db/skein/internal/history"
)

// project is what a drizzle.config, or the flags instead of it, say.
type project struct {
	*drizzle.Config
	// flags is true when the project was described by flags and no config was
	// read; Config.File is "" then.
	flags bool
	// team is what the skein.yaml says that holds for the project.
	team *config.Config
}

// projectFlags are the flags that describe a project, as drizzle-kit has them.
type projectFlags struct {
	config      string
	dialect     string
	driver      string
	casing      string
	schema      []string
	out         string
	breakpoints bool
}

// dialects are drizzle-kit's; skein tells the ones it does not speak from typing errors.
var dialects = []string{"postgresql", "mysql", "sqlite", "turso", "singlestore", "gel"}

// The drivers of PostgreSQL. Which one connects makes no difference to
// migrations.
var drivers = []string{"aws-data-api", "pglite"}

var casings = []string{"camelCase", "snake_case"}

const configUsage = "config `file` (default: the drizzle.config.ts, .js or .json here)"

func (f *projectFlags) add(cmd *cobra.Command, names ...string) {
	flags := cmd.Flags()
	for _, name := range names {
		switch name {
		case "config":
			flags.StringVar(&f.config, "config", "", configUsage)
		case "dialect":
			flags.Var(&choice{&f.dialect, dialects}, "dialect", "`name` of the database: postgresql")
		case "driver":
			flags.Var(&choice{&f.driver, drivers}, "driver", "accepted as in drizzle-kit; makes no difference here")
		case "casing":
			flags.Var(&choice{&f.casing, casings}, "casing", "how columns without a name are named")
		case "schema":
			flags.StringArrayVar(&f.schema, "schema", nil, "schema `path`: a file, a folder or a pattern; repeatable")
		case "out":
			flags.StringVar(&f.out, "out", "", "migrations `folder`")
		case "breakpoints":
			flags.BoolVar(&f.breakpoints, "breakpoints", true, "put statement breakpoints into the SQL; --breakpoints=false leaves them out")
		}
	}
}

// driving are the flags that stand in for a config. A command is driven by the
// config or by these, not both, as in drizzle-kit.
var driving = []string{"dialect", "driver", "casing", "schema", "out", "breakpoints"}

// load finds out about the project from the config or from the flags of cmd.
// required names the flags that there must be when flags drive.
func (f *projectFlags) load(ctx context.Context, a *app, cmd *cobra.Command, required ...string) (*project, error) {
	var given []string
	for _, name := range driving {
		if cmd.Flags().Changed(name) {
			given = append(given, "--"+name)
		}
	}
	if f.dialect != "" && f.dialect != "postgresql" {
		return nil, otherDialect(f.dialect)
	}
	if len(given) == 0 {
		return a.loadConfig(ctx, f.config)
	}
	if f.config != "" {
		return nil, usage("put it into "+f.config+", or leave out --config and pass everything by flags",
			"--config and %s cannot be used together", strings.Join(given, ", "))
	}
	for _, name := range required {
		if !slices.Contains(given, "--"+name) {
			return nil, f.missing(name, given)
		}
	}
	team, err := config.Load(".")
	if err != nil {
		return nil, err
	}
	return &project{flags: true, team: team, Config: &drizzle.Config{
		Dialect: "postgresql", Schema: f.schema, Out: orElse(f.out, "drizzle"),
		Breakpoints: f.breakpoints, Casing: f.casing,
	}}, nil
}

func (f *projectFlags) missing(name string, given []string) error {
	example := map[string]string{"dialect": "--dialect=postgresql", "schema": "--schema=src/schema.ts"}[name]
	hint := "with " + strings.Join(given, ", ") + " no config is read, so everything comes from flags: add " + example
	if file, err := drizzle.FindConfig("."); err == nil {
		hint += "\nor set it in " + file + " and leave out " + strings.Join(given, ", ")
	}
	return usage(hint, "%s is missing", "--"+name)
}

func otherDialect(name string) error {
	return usage("use drizzle-kit for this project", "skein speaks PostgreSQL only, and the dialect is %s", name)
}

// loadConfig reads the config file, or the one it finds when file is "".
func (a *app) loadConfig(ctx context.Context, file string) (*project, error) {
	if file == "" {
		found, err := drizzle.FindConfig(".")
		if err != nil {
			return nil, err
		}
		file = found
	}
	defer a.working("reading %s", file)()
	team, err := config.Load(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	loaded, err := drizzle.LoadConfig(ctx, file, a.environ)
	if err != nil {
		return nil, err
	}
	return &project{Config: loaded, team: team}, nil
}

// configHere reports whether there is a config in the working directory.
func configHere() bool {
	_, err := drizzle.FindConfig(".")
	return err == nil
}

// databaseVariable returns DATABASE_URL.
func (a *app) databaseVariable() (url, from string, err error) { return a.variable("DATABASE_URL") }

// variable returns a variable from the environment or else from the file .env
// of the working directory, and which of the two it is.
func (a *app) variable(name string) (value, from string, err error) {
	for i := len(a.environ) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(a.environ[i], name+"="); ok {
			return value, name, nil // set to nothing is set, as for dotenv
		}
	}
	data, err := os.ReadFile(".env")
	if err != nil {
		return "", "", nil
	}
	values, err := drizzle.ParseEnv(string(data))
	if err != nil { // its text may repeat what the file says, which is secret
		return "", "", &diag.Error{Kind: diag.Usage, File: ".env", Message: "cannot be read", Hint: "write one NAME=value a line"}
	}
	return values[name], name + " in .env", nil
}

// openHistory reads a migrations folder, and says so when that completed a
// migration which a killed program had begun to write.
func (a *app) openHistory(dir string) (*history.History, error) {
	h, err := history.Open(dir)
	if err == nil && h.Finished != "" {
		a.warn("a program was killed while it wrote %s; that is complete now", h.Finished)
	}
	return h, err
}
