package kube

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// Kind is how a Place names pods.
type Kind string

// The kinds.
const (
	Pod         Kind = "pod"
	Service     Kind = "service"
	Deployment  Kind = "deployment"
	StatefulSet Kind = "statefulset"
	Selector    Kind = "selector" // by labels
)

// kindWords are the words for kinds, as kubectl takes them.
var kindWords = map[string]Kind{
	"pod": Pod, "pods": Pod, "po": Pod, "service": Service, "services": Service, "svc": Service,
	"deployment": Deployment, "deployments": Deployment, "deploy": Deployment,
	"statefulset": StatefulSet, "statefulsets": StatefulSet, "sts": StatefulSet,
}

// DefaultPort is PostgreSQL's.
const DefaultPort = 5432

// Place is where in Kubernetes a PostgreSQL is.
type Place struct {
	Context   string // "" for kubectl's current one, see Kubectl.Resolve
	Namespace string
	Kind      Kind
	Name      string // of a Selector the labels, "app=postgres,role=primary"
	Port      int
}

// Form is how a Place is written.
const Form = "context/namespace/pod, with :port where it is not 5432; in place of the pod also svc/NAME, deploy/NAME, sts/NAME or a label such as app=postgres; without the context it is kubectl's current one"

// String is the place as ParsePlace reads it.
func (p Place) String() string {
	text := p.Namespace + "/"
	if p.Context != "" {
		text = p.Context + "/" + text
	}
	if p.Kind != Pod && p.Kind != Selector {
		text += string(p.Kind) + "/"
	}
	text += p.Name
	if p.Port != DefaultPort {
		text += ":" + strconv.Itoa(p.Port)
	}
	return text
}

// A namespace and most names are DNS labels; pods and labels may have dots.
var (
	namespaceForm = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	nameForm      = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`)
	selectorForm  = regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9_./=!,]*$`)
)

// ParsePlace reads the text of --kube. It is read from its end, because
// contexts may have slashes and colons in them (those of Amazon do). Errors are
// *diag.Error of kind Usage.
func ParsePlace(text string) (Place, error) {
	p := Place{Kind: Pod, Port: DefaultPort}
	rest := strings.TrimSpace(text)
	if at := strings.LastIndexByte(rest, ':'); at > strings.LastIndexByte(rest, '/') {
		port, err := strconv.Atoi(rest[at+1:])
		if err != nil {
			return p, wrongPlace(text, "the port is no number")
		}
		p.Port, rest = port, rest[:at]
	}
	parts := strings.Split(rest, "/")
	take := func() string {
		if len(parts) == 0 {
			return ""
		}
		last := parts[len(parts)-1]
		parts = parts[:len(parts)-1]
		return last
	}
	p.Name = take()
	if label := slices.IndexFunc(parts, func(s string) bool { return strings.Contains(s, "=") }); label >= 0 || strings.Contains(p.Name, "=") {
		if label >= 0 { // app.kubernetes.io/name=a,example.com/role=b
			p.Name = strings.Join(append(slices.Clone(parts[label:]), p.Name), "/")
			parts = parts[:label]
		}
		p.Kind = Selector
		// A label's prefix is a domain, and no namespace has a dot.
		if n := len(parts); n > 0 && strings.Contains(parts[n-1], ".") {
			p.Name = take() + "/" + p.Name
		}
	} else if n := len(parts); n > 0 {
		if kind, ok := kindWords[parts[n-1]]; ok && n > 1 {
			p.Kind = kind
			take()
		}
	}
	p.Namespace = take()
	p.Context = strings.Join(parts, "/")
	if err := p.Check(); err != nil {
		return p, wrongPlace(text, err.Error())
	}
	return p, nil
}

// Check says what is wrong with a place, as an error without a hint.
func (p Place) Check() error {
	form := nameForm
	if p.Kind == Selector {
		form = selectorForm
	}
	switch {
	case p.Namespace == "":
		return fmt.Errorf("the namespace is missing")
	case !namespaceForm.MatchString(p.Namespace):
		return fmt.Errorf("%q is no name of a namespace", p.Namespace)
	case p.Name == "":
		return fmt.Errorf("the pod is missing")
	case !form.MatchString(p.Name):
		return fmt.Errorf("%q is no name of a %s", p.Name, p.Kind)
	case strings.HasPrefix(p.Context, "-"): // it would be read as a flag
		return fmt.Errorf("%q is no name of a context", p.Context)
	case p.Port < 1 || p.Port > 65535:
		return fmt.Errorf("the port %d is not from 1 to 65535", p.Port)
	}
	return nil
}

func wrongPlace(text, why string) error {
	return &diag.Error{Kind: diag.Usage, Message: fmt.Sprintf("%q names no place in Kubernetes: %s", text, why), Hint: "write " + Form}
}
