package history

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/skein-db/skein/internal/diag"
)

// lockPatience is long against the milliseconds that a write takes.
var lockPatience = 10 * time.Second

// lock keeps other writers of the folder out until the returned function is
// called. It waits up to lockPatience for one that is at work. The lock is on the
// folder itself, which leaves no file behind and is seen by every process on
// the machine, in containers too; the kernel drops it when a process dies.
func lock(dir string) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	for _, path := range []string{dir, substitute(dir)} {
		l := flock.New(path, flock.SetFlag(flagFor(path, dir)), flock.SetPermissions(0o666))
		ok, err := l.TryLockContext(ctx, 5*time.Millisecond)
		if ok {
			return func() { _ = l.Unlock() }, nil
		}
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, &diag.Error{
				Kind: diag.Usage, File: dir,
				Message: fmt.Sprintf("another skein has been writing to this folder for %s", lockPatience),
				Hint:    "wait for it to finish, or end it, then run this again",
			}
		}
	}
	return nil, &diag.Error{
		Kind: diag.Usage, File: dir, Message: "the folder cannot be locked for writing",
		Hint: "check who owns the folder and may write to it",
	}
}

func flagFor(path, dir string) int {
	if path == dir {
		return os.O_RDONLY
	}
	return os.O_RDWR | os.O_CREATE
}

// substitute is the file that is locked where a folder cannot be (Windows,
// some network file systems): one per folder, among the system's temporary files.
func substitute(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return filepath.Join(os.TempDir(), "skein-"+hash([]byte(dir))[:16]+".lock")
}
