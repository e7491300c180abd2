package pgserver

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// youngest is how old a folder must be to count as a leftover: a run that is
// just starting has not locked its folder yet.
const youngest = time.Minute

// sweep removes what runs left whose process and guard are both gone, after a
// crash of the machine or in a container that was killed as a whole. Failing
// is fine: the next run tries again.
func sweep(who account) {
	seen := map[string]bool{}
	for _, base := range runBases(who) {
		if seen[base] {
			continue
		}
		seen[base] = true
		left, _ := filepath.Glob(filepath.Join(base, runPrefix+"*")) // the pattern is sound
		for _, dir := range left {
			sweepRun(dir, who)
		}
	}
}

func sweepRun(dir string, who account) {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() || ownerOf(info) != who.uid || time.Since(info.ModTime()) < youngest {
		return
	}
	lockFile := filepath.Join(dir, "lock")
	if info, err := os.Lstat(lockFile); err == nil {
		if !info.Mode().IsRegular() {
			return
		}
		l := flock.New(lockFile)
		if ok, err := l.TryLock(); err != nil || !ok {
			return // its process lives
		}
		defer l.Close()
	}
	endOrphan(dir)
	_ = removeAll(dir)
}

// endOrphan ends the server over a run's folder if it is still there. The
// number in postmaster.pid may belong to somebody else by now, so the process
// must name the folder.
func endOrphan(dir string) {
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		return
	}
	pid, err := strconv.Atoi(firstLine(string(text)))
	if err != nil || !strings.Contains(commandLine(pid), dir) {
		return
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return
	}
	_ = quit(process) // it may have ended just now
	for end := time.Now().Add(stopTimeout); time.Now().Before(end) && strings.Contains(commandLine(pid), dir); {
		time.Sleep(20 * time.Millisecond)
	}
}
