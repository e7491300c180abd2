package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// Found is a pod that a Place led to.
type Found struct {
	Place Place  // as it was asked for
	Pod   string // the pod's name
	Port  int    // of the pod; a service may give it another number

	object podObject
}

// String names the pod: context/namespace/pod.
func (f *Found) String() string {
	return f.Place.Context + "/" + f.Place.Namespace + "/" + f.Pod
}

// Host is the name that the server goes by inside of the cluster, for which its
// certificate may be made.
func (f *Found) Host() string {
	if f.Place.Kind == Service {
		return f.Place.Name + "." + f.Place.Namespace + ".svc"
	}
	return f.Pod
}

// Find looks up the pod of a place. Of the pods behind a service any ready one
// will do, as it does for the service; of others there must be one, because
// Skein cannot know which is the primary. Errors are *diag.Error.
func (k *Kubectl) Find(ctx context.Context, p Place) (*Found, error) {
	switch p.Kind {
	case Pod:
		var pod podObject
		if err := k.get(ctx, p, &pod, "pod/"+p.Name); err != nil {
			return nil, err
		}
		if why := pod.unready(); why != "" {
			return nil, notReady(p, pod.Metadata.Name, why)
		}
		return found(p, pod, p.Port), nil
	case Service:
		return k.behindService(ctx, p)
	case Selector:
		return k.oneOf(ctx, p, p.Name)
	}
	var w workloadObject
	if err := k.get(ctx, p, &w, string(p.Kind)+"/"+p.Name); err != nil {
		return nil, err
	}
	return k.oneOf(ctx, p, labels(w.Spec.Selector.Labels))
}

func found(p Place, pod podObject, port int) *Found {
	return &Found{Place: p, Pod: pod.Metadata.Name, Port: port, object: pod}
}

// oneOf finds the only ready pod with these labels.
func (k *Kubectl) oneOf(ctx context.Context, p Place, selector string) (*Found, error) {
	ready, err := k.ready(ctx, p, selector)
	if err != nil {
		return nil, err
	}
	if len(ready) > 1 {
		return nil, &diag.Error{
			Kind: diag.Usage, Message: fmt.Sprintf("%s leads to %d pods in %s: %s", p.Name, len(ready), where(p), strings.Join(names(ready), ", ")),
			Hint: "name the pod of the primary, or a label that only it has",
		}
	}
	return found(p, ready[0], p.Port), nil
}

// ready lists the ready pods with these labels, at least one, by name.
func (k *Kubectl) ready(ctx context.Context, p Place, selector string) ([]podObject, error) {
	var list podList
	if err := k.get(ctx, p, &list, "pods", "--selector="+selector); err != nil {
		return nil, err
	}
	if len(list.Items) == 0 {
		return nil, &diag.Error{Kind: diag.Database, Message: fmt.Sprintf("no pod in %s has the labels %s", where(p), selector),
			Hint: "`" + commandLine(p, "get", "pods", "--show-labels") + "` lists what is there"}
	}
	var ready []podObject
	why := ""
	for _, pod := range list.Items {
		if reason := pod.unready(); reason != "" {
			why = reason
			continue
		}
		ready = append(ready, pod)
	}
	if len(ready) == 0 {
		return nil, notReady(p, list.Items[len(list.Items)-1].Metadata.Name, why)
	}
	slices.SortFunc(ready, func(a, b podObject) int { return strings.Compare(a.Metadata.Name, b.Metadata.Name) })
	return ready, nil
}

// behindService finds a ready pod of a service, and the pod's number of the
// service's port.
func (k *Kubectl) behindService(ctx context.Context, p Place) (*Found, error) {
	var s serviceObject
	if err := k.get(ctx, p, &s, "service/"+p.Name); err != nil {
		return nil, err
	}
	if len(s.Spec.Selector) == 0 {
		return nil, &diag.Error{Kind: diag.Usage, Message: fmt.Sprintf("the service %s in %s has no selector, so no pod is behind it that a port could be forwarded to", p.Name, where(p)),
			Hint: "the database is outside of the cluster: pass its own address by --url"}
	}
	ready, err := k.ready(ctx, p, labels(s.Spec.Selector))
	if err != nil {
		return nil, err
	}
	var known []string
	for _, port := range s.Spec.Ports {
		known = append(known, fmt.Sprint(port.Port))
		if port.Port != p.Port {
			continue
		}
		switch target := port.Target.(type) {
		case float64:
			return found(p, ready[0], int(target)), nil
		case string:
			return found(p, ready[0], portNamed(ready[0], target, p.Port)), nil
		}
		return found(p, ready[0], p.Port), nil
	}
	return nil, &diag.Error{Kind: diag.Usage, Message: fmt.Sprintf("the service %s in %s has no port %d", p.Name, where(p), p.Port),
		Hint: "its ports are " + strings.Join(known, ", ") + "; write the right one behind a colon"}
}

func portNamed(pod podObject, name string, otherwise int) int {
	for _, c := range pod.Spec.Containers {
		for _, port := range c.Ports {
			if port.Name == name {
				return port.Port
			}
		}
	}
	return otherwise
}

func notReady(p Place, pod, why string) error {
	return &diag.Error{
		Kind: diag.Database, Message: fmt.Sprintf("the pod %s in %s is not ready: %s", pod, where(p), why),
		Hint: "`" + commandLine(p, "describe", "pod", pod) + "` says more; `" + commandLine(p, "wait", "--for=condition=Ready", "pod/"+pod) + "` waits for it",
	}
}

// labels is a selector as kubectl takes it.
func labels(of map[string]string) string {
	var all []string
	for key, value := range of {
		all = append(all, key+"="+value)
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}

func names(pods []podObject) []string {
	all := make([]string, len(pods))
	for i, pod := range pods {
		all[i] = pod.Metadata.Name
	}
	return all
}
