package kube_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/skein-db/skein/internal/kube"
	"github.com/skein-db/skein/internal/kube/kubetest"
)

// holdEnv makes the test binary forward a port and wait to be killed.
const holdEnv = "SKEIN_TEST_HOLD_FORWARD"

func hold() {
	k := &kube.Kubectl{Environ: os.Environ()}
	p, err := kube.ParsePlace("prod/db/postgres-0")
	if err != nil {
		panic(err)
	}
	found, err := k.Find(context.Background(), p)
	if err != nil {
		panic(err)
	}
	f, err := k.Forward(context.Background(), found)
	if err != nil {
		panic(err)
	}
	fmt.Println(f.Address())
	select {}
}

func TestNothingIsLeftWhenKilled(t *testing.T) {
	environ, _ := kubetest.Install(t, cluster())
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(environ, holdEnv+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSpace(line)
	if !listening(address) {
		t.Fatalf("nothing listens on %s", address)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for end := time.Now().Add(10 * time.Second); listening(address); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the port-forward is still there")
		}
	}
}

func listening(address string) bool {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	c.Close()
	return true
}
