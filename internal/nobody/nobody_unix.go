//go:build unix

// Package nobody runs a test's own program without the rights of root, for what
// modes of files forbid: no mode binds root, and a gate often runs as root.
package nobody

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// ID is of the account that owns nothing, and of its group.
const ID = 65534

// Command is the test's program, run as nobody. Those of the dirs that lie in
// the folder for temporary files are opened for it, which t.TempDir are not.
func Command(t testing.TB, dirs ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	place := t.TempDir()
	program := filepath.Join(place, "program")
	if err := os.WriteFile(program, data, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range append(dirs, place) {
		for ; strings.HasPrefix(path, os.TempDir()+"/"); path = filepath.Dir(path) {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, info.Mode().Perm()|0o055); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd := exec.Command(program)
	cmd.Dir = "/"
	cmd.Env = os.Environ()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: ID, Gid: ID}}
	return cmd
}

// Run runs the command, which must fail or not as it will, and returns what it
// printed. The test is skipped where a program cannot be run as somebody else.
func Run(t testing.TB, cmd *exec.Cmd) (string, error) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if errors.Is(err, os.ErrPermission) {
		t.Skip("programs cannot be run as somebody else here: ", err)
	}
	return string(out), err
}

// Again runs the test that calls it once more, as nobody, and fails as that
// does. It returns false where the test is run by nobody, or by anybody else
// than root, already.
func Again(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() != 0 {
		return false
	}
	cmd := Command(t)
	cmd.Args = append(cmd.Args, "-test.run=^"+t.Name()+"$", "-test.v")
	if out, err := Run(t, cmd); err != nil || !strings.Contains(out, "--- PASS: "+t.Name()) {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
	return true
}
