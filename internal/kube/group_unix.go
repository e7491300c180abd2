//go:build unix

package kube

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup puts a command into a process group of its own: signals of the
// terminal do not reach it, and what it starts ends with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// endGroup ends a process and what it started.
func endGroup(p *os.Process, now bool) {
	signal := syscall.SIGTERM
	if now {
		signal = syscall.SIGKILL
	}
	_ = syscall.Kill(-p.Pid, signal) // it may have ended just now
}
