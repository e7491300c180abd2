//go:build unix

package pgserver

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

// clusterGuard ends the server over the folder in $1 and removes the folder.
//
// postmaster.pid goes away when the server has shut down, also as a zombie
// that nobody reaps; removing it makes a server end itself as a last resort.
const clusterGuard = waitForEnd + `
dir=$1
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

// containerGuard removes the Docker container named in $1.
const containerGuard = waitForEnd + `
docker rm --force --volumes "$1" >/dev/null 2>&1
`

// guard is the process that cleans up if this one cannot.
type guard struct {
	cmd  *exec.Cmd
	pipe io.WriteCloser
}

func newGuard(script, subject string) (*guard, error) {
	cmd := exec.Command("/bin/sh", "-c", script, "skein-guard", subject)
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
