package drizzle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// Config is what a drizzle.config file says, with drizzle-kit's defaults.
type Config struct {
	File    string // as it was asked for
	Dialect string // always "postgresql"
	// Schema holds the paths and patterns of schema files as written, relative
	// to the working directory; empty where the config names none.
	Schema      []string
	Out         string // migrations folder, "drizzle" where not set
	Breakpoints bool
	Casing      string // "camelCase", "snake_case" or ""
	// Prefix of migration names. "" where the config has no "migrations", which
	// is when a flag decides.
	Prefix           string
	MigrationsTable  string
	MigrationsSchema string
	// URL of the database, from dbCredentials; "" where it cannot be known, and
	// then URLError, of type *diag.Error, says why.
	URL      string
	URLError error
	// SSL is the certificates in dbCredentials.ssl, nil where there are none.
	SSL *SSL
	// SchemaFilter and TablesFilter say what of a database is the project's.
	// The tables that extensionsFilters stands for are in TablesFilter.
	SchemaFilter []string
	TablesFilter []string
	Strict       bool
	Verbose      bool
}

// configNames are looked for in this order; the first three are drizzle-kit's.
var configNames = []string{
	"drizzle.config.ts", "drizzle.config.js", "drizzle.config.json",
	"drizzle.config.mjs", "drizzle.config.cjs", "drizzle.config.mts", "drizzle.config.cts",
}

// FindConfig returns the path of the config file in a folder.
func FindConfig(dir string) (path string, err error) {
	for _, name := range configNames {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	return "", &diag.Error{Kind: diag.Usage, Message: "there is no drizzle.config.ts here, nor one that ends in .js, .json or .mjs",
		Hint: "run in the project's folder, pass --config FILE, or write one with `skein init`"}
}

// LoadConfig reads a config file, relative to the working directory. environ
// holds the environment as "NAME=value"; it goes to the config and nowhere else,
// with the file .env of the working directory under it, as in drizzle-kit. The
// config may read .env files, and look at files of its project; it can do
// nothing else to the machine.
//
// A config that throws because an environment variable is missing, as many do
// about the database's URL, is read all the same: URLError then holds what it
// threw. It is an error only if something else depends on the variable.
func LoadConfig(ctx context.Context, file string, environ []string) (*Config, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	l := &configLoader{shown: filepath.ToSlash(file), cwd: cwd, path: file, disk: newDisk()}
	if !filepath.IsAbs(l.path) {
		l.path = filepath.Join(cwd, file)
	}
	if !l.disk.isFile(l.path) {
		return nil, &diag.Error{Kind: diag.Usage, File: l.shown, Message: "there is no such config file",
			Hint: "check --config; the path is relative to the working directory"}
	}
	l.path = l.disk.real(l.path)
	if l.source, err = l.disk.read(l.path); err != nil {
		return nil, unreadable(l.shown, err)
	}
	l.environment = l.withEnvFile(environ)
	if filepath.Ext(l.path) == ".json" {
		return l.fromJSON()
	}
	return l.evaluate(ctx)
}

// configLoader reads one config file.
type configLoader struct {
	path, shown string // the file, and how messages show it
	cwd         string
	source      []byte
	disk        *disk
	environment map[string]string
	unset       []string // environment variables that were read and are not set
	wanted      map[string]bool
	failed      map[string]string
}

func (l *configLoader) fromJSON() (*Config, error) {
	doc, invalid := parseJSONC(l.source)
	if invalid != nil {
		return nil, invalid.at(l.shown)
	}
	return l.interpret(doc, doc.get("dbCredentials"), nil)
}

// evaluate runs the config until no stand-in is left where a value is needed.
func (l *configLoader) evaluate(ctx context.Context) (*Config, error) {
	l.wanted, l.failed = map[string]bool{}, map[string]string{}
	const most = 12
	for range most {
		config, err := l.round(ctx)
		if config != nil || err != nil {
			return config, err
		}
	}
	return nil, &diag.Error{Kind: diag.Usage, File: l.shown, Message: "the config needs more and more packages to be evaluated",
		Hint: "import less in it"}
}

// round evaluates once; neither a config nor an error means that another round
// is due.
func (l *configLoader) round(ctx context.Context) (*Config, error) {
	b := &bundler{resolver: newResolver(l.disk, l.cwd), keepEffects: true, failed: l.failed}
	b.wanted = l.wanted
	for specifier, source := range configModules {
		b.virtual[specifier] = source
	}
	e, err := b.evaluate(ctx, "config", l.entry(), l.settings())
	if err != nil {
		return nil, err
	}
	defer e.close()
	var why *diag.Error // why the URL cannot be relied on
	if e.base.State == "threw" {
		why = e.explain(ctx, e.base.Error)
		if unset := e.base.Unset; len(unset) > 0 {
			why.Hint = "these environment variables are not set: " + shorten(unset) + "; set what is needed, in the environment or in .env"
		}
		if err := e.recover(ctx); err != nil {
			return nil, err
		}
		if e.base.State == "done" && !madeUp(e.plan) {
			why = nil
		}
	}
	if e.base.State == "threw" {
		if e.retry(ctx) {
			return nil, nil
		}
		if missing := missing(e); len(missing) > 0 {
			why.Hint = "if it is not a mistake there: Skein stands in for " + strings.Join(missing, ", ") + ", which cannot be found here"
		}
		return nil, why
	}
	needs := e.certain(nil)
	if len(needs) == 0 {
		if needs, err = l.undecided(ctx, e); err != nil {
			return nil, err
		}
	}
	for _, o := range e.base.InCredentials {
		needs = append(needs, need{origin: o, target: e.target(o), why: "needs the value of", soft: true})
	}
	if more, err := e.meet(needs); more || err != nil {
		return nil, err
	}
	return l.fromOutcome(e, why)
}

// entry is the module the bundle starts from.
func (l *configLoader) entry() string {
	return "import * as config from " + quoteJS(l.path) + ";\nawait __skein.configured(config);\n"
}

// madeUp reports whether a plan makes up values of environment variables.
func madeUp(plan map[string]int) bool {
	for key := range plan {
		if strings.HasPrefix(key, "environment ") {
			return true
		}
	}
	return false
}

// undecided returns the needs that decisions make on which anything but the
// credentials depends. What is not in the environment is not set, and that is
// that.
func (l *configLoader) undecided(ctx context.Context, e *evaluation) ([]need, error) {
	if e.plan != nil {
		for _, key := range placeholders(e.base.Sites, e.base.text) {
			return nil, l.unsetError(e, e.base.Sites[key])
		}
	}
	for key, s := range e.base.Sites {
		if isNature(s.Kind) {
			s.Options = 1
			e.base.Sites[key] = s
		}
	}
	// Configs say where things are in so many words; what they import, for the
	// URL as a rule, may decide a lot.
	const fewRuns = 8
	e.mostRuns = fewRuns
	matter, err := e.whatIf(ctx)
	if err != nil && !errors.Is(err, errUndecided) {
		return nil, err
	}
	var out []need
	for _, key := range matter {
		s := e.base.Sites[key]
		out = append(out, need{origin: s.origin, target: e.target(s.origin), why: "depends on", site: key})
	}
	return out, nil
}

func (l *configLoader) unsetError(e *evaluation, s site) *diag.Error {
	name := strings.TrimPrefix(s.Specifier, environmentPrefix)
	message := fmt.Sprintf("the environment variable %s is not set, and more than the database's URL depends on it", name)
	hint := "set it in the environment or in .env"
	if at, ok := e.mention(environmentPrefix+name, name); ok {
		return e.at(at, message, hint)
	}
	return &diag.Error{Kind: diag.Usage, File: l.shown, Message: message, Hint: hint}
}

// fromOutcome reads what the evaluated config exports. why is what it threw
// when nothing was made up, nil for nothing.
func (l *configLoader) fromOutcome(e *evaluation, why *diag.Error) (*Config, error) {
	doc, err := parseJSON([]byte(e.base.text))
	if err != nil {
		return nil, fmt.Errorf("reading the evaluated config: %w", err)
	}
	if kind := doc.get("wrong").text(); kind != "" {
		return nil, &diag.Error{Kind: diag.Usage, File: l.shown, Message: "the config exports " + article(kind) + ", not an object",
			Hint: "write export default defineConfig({ … })"}
	}
	credentials, err := parseJSON([]byte(orElse(e.base.Credentials, "null")))
	if err != nil {
		return nil, fmt.Errorf("reading the evaluated config: %w", err)
	}
	for _, o := range e.base.InCredentials {
		if why == nil {
			why = e.error(need{origin: o, target: e.target(o), why: "takes dbCredentials from"})
		}
	}
	l.unset = e.base.Unset
	return l.interpret(doc, credentials, why)
}

func article(kind string) string {
	if kind == "undefined" {
		return "nothing"
	}
	if strings.ContainsRune("aeiou", rune(kind[0])) {
		return "an " + kind
	}
	return "a " + kind
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
