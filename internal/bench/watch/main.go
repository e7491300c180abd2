// Command watch runs a program and writes down what it took:
//
//	watch FILE PROGRAM [ARGUMENT]...
//
// FILE gets one line of numbers: the moment the program ended (nanoseconds
// since 1970), elapsed time, user and system time together (nanoseconds), and
// peak memory (bytes). Standard streams and the exit code are the program's.
//
// It is a program of its own and small on purpose: a process starts life as a
// copy of the one that starts it, and the kernel counts the copy's size into
// its peak memory. Started by the benchmark itself, every program would seem
// to need at least as much as the benchmark.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: watch FILE PROGRAM [ARGUMENT]...")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := exec.CommandContext(ctx, os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	start := time.Now()
	err := cmd.Run()
	end := time.Now()
	if cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(127)
	}
	took := cmd.ProcessState
	line := fmt.Sprintln(end.UnixNano(), int64(end.Sub(start)), int64(took.UserTime()+took.SystemTime()), peakMemory(took))
	if err := os.WriteFile(os.Args[1], []byte(line), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(127)
	}
	if code := took.ExitCode(); code != 0 {
		os.Exit(max(code, 1)) // -1 where a signal ended it
	}
}
