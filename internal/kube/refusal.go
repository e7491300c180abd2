package kube

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

var (
	noContext = regexp.MustCompile(`context "?([^"]*)"? does not exist|context was not found for specified context: (\S+)`)
	notFound  = regexp.MustCompile(`Error from server \(NotFound\): (\S+) "([^"]+)" not found`)
	forbidden = regexp.MustCompile(`is forbidden: User "([^"]*)" cannot (\S+) resource "([^"]*)"`)
)

// refusal is the error for a kubectl that ended by itself and was not content.
func (k *Kubectl) refusal(p Place, said string, err error) *diag.Error {
	e := &diag.Error{Kind: diag.Database, Err: err, Detail: k.quote(said)}
	if e.Detail == "" {
		e.Detail = err.Error()
	}
	if m := noContext.FindStringSubmatch(said); m != nil {
		e.Kind, e.Message = diag.Usage, fmt.Sprintf("kubectl knows no context %q", m[1]+m[2])
		e.Hint = "add it to your kubeconfig, or see KUBECONFIG"
		if known := k.contexts(); len(known) > 0 {
			e.Hint = "its contexts are " + strings.Join(known, ", ")
		}
		return e
	}
	if m := forbidden.FindStringSubmatch(said); m != nil {
		e.Message = fmt.Sprintf("Kubernetes does not let the user %s %s %s in %s", m[1], m[2], m[3], where(p))
		e.Hint = "ask for a Role that allows it; `" + commandLine(p, "auth", "can-i", "--list") + "` shows what you may do. Skein needs get on pods, create on pods/portforward, get on the Secret that it is told to read, and list on pods for labels and services"
		return e
	}
	if m := notFound.FindStringSubmatch(said); m != nil {
		what := strings.TrimSuffix(strings.Split(m[1], ".")[0], "s")
		e.Message = fmt.Sprintf("there is no %s %s in %s", what, m[2], where(p))
		e.Hint = "`" + commandLine(p, "get", strings.Split(m[1], ".")[0]) + "` lists what is there"
		if what == "namespace" {
			e.Message, e.Hint = fmt.Sprintf("there is no namespace %s in the context %s", m[2], p.Context), "`kubectl --context="+p.Context+" get namespaces` lists them"
		}
		return e
	}
	e.Message = "kubectl could not do it in " + where(p)
	e.Hint = "run it yourself to see more: `" + commandLine(p, "get", "pods") + "`"
	switch {
	case strings.Contains(said, "must be logged in"), strings.Contains(said, "Unauthorized"), strings.Contains(said, "getting credentials"):
		e.Message = "Kubernetes does not know who you are in " + where(p)
		e.Hint = "log in to the cluster again as you usually do, then try once more"
	case strings.Contains(said, "nable to connect to the server"), strings.Contains(said, "connection to the server"), strings.Contains(said, "no such host"), strings.Contains(said, "i/o timeout"):
		e.Message = fmt.Sprintf("the cluster of the context %s cannot be reached", p.Context)
		e.Hint = "is the VPN up, and is this the right context? `kubectl --context=" + p.Context + " version` tries the same"
	}
	return e
}

// noAnswer is the error for a kubectl that had to be ended.
func (k *Kubectl) noAnswer(p Place, said, doing string) *diag.Error {
	return &diag.Error{
		Kind: diag.Database, Message: fmt.Sprintf("kubectl %s did not answer in %v", doing, k.timeout()), Detail: k.quote(said),
		Hint: "a plugin may be waiting for you to log in, or the cluster cannot be reached: run `" + commandLine(p, "get", "pods") + "` once by hand",
	}
}

// where names the namespace for a message.
func where(p Place) string {
	switch {
	case p.Namespace == "":
		return "the context " + p.Context
	case p.Context == "":
		return "the namespace " + p.Namespace
	}
	return "the namespace " + p.Namespace + " of the context " + p.Context
}

// quote is the end of what kubectl said, without its log lines where there are
// others, and without passwords.
func (k *Kubectl) quote(said string) string {
	const most = 6
	var lines, logs []string
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case logLine.MatchString(line):
			logs = append(logs, line)
		default:
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		lines = logs
	}
	text := strings.Join(lines[max(0, len(lines)-most):], "\n")
	if k.Hide != nil {
		text = k.Hide.Hide(text)
	}
	return text
}

// logLine is a line of Kubernetes' own log: E1128 01:43:50.993852 32579 …
var logLine = regexp.MustCompile(`^[EWI]\d{4} \d\d:\d\d:\d\d`)
