package settle

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/skein-db/skein/internal/resolve"
)

// TestMain lets the test binary be a process that resolves a folder and is
// killed at a step.
func TestMain(m *testing.M) {
	dir := os.Getenv("SKEIN_TEST_RESOLVE")
	if dir == "" {
		os.Exit(m.Run())
	}
	left := -1
	fmt.Sscan(os.Getenv("SKEIN_TEST_KILL"), &left)
	step = func(name string) {
		if left--; left == 0 {
			fmt.Println(name)
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // the signal takes effect before this ends
		}
	}
	ctx := context.Background()
	c, err := Find(ctx, Request{Dir: dir, Wish: resolve.Wish{}})
	if err == nil {
		_, err = c.Apply(ctx)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}
