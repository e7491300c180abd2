package pgserver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// cacheDir returns a folder that outlives the process, for template clusters
// and fetched binaries, made if need be. The account that runs the server must
// be able to enter it, which rules out a cache folder in root's closed home; the
// next best one is taken then.
func cacheDir(o Options, who account) (string, error) {
	var wanted []string
	if o.CacheDir != "" {
		wanted = append(wanted, o.CacheDir)
	}
	if user, err := os.UserCacheDir(); err == nil {
		wanted = append(wanted, filepath.Join(user, "skein", "postgres"))
	}
	if runtime.GOOS != "windows" {
		wanted = append(wanted, "/var/cache/skein/postgres", fmt.Sprintf("/var/tmp/skein-%d/postgres", os.Getuid()))
	}
	var last error
	for _, dir := range wanted {
		if last = makeCache(dir, who, dir == o.CacheDir); last == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("no usable cache folder (%w)", last)
}

// makeCache makes the folder and refuses one that somebody else controls:
// everybody may write to /var/tmp, and programs are run from here.
func makeCache(dir string, who account, given bool) error {
	if why := who.cannotEnter(nearest(dir)); why != "" {
		return errors.New(why) // before anything is left there
	}
	if err := makeOpenDir(dir); err != nil {
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
	return nil
}

// makeOpenDir makes a folder, and those above it, that everybody can enter
// whatever the umask: root's programs run as somebody else.
func makeOpenDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := makeOpenDir(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		if errors.Is(err, os.ErrExist) {
			return nil // somebody else was faster
		}
		return err
	}
	return os.Chmod(dir, 0o755)
}

// openDirs lets everybody enter a folder and all below it.
func openDirs(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return os.Chmod(path, 0o755)
	})
}

// nearest returns the folder, or the lowest one above it that exists.
func nearest(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
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
