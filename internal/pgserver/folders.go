package pgserver

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// cacheDir returns a folder that outlives the process, for template clusters
// and fetched binaries, made if need be. The account that runs the server must
// be able to enter it, which rules out a cache folder in root's closed home.
func cacheDir(o Options, who account) (string, error) {
	var wanted []string
	if o.CacheDir != "" {
		wanted = []string{o.CacheDir}
	} else {
		if user, err := os.UserCacheDir(); err == nil {
			wanted = append(wanted, filepath.Join(user, "skein", "postgres"))
		}
		if runtime.GOOS != "windows" {
			wanted = append(wanted, "/var/cache/skein/postgres", fmt.Sprintf("/var/tmp/skein-%d/postgres", who.uid))
		}
	}
	var last error
	for _, dir := range wanted {
		if last = makeCache(dir, who, o.CacheDir != ""); last == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("no usable cache folder (%w)", last)
}

// makeCache makes the folder and refuses one that somebody else controls:
// everybody may write to /var/tmp, and programs are run from here.
func makeCache(dir string, who account, given bool) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	trusted := []string{dir}
	if !given {
		trusted = append(trusted, filepath.Dir(dir))
	}
	for _, d := range trusted {
		info, err := os.Lstat(d)
		if err != nil {
			return err
		}
		if !ownedByUs(info) {
			return fmt.Errorf("%s can be written by somebody else", d)
		}
	}
	if why := who.cannotEnter(dir); why != "" {
		return errors.New(why)
	}
	return nil
}

// enoughMemory is how much must be free in shared memory to put a cluster
// there. Docker gives containers 64 MB by default.
const enoughMemory = 512 << 20

// longestSocketDir keeps the socket's path below the 104 bytes that macOS
// allows; Linux allows 108.
const longestSocketDir = 103 - len("/.s.PGSQL.5432")

// runBases returns the folders to put a run's cluster under, best first.
func runBases(who account) []string {
	var bases []string
	if free, err := freeBytes("/dev/shm"); err == nil && free >= enoughMemory {
		bases = append(bases, "/dev/shm")
	}
	bases = append(bases, os.TempDir())
	if runtime.GOOS != "windows" {
		bases = append(bases, "/tmp", "/var/tmp")
	}
	var usable []string
	for _, base := range bases {
		if who.cannotEnter(base) == "" {
			usable = append(usable, base)
		}
	}
	return usable
}
