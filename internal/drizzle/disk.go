package drizzle

import (
	"bytes"
	"crypto/sha256"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// disk is the file system as one evaluation sees it. Everything that is asked
// of it is remembered together with the answer, so that the cache can ask again
// and know whether the same evaluation would take place. It is safe for
// concurrent use: esbuild resolves and loads in parallel.
type disk struct {
	mu    sync.Mutex
	files map[string]*fileAnswer
	dirs  map[string]*dirAnswer
	reals map[string]string // paths with their links followed
}

// fileAnswer is a file's content. Sum is the zero hash where it cannot be read.
type fileAnswer struct {
	once sync.Once
	data []byte
	err  error
	sum  [sha256.Size]byte
}

// dirAnswer is a folder's listing and the names that were looked up in it.
type dirAnswer struct {
	once    sync.Once
	entries map[string]fs.DirEntry
	mu      sync.Mutex
	asked   map[string]string // name to answer, see (*disk).answer
	listed  bool              // the whole listing was used
}

// The answers to "what is this name", apart from symbolic links, which are
// linkMark + target + linkMark + one of these.
const (
	noEntry  = ""
	fileKind = "f"
	dirKind  = "d"
	linkMark = ">"
)

func newDisk() *disk {
	return &disk{files: map[string]*fileAnswer{}, dirs: map[string]*dirAnswer{}, reals: map[string]string{}}
}

// read returns the content of the file at an absolute path, without a leading
// byte order mark.
func (d *disk) read(path string) ([]byte, error) {
	d.mu.Lock()
	f := d.files[path]
	if f == nil {
		f = &fileAnswer{}
		d.files[path] = f
	}
	d.mu.Unlock()
	f.once.Do(func() {
		if f.data, f.err = os.ReadFile(path); f.err == nil {
			f.sum = sha256.Sum256(f.data)
			f.data = bytes.TrimPrefix(f.data, []byte("\ufeff"))
		}
	})
	return f.data, f.err
}

// isFile reports whether path is a regular file, links followed.
func (d *disk) isFile(path string) bool { return strings.HasSuffix(d.answer(path), fileKind) }

// isDir reports whether path is a folder, links followed.
func (d *disk) isDir(path string) bool { return strings.HasSuffix(d.answer(path), dirKind) }

// answer says what is at path. It reads the listing of the folder around it,
// once, which is cheaper than a system call for each of the many names that
// resolving an import tries.
func (d *disk) answer(path string) string {
	dir, name := filepath.Split(path)
	dir = filepath.Clean(dir)
	if name == "" {
		return dirKind // the root
	}
	list := d.dir(dir)
	list.mu.Lock()
	defer list.mu.Unlock()
	if a, ok := list.asked[name]; ok {
		return a
	}
	a := describe(path, list.entries[name])
	list.asked[name] = a
	return a
}

// describe returns the answer for an entry of a listing, nil for none.
func describe(path string, entry fs.DirEntry) string {
	if entry == nil {
		return noEntry
	}
	switch mode := entry.Type(); {
	case mode.IsRegular():
		return fileKind
	case mode.IsDir():
		return dirKind
	case mode&fs.ModeSymlink != 0:
		target, _ := os.Readlink(path)
		kind := noEntry
		if info, err := os.Stat(path); err == nil {
			if kind = fileKind; info.IsDir() {
				kind = dirKind
			}
		}
		return linkMark + target + linkMark + kind
	default: // a socket or a device is nothing to import
		return noEntry
	}
}

// dir returns the listing of the folder at an absolute path; it is empty where
// there is no such folder.
func (d *disk) dir(path string) *dirAnswer {
	d.mu.Lock()
	l := d.dirs[path]
	if l == nil {
		l = &dirAnswer{asked: map[string]string{}}
		d.dirs[path] = l
	}
	d.mu.Unlock()
	l.once.Do(func() {
		entries, _ := os.ReadDir(path)
		l.entries = make(map[string]fs.DirEntry, len(entries))
		for _, e := range entries {
			l.entries[e.Name()] = e
		}
	})
	return l
}

// list returns the entries of a folder, in no order, and notes that all of them
// were looked at.
func (d *disk) list(path string) map[string]fs.DirEntry {
	l := d.dir(path)
	l.mu.Lock()
	l.listed = true
	l.mu.Unlock()
	return l.entries
}

// real follows every symbolic link in an absolute path and remembers those it
// followed. Two paths to one file are one module, as in Node. A path that does
// not exist is returned as it is.
func (d *disk) real(path string) string {
	parent, name := filepath.Split(path)
	if name == "" || !filepath.IsAbs(path) {
		return path
	}
	d.mu.Lock()
	known, ok := d.reals[path]
	d.mu.Unlock()
	if ok {
		return known
	}
	out := filepath.Join(d.real(filepath.Clean(parent)), name)
	if info, err := os.Lstat(out); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		d.answer(out) // remembered, since it could be pointed elsewhere
		if target, err := filepath.EvalSymlinks(out); err == nil {
			out = target
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reals[path] = out
	return out
}

// find returns the first folder from dir upwards that has a file of one of the
// names, and the file's path. Both are "" where there is none.
func (d *disk) find(dir string, names ...string) (folder, file string) {
	for {
		for _, name := range names {
			if p := filepath.Join(dir, name); d.isFile(p) {
				return dir, p
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", ""
		}
		dir = parent
	}
}
