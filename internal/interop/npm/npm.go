// Package npm installs the npm packages that Skein is compared with and has to
// work beside, as package-lock.json pins them, with the user's own npm. The
// tests of package interop and the measurements of package bench share it.
package npm

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

//go:embed package.json package-lock.json .npmrc
var files embed.FS

// Missing returns why packages cannot be installed or used here: "needs npm,
// which is not installed". It is "" if they can.
func Missing() string {
	if os.Getenv("SKEIN_OFFLINE") == "1" {
		return "needs packages from npm, and SKEIN_OFFLINE=1"
	}
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return "needs " + program + ", which is not installed"
		}
	}
	return ""
}

// Install returns a node_modules folder with the packages. The first call on a
// machine runs `npm ci` in a folder of the user's cache that is named after
// the lock file; all later ones find it there. Callers on one machine wait for
// each other.
func Install(ctx context.Context) (string, error) {
	lock, err := files.ReadFile("package-lock.json")
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(lock)
	home := filepath.Join(cache, "skein", "interop")
	dir := filepath.Join(home, hex.EncodeToString(sum[:8]))
	if err := os.MkdirAll(home, 0o755); err != nil {
		return "", err
	}
	l := flock.New(dir + ".lock")
	if _, err := l.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return "", err
	}
	defer l.Close()
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		err = installInto(ctx, home, dir)
		if err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, "node_modules"), nil
}

// installInto installs beside dir and renames, so that a half installed folder
// is never taken for a whole one.
func installInto(ctx context.Context, home, dir string) error {
	work, err := os.MkdirTemp(home, ".new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := os.CopyFS(work, files); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "npm", "ci")
	cmd.Dir = work
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return os.Rename(work, dir)
}
