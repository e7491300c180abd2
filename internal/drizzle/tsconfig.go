package drizzle

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/skein-db/skein/internal/diag"
	"github.com/tailscale/hujson"
)

// tsconfig is what resolving an import needs of a tsconfig.json and of all that
// it extends.
type tsconfig struct {
	dir        string // of the file itself; ${configDir} in what it extends
	baseURL    string // absolute, "" where not set
	paths      []pathRule
	decorators bool // experimentalDecorators
}

// pathRule is one entry of "paths".
type pathRule struct {
	before, after string // around the star
	star          bool
	targets       []string // absolute, with their star
}

// tsconfig returns the settings for files in a folder: the nearest
// tsconfig.json or jsconfig.json above it. Installed packages have none.
func (r *resolver) tsconfig(dir string) *tsconfig {
	if inPackages(dir) {
		return nil
	}
	r.mu.Lock()
	c, known := r.tsconfigs[dir]
	r.mu.Unlock()
	if known {
		return c
	}
	if folder, file := r.disk.find(dir, "tsconfig.json", "jsconfig.json"); file != "" {
		if folder != dir {
			c = r.tsconfig(folder)
		} else {
			c = r.readTSConfig(file)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tsconfigs[dir] = c
	return c
}

// readTSConfig reads a tsconfig.json with everything it extends. Where it only
// lists other configs ("references"), as templates for web projects do, the
// paths of those count.
func (r *resolver) readTSConfig(file string) *tsconfig {
	c := &tsconfig{dir: filepath.Dir(file)}
	references := r.mergeTSConfig(c, file, nil)
	for _, reference := range references {
		if c.baseURL != "" || c.paths != nil {
			break
		}
		file := reference
		if r.disk.isDir(file) {
			file = filepath.Join(file, "tsconfig.json")
		}
		other := &tsconfig{dir: filepath.Dir(file)}
		r.mergeTSConfig(other, file, nil)
		c.baseURL, c.paths = other.baseURL, other.paths
	}
	return c
}

// mergeTSConfig lays a file over c, what it extends first, and returns the
// absolute paths of its references. seen holds the files being read.
func (r *resolver) mergeTSConfig(c *tsconfig, file string, seen []string) (references []string) {
	if slices.Contains(seen, file) || !r.disk.isFile(file) {
		return nil // a circle, or a base that is not installed here
	}
	seen = append(seen, file)
	dir := filepath.Dir(file)
	data, err := r.disk.read(file)
	if err != nil {
		r.fail(unreadable(file, err))
		return nil
	}
	doc, invalid := parseJSONC(data)
	if invalid != nil {
		r.fail(invalid.at(r.show(file)))
		return nil
	}
	for _, base := range doc.get("extends").texts() {
		if base = r.extended(dir, base); base != "" {
			r.mergeTSConfig(c, base, seen)
		}
	}
	in := func(path string) string {
		path = strings.ReplaceAll(path, "${configDir}", c.dir)
		if filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(dir, path)
	}
	options := doc.get("compilerOptions")
	if v := options.get("baseUrl").text(); v != "" {
		c.baseURL = in(v)
	}
	if v := options.get("experimentalDecorators"); v != nil {
		c.decorators = v.kind == jsontext.KindTrue
	}
	if paths := options.get("paths"); paths != nil {
		c.paths = nil
		for i, pattern := range paths.keys {
			rule := pathRule{}
			rule.before, rule.after, rule.star = strings.Cut(pattern, "*")
			for _, target := range paths.values[i].texts() {
				if c.baseURL != "" && !filepath.IsAbs(target) && !strings.HasPrefix(target, "${") {
					target = filepath.Join(c.baseURL, target)
				}
				rule.targets = append(rule.targets, in(target))
			}
			c.paths = append(c.paths, rule)
		}
	}
	if list := doc.get("references"); list != nil {
		for _, item := range list.values {
			if p := item.get("path").text(); p != "" {
				references = append(references, in(p))
			}
		}
	}
	return references
}

// extended returns the file that an "extends" names, "" where there is none.
func (r *resolver) extended(dir, name string) string {
	if name == "." || name == ".." || strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") || filepath.IsAbs(name) {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, name)
		}
		return r.configFile(path)
	}
	pkg, sub := splitPackage(name)
	root := r.packageDir(dir, pkg)
	if root == "" {
		return ""
	}
	if sub == "" {
		sub = "tsconfig.json"
		if m := r.manifest(root); m != nil {
			if data, err := r.disk.read(filepath.Join(root, "package.json")); err == nil {
				if doc, err := parseJSON(data); err == nil && doc.get("tsconfig").text() != "" {
					sub = doc.get("tsconfig").text()
				}
			}
		}
	} else if m := r.manifest(root); m != nil && m.exports != nil {
		files, _ := m.exports.targets("./"+sub, func(string) bool { return true })
		for _, f := range files {
			if found := r.configFile(filepath.Join(root, f)); found != "" {
				return found
			}
		}
	}
	return r.configFile(filepath.Join(root, sub))
}

// configFile returns path, path.json or path/tsconfig.json, whichever exists.
func (r *resolver) configFile(path string) string {
	for _, p := range []string{path, path + ".json", filepath.Join(path, "tsconfig.json")} {
		if r.disk.isFile(p) {
			return p
		}
	}
	return ""
}

// match returns the absolute paths that "paths" gives for a specifier: those of
// the exact entry, else of the one with the longest text before its star.
func (c *tsconfig) match(specifier string) []string {
	best, star := -1, ""
	for i, rule := range c.paths {
		switch {
		case !rule.star:
			if rule.before == specifier {
				return rule.targets
			}
		case len(specifier) >= len(rule.before)+len(rule.after) &&
			strings.HasPrefix(specifier, rule.before) && strings.HasSuffix(specifier, rule.after) &&
			(best < 0 || len(rule.before) > len(c.paths[best].before)):
			best, star = i, specifier[len(rule.before):len(specifier)-len(rule.after)]
		}
	}
	if best < 0 {
		return nil
	}
	var out []string
	for _, target := range c.paths[best].targets {
		out = append(out, filepath.Clean(strings.Replace(target, "*", star, 1)))
	}
	return out
}

// syntaxError is a place in a file that is not the JSON it should be.
type syntaxError struct {
	line, column int
	reason       string
}

func (e *syntaxError) at(file string) *diag.Error {
	return &diag.Error{Kind: diag.Usage, File: file, Line: e.line, Column: e.column,
		Message: "this is not valid JSON: " + e.reason, Hint: "mend the file; comments and trailing commas are fine in it"}
}

// parseJSONC reads JSON with comments and trailing commas.
func parseJSONC(data []byte) (*jsonValue, *syntaxError) {
	if len(strings.TrimSpace(string(data))) == 0 {
		return &jsonValue{kind: jsontext.KindBeginObject}, nil // TypeScript takes an empty file, too
	}
	// The library wants the end of a line after a comment, TypeScript does not.
	std, err := hujson.Standardize(append(slices.Clone(data), '\n'))
	if err != nil {
		return nil, newSyntaxError(err.Error())
	}
	v, err := parseJSON(std)
	if err != nil {
		return nil, &syntaxError{reason: err.Error()}
	}
	return v, nil
}
