// Package page is the studio's front end as it is built from web/ by Vite:
// index.html and its assets, inside of the program, so that the page needs
// nothing but the program. A checkout that was never built has none, and every
// other command works without.
package page

import (
	"embed"
	"io/fs"
)

// The folder has a committed .gitignore, so that the pattern always matches.
//
//go:embed all:dist
var dist embed.FS

// Files are the built files.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is fixed and valid
	}
	return files
}

// Built reports whether files are a front end that was built.
func Built(files fs.FS) bool {
	_, err := fs.Stat(files, "index.html")
	return err == nil
}
