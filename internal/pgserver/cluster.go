package pgserver

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/skein-db/skein/internal/guard"
)

// superuser is the one account in a throwaway cluster.
const superuser = "postgres"

// runPrefix begins the name of every folder of a running server, so that
// leftovers of a crashed machine can be told.
const runPrefix = "skein-pg-"

const (
	startTimeout      = 60 * time.Second
	stopTimeout       = 10 * time.Second
	adminCloseTimeout = time.Second
)

// cluster is a running server of our own: a child process over a copy of a
// template, with everything it writes in one folder.
type cluster struct {
	dir     string
	cmd     *exec.Cmd
	guard   *guard.Guard
	release func() // the lock that tells sweeps that somebody is alive
	ended   chan struct{}
	once    sync.Once
	stopErr error
}

// startCluster copies the template and starts the server on the copy. The
// returned address may not accept connections yet.
func startCluster(ctx context.Context, i install, from string, who account, listen bool) (*cluster, address, error) {
	c, err := newCluster(ctx, who)
	if err != nil {
		return nil, address{}, err
	}
	addr, err := c.start(i, from, who, listen)
	if err != nil {
		_ = c.stop() // the error that led here matters more
		return nil, address{}, err
	}
	return c, addr, nil
}

// newCluster makes the folder of one run, guarded, and locked for as long as
// this process lives.
func newCluster(ctx context.Context, who account) (*cluster, error) {
	last := errors.New("no folder for temporary files that the server could use")
	for _, base := range runBases(who) {
		dir := filepath.Join(base, runPrefix+strings.ToLower(rand.Text()[:10]))
		if len(dir) > longestSocketDir {
			last = fmt.Errorf("%s is too long a path for a Unix socket", dir)
			continue
		}
		// The guard comes first: from here on this process may die at any
		// moment and nothing is left.
		g, err := guard.Start(clusterGuard, dir)
		if err != nil {
			return nil, err
		}
		c := &cluster{dir: dir, guard: g, release: func() {}, ended: make(chan struct{})}
		if last = c.makeDir(ctx, who); last == nil {
			return c, nil
		}
		_ = c.stop()
	}
	return nil, last
}

func (c *cluster) makeDir(ctx context.Context, who account) error {
	if err := os.Mkdir(c.dir, 0o700); err != nil {
		return err
	}
	release, err := lock(ctx, filepath.Join(c.dir, "lock"))
	if err != nil {
		return err
	}
	c.release = release
	return who.own(c.dir)
}

func (c *cluster) start(i install, from string, who account, listen bool) (address, error) {
	data := filepath.Join(c.dir, "data")
	if err := copyTree(from, data, who); err != nil {
		return address{}, fmt.Errorf("copying the template cluster: %w", err)
	}
	addr, err := newAddress(c.dir, listen)
	if err != nil {
		return address{}, err
	}
	if err := configure(data, addr, who, listen); err != nil {
		return address{}, err
	}
	log, err := os.Create(c.logFile())
	if err != nil {
		return address{}, err
	}
	defer log.Close()
	cmd := exec.Command(i.program("postgres"), "-D", data)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = c.dir, serverEnv(), who.attributes()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return address{}, err
	}
	c.cmd = cmd
	c.guard.Watch(cmd.Process.Pid)
	go func() {
		_ = cmd.Wait() // why it ended stands in the log
		close(c.ended)
	}()
	return addr, nil
}

// settings of a throwaway server. Shared memory is mapped, not POSIX, so that
// none is left behind when the server is killed; the lock table has room for a
// migration that touches thousands of objects in one transaction.
var settings = []string{
	"fsync = off",
	"full_page_writes = off",
	"synchronous_commit = off",
	"wal_level = minimal",
	"max_wal_senders = 0",
	"max_wal_size = 1GB",
	"dynamic_shared_memory_type = mmap",
	"shared_buffers = 64MB",
	"max_locks_per_transaction = 256",
	"max_connections = 100",
	"jit = off",
	"unix_socket_permissions = 0700",
	"log_timezone = 'UTC'",
	"timezone = 'UTC'",
	"logging_collector = off",
}

// configure writes the cluster's configuration files.
func configure(data string, addr address, who account, listen bool) error {
	conf := append([]string{}, settings...)
	hba := []string{}
	if addr.socketDir != "" {
		conf = append(conf, "unix_socket_directories = '"+strings.ReplaceAll(addr.socketDir, "'", "''")+"'")
		hba = append(hba, "local all all trust") // only we can enter the folder
	}
	conf = append(conf, "port = "+itoa(addr.port))
	if addr.tcp {
		conf = append(conf, "listen_addresses = '127.0.0.1'")
		hba = append(hba, "host all all 127.0.0.1/32 scram-sha-256")
	} else {
		conf = append(conf, "listen_addresses = ''")
	}
	if !listen {
		// Nothing here lives long enough to need vacuuming.
		conf = append(conf, "autovacuum = off")
	}
	for name, lines := range map[string][]string{"postgresql.conf": conf, "pg_hba.conf": hba} {
		path := filepath.Join(data, name)
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			return err
		}
		if err := who.own(path); err != nil {
			return err
		}
	}
	return nil
}

func (c *cluster) logFile() string { return filepath.Join(c.dir, "log") }

func (c *cluster) logTail() string {
	text, err := os.ReadFile(c.logFile())
	if err != nil {
		return ""
	}
	return lastLines(strings.TrimSpace(string(text)), 15)
}

func (c *cluster) done() <-chan struct{} { return c.ended }

func (c *cluster) stop() error {
	c.once.Do(func() { c.stopErr = c.end() })
	return c.stopErr
}

// end shuts the server down the fast way, as nothing needs to be saved, and
// removes the folder.
func (c *cluster) end() error {
	if c.cmd != nil {
		_ = quit(c.cmd.Process) // fails only if it has ended already
		select {
		case <-c.ended:
		case <-time.After(stopTimeout):
			_ = c.cmd.Process.Kill()
			<-c.ended
		}
	}
	err := removeAll(c.dir)
	c.guard.Dismiss()
	c.release()
	return err
}

// removeAll removes a folder in which backends of a server that has just been
// killed may still be writing for a moment.
func removeAll(dir string) (err error) {
	for range 20 {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return err
}
