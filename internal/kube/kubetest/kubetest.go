// Package kubetest is a kubectl for tests: a program that takes the arguments
// that Skein gives to kubectl, answers from a file as a cluster would, in
// kubectl's own words, and really forwards connections. There is no cluster
// where the tests run.
//
// The test binary is the program: its TestMain calls Main when it is run by the
// name of kubectl.
package kubetest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Cluster is what the stand-in knows. It is kept in the file that KUBECONFIG
// names and read anew for every question.
type Cluster struct {
	Current string `json:"current"` // the current context
	// Objects by "context/namespace/kind/name", as kubectl prints them.
	Objects map[string]json.RawMessage `json:"objects"`
	// Forbidden are the resources that the user may not see: "pods", "secrets",
	// "pods/portforward".
	Forbidden []string `json:"forbidden"`
	// Hang are the verbs that never answer.
	Hang []string `json:"hang"`
	// Busy makes every port of this machine taken.
	Busy bool `json:"busy"`
	// Down makes the cluster unreachable.
	Down bool `json:"down"`
	// Target is the address that pods lead to: host:port, or the path of a socket.
	Target string `json:"target"`
	// CutAt removes the pod when a client sends these bytes.
	CutAt string `json:"cutAt"`
	// Says is what it prints on standard error beside everything else.
	Says string `json:"says"`
}

// Ready is a pod that runs, with its environment (JSON, or "" for none).
func Ready(name, labels, env string) json.RawMessage {
	if env == "" {
		env = "[]"
	}
	if labels == "" {
		labels = "{}"
	}
	return json.RawMessage(`{"kind": "Pod", "metadata": {"name": "` + name + `", "uid": "1", "labels": ` + labels + `},
		"spec": {"containers": [{"name": "postgres", "ports": [{"name": "postgresql", "containerPort": 5432}], "env": ` + env + `}]},
		"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}], "containerStatuses": [{"name": "postgres", "restartCount": 0, "state": {"running": {}}}]}}`)
}

// Secret is a Secret with these values.
func Secret(values map[string]string) json.RawMessage {
	data := map[string][]byte{}
	for key, value := range values {
		data[key] = []byte(value)
	}
	text, err := json.Marshal(map[string]any{"kind": "Secret", "data": data})
	if err != nil {
		panic(err)
	}
	return text
}

// Write puts a cluster into a file, whole or not at all.
func (c *Cluster) Write(t testing.TB, file string) {
	t.Helper()
	if err := c.save(file); err != nil {
		t.Fatal(err)
	}
}

func (c *Cluster) save(file string) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), "kube")
	if err != nil {
		return err
	}
	if _, err := temporary.Write(text); err != nil {
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}

func read(file string) (*Cluster, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c := &Cluster{}
	return c, json.Unmarshal(text, c)
}

// Name is what the program is called.
const Name = "kubectl"

// Install makes the test binary kubectl in a folder of its own and returns the
// environment with that folder first in PATH, as it is for the rest of the
// test, and the cluster's file in KUBECONFIG.
func Install(t testing.TB, c *Cluster) (environ []string, file string) {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, Name)); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, "cluster.json")
	c.Write(t, file)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return append(os.Environ(), "KUBECONFIG="+file), file
}
