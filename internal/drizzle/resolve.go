package drizzle

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/skein-db/skein/internal/drizzle/js"
)

// resolver finds what an import means. esbuild's own resolver is not used: it
// would look into packages that are to be stood in for, forget its listings
// between calls, and leave the cache not knowing what the answer depended on.
type resolver struct {
	disk    *disk
	dir     string            // the project's folder, absolute
	orm     *manifest         // the project's drizzle-orm, nil for the built in one
	wanted  map[string]bool   // packages to load for real
	virtual map[string]string // specifiers with a source of our own, to that source

	mu            sync.Mutex
	manifests     map[string]*manifest
	tsconfigs     map[string]*tsconfig
	problem       error // the first thing wrong with a file that resolving read
	workspaceOnce sync.Once
	workspaceDirs map[string]string
}

func newResolver(d *disk, dir string) *resolver {
	return &resolver{disk: d, dir: dir, wanted: map[string]bool{}, virtual: maps.Clone(pureModules),
		manifests: map[string]*manifest{}, tsconfigs: map[string]*tsconfig{}}
}

// fail notes an error to report once the bundler is done.
func (r *resolver) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.problem == nil {
		r.problem = err
	}
}

// show returns a path as a message shows it: relative to the project where it
// is inside or near it.
func (r *resolver) show(path string) string { return showPath(r.dir, path) }

func showPath(dir, path string) string {
	rel, err := filepath.Rel(dir, path)
	if err != nil || strings.Count(rel, "..") > 3 {
		return path
	}
	return filepath.ToSlash(rel)
}

// target is what an import means. Exactly one of file, source and unknown is
// set.
type target struct {
	file    string // a file on disk, links followed
	source  string // a specifier whose source is part of Skein
	unknown string // the specifier of something a stand-in takes the place of
	pkg     string // the package, or the specifier itself where there is none
	own     bool   // a file of the project or its workspace
	found   bool   // of unknown: it is installed, so it could be loaded for real
	builtin bool   // of unknown: part of Node.js
}

// resolve returns what a specifier means to a file in a folder. It never fails:
// what cannot be found is unknown.
func (r *resolver) resolve(specifier, dir string) target {
	if strings.HasPrefix(specifier, js.Internal) {
		return target{source: specifier}
	}
	if _, ok := r.virtual[specifier]; ok {
		return target{source: specifier}
	}
	switch {
	case isRelative(specifier):
		return r.file(filepath.Join(dir, filepath.FromSlash(specifier)), specifier)
	case filepath.IsAbs(specifier):
		return r.file(specifier, specifier)
	case strings.HasPrefix(specifier, "#"):
		return r.hash(specifier, dir)
	}
	if c := r.tsconfig(dir); c != nil {
		paths := c.match(specifier)
		if c.baseURL != "" {
			paths = append(paths, filepath.Join(c.baseURL, filepath.FromSlash(specifier)))
		}
		for _, path := range paths {
			if t := r.file(path, specifier); t.file != "" {
				return t
			}
		}
	}
	pkg, sub := splitPackage(specifier)
	if pkg == "drizzle-orm" {
		return r.ormModule(specifier, sub)
	}
	if isBuiltin(specifier) {
		return target{unknown: specifier, pkg: specifier, builtin: true}
	}
	return r.packaged(specifier, pkg, sub, dir)
}

// ormModule returns the part of drizzle-orm that a specifier names. Parts that
// talk to a database are of no use to a schema and stay unknown.
func (r *resolver) ormModule(specifier, sub string) target {
	_, ours := js.Module(specifier)
	if r.orm == nil {
		if ours {
			return target{source: specifier}
		}
		return target{unknown: specifier, pkg: specifier}
	}
	if ours || r.wanted[specifier] {
		if t := r.inPackage(r.orm.dir, specifier, sub); t.file != "" {
			return t
		}
	}
	return target{unknown: specifier, pkg: specifier, found: true}
}

// packaged resolves a bare specifier the way Node does, and then by the names
// of the workspace's packages.
func (r *resolver) packaged(specifier, pkg, sub, dir string) target {
	root := r.packageDir(dir, pkg)
	if root == "" {
		return target{unknown: specifier, pkg: pkg}
	}
	if inPackages(root) && !r.wanted[pkg] {
		return target{unknown: specifier, pkg: pkg, found: true}
	}
	if t := r.inPackage(root, specifier, sub); t.file != "" {
		return t
	}
	return target{unknown: specifier, pkg: pkg}
}

// packageDir finds a package's folder, links followed: in a node_modules folder
// at or above dir, as the package that dir is in, or in the workspace. It is ""
// where there is none.
func (r *resolver) packageDir(dir, pkg string) string {
	if root := installedDir(r.disk, dir, pkg); root != "" || inPackages(dir) {
		return root
	}
	if m := r.nearest(dir); m != nil && m.name == pkg && m.exports != nil {
		return m.dir
	}
	return r.workspace()[pkg]
}

// nearest returns the package.json that a folder belongs to.
func (r *resolver) nearest(dir string) *manifest {
	folder, _ := r.disk.find(dir, "package.json")
	if folder == "" {
		return nil
	}
	return r.manifest(folder)
}

// hash resolves a "#name" by the "imports" of the package it is used in.
func (r *resolver) hash(specifier, dir string) target {
	unknown := target{unknown: specifier, pkg: specifier}
	m := r.nearest(dir)
	if m == nil || m.imports == nil {
		return unknown
	}
	for _, accept := range conditionSets {
		names, _ := m.imports.targets(specifier, accept)
		for _, name := range names {
			if strings.HasPrefix(name, "#") {
				return unknown
			}
			if !isRelative(name) {
				return r.resolve(name, m.dir)
			}
			if t := r.file(filepath.Join(m.dir, filepath.FromSlash(name)), specifier); t.file != "" {
				return t
			}
		}
	}
	return unknown
}

// conditionSets are the conditions of "exports" and "imports" that are taken,
// one set after the other until a file is found. The last one takes any: in a
// checkout that was never built, "types" or "development" often names the
// source while "import" names a file that is not there yet.
var conditionSets = []func(string) bool{
	func(c string) bool { return slices.Contains([]string{"import", "module", "node", "default"}, c) },
	func(c string) bool { return slices.Contains([]string{"require", "node", "default"}, c) },
	func(c string) bool { return true },
}

// inPackage resolves a subpath of the package in a folder, "" for the package
// itself.
func (r *resolver) inPackage(root, specifier, sub string) target {
	m := r.manifest(root)
	if m != nil && m.exports != nil {
		key := "."
		if sub != "" {
			key = "./" + sub
		}
		for _, accept := range conditionSets {
			files, _ := m.exports.targets(key, accept)
			for _, f := range files {
				if t := r.file(filepath.Join(root, filepath.FromSlash(f)), specifier); t.file != "" && isCode(t.file) {
					return t
				}
			}
		}
		if inPackages(root) || sub == "" {
			return target{unknown: specifier}
		}
		// A package of the workspace that was never built: TypeScript takes the
		// file of that name.
	}
	if sub != "" {
		return r.file(filepath.Join(root, filepath.FromSlash(sub)), specifier)
	}
	if m != nil {
		for _, main := range []string{m.module, m.main} {
			if main == "" {
				continue
			}
			if t := r.file(filepath.Join(root, filepath.FromSlash(main)), specifier); t.file != "" {
				return t
			}
		}
	}
	return r.file(filepath.Join(root, "index"), specifier)
}

// codeExtensions are tried, in this order, on a path that names no file.
var codeExtensions = []string{".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json"}

// sourceFor lists, for the extension of what TypeScript emits, those of what it
// reads: an import of "./a.js" means a.ts where there is no a.js.
var sourceFor = map[string][]string{
	".js":  {".ts", ".tsx"},
	".jsx": {".tsx"},
	".mjs": {".mts"},
	".cjs": {".cts"},
}

// file resolves a path without or with an extension, or of a folder.
func (r *resolver) file(path, specifier string) target {
	if found := r.existing(path, true); found != "" {
		real := r.disk.real(found)
		if !isCode(real) {
			return target{unknown: specifier, pkg: specifier}
		}
		return target{file: real, own: !inPackages(real)}
	}
	return target{unknown: specifier, pkg: specifier}
}

// existing returns the file that a path means, "" for none. byManifest says
// whether a folder's package.json may name it.
func (r *resolver) existing(path string, byManifest bool) string {
	if r.disk.isFile(path) {
		return path
	}
	ext := filepath.Ext(path)
	for _, source := range sourceFor[ext] {
		if p := strings.TrimSuffix(path, ext) + source; r.disk.isFile(p) {
			return p
		}
	}
	for _, ext := range codeExtensions {
		if r.disk.isFile(path + ext) {
			return path + ext
		}
	}
	if !r.disk.isDir(path) {
		return ""
	}
	if m := r.manifest(path); byManifest && m != nil && m.main != "" {
		if found := r.existing(filepath.Join(path, filepath.FromSlash(m.main)), false); found != "" {
			return found
		}
	}
	for _, ext := range codeExtensions {
		if index := filepath.Join(path, "index"+ext); r.disk.isFile(index) {
			return index
		}
	}
	return ""
}
