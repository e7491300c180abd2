package history

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// folder is what a history is read from: a directory, or the files that a
// program carries in itself. Names within it are relative, with slashes.
type folder struct {
	files fs.FS
	dir   string // what the paths that people see begin with
	join  func(...string) string
}

func onDisk(dir string) folder {
	root := dir
	if root == "" {
		root = "."
	}
	return folder{files: os.DirFS(root), dir: dir, join: filepath.Join}
}

func within(files fs.FS, dir string) folder {
	return folder{files: files, dir: dir, join: path.Join}
}

// path is a name as a person would type it.
func (f folder) path(names ...string) string {
	return f.join(append([]string{f.dir}, names...)...)
}

func (f folder) readFile(name string) ([]byte, error) {
	data, err := fs.ReadFile(f.files, name)
	return data, f.named(name, err)
}

// entries of a folder, sorted by name; none where it is missing.
func (f folder) entries(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return entries, f.named(name, err)
}

func (f folder) exists(name string) bool {
	_, err := fs.Lstat(f.files, name)
	return err == nil
}

// named makes an error of the file system say what a person would type.
func (f folder) named(name string, err error) error {
	var known *fs.PathError
	if errors.As(err, &known) {
		return &fs.PathError{Op: known.Op, Path: f.path(name), Err: known.Err}
	}
	return err
}

// list returns the sorted names of a folder's regular files with this ending,
// without those that an unfinished write left.
func (f folder) list(name, ending string) ([]string, error) {
	entries, err := f.entries(name)
	if err != nil {
		return nil, fileError(err)
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() && strings.HasSuffix(name, ending) && !ours(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names) // a file system of somebody else's may have another order
	return names, nil
}

// others returns the paths of what is in meta beside snapshots and journal.
func (f folder) others() ([]string, error) {
	entries, err := f.entries("meta")
	if err != nil {
		return nil, fileError(err)
	}
	var paths []string
	for _, e := range entries {
		if name := e.Name(); name[0] != '_' && (e.IsDir() || !strings.HasSuffix(name, ".json")) {
			paths = append(paths, f.path("meta", name))
		}
	}
	return paths, nil
}
