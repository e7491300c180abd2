package drizzle

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// globFS lets doublestar walk a folder through a disk, so that the listings
// that decided the matches are remembered. Folders named node_modules are not
// there unless the pattern names them: nobody means them with "**", and walking
// them takes longer than everything else.
type globFS struct {
	disk     *disk
	root     string // absolute
	packages bool   // the pattern names node_modules
}

func (g globFS) path(name string) string { return filepath.Join(g.root, filepath.FromSlash(name)) }

// Open implements fs.FS. Nothing reads through it; doublestar only asks what is
// there.
func (g globFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

// Stat implements fs.StatFS, following symbolic links.
func (g globFS) Stat(name string) (fs.FileInfo, error) {
	path := g.path(name)
	switch {
	case g.disk.isDir(path):
		return globEntry{name: filepath.Base(path), dir: true}, nil
	case g.disk.isFile(path):
		return globEntry{name: filepath.Base(path)}, nil
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

// ReadDir implements fs.ReadDirFS.
func (g globFS) ReadDir(name string) ([]fs.DirEntry, error) {
	dir := g.path(name)
	if !g.disk.isDir(dir) {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	var out []fs.DirEntry
	for entry := range g.disk.list(dir) {
		if entry == "node_modules" && !g.packages {
			continue
		}
		a := g.disk.answer(filepath.Join(dir, entry))
		if !strings.HasSuffix(a, fileKind) && !strings.HasSuffix(a, dirKind) {
			continue
		}
		out = append(out, globEntry{name: entry, dir: strings.HasSuffix(a, dirKind), link: strings.HasPrefix(a, linkMark)})
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}
