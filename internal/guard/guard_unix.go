//go:build unix

package guard

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// waitForEnd begins every guard's script: it waits on its standard input for
// this process to end. A pipe is closed by the kernel whatever kills a process,
// so this works where signal handlers and deferred calls do not.
const waitForEnd = `
trap '' HUP INT TERM
pid=
nap() { sleep 0.05 2>/dev/null || sleep 1; }
while read -r word value; do
	case $word in
	pid) pid=$value ;;
	done) exit 0 ;;
	esac
done
`

// EndGroup is the script that ends the process group of the watched process.
const EndGroup = `
if [ -n "$pid" ]; then
	kill -TERM -- "-$pid" 2>/dev/null
	n=0
	while [ $n -lt 40 ] && kill -0 -- "-$pid" 2>/dev/null; do
		nap; n=$((n+1))
	done
	kill -KILL -- "-$pid" 2>/dev/null
fi
`

// Guard is the process that cleans up if this one cannot.
type Guard struct {
	cmd  *exec.Cmd
	pipe io.WriteCloser
}

// Start starts a guard. When this process ends, /bin/sh runs the script with
// subject as $1; $pid is the process that is watched, if any, and nap waits a
// moment.
func Start(script, subject string) (*Guard, error) {
	cmd := exec.Command("/bin/sh", "-c", waitForEnd+script, "skein-guard", subject)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/bin:/bin", "LC_ALL=C")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the guard: %w", err)
	}
	return &Guard{cmd: cmd, pipe: pipe}, nil
}

// Watch tells the guard which process to end.
func (g *Guard) Watch(pid int) { fmt.Fprintf(g.pipe, "pid %d\n", pid) }

// Dismiss ends the guard without it touching anything.
func (g *Guard) Dismiss() {
	fmt.Fprintln(g.pipe, "done")
	_ = g.pipe.Close()
	_ = g.cmd.Wait() // its exit code says nothing
}

// Pid is the guard's own process.
func (g *Guard) Pid() int { return g.cmd.Process.Pid }
