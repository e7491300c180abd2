//go:build unix

package pgserver

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// guardScript waits on its standard input for this process to end. A pipe is
// closed by the kernel whatever kills a process, so this works where signal
// handlers and deferred calls do not.
//
// postmaster.pid goes away when the server has shut down, also as a zombie
// that nobody reaps; removing it makes a server end itself as a last resort.
const guardScript = `
trap '' HUP INT TERM
dir=$1 pid=
nap() { sleep 0.05 2>/dev/null || sleep 1; }
while read -r word value; do
	case $word in
	pid) pid=$value ;;
	done) exit 0 ;;
	esac
done
if [ -z "$pid" ] && [ -d "$dir/data" ]; then
	nap; nap
	[ -s "$dir/data/postmaster.pid" ] && read -r pid <"$dir/data/postmaster.pid"
fi
if [ -n "$pid" ]; then
	kill -QUIT "$pid" 2>/dev/null
	n=0
	while [ $n -lt 100 ] && [ -e "$dir/data/postmaster.pid" ] && kill -0 "$pid" 2>/dev/null; do
		nap; n=$((n+1))
	done
	[ $n -lt 100 ] || kill -KILL "$pid" 2>/dev/null
fi
n=0
while rm -rf "$dir"; [ -e "$dir" ] && [ $n -lt 100 ]; do
	nap; n=$((n+1))
done
`

// guard is the process that cleans up if this one cannot.
type guard struct {
	cmd  *exec.Cmd
	pipe io.WriteCloser
}

func newGuard(dir string) (*guard, error) {
	cmd := exec.Command("/bin/sh", "-c", guardScript, "skein-guard", dir)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin:/usr/sbin:/sbin:" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the guard: %w", err)
	}
	return &guard{cmd: cmd, pipe: pipe}, nil
}

// watch tells the guard which process to end.
func (g *guard) watch(pid int) { fmt.Fprintf(g.pipe, "pid %d\n", pid) }

// dismiss ends the guard without it touching anything.
func (g *guard) dismiss() {
	fmt.Fprintln(g.pipe, "done")
	_ = g.pipe.Close()
	_ = g.cmd.Wait() // its exit code says nothing
}

// quit asks the server for an immediate shutdown: no checkpoint, shared memory
// given back.
func quit(p *os.Process) error { return p.Signal(syscall.SIGQUIT) }
