package drizzle

import (
	"io/fs"
	"time"
)

// globEntry is the little that doublestar wants to know about a file.
type globEntry struct {
	name      string
	dir, link bool
}

func (e globEntry) Name() string               { return e.name }
func (e globEntry) IsDir() bool                { return e.dir && !e.link }
func (e globEntry) Info() (fs.FileInfo, error) { return e, nil }
func (e globEntry) Type() fs.FileMode          { return e.Mode().Type() }
func (e globEntry) Size() int64                { return 0 }
func (e globEntry) ModTime() time.Time         { return time.Time{} }
func (e globEntry) Sys() any                   { return nil }

func (e globEntry) Mode() fs.FileMode {
	switch {
	case e.link:
		return fs.ModeSymlink
	case e.dir:
		return fs.ModeDir
	}
	return 0
}
