package cli

import (
	"os"
	"path/filepath"
	"strings"
)

// lastValue returns a variable of an environment, "" where it is not set. Of
// several values the last one counts, as for os/exec.
func lastValue(environ []string, name string) string {
	for i := len(environ) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(environ[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// cacheDir returns the folder for what can be made again, or "" for the
// default of whoever is given it: SKEIN_CACHE_DIR, else the user's cache
// folder. It does not create anything.
func (a *app) cacheDir(room string) string {
	if dir := lastValue(a.environ, "SKEIN_CACHE_DIR"); dir != "" {
		return filepath.Join(dir, room)
	}
	return ""
}

// userCache returns a folder for what can be made again and nobody else has a
// default for, made if need be, or "" (no cache) where that cannot be.
func (a *app) userCache(room string) string {
	dir := a.cacheDir(room)
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(user, "skein", room)
	}
	if os.MkdirAll(dir, 0o700) != nil {
		return ""
	}
	return dir
}
