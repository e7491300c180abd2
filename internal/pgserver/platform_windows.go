//go:build windows

package pgserver

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// socketsWork is false: Windows has Unix sockets, but no way to close them to
// other users by a folder's mode.
const socketsWork = false

// account is who the server's programs run as: the user. PostgreSQL gives up
// administrator rights by itself.
type account struct {
	uid  int
	name string
}

func currentAccount() (account, error) { return account{uid: -1}, nil }

func (account) attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}

func (account) own(string) error { return nil }

func (account) cannotEnter(string) string { return "" }

func ownedByUs(os.FileInfo) bool { return true }

func ownerOf(os.FileInfo) int { return -1 }

func freeBytes(string) (uint64, error) { return 0, nil }

// The guard is a job object, which ends the processes. The folder is left to
// the next sweep, a container to Docker.
const clusterGuard, containerGuard = "", ""

// quit ends the server at once.
func quit(p *os.Process) error {
	kill := exec.Command("taskkill", "/T", "/F", "/PID", itoa(p.Pid))
	return kill.Run()
}

// commandLine returns "": the job object leaves no orphans.
func commandLine(int) string { return "" }
