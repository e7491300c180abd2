//go:build windows

package guard

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// EndGroup is not needed: the job object ends every process in it.
const EndGroup = ""

// Guard is a job object: Windows ends every process in it when the last handle
// is closed, which happens however this process dies.
type Guard struct{ job windows.Handle }

// Start makes a guard. There is no script on Windows.
func Start(string, string) (*Guard, error) {
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
	return &Guard{job: job}, nil
}

// Watch tells the guard which process to end.
func (g *Guard) Watch(pid int) {
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return // it has ended already
	}
	defer windows.CloseHandle(process)
	_ = windows.AssignProcessToJobObject(g.job, process)
}

// Dismiss ends the guard, and with it what it watches.
func (g *Guard) Dismiss() { _ = windows.CloseHandle(g.job) }
