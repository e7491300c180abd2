package kubetest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"
)

// Main is the program. It does not return.
func Main() {
	c, err := read(os.Getenv("KUBECONFIG"))
	if err != nil {
		fail("error: %v", err)
	}
	r := &run{cluster: c}
	for _, arg := range os.Args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "--context":
			r.context = value
		case "--namespace":
			r.namespace = value
		case "--selector":
			r.selector = value
		case "--output", "--request-timeout", "--address":
		default:
			r.words = append(r.words, arg)
		}
	}
	r.do()
	os.Exit(0)
}

// IsMain reports whether this process was run as the stand-in.
func IsMain() bool { return filepath.Base(os.Args[0]) == Name }

type run struct {
	cluster                      *Cluster
	context, namespace, selector string
	words                        []string
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

func (r *run) do() {
	if len(r.words) < 2 {
		fail("error: unknown command %q", r.words)
	}
	if r.cluster.Says != "" {
		fmt.Fprintln(os.Stderr, r.cluster.Says)
	}
	if slices.Contains(r.cluster.Hang, r.words[0]) {
		time.Sleep(time.Hour) // not select {}: without cgo, Go ends a program in which nothing can happen any more
	}
	if r.words[0] == "config" {
		r.config()
		return
	}
	if r.context == "" {
		r.context = r.cluster.Current
	}
	switch {
	case !slices.Contains(r.contexts(), r.context):
		fail("error: context %q does not exist", r.context)
	case r.cluster.Down:
		fail("Unable to connect to the server: dial tcp: lookup api.example.com: no such host")
	}
	switch r.words[0] {
	case "get":
		r.get()
	case "port-forward":
		r.forward()
	default:
		fail("error: unknown command %q", r.words[0])
	}
}

func (r *run) contexts() []string {
	var names []string
	for key := range r.cluster.Objects {
		if name, _, _ := strings.Cut(key, "/"); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

func (r *run) config() {
	switch r.words[1] {
	case "current-context":
		if r.cluster.Current == "" {
			fail("error: current-context is not set")
		}
		fmt.Println(r.cluster.Current)
	case "get-contexts":
		fmt.Println(strings.Join(r.contexts(), "\n"))
	default:
		fail("error: unknown command %q", r.words)
	}
}

// plural is a kind as it is in messages.
func plural(kind string) string {
	switch kind {
	case "deployment", "statefulset":
		return kind + "s.apps"
	}
	return kind + "s"
}

func (r *run) allow(resource, verb, name string) {
	if slices.Contains(r.cluster.Forbidden, resource) {
		fail(`Error from server (Forbidden): %s is forbidden: User "dev" cannot %s resource "%s" in API group "" in the namespace "%s"`, name, verb, resource, r.namespace)
	}
}

func (r *run) get() {
	if r.selector != "" {
		r.allow("pods", "list", "pods")
		r.list()
		return
	}
	kind, name, _ := strings.Cut(r.words[1], "/")
	r.allow(plural(kind), "get", fmt.Sprintf("%s %q", plural(kind), name))
	fmt.Println(string(r.object(kind, name)))
}

func (r *run) object(kind, name string) json.RawMessage {
	object, ok := r.cluster.Objects[strings.Join([]string{r.context, r.namespace, kind, name}, "/")]
	if !ok {
		fail(`Error from server (NotFound): %s "%s" not found`, plural(kind), name)
	}
	return object
}

func (r *run) list() {
	items := []json.RawMessage{}
	for key, object := range r.cluster.Objects {
		if !strings.HasPrefix(key, r.context+"/"+r.namespace+"/pod/") {
			continue
		}
		var pod struct {
			Metadata struct {
				Labels map[string]string `json:"labels"`
			} `json:"metadata"`
		}
		if err := json.Unmarshal(object, &pod); err != nil {
			fail("error: %v", err)
		}
		fits := true
		for _, want := range strings.Split(r.selector, ",") {
			label, value, _ := strings.Cut(want, "=")
			fits = fits && pod.Metadata.Labels[label] == value
		}
		if fits {
			items = append(items, object)
		}
	}
	text, err := json.Marshal(map[string]any{"kind": "List", "items": items})
	if err != nil {
		fail("error: %v", err)
	}
	fmt.Println(string(text))
}
