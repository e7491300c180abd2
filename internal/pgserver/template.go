package pgserver

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// templateFormat is part of a template's key: raise it when initTemplate makes
// something else.
const templateFormat = 1

// template returns a folder with a ready-made cluster for the installation,
// made on first use. Several processes may ask at once: one makes it, the
// others wait.
func template(ctx context.Context, i install, p place, log func(string)) (string, error) {
	key, err := templateKey(i, p.who)
	if err != nil {
		return "", err
	}
	home := filepath.Join(p.cache, "templates")
	dir := filepath.Join(home, key)
	if isTemplate(dir) {
		return dir, nil
	}
	if err := makeOpenDir(home); err != nil {
		return "", err
	}
	release, err := lock(ctx, filepath.Join(home, key+".lock"))
	if err != nil {
		return "", err
	}
	defer release()
	if isTemplate(dir) {
		return dir, nil
	}
	log(fmt.Sprintf("preparing %s for throwaway databases (once)", i))
	removeStale(home, time.Hour)
	work, err := os.MkdirTemp(home, ".new-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	if err := initTemplate(ctx, i, work, p.who); err != nil {
		return "", err
	}
	if err := os.RemoveAll(dir); err != nil { // half of one, left by an older version
		return "", err
	}
	return dir, os.Rename(work, dir)
}

// templateKey changes whenever the programs or the user running them do.
func templateKey(i install, who account) (string, error) {
	path, err := filepath.EvalSymlinks(i.program("postgres"))
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\n%s\n%d\n%d\n%s\n%d",
		templateFormat, path, info.Size(), info.ModTime().UnixNano(), i.version, who.uid))
	return itoa(i.major) + "-" + hex.EncodeToString(sum[:8]), nil
}

func isTemplate(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "PG_VERSION"))
	return err == nil
}

// initTemplate makes a cluster in dir and slims it: a run copies all of it, so
// the databases that nobody asks for are dropped (listen.go makes them again
// for people) and write-ahead log files have the smallest size.
func initTemplate(ctx context.Context, i install, dir string, who account) error {
	if err := who.own(dir); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return err
	}
	initdb := []string{"-D", dir, "-U", superuser, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", "--wal-segsize=1"}
	if err := runTool(ctx, who, dir, "", i.program("initdb"), initdb...); err != nil {
		return err
	}
	slim := "UPDATE pg_database SET datistemplate = false WHERE datname = 'template0'\n" +
		"DROP DATABASE template0\n" +
		"DROP DATABASE postgres\n"
	return runTool(ctx, who, dir, slim, i.program("postgres"),
		"--single", "-D", dir, "-F", "-c", "full_page_writes=off", "-c", "exit_on_error=on", "template1")
}

// runTool runs one of PostgreSQL's programs to its end, as the account. What
// it printed is part of the error.
func runTool(ctx context.Context, who account, dir, stdin, program string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = dir, serverEnv(), who.attributes()
	cmd.Stdin = strings.NewReader(stdin)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return &toolError{program: program, err: err, output: strings.TrimSpace(out.String())}
	}
	return nil
}

// toolError is a failure of one of PostgreSQL's programs.
type toolError struct {
	program string
	err     error
	output  string
}

func (e *toolError) Error() string {
	text := fmt.Sprintf("%s: %v", e.program, e.err)
	if e.output != "" {
		text += "\n" + lastLines(e.output, 15)
	}
	return text
}

func (e *toolError) Unwrap() error { return e.err }

// lock takes a lock shared by all processes on this machine and returns what
// releases it.
func lock(ctx context.Context, path string) (release func(), err error) {
	l := flock.New(path)
	ok, err := l.TryLockContext(ctx, 20*time.Millisecond)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errors.New("could not lock " + path)
	}
	return func() { _ = l.Unlock() }, nil // closing the file releases it anyhow
}

// removeStale removes unfinished folders that a killed process left.
func removeStale(home string, age time.Duration) {
	left, _ := filepath.Glob(filepath.Join(home, ".new-*"))
	for _, dir := range left {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > age {
			_ = os.RemoveAll(dir) // tried again next time
		}
	}
}

// serverEnv is the environment of PostgreSQL's programs. Nothing is inherited
// that would change what they do: no PG* variables, and a locale that exists
// everywhere (initdb fails on LC_ALL naming a missing one).
func serverEnv() []string {
	env := []string{"LC_ALL=C", "TZ=UTC"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "HOME", "TMPDIR", "SystemRoot", "TEMP", "TMP"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}
