package kubetest

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// forward listens on a free port and copies bytes both ways until the pod is
// gone.
func (r *run) forward() {
	name := strings.TrimPrefix(r.words[1], "pod/")
	r.allow("pods/portforward", "create", fmt.Sprintf("pods %q", name))
	r.object("pod", name)
	port := strings.TrimPrefix(r.words[2], ":")
	if r.cluster.Busy {
		fail("Unable to listen on port 40001: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 127.0.0.1:40001: bind: address already in use]\n"+
			"error: unable to listen on any of the requested ports: [{40001 %s}]", port)
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		fail("error: %v", err)
	}
	fmt.Printf("Forwarding from %v -> %s\n", listener.Addr(), port)
	for {
		client, err := listener.Accept()
		if err != nil {
			fail("error: %v", err)
		}
		fmt.Printf("Handling connection for %d\n", listener.Addr().(*net.TCPAddr).Port)
		go r.serve(client, name)
	}
}

func (r *run) serve(client net.Conn, pod string) {
	network := "tcp"
	if filepath.IsAbs(r.cluster.Target) {
		network = "unix"
	}
	server, err := net.Dial(network, r.cluster.Target)
	if err != nil {
		fmt.Fprintf(os.Stderr, "E1128 10:00:00.000000       1 portforward.go:424] \"Unhandled Error\" err=\"an error occurred forwarding: error forwarding port to pod %s: %v\"\n", pod, err)
		client.Close()
		return
	}
	go func() {
		_, _ = io.Copy(client, server)
		client.Close()
	}()
	buffer := make([]byte, 32<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			server.Close()
			return
		}
		if r.gone(pod, buffer[:n]) {
			client.Close()
			fail("error: lost connection to pod")
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			client.Close()
			return
		}
	}
}

// gone reports whether the pod has gone meanwhile, or goes because of what a
// client sends.
func (r *run) gone(pod string, sent []byte) bool {
	file := os.Getenv("KUBECONFIG")
	now, err := read(file)
	if err != nil {
		fail("error: %v", err)
	}
	key := strings.Join([]string{r.context, r.namespace, "pod", pod}, "/")
	if now.CutAt != "" && bytes.Contains(sent, []byte(now.CutAt)) {
		delete(now.Objects, key)
		if err := now.save(file); err != nil {
			fail("error: %v", err)
		}
	}
	_, there := now.Objects[key]
	return !there
}
