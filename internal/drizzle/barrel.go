package drizzle

import (
	"bytes"
	"path/filepath"
	"slices"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"
)

// moduleList is what the entry of a bundle imports: the schema files, and the
// files that they pass on with export *.
type moduleList struct {
	resolver *resolver
	modules  []*module
	index    map[string]int // by path
	// unresolved are the specifiers of export * whose module is a stand-in, so
	// that its names, perhaps tables, are not known.
	unresolved []starOf
}

// module is one file. own and stars are set where barrel is.
type module struct {
	path   string
	barrel bool
	own    []string // names exported here, sorted
	stars  []int    // modules passed on, in the order of the statements
}

// starOf is an export * of a stand-in.
type starOf struct {
	target
	importer string
}

// add returns the index of a file's module, reading what it passes on.
func (l *moduleList) add(path string) int {
	if i, ok := l.index[path]; ok {
		return i
	}
	i := len(l.modules)
	m := &module{path: path}
	l.modules = append(l.modules, m)
	l.index[path] = i
	data, err := l.resolver.disk.read(path)
	if err != nil || !bytes.Contains(data, []byte("*")) || !bytes.Contains(data, []byte("export")) || tooDeep(data) {
		return i // the bundler reports what is wrong with the file
	}
	own, stars, ok := starExports(path, data)
	if !ok || len(stars) == 0 {
		return i
	}
	m.barrel, m.own = true, own
	for _, specifier := range stars {
		switch t := l.resolver.resolve(specifier, filepath.Dir(path)); {
		case t.file != "" && filepath.Ext(t.file) != ".json":
			m.stars = append(m.stars, l.add(t.file))
		case t.unknown != "":
			l.unresolved = append(l.unresolved, starOf{t, path})
		}
	}
	return i
}

// starExports returns the names that a file exports itself, sorted, and the
// specifiers of its export * statements. ok is false where the file cannot be
// parsed. It asks esbuild to take the types away first.
func starExports(path string, data []byte) (own, stars []string, ok bool) {
	if !bytes.Contains(data, []byte("export *")) && !bytes.Contains(data, []byte("export*")) {
		return nil, nil, true
	}
	result := api.Transform(string(data), api.TransformOptions{
		Loader: loaderOf(path), Format: api.FormatESModule, Target: api.ES2023, LogLevel: api.LogLevelSilent,
	})
	if len(result.Errors) > 0 {
		return nil, nil, false
	}
	tree, err := js.Parse(parse.NewInputBytes(result.Code), js.Options{})
	if err != nil {
		return nil, nil, false
	}
	for _, statement := range tree.List {
		export, isExport := statement.(*js.ExportStmt)
		if !isExport {
			continue
		}
		if export.Default {
			own = append(own, "default")
			continue
		}
		for _, alias := range export.List {
			name := alias.Binding
			if name == nil {
				name = alias.Name
			}
			switch {
			case alias.Name == nil && string(alias.Binding) == "*":
				stars = append(stars, unquoteJS(export.Module))
			default:
				own = append(own, unquoteJS(name))
			}
		}
		own = append(own, declaredNames(export.Decl)...)
	}
	slices.Sort(own)
	return own, stars, true
}

// declaredNames returns the names that the declaration of an export declares.
func declaredNames(e js.IExpr) []string {
	switch n := e.(type) {
	case *js.VarDecl:
		var names []string
		for _, element := range n.List {
			names = append(names, boundNames(element.Binding)...)
		}
		return names
	case *js.FuncDecl:
		if n.Name != nil {
			return []string{string(n.Name.Data)}
		}
	case *js.ClassDecl:
		if n.Name != nil {
			return []string{string(n.Name.Data)}
		}
	}
	return nil
}

func boundNames(b js.IBinding) []string {
	switch n := b.(type) {
	case *js.Var:
		return []string{string(n.Data)}
	case *js.BindingArray:
		var names []string
		for _, element := range n.List {
			names = append(names, boundNames(element.Binding)...)
		}
		if n.Rest != nil {
			names = append(names, boundNames(n.Rest)...)
		}
		return names
	case *js.BindingObject:
		var names []string
		for _, item := range n.List {
			names = append(names, boundNames(item.Value.Binding)...)
		}
		if n.Rest != nil {
			names = append(names, string(n.Rest.Data))
		}
		return names
	}
	return nil
}

// unquoteJS takes the quotes off a string literal that esbuild printed. It
// leaves a name as it is.
func unquoteJS(text []byte) string {
	if len(text) < 2 || text[0] != '"' && text[0] != '\'' {
		return string(text)
	}
	if v, err := parseJSON(text); err == nil {
		return v.str
	}
	return string(text[1 : len(text)-1])
}
