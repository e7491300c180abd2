package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/skein-db/skein/internal/diag"
)

const (
	mostOutput = 256 << 20 // bytes of one git process
	mostErrors = 16 << 10
	// patience is how long a git that was told to end may keep its pipes open.
	patience = 2 * time.Second
)

// local are the variables with which git tells its hooks about a repository
// (git rev-parse --local-env-vars), but for those that carry configuration:
// they may name another repository than the one that a folder is in.
var local = []string{
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_OBJECT_DIRECTORY", "GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE",
	"GIT_GRAFT_FILE", "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE", "GIT_PREFIX",
	"GIT_INTERNAL_SUPER_PREFIX", "GIT_SHALLOW_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE",
	"GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_NOGLOB_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
}

// foreign is an environment without what is about another repository.
func foreign(environ []string) []string {
	return slices.DeleteFunc(environ, func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(local, name)
	})
}

func (r *Repo) environment() []string {
	env := foreign(os.Environ())
	if r.Index != "" {
		env = append(env, "GIT_INDEX_FILE="+r.Index)
	}
	env = append(env, r.extra...)
	// Messages are compared with what they are in English; nobody answers a
	// question; reading takes no lock from a git that works; paths are no patterns.
	return append(env, "LC_ALL=C", "LANGUAGE=", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_LITERAL_PATHSPECS=1")
}

// failure is a git that ended with another exit code than 0, or did not run.
type failure struct {
	args   []string
	stderr string
	code   int   // the exit code
	why    error // why it did not run to its end; nil where there is a code
}

func (f *failure) Error() string {
	said := f.stderr
	if f.why != nil {
		said = strings.TrimSpace(f.why.Error() + " " + said)
	}
	return fmt.Sprintf("git %s: %s", strings.Join(f.args, " "), said)
}

func (f *failure) Unwrap() error { return f.why }

// run runs git at the top of the work tree and returns what it prints.
func (r *Repo) run(ctx context.Context, in io.Reader, args ...string) ([]byte, error) {
	var out, complaints limited
	out.most, complaints.most = mostOutput, mostErrors
	// No program that the configuration names is run to show differences, to
	// page, or to watch the files.
	args = append([]string{"-c", "core.fsmonitor=false", "-c", "core.quotePath=false"}, args...)
	cmd := exec.CommandContext(ctx, r.git, args...)
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = r.Top, r.environment(), in, &out, &complaints
	cmd.WaitDelay = patience
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if out.full {
		return nil, &diag.Error{
			Kind: diag.Usage, File: r.Top, Message: fmt.Sprintf("git %s prints more than %d MB", args[4], mostOutput>>20),
			Hint: "does the config name the right migrations folder?",
		}
	}
	if err == nil {
		return out.Bytes(), nil
	}
	failed := &failure{args: args[4:], stderr: strings.TrimSpace(complaints.String())}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		failed.code = exit.ExitCode()
	} else {
		failed.why = err
	}
	if refused := failed.refused(r.Top); refused != nil {
		return nil, refused
	}
	return nil, failed
}

// must makes a user's error of a failure where git was expected to succeed.
func (r *Repo) must(out []byte, err error) ([]byte, error) {
	var failed *failure
	if !errors.As(err, &failed) {
		return out, err
	}
	var ours *diag.Error
	if errors.As(err, &ours) {
		return nil, err
	}
	hint := "git fsck says whether the repository is whole"
	if strings.Contains(failed.stderr, "index.lock") {
		hint = "let the other git finish, or see to who may write into git's folder, then run this again"
	}
	return nil, &diag.Error{
		Kind: diag.Usage, File: r.Top, Err: err,
		Message: fmt.Sprintf("git %s failed", failed.args[0]), Detail: failed.stderr, Hint: hint,
	}
}

// limited keeps what is written up to a limit. Of what is beyond it the writer
// is told, which ends a git that prints without end.
type limited struct {
	bytes.Buffer
	most int
	full bool
}

var errTooMuch = errors.New("too much output")

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > l.most {
		l.full = true
		return 0, errTooMuch
	}
	return l.Buffer.Write(p)
}
