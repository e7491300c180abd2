//go:build unix

package pgserver

import (
	"os"
	"syscall"
)

// clusterGuard ends the server over the folder in $1 and removes the folder.
//
// postmaster.pid goes away when the server has shut down, also as a zombie
// that nobody reaps; removing it makes a server end itself as a last resort.
const clusterGuard = `
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
const containerGuard = `
docker rm --force --volumes "$1" >/dev/null 2>&1
`

// quit asks the server for an immediate shutdown: no checkpoint, shared memory
// given back.
func quit(p *os.Process) error { return p.Signal(syscall.SIGQUIT) }
