package cli

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestPsqlIsMissing(t *testing.T) {
	cmd := skeinIn(t, t.TempDir(), "psql", "--url", "postgres://h/d")
	cmd.Env = append(cmd.Env, "PATH="+t.TempDir())
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitUsage || !bytes.Contains(out, []byte("apt install postgresql-client")) {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestPsqlHasTheInterrupts sends Ctrl-C while psql has the terminal: it is
// psql's, which cancels a query by it, and skein stays until psql ends.
func TestPsqlHasTheInterrupts(t *testing.T) {
	bin := t.TempDir()
	script := "#!/bin/sh\ntrap '' INT\necho ready\nread line\nexit 5\n"
	if err := os.WriteFile(filepath.Join(bin, "psql"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := skeinIn(t, t.TempDir(), "psql", "--url", "postgres://h/d")
	cmd.Env = append(cmd.Env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); strings.TrimSpace(line) != "ready" {
		t.Fatalf("%q, %v", line, err)
	}
	for range 3 {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := in.Write([]byte("\n")); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code is in ProcessState
	if code := cmd.ProcessState.ExitCode(); code != 5 {
		t.Errorf("exit code %d, want psql's 5", code)
	}
}
