// Package addresstest is what answers at an address in tests: a server that is
// deaf, or one that cuts connections, which no real one can be told to be.
package addresstest

import (
	"net"
	"testing"
)

// Listen answers every connection by f until the test ends, and returns the
// address.
func Listen(t testing.TB, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go f(c)
		}
	}()
	return l.Addr().String()
}
