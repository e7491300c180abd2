package drizzle

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"go.yaml.in/yaml/v3"
)

// workspace returns the folders of the packages of the workspace around the
// project, by package name. It is what makes imports between the packages of
// one repository work in a checkout where nothing is installed.
func (r *resolver) workspace() map[string]string {
	r.workspaceOnce.Do(func() {
		root, patterns := r.workspaceRoot()
		r.workspaceDirs = map[string]string{}
		if root == "" {
			return
		}
		for _, dir := range r.workspaceFolders(root, patterns) {
			if m := r.manifest(dir); m != nil && m.name != "" && r.workspaceDirs[m.name] == "" {
				r.workspaceDirs[m.name] = dir
			}
		}
	})
	return r.workspaceDirs
}

// workspaceRoot finds the nearest folder above the project that declares a
// workspace: pnpm's file, or "workspaces" in package.json (npm, yarn, bun).
func (r *resolver) workspaceRoot() (root string, patterns []string) {
	for dir := r.dir; ; dir = filepath.Dir(dir) {
		if file := filepath.Join(dir, "pnpm-workspace.yaml"); r.disk.isFile(file) {
			var doc struct {
				Packages []string `yaml:"packages"`
			}
			data, err := r.disk.read(file)
			if err == nil {
				err = yaml.Unmarshal(data, &doc)
			}
			if err != nil {
				r.fail(invalidYAML(r.show(file), err))
			}
			return dir, doc.Packages
		}
		if m := r.manifest(dir); m != nil && len(m.workspaces) > 0 {
			return dir, m.workspaces
		}
		if dir == filepath.Dir(dir) {
			return "", nil
		}
	}
}

// workspaceFolders expands the patterns to folders with a package.json, the
// root among them, sorted. A pattern that starts with "!" takes folders out.
func (r *resolver) workspaceFolders(root string, patterns []string) []string {
	found := map[string]bool{".": true}
	fsys := globFS{disk: r.disk, root: root}
	for _, pattern := range patterns {
		pattern, out := strings.CutPrefix(pattern, "!")
		pattern = path.Clean(strings.TrimPrefix(filepath.ToSlash(pattern), "./"))
		if out {
			for dir := range found {
				if ok, _ := doublestar.Match(pattern, dir); ok {
					delete(found, dir)
				}
			}
			continue
		}
		if strings.HasPrefix(pattern, "../") {
			continue // no package manager takes it
		}
		files, _ := doublestar.Glob(fsys, path.Join(pattern, "package.json"), doublestar.WithNoHidden())
		for _, file := range files {
			found[path.Dir(file)] = true
		}
	}
	var dirs []string
	for dir := range found {
		dirs = append(dirs, filepath.Join(root, filepath.FromSlash(dir)))
	}
	slices.Sort(dirs)
	return dirs
}
