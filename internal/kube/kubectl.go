package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"time"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/secret"
)

// Kubectl runs the user's kubectl. It is given no terminal, so it cannot ask.
type Kubectl struct {
	// Environ is the environment as os.Environ gives it: KUBECONFIG and what
	// plugins that log in need.
	Environ []string
	// Timeout bounds each question and the start of a forward, 20 s if zero.
	Timeout time.Duration
	// Hide takes passwords out of what kubectl said.
	Hide *secret.Set
}

const defaultTimeout = 20 * time.Second

func (k *Kubectl) timeout() time.Duration {
	if k.Timeout > 0 {
		return k.Timeout
	}
	return defaultTimeout
}

// command prepares a run of kubectl at a place, bounded by ctx.
func (k *Kubectl) command(ctx context.Context, p Place, args ...string) (*exec.Cmd, error) {
	path, err := exec.LookPath("kubectl")
	if err != nil {
		return nil, &diag.Error{Kind: diag.Usage, Message: "kubectl is not installed, or not in PATH", Err: err,
			Hint: "install it (https://kubernetes.io/docs/tasks/tools/), or forward the port yourself and pass --url"}
	}
	var all []string
	if p.Context != "" {
		all = append(all, "--context="+p.Context)
	}
	if p.Namespace != "" {
		all = append(all, "--namespace="+p.Namespace)
	}
	cmd := exec.CommandContext(ctx, path, append(all, args...)...)
	cmd.Env = k.Environ
	cmd.WaitDelay = time.Second // a plugin that hangs may hold the pipes
	return cmd, nil
}

// ask runs kubectl and returns what it printed.
func (k *Kubectl) ask(ctx context.Context, p Place, args ...string) ([]byte, error) {
	bounded, cancel := context.WithTimeout(ctx, k.timeout())
	defer cancel()
	cmd, err := k.command(bounded, p, args...)
	if err != nil {
		return nil, err
	}
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err = cmd.Run()
	switch {
	case err == nil:
		return out.Bytes(), nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case bounded.Err() != nil:
		return nil, k.noAnswer(p, said.String(), args[0])
	}
	return nil, k.refusal(p, said.String(), err)
}

// get asks for an object, or a list with a selector, and reads its JSON.
func (k *Kubectl) get(ctx context.Context, p Place, into any, args ...string) error {
	out, err := k.ask(ctx, p, append([]string{"get", "--output=json", "--request-timeout=15s"}, args...)...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, into); err != nil {
		return &diag.Error{Kind: diag.Database, Message: "kubectl printed something that is not JSON", Err: err,
			Hint: "run `" + commandLine(p, append([]string{"get", "--output=json"}, args...)...) + "` to see what"}
	}
	return nil
}

// Resolve fills in the current context where a place names none. asked reports
// that it did.
func (k *Kubectl) Resolve(ctx context.Context, p *Place) (asked bool, err error) {
	if p.Context != "" {
		return false, nil
	}
	out, err := k.ask(ctx, Place{}, "config", "current-context")
	if err != nil {
		var e *diag.Error
		if errors.As(err, &e) && strings.Contains(e.Detail, "current-context is not set") {
			return true, &diag.Error{Kind: diag.Usage, Message: "no Kubernetes context is named, and kubectl has no current one",
				Hint: "write the context in front: CONTEXT/" + p.String() + "; `kubectl config get-contexts` lists them", Err: err}
		}
		return true, err
	}
	p.Context = strings.TrimSpace(string(out))
	return true, nil
}

// contexts lists the names that kubectl knows, none if it cannot say.
func (k *Kubectl) contexts() []string {
	out, err := k.ask(context.Background(), Place{}, "config", "get-contexts", "--output=name")
	if err != nil {
		return nil
	}
	return strings.Fields(string(out))
}

// commandLine is a kubectl command for a person to run.
func commandLine(p Place, args ...string) string {
	words := []string{"kubectl"}
	if p.Context != "" {
		words = append(words, "--context="+p.Context)
	}
	return strings.Join(append(append(words, "--namespace="+p.Namespace), args...), " ")
}
