//go:build windows

package pgserver

import (
	"os"
	"os/exec"
	"syscall"
	"unsafe"

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

// guard is a job object: Windows ends every process in it when the last handle
// is closed, which happens however this process dies. The folder is left to
// the next sweep, a container to Docker.
type guard struct{ job windows.Handle }

const clusterGuard, containerGuard = "", ""

func newGuard(string, string) (*guard, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, err
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE},
	}
	if _, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits))); err != nil {
		_ = windows.CloseHandle(job)
		return nil, err
	}
	return &guard{job: job}, nil
}

func (g *guard) watch(pid int) {
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return // it has ended already
	}
	defer windows.CloseHandle(process)
	_ = windows.AssignProcessToJobObject(g.job, process)
}

func (g *guard) dismiss() { _ = windows.CloseHandle(g.job) }

// quit ends the server at once.
func quit(p *os.Process) error {
	kill := exec.Command("taskkill", "/T", "/F", "/PID", itoa(p.Pid))
	return kill.Run()
}

// commandLine returns "": the job object leaves no orphans.
func commandLine(int) string { return "" }
