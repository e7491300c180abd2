package kube

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/guard"
)

// Forward is a port of this machine that leads to a pod.
type Forward struct {
	found *Found
	k     *Kubectl
	cmd   *exec.Cmd
	guard *guard.Guard
	said  *output
	ended chan struct{}
	once  sync.Once
}

// Forward forwards a free port of this machine to the pod and returns when
// connections to it are accepted. ctx bounds the start alone. Errors are
// *diag.Error.
func (k *Kubectl) Forward(ctx context.Context, f *Found) (*Forward, error) {
	cmd, err := k.command(context.Background(), f.Place, "port-forward", "--address=127.0.0.1", "pod/"+f.Pod, fmt.Sprintf(":%d", f.Port))
	if err != nil {
		return nil, err
	}
	out := &Forward{found: f, k: k, cmd: cmd, said: &output{listening: make(chan struct{})}, ended: make(chan struct{})}
	// Ctrl-C must not end it before the statement that it carries is cancelled.
	ownGroup(cmd)
	cmd.Stdout, cmd.Stderr = out.said, &out.said.errors
	if out.guard, err = guard.Start(guard.EndGroup, ""); err != nil {
		return nil, &diag.Error{Kind: diag.Database, Message: "cannot forward a port: " + err.Error(), Hint: "is /bin/sh there, and is there room for another process?", Err: err}
	}
	if err := cmd.Start(); err != nil {
		out.guard.Dismiss()
		return nil, &diag.Error{Kind: diag.Usage, Message: "kubectl cannot be run: " + err.Error(), Hint: "check the kubectl that is first in PATH", Err: err}
	}
	out.guard.Watch(cmd.Process.Pid)
	go func() {
		_ = cmd.Wait() // how it ended is in what it said
		out.guard.Dismiss()
		close(out.ended)
	}()
	return out, out.ready(ctx)
}

// ready waits until kubectl listens.
func (f *Forward) ready(ctx context.Context) error {
	late := time.NewTimer(f.k.timeout())
	defer late.Stop()
	select {
	case <-f.said.listening:
		return nil
	case <-f.ended:
		return f.notStarted()
	case <-ctx.Done():
		f.Close()
		return context.Cause(ctx)
	case <-late.C:
		f.Close()
		return f.k.noAnswer(f.found.Place, f.said.errors.String(), "port-forward")
	}
}

func (f *Forward) notStarted() error {
	said := f.said.errors.String()
	e := f.k.refusal(f.found.Place, said, errors.New("kubectl port-forward ended"))
	if strings.Contains(said, "nable to listen") {
		e.Kind, e.Message = diag.Usage, "kubectl cannot listen on a port of this machine"
		e.Hint = "another program may have taken the port just now: try again"
	}
	return e
}

// Address is where on this machine connections are accepted, "127.0.0.1:41234".
func (f *Forward) Address() string { return f.said.address }

// Done is closed when kubectl has ended.
func (f *Forward) Done() <-chan struct{} { return f.ended }

// Close ends kubectl. Closing twice is fine.
func (f *Forward) Close() {
	f.once.Do(func() {
		endGroup(f.cmd.Process, false)
		select {
		case <-f.ended:
			return
		case <-time.After(2 * time.Second):
		}
		endGroup(f.cmd.Process, true)
		<-f.ended
	})
}

// Diagnose says why connections through the forward fail, "" if nothing is
// wrong with it as far as Kubernetes knows. It asks kubectl.
func (f *Forward) Diagnose(ctx context.Context) string {
	select {
	case <-f.ended:
	case <-time.After(time.Second): // kubectl notices a little later than its clients
	case <-ctx.Done():
	}
	said := f.k.quote(f.said.errors.String())
	if said != "" {
		said = "\nkubectl said: " + said
	}
	var now podObject
	err := f.k.get(ctx, f.found.Place, &now, "pod/"+f.found.Pod)
	var refused *diag.Error
	before := f.found.object
	switch {
	case errors.As(err, &refused) && strings.HasPrefix(refused.Message, "there is no pod"):
		return "the pod " + f.found.String() + " is gone" + said
	case err != nil:
	case now.Metadata.UID != before.Metadata.UID:
		return "the pod " + f.found.String() + " was replaced by a new one of the same name" + said
	case now.restarts() > before.restarts():
		return "a container of the pod " + f.found.String() + " was restarted" + said
	case now.unready() != "":
		return "the pod " + f.found.String() + " is not ready any more: " + now.unready() + said
	}
	select {
	case <-f.ended:
		return "the port-forward to the pod " + f.found.String() + " ended" + said
	default:
	}
	if said != "" {
		return "the port-forward to the pod " + f.found.String() + " is there" + said
	}
	return ""
}

var listens = regexp.MustCompile(`Forwarding from (127\.0\.0\.1:\d+) ->`)

// output is what a port-forward prints: first where it listens, then a line
// for every connection.
type output struct {
	listening chan struct{} // closed when address is there
	address   string
	line      []byte
	errors    tail
}

func (o *output) Write(p []byte) (int, error) {
	if o.address != "" {
		return len(p), nil
	}
	o.line = append(o.line, p...)
	if m := listens.FindSubmatch(o.line); m != nil && bytes.IndexByte(o.line, '\n') >= 0 {
		o.address, o.line = string(m[1]), nil
		close(o.listening)
	}
	return len(p), nil
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailSize = 4096

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if n := len(t.text); n > tailSize {
		t.text = append(t.text[:0], t.text[n-tailSize:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
