package report

import (
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

// Root places the files of findings in a repository. Findings name files as
// the user would type them, which is relative to the working directory; a
// repository's host wants them relative to its root.
type Root struct {
	Dir     string // of the repository, absolute
	Working string // the working directory, absolute, spelled as in Dir
}

// slash returns a file's path from the root on, with slashes. Of a file
// outside the repository it is the path as it was.
func (r Root) slash(file string) (name string, inside bool) {
	if file == "" {
		return "", false
	}
	rel, err := filepath.Rel(r.Dir, r.absolute(file))
	if err != nil || !filepath.IsLocal(rel) {
		return filepath.ToSlash(file), false
	}
	return filepath.ToSlash(rel), true
}

func (r Root) absolute(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(r.Working, file)
}

// uri writes a path with slashes as a relative reference of RFC 3986, or as a
// file URI where it is absolute.
func uri(name string) string {
	switch {
	case filepath.IsAbs(filepath.FromSlash(name)) && !strings.HasPrefix(name, "/"): // C:/x
		name = "/" + name
		fallthrough
	case strings.HasPrefix(name, "/"):
		return (&url.URL{Scheme: "file", Path: path.Clean(name)}).String()
	}
	// url.URL keeps a colon in the first segment apart from a scheme by "./".
	return (&url.URL{Path: path.Clean(name)}).String()
}
