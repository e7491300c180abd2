package kube

import (
	"fmt"
	"strings"
)

// The parts of Kubernetes' objects that are looked at.

type metadata struct {
	Name     string  `json:"name"`
	UID      string  `json:"uid"`
	Deletion *string `json:"deletionTimestamp"`
}

type podObject struct {
	Metadata metadata `json:"metadata"`
	Spec     struct {
		Containers []containerObject `json:"containers"`
	} `json:"spec"`
	Status struct {
		Phase      string            `json:"phase"`
		Conditions []conditionObject `json:"conditions"`
		Containers []statusObject    `json:"containerStatuses"`
	} `json:"status"`
}

type containerObject struct {
	Name  string `json:"name"`
	Ports []struct {
		Name string `json:"name"`
		Port int    `json:"containerPort"`
	} `json:"ports"`
	Env     []variableObject `json:"env"`
	EnvFrom []struct {
		Prefix    string     `json:"prefix"`
		Secret    *objectRef `json:"secretRef"`
		ConfigMap *objectRef `json:"configMapRef"`
	} `json:"envFrom"`
}

type variableObject struct {
	Name      string `json:"name"`
	Value     string `json:"value"`
	ValueFrom *struct {
		Secret    *keyRef `json:"secretKeyRef"`
		ConfigMap *keyRef `json:"configMapKeyRef"`
	} `json:"valueFrom"`
}

type objectRef struct {
	Name string `json:"name"`
}

type keyRef struct {
	Name string `json:"name"`
	Key  string `json:"key"`
}

type conditionObject struct {
	Type    string `json:"type"`
	Status  string `json:"status"`
	Message string `json:"message"`
}

type statusObject struct {
	Name     string `json:"name"`
	Restarts int    `json:"restartCount"`
	State    struct {
		Waiting *struct {
			Reason  string `json:"reason"`
			Message string `json:"message"`
		} `json:"waiting"`
	} `json:"state"`
}

type podList struct {
	Items []podObject `json:"items"`
}

type serviceObject struct {
	Spec struct {
		Selector map[string]string `json:"selector"`
		Ports    []struct {
			Name   string `json:"name"`
			Port   int    `json:"port"`
			Target any    `json:"targetPort"` // a number, or the name of a container's port
		} `json:"ports"`
	} `json:"spec"`
}

type workloadObject struct { // a deployment or statefulset
	Spec struct {
		Selector struct {
			Labels map[string]string `json:"matchLabels"`
		} `json:"selector"`
	} `json:"spec"`
}

// unready says why a pod cannot be connected to, "" if it can.
func (p *podObject) unready() string {
	if p.Metadata.Deletion != nil {
		return "it is being deleted"
	}
	for _, c := range p.Status.Containers {
		if w := c.State.Waiting; w != nil {
			return strings.TrimSuffix(fmt.Sprintf("its container %s waits: %s: %s", c.Name, w.Reason, w.Message), ": ")
		}
	}
	if p.Status.Phase != "Running" {
		return "its phase is " + p.Status.Phase
	}
	for _, c := range p.Status.Conditions {
		if c.Type == "Ready" && c.Status != "True" {
			return strings.TrimSuffix("it runs and is not ready: "+c.Message, ": ")
		}
	}
	return ""
}

func (p *podObject) restarts() int {
	n := 0
	for _, c := range p.Status.Containers {
		n += c.Restarts
	}
	return n
}
