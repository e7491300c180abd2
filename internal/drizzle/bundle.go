package drizzle

import (
	"path/filepath"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/skein-db/skein/internal/drizzle/js"
)

// bundler makes one script of an entry and everything it imports.
type bundler struct {
	*resolver
	// keepEffects keeps modules that are imported for what they do and not for
	// what they export. A config needs that; schema files must not have it,
	// since the barrels they import from drag in whole applications.
	keepEffects bool

	// failed are packages that threw when they were loaded for real, and what.
	failed map[string]string

	mu      sync.Mutex
	inputs  map[string]bool      // the project's own files that were read
	unknown map[unknownID]target // the stand-ins that were made
}

// unknownID names one stand-in: a specifier as one file imports it.
type unknownID struct{ specifier, importer string }

// entrySpecifier names the module that the bundle starts from, firstSpecifier
// one that has to be evaluated before any other.
const (
	entrySpecifier = js.Internal + "entry"
	firstSpecifier = js.Internal + "first"
)

// The namespaces of esbuild paths. Files are in esbuild's own, so that it names
// them in messages and source maps as it always does.
const (
	fileSpace    = "file"
	sourceSpace  = "skein"
	unknownSpace = "unknown"
)

// build bundles entry, the source of an ES module, to statements for the body
// of an async function. withMap adds a source map to the outcome, which costs
// time and is only wanted to explain an error.
func (b *bundler) build(entry string, withMap bool) (*script, error) {
	b.inputs, b.unknown = map[string]bool{}, map[unknownID]target{}
	b.virtual[entrySpecifier] = entry
	options := api.BuildOptions{
		EntryPoints:   []string{entrySpecifier},
		AbsWorkingDir: b.dir,
		Bundle:        true,
		Outfile:       filepath.Join(b.dir, "skein.js"), // never written
		Format:        api.FormatESModule,
		Platform:      api.PlatformNeutral,
		Target:        api.ES2023,
		Charset:       api.CharsetUTF8,
		LegalComments: api.LegalCommentsNone,
		JSX:           api.JSXAutomatic,
		LogLevel:      api.LogLevelSilent,
		TsconfigRaw:   b.compilerOptions(),
		Define: map[string]string{
			"__dirname":   metaPrefix + "dirname",
			"__filename":  metaPrefix + "filename",
			"import.meta": metaPrefix + "meta",
		},
		// Lowered to conditions, which rewrite knows.
		Supported: map[string]bool{"logical-assignment": false, "optional-chain": false, "nullish-coalescing": false},
		Plugins:   []api.Plugin{{Name: "skein", Setup: b.setup}},
	}
	if withMap {
		options.Sourcemap, options.SourcesContent = api.SourceMapExternal, api.SourcesContentExclude
	}
	result := api.Build(options)
	if b.problem != nil {
		return nil, b.problem
	}
	if len(result.Errors) > 0 {
		return nil, b.buildError(result.Errors)
	}
	out := &script{unknown: b.unknown}
	for _, f := range result.OutputFiles {
		if strings.HasSuffix(f.Path, ".map") {
			out.sourceMap = f.Contents
		} else {
			out.code = withReExports(string(f.Contents))
		}
	}
	return out, nil
}

// script is a bundle.
type script struct {
	code      string
	sourceMap []byte // empty unless asked for
	unknown   map[unknownID]target
}

// compilerOptions are the settings of the project's tsconfig.json that change
// what code means.
func (b *bundler) compilerOptions() string {
	if c := b.tsconfig(b.dir); c != nil && c.decorators {
		return `{"compilerOptions":{"experimentalDecorators":true}}`
	}
	return `{}`
}

func (b *bundler) setup(build api.PluginBuild) {
	build.OnResolve(api.OnResolveOptions{Filter: ".*"}, b.onResolve)
	build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: fileSpace}, b.onLoadFile)
	build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: sourceSpace}, b.onLoadSource)
	build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: unknownSpace}, b.onLoadUnknown)
}

func (b *bundler) onResolve(a api.OnResolveArgs) (api.OnResolveResult, error) {
	dir := b.dir
	if a.Namespace == fileSpace {
		dir = filepath.Dir(a.Importer)
	}
	t := b.resolve(a.Path, dir)
	switch {
	case t.source != "":
		effects := api.SideEffectsFalse
		if hasEffects(t.source) {
			effects = api.SideEffectsTrue
		}
		return api.OnResolveResult{Path: t.source, Namespace: sourceSpace, SideEffects: effects}, nil
	case t.file != "":
		effects := api.SideEffectsTrue
		if t.own && !b.keepEffects || !t.own && b.pure(t.file) {
			effects = api.SideEffectsFalse
		}
		return api.OnResolveResult{Path: t.file, Namespace: fileSpace, SideEffects: effects}, nil
	}
	id := unknownID{t.unknown, a.Importer}
	b.mu.Lock()
	b.unknown[id] = t
	b.mu.Unlock()
	return api.OnResolveResult{Path: id.path(), Namespace: unknownSpace, PluginData: id, SideEffects: api.SideEffectsFalse}, nil
}

// pure reports whether the package that a file belongs to says that importing
// it has no effect.
func (b *bundler) pure(file string) bool {
	m := b.nearest(filepath.Dir(file))
	return m != nil && m.pure
}

// path tells stand-ins for one package apart by who imports it, so that a
// message can name the import that matters. It must not end like a file name,
// by which esbuild would take it for an ES module.
func (id unknownID) path() string { return id.specifier + " for " + id.importer + " (unknown)" }

func (b *bundler) onLoadUnknown(a api.OnLoadArgs) (api.OnLoadResult, error) {
	id := a.PluginData.(unknownID)
	source := "module.exports = __skein.unknown(" + quoteJS(id.specifier) + ", " + quoteJS(id.importer) + ");"
	return api.OnLoadResult{Contents: &source, Loader: api.LoaderJS}, nil
}

func (b *bundler) onLoadSource(a api.OnLoadArgs) (api.OnLoadResult, error) {
	source, ok := b.virtual[a.Path]
	if !ok {
		source, _ = js.Module(a.Path)
	}
	return api.OnLoadResult{Contents: &source, Loader: api.LoaderJS}, nil
}

func (b *bundler) onLoadFile(a api.OnLoadArgs) (api.OnLoadResult, error) {
	data, err := b.disk.read(a.Path)
	if err != nil {
		b.fail(unreadable(b.show(a.Path), err))
		return api.OnLoadResult{}, err
	}
	if tooDeep(data) {
		b.fail(nestedTooDeep(b.show(a.Path)))
		return api.OnLoadResult{}, errNested
	}
	if !inPackages(a.Path) {
		b.mu.Lock()
		b.inputs[a.Path] = true
		b.mu.Unlock()
	}
	loader := loaderOf(a.Path)
	source := string(data)
	if loader != api.LoaderJSON {
		source = preamble(a.Path, source) + withoutHashbang(source)
	}
	return api.OnLoadResult{Contents: &source, Loader: loader}, nil
}

func loaderOf(path string) api.Loader {
	switch filepath.Ext(path) {
	case ".ts", ".mts", ".cts":
		return api.LoaderTS
	case ".tsx":
		return api.LoaderTSX
	case ".jsx":
		return api.LoaderJSX
	case ".json":
		return api.LoaderJSON
	}
	return api.LoaderJS
}

// withoutHashbang makes a comment of a first line for the shell, since
// something may come before it.
func withoutHashbang(source string) string {
	if rest, ok := strings.CutPrefix(source, "#!"); ok {
		return "//" + rest
	}
	return source
}

// withReExports makes esbuild's helper for export * of a module that is only
// known at run time know stand-ins. It stays on its line, so that positions do
// not move.
func withReExports(code string) string {
	const helper = "var __reExport = "
	start := strings.Index(code, helper)
	if start < 0 {
		return code
	}
	end := strings.IndexByte(code[start:], '\n')
	if end < 0 {
		return code
	}
	end += start
	if code[end-1] != ';' {
		return code
	}
	start += len(helper)
	return code[:start] + "__skein.reExport(" + code[start:end-1] + ");" + code[end:]
}
