//go:build windows

package kube

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup keeps Ctrl-C from a command.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// endGroup ends a process; there is no gentler way.
func endGroup(p *os.Process, _ bool) { _ = p.Kill() }
