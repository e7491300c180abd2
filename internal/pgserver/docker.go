package pgserver

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/skein-db/skein/internal/guard"
)

// container is a server in Docker: the last resort, as it is slower to start
// and has to be reached over TCP.
type container struct {
	name  string
	guard *guard.Guard
	ended chan struct{}
	once  sync.Once
	err   error

	mu  sync.Mutex
	out bytes.Buffer // what `docker run` printed, the server's log included
}

// dockerDefault is the major version when none is asked for.
const dockerDefault = 18

func startDocker(ctx context.Context, o Options) (*Server, []attempt) {
	image, reason := dockerImage(o)
	tried := attempt{what: "Docker", reason: reason}
	if reason == "" {
		tried.reason = dockerUnusable(ctx, image, o)
	}
	if tried.reason != "" {
		return nil, []attempt{tried}
	}
	s, err := runImage(ctx, image, o)
	if err != nil {
		tried.reason, tried.err = firstLine(err.Error()), err
		return nil, []attempt{tried}
	}
	return s, nil
}

// dockerImage picks the image, which has to carry the wanted extensions.
func dockerImage(o Options) (image, reason string) {
	major := o.Version
	if major == 0 {
		major = dockerDefault
	}
	foreign := foreign(o.Extensions)
	switch {
	case len(foreign) == 0:
		return "postgres:" + itoa(major), ""
	case slices.Equal(foreign, []string{"vector"}):
		return "pgvector/pgvector:pg" + itoa(major), ""
	}
	return "", "no image is known to have " + extensionList(foreign)
}

// dockerUnusable returns "" if the image can be run here.
func dockerUnusable(ctx context.Context, image string, o Options) string {
	if _, err := exec.LookPath("docker"); err != nil {
		return "is not installed"
	}
	if _, err := docker(ctx, "version", "--format", "{{.Server.Version}}"); err != nil {
		return "does not answer: " + firstLine(err.Error())
	}
	if _, err := docker(ctx, "image", "inspect", image); err != nil {
		if o.Offline {
			return "does not have the image " + image + ", and nothing may be fetched"
		}
		o.Log("Docker fetches the image " + image + " for throwaway databases (once)")
	}
	return ""
}

// docker runs one of Docker's quick commands.
func docker(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "docker", args...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil && complaint.Len() > 0 {
		err = fmt.Errorf("%s", firstLine(complaint.String()))
	}
	return strings.TrimSpace(string(out)), err
}

// runImage runs the image and waits for its server. With its data in memory
// and no syncing it is as throwaway as a server of our own.
func runImage(ctx context.Context, image string, o Options) (*Server, error) {
	name := runPrefix + strings.ToLower(rand.Text()[:12])
	g, err := guard.Start(containerGuard, name)
	if err != nil {
		return nil, err
	}
	c := &container{name: name, guard: g, ended: make(chan struct{})}
	password := rand.Text()
	cmd := exec.Command("docker", runArguments(name, image)...)
	cmd.Env = append(os.Environ(), "POSTGRES_PASSWORD="+password) // not among the arguments, which everybody can list
	cmd.Stdout, cmd.Stderr = c, c
	if err := cmd.Start(); err != nil {
		g.Dismiss()
		return nil, err
	}
	go func() {
		_ = cmd.Wait() // why it ended stands in the log
		close(c.ended)
	}()
	port, err := c.port(ctx)
	if err != nil {
		tail := c.logTail()
		_ = c.stop()
		return nil, fmt.Errorf("%w\n%s", err, tail)
	}
	s := &Server{source: "Docker image " + image, address: address{tcp: true, port: port, password: password}, home: peopleDatabase, run: c, log: o.Log}
	if err := s.waitReady(ctx); err != nil {
		tail := c.logTail()
		_ = s.Stop()
		return nil, fmt.Errorf("%w\n%s", err, tail)
	}
	s.version, s.major = parseVersion(s.admin.PgConn().ParameterStatus("server_version"))
	if err := s.verifyExtensions(ctx, o.Extensions, "debian"); err != nil {
		_ = s.Stop()
		return nil, err
	}
	return s, nil
}

func runArguments(name, image string) []string {
	args := []string{"run", "--rm", "--name", name, "--env", "POSTGRES_PASSWORD",
		"--env", "POSTGRES_INITDB_ARGS=--no-sync --no-locale --encoding=UTF8",
		"--env", "PGDATA=/skein/data", "--tmpfs", "/skein", "--publish", "127.0.0.1::5432", image}
	for _, setting := range settings {
		key, value, _ := strings.Cut(setting, " = ")
		if key != "unix_socket_permissions" { // the image's own health checks use the socket
			args = append(args, "-c", key+"="+strings.Trim(value, "'"))
		}
	}
	return args
}

// port waits until Docker has published the server's port and returns it.
// Fetching the image may take minutes.
func (c *container) port(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, npmTimeout)
	defer cancel()
	for {
		if out, err := docker(ctx, "port", c.name, "5432/tcp"); err == nil {
			var port int
			if _, err := fmt.Sscanf(firstLine(out), "127.0.0.1:%d", &port); err == nil {
				return port, nil
			}
		}
		select {
		case <-c.ended:
			return 0, fmt.Errorf("docker run ended")
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// Write collects the output, of which only the end is ever shown.
func (c *container) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out.Len() > 1<<20 {
		c.out.Reset()
	}
	return c.out.Write(p)
}

func (c *container) logTail() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return lastLines(strings.TrimSpace(c.out.String()), 15)
}

func (c *container) done() <-chan struct{} { return c.ended }

func (c *container) stop() error {
	c.once.Do(func() {
		_, c.err = docker(context.Background(), "rm", "--force", "--volumes", c.name)
		c.guard.Dismiss()
		select {
		case <-c.ended:
		case <-time.After(stopTimeout):
		}
	})
	return c.err
}
