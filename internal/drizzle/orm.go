package drizzle

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// The releases of drizzle-orm whose objects the serializer reads.
const (
	oldestORM = 36 // of 0.x
	newestORM = 1  // the first major version that is not read
)

// findORM returns the drizzle-orm that the project has installed: as seen from
// its folder, else from its schema files, which in a monorepo may belong to
// another package. It is nil where there is none, or one too old to be read.
func (l *loader) findORM(r *resolver) (*manifest, error) {
	dirs := []string{l.options.Dir}
	for _, file := range l.files {
		dirs = append(dirs, filepath.Dir(file))
	}
	for _, dir := range dirs {
		root := installedDir(r.disk, dir, "drizzle-orm")
		if root == "" {
			continue
		}
		m := r.manifest(root)
		if m == nil {
			return nil, nil
		}
		major, minor := version(m.version)
		switch {
		case major >= newestORM:
			return nil, &diag.Error{Kind: diag.Usage, Message: fmt.Sprintf("drizzle-orm %s is installed, and Skein reads 0.%d to 0.x", m.version, oldestORM),
				Hint: "stay with drizzle-orm 0.x until Skein reads version 1"}
		case minor < oldestORM:
			l.notes = append(l.notes, fmt.Sprintf("drizzle-orm %s is older than 0.%d; the schema is read with Skein's own implementation", m.version, oldestORM))
			return nil, nil
		}
		return m, nil
	}
	return nil, nil
}

// version returns the first two numbers of a version.
func version(text string) (major, minor int) {
	parts := strings.SplitN(text, ".", 3)
	major, _ = strconv.Atoi(parts[0])
	if len(parts) > 1 {
		minor, _ = strconv.Atoi(parts[1])
	}
	return major, minor
}

// installedDir returns the folder of an installed package, links followed, ""
// where there is none at or above dir.
func installedDir(d *disk, dir, pkg string) string {
	for {
		if modules := filepath.Join(dir, "node_modules"); d.isDir(modules) {
			if root := filepath.Join(modules, filepath.FromSlash(pkg)); d.isDir(root) {
				return d.real(root)
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}
