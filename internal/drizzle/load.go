package drizzle

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	_ "embed"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/drizzle/js"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// LoadOptions say what to read.
type LoadOptions struct {
	Dir   string   // the project's folder, which patterns are relative to
	Files []string // files, folders and glob patterns, as in "schema" of the config
	// Casing is "camelCase", "snake_case" or "".
	Casing string
	// CacheDir is a folder for what was read, to read it faster when nothing
	// changed. "" means no cache. It must belong to the user, not to the project.
	CacheDir string
}

// Loaded is what the schema files say.
type Loaded struct {
	Schema *schema.Schema
	// Sources are the files that the patterns matched, absolute, in the order
	// in which they count.
	Sources []string
	// Inputs are all of the project's files that were read, Sources among them,
	// sorted: those to watch.
	Inputs []string
	// ORM says whose drizzle-orm was used: "drizzle-orm 0.45.2" or "built in".
	ORM      string
	Cached   bool // nothing was evaluated
	Warnings []string
}

// Load reads the schema files of a project. It reads files of the project and
// writes to the cache only; it never touches a database. Errors about the
// project are of type *diag.Error.
func Load(ctx context.Context, o LoadOptions) (*Loaded, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	o.Dir = dir
	store := newStore(o)
	if found, ok := store.get(); ok {
		return found.decode(true)
	}
	// Bundling makes a lot of garbage in a short time, and the process is about
	// to end or to wait: collecting less often saves a fifth of the time.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	l := &loader{options: o, disk: newDisk()}
	result, err := l.load(ctx)
	if err != nil {
		return nil, err
	}
	store.put(result, l.disk)
	return result.decode(false)
}

// result is what the cache keeps: everything of Loaded, with the schema as text.
type result struct {
	Body     []byte   `json:"-"`
	Sources  []string `json:"sources"`
	Inputs   []string `json:"inputs"`
	ORM      string   `json:"orm"`
	Warnings []string `json:"warnings"`
}

func (r *result) decode(cached bool) (*Loaded, error) {
	s, err := snapshot.DecodeSchemaJSON("the schema files", r.Body)
	if err != nil {
		return nil, err
	}
	return &Loaded{Schema: s, Sources: r.Sources, Inputs: r.Inputs, ORM: r.ORM, Cached: cached, Warnings: r.Warnings}, nil
}

//go:embed sandbox/first.js
var firstJS string

// loader evaluates schema files until nothing in the snapshot is a guess.
type loader struct {
	options LoadOptions
	disk    *disk
	bundler *bundler
	list    *moduleList
	schema  []int // indexes of the schema files in list
	files   []string
	notes   []string          // warnings
	virtual map[string]string // sources that take the place of others, by specifier
	limit   time.Duration     // see settings
}

func (l *loader) load(ctx context.Context) (*result, error) {
	if err := l.findFiles(); err != nil {
		return nil, err
	}
	r := newResolver(l.disk, l.options.Dir)
	orm, err := l.findORM(r)
	if err != nil {
		return nil, err
	}
	r.orm = orm
	r.virtual[firstSpecifier] = firstJS
	maps.Copy(r.virtual, l.virtual)
	l.bundler = &bundler{resolver: r, failed: map[string]string{}}
	const mostRounds = 20 // each loads at least one more package
	for range mostRounds {
		done, err := l.round(ctx)
		if done != nil || err != nil {
			return done, err
		}
	}
	return nil, &diag.Error{Kind: diag.Usage, Message: "the schema needs more and more packages to be evaluated",
		Hint: "import types only (import type) where no value is needed"}
}

func (l *loader) settings() settings {
	return settings{Dir: l.options.Dir, OS: runtime.GOOS, Limit: l.limit}
}

// findFiles expands the patterns and leaves out files that export nothing.
func (l *loader) findFiles() error {
	files, empty, err := sources(l.disk, l.options.Dir, l.options.Files)
	if err != nil {
		return err
	}
	for _, pattern := range empty {
		l.notes = append(l.notes, fmt.Sprintf("the schema path %q matches no file", pattern))
	}
	if len(files) == 0 {
		return noSchemaFiles(l.options.Files)
	}
	for _, file := range files {
		data, err := l.disk.read(file)
		if err != nil {
			return unreadable(showPath(l.options.Dir, file), err)
		}
		if !exportsNothing(data) {
			l.files = append(l.files, file)
		}
	}
	return nil
}

func noSchemaFiles(patterns []string) *diag.Error {
	if len(patterns) == 0 {
		return &diag.Error{Kind: diag.Usage, Message: "no schema files are named",
			Hint: "set \"schema\" in drizzle.config, for example schema: \"./src/schema.ts\""}
	}
	quoted := make([]string, len(patterns))
	for i, p := range patterns {
		quoted[i] = fmt.Sprintf("%q", p)
	}
	return &diag.Error{Kind: diag.Usage, Message: "no schema files found for " + strings.Join(quoted, ", "),
		Hint: "check \"schema\" in drizzle.config; paths are relative to the working directory, and a file needs its extension"}
}

// round evaluates once. It returns a result, or an error, or neither where
// another round with more packages loaded for real is due.
func (l *loader) round(ctx context.Context) (*result, error) {
	l.listModules()
	e, err := l.bundler.evaluate(ctx, "schema", l.entry(), l.settings())
	if err != nil {
		return nil, err
	}
	defer e.close()
	if err := e.recover(ctx); err != nil {
		return nil, err
	}
	if e.base.State == "threw" {
		return nil, l.threw(ctx, e)
	}
	needs := e.certain(l.list.unresolved)
	if len(needs) == 0 {
		if err := l.checkPlaceholders(e); err != nil {
			return nil, err
		}
		if needs, err = l.undecided(ctx, e); err != nil {
			return nil, err
		}
	}
	suspected, notes := e.suspected()
	more, err := e.meet(append(needs, suspected...))
	if more || err != nil {
		return nil, err
	}
	environment, err := e.environmentNotes(ctx)
	if err != nil && !errors.Is(err, errUndecided) {
		return nil, err
	}
	notes = append(notes, environment...)
	if e.unchecked != nil {
		notes = append(notes, "whether anything depends on packages that are stood in for could not be checked: "+e.unchecked.Error())
	}
	return l.result(e, notes), nil
}

// listModules lists what the entry imports.
func (l *loader) listModules() {
	l.list = &moduleList{resolver: l.bundler.resolver, index: map[string]int{}}
	l.schema = l.schema[:0]
	for _, file := range l.files {
		l.schema = append(l.schema, l.list.add(file))
	}
}

// entry is the module the bundle starts from.
func (l *loader) entry() string {
	var b strings.Builder
	b.WriteString("import " + quoteJS(firstSpecifier) + ";\nimport { serialize } from " + quoteJS(js.Internal+"serialize/serialize") + ";\n")
	for i, m := range l.list.modules {
		fmt.Fprintf(&b, "import * as m%d from %s;\n", i, quoteJS(m.path))
	}
	b.WriteString("__skein.loaded(serialize, [\n")
	for i, m := range l.list.modules {
		fmt.Fprintf(&b, "{ file: %s, namespace: m%d", quoteJS(l.bundler.show(m.path)), i)
		if m.barrel {
			fmt.Fprintf(&b, ", own: %s, stars: %s", listJS(m.own), listJS(m.stars))
		}
		b.WriteString(" },\n")
	}
	fmt.Fprintf(&b, "], %s, %s);\n", listJS(l.schema), casingJS(l.options.Casing))
	return b.String()
}

func casingJS(casing string) string {
	if casing == "" {
		return "undefined"
	}
	return quoteJS(casing)
}

// threw answers an exception: with another round if a package that is stood in
// for may be the reason, else with an error.
func (l *loader) threw(ctx context.Context, e *evaluation) error {
	if e.retry(ctx) {
		return nil
	}
	for _, n := range e.certain(nil) {
		return e.error(n)
	}
	d := e.explain(ctx, e.base.Error)
	if missing := missing(e); len(missing) > 0 && e.base.Error.Skein == nil {
		d.Hint = "if it is not a mistake there: Skein stands in for " + strings.Join(missing, ", ") + ", which cannot be found here"
		if o := e.base.Touched[0]; d.File == "" {
			if at, ok := e.importOf(o.Importer, o.Specifier); ok {
				d = e.at(at, d.Message, d.Hint)
			}
		}
	}
	return d
}

// missing lists the stand-ins that were used, for want of the real thing.
func missing(e *evaluation) []string {
	var out []string
	for _, o := range e.base.Touched {
		name := fmt.Sprintf("%q", o.Specifier)
		if o.Importer == "" {
			name = o.Specifier
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// checkPlaceholders refuses a snapshot with a value that only stood for that of
// an environment variable.
func (l *loader) checkPlaceholders(e *evaluation) error {
	if e.plan == nil {
		return nil
	}
	for _, key := range placeholders(e.base.Sites, e.base.text) {
		return e.natureError(e.base.Sites[key])
	}
	return nil
}

// undecided returns the needs that decisions on stand-ins make.
func (l *loader) undecided(ctx context.Context, e *evaluation) ([]need, error) {
	matter, err := e.whatIf(ctx)
	if errors.Is(err, errUndecided) {
		l.notes = append(l.notes, "so much depends on packages that are not loaded that not all of it could be tried")
		err = nil
	}
	if err != nil {
		return nil, err
	}
	var out []need
	for _, key := range matter {
		s := e.base.Sites[key]
		if isNature(s.Kind) {
			return nil, e.natureError(s)
		}
		out = append(out, need{origin: s.origin, target: e.target(s.origin), why: "depends on", site: key})
	}
	return out, nil
}

func (l *loader) result(e *evaluation, notes []string) *result {
	inputs := slices.Sorted(maps.Keys(l.bundler.inputs))
	orm := "built in"
	if m := l.bundler.orm; m != nil {
		orm = "drizzle-orm " + m.version
	}
	return &result{Body: []byte(e.base.text), Sources: l.files, Inputs: inputs, ORM: orm,
		Warnings: slices.Concat(l.notes, e.base.Warnings, notes, l.missingFiles(e))}
}

// missingFiles warns of files of the project's own that are imported, used, and
// not there.
func (l *loader) missingFiles(e *evaluation) []string {
	var out []string
	for _, o := range e.base.Touched {
		t := e.target(o)
		if t.builtin || t.found || isAsset(o.Specifier) || !isOwnSpecifier(o.Specifier) {
			continue
		}
		if at, ok := e.importOf(o.Importer, o.Specifier); ok {
			out = append(out, fmt.Sprintf("%s:%d: %q does not exist; nothing in the snapshot depends on it", e.show(at.file), at.line, o.Specifier))
		}
	}
	slices.Sort(out)
	return out
}
