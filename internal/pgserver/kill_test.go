//go:build unix

package pgserver_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skein-db/skein/internal/pgserver"
)

// gone reports what is left of a server: processes, its folder, System V
// shared memory.
func gone(t *testing.T, dir string, postmaster int) func() string {
	return func() string {
		if left := processesNaming(t, dir); len(left) > 0 {
			return "processes " + strings.Join(left, "; ")
		}
		if postmaster != 0 && alive(postmaster) {
			return describe("the postmaster %d", postmaster)
		}
		if _, err := os.Lstat(dir); err == nil {
			return "the folder " + dir
		}
		segments, _ := os.ReadFile("/proc/sysvipc/shm") // on Linux
		for line := range strings.Lines(string(segments)) {
			if fields := strings.Fields(line); len(fields) > 4 && fields[4] == strconv.Itoa(postmaster) {
				return "shared memory: " + line
			}
		}
		return ""
	}
}

// alive says whether a process runs. One that has ended but that its new
// parent has not asked about yet does not.
func alive(pid int) bool {
	state, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && !strings.HasPrefix(strings.TrimSpace(string(state)), "Z")
}

func postmasterOf(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestNothingIsLeftWhenTheParentIsKilled(t *testing.T) {
	h := startHelper(t, pgserver.Options{})
	url := h.wait(t).URL
	dir := socketDir(t, url)
	pid := postmasterOf(t, dir)
	run(t, url, "CREATE TABLE t AS SELECT generate_series(1, 10000)")
	if len(processesNaming(t, dir)) == 0 {
		t.Fatal("the test does not see the server it is about to kill")
	}
	began := time.Now()
	h.kill()
	eventually(t, 10*time.Second, gone(t, dir, pid))
	t.Logf("all gone %v after SIGKILL", time.Since(began).Round(time.Millisecond))
}

func TestNothingIsLeftWhenTheParentIsKilledWhileStarting(t *testing.T) {
	start(t, pgserver.Options{}) // so that the template is there
	rounds := 12
	if testing.Short() {
		rounds = 4
	}
	for range rounds {
		h := startHelper(t, pgserver.Options{})
		time.Sleep(rand.N(120 * time.Millisecond))
		pid := h.cmd.Process.Pid
		guards := childrenNaming(t, "skein-guard")
		h.kill()
		for _, dir := range guards[pid] {
			eventually(t, 10*time.Second, gone(t, dir, 0))
		}
	}
}

// childrenNaming returns the last argument of the processes that name a text,
// by parent.
func childrenNaming(t *testing.T, text string) map[int][]string {
	t.Helper()
	out, err := exec.Command("ps", "-A", "-ww", "-o", "ppid=,args=").Output()
	if err != nil {
		t.Fatal(err)
	}
	found := map[int][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) > 2 && strings.Contains(line, text) {
			parent, _ := strconv.Atoi(fields[0])
			found[parent] = append(found[parent], fields[len(fields)-1])
		}
	}
	return found
}

func TestInterruptDoesNotReachTheServer(t *testing.T) {
	h := startHelper(t, pgserver.Options{}, func(cmd *exec.Cmd) {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	})
	url := h.wait(t).URL
	if err := syscall.Kill(-h.cmd.Process.Pid, syscall.SIGINT); err != nil { // as a terminal does on ^C
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	if n := query[int](t, url, "SELECT 1"); n != 1 {
		t.Error("the server does not answer")
	}
}

func TestStopLeavesNothing(t *testing.T) {
	s := start(t, pgserver.Options{})
	dir := socketDir(t, create(t, s))
	pid := postmasterOf(t, dir)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if left := gone(t, dir, pid)(); left != "" {
		t.Errorf("left: %s", left)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("stopping twice: %v", err)
	}
	if _, err := s.CreateDatabase(t.Context()); err == nil || !strings.Contains(err.Error(), "stopped") {
		t.Errorf("creating a database on a stopped server: %v", err)
	}
	select {
	case <-s.Done():
	case <-time.After(time.Second):
		t.Error("Done says that the server still runs")
	}
}

func TestDeathOfTheServerIsTold(t *testing.T) {
	s := start(t, pgserver.Options{})
	dir := socketDir(t, create(t, s))
	if err := syscall.Kill(postmasterOf(t, dir), syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("Done says nothing")
	}
	_, err := s.CreateDatabase(t.Context())
	if err == nil || !strings.Contains(err.Error(), "throwaway PostgreSQL") {
		t.Errorf("error %v", err)
	}
}
