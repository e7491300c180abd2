package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// task is one piece of work that several can do. The first contestant is the
// one that the others are compared with.
type task struct {
	name        string
	contestants []*contestant
}

// contestant is one way to do a task.
type contestant struct {
	name string
	// floor marks what does the task's unavoidable part and nothing else.
	floor bool
	// prepare, if set, makes the next round possible; it is not measured.
	prepare func(context.Context) error
	// command starts a round. It is called once per round.
	command func(context.Context) *exec.Cmd
	// work, if set, does a round in place of command and tells what it took: a
	// question to a program that goes on running.
	work func(context.Context) (sample, error)
	// proof is text that the output has to contain for the round to count.
	proof string
	// findings allows exit code 1: the work was done and had bad news.
	findings bool
	// elapsed, if set, replaces the time from start to exit by another one,
	// read after the process has ended.
	elapsed func(exited time.Time) (time.Duration, error)
	// verify, if set, looks at what the round left behind.
	verify func(context.Context) error
	// missing says why this one cannot take part, "" if it can.
	missing string

	rounds []sample
}

// sample is what one process took.
type sample struct {
	wall, cpu time.Duration
	peak      int64 // bytes of resident memory
}

// measure runs a task's contestants in turns. One that fails is out, with the
// reason; the others go on.
func (b *bench) measure(ctx context.Context, t *task) error {
	for round := range b.settings.rounds {
		for _, c := range t.contestants {
			if c.missing != "" {
				continue
			}
			b.log("%s: %s, round %d of %d", t.name, c.name, round+1, b.settings.rounds)
			if err := b.round(ctx, c); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				c.missing, c.rounds = err.Error(), nil
			}
		}
	}
	return nil
}

// round prepares, runs and checks one process.
func (b *bench) round(ctx context.Context, c *contestant) error {
	if c.prepare != nil {
		if err := c.prepare(ctx); err != nil {
			return fmt.Errorf("preparing: %w", err)
		}
	}
	if c.work != nil {
		s, err := c.work(ctx)
		if err == nil {
			c.rounds = append(c.rounds, s)
		}
		return err
	}
	cmd := b.watched(c.command(ctx))
	output, err := cmd.CombinedOutput()
	if err != nil && !(c.findings && cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == 1) {
		return fmt.Errorf("%w: %s", err, lastLines(string(output)))
	}
	if !strings.Contains(string(output), c.proof) {
		return errors.New("it did not do the work: " + lastLines(string(output)))
	}
	s, exited, err := readSample(b.sampleFile())
	if err != nil {
		return err
	}
	if c.elapsed != nil {
		if s.wall, err = c.elapsed(exited); err != nil {
			return err
		}
		s.cpu, s.peak = 0, 0 // are the whole process's
	}
	if c.verify != nil {
		if err := c.verify(ctx); err != nil {
			return err
		}
	}
	c.rounds = append(c.rounds, s)
	return nil
}

func (b *bench) sampleFile() string { return filepath.Join(b.work, "sample") }

// watched puts the program watch around a command.
func (b *bench) watched(cmd *exec.Cmd) *exec.Cmd {
	cmd.Args = append([]string{"watch", b.sampleFile(), cmd.Path}, cmd.Args[1:]...)
	cmd.Path = b.watch
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	return cmd
}

// readSample reads what watch wrote, and the moment the program ended.
func readSample(file string) (sample, time.Time, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return sample{}, time.Time{}, err
	}
	var s sample
	var end int64
	if _, err := fmt.Sscan(string(data), &end, &s.wall, &s.cpu, &s.peak); err != nil {
		return sample{}, time.Time{}, fmt.Errorf("watch wrote %q: %w", data, err)
	}
	return s, time.Unix(0, end), nil
}

// lastLines returns the end of a program's output on one line.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	lines = lines[max(0, len(lines)-3):]
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	short := []rune(strings.Join(lines, " / "))
	if len(short) > 300 {
		short = append([]rune("…"), short[len(short)-300:]...)
	}
	return string(short)
}

// median returns the middle of each measure over all rounds.
func (c *contestant) median() sample {
	pick := func(of func(sample) int64) int64 {
		values := make([]int64, len(c.rounds))
		for i, s := range c.rounds {
			values[i] = of(s)
		}
		slices.Sort(values)
		middle := len(values) / 2
		if len(values)%2 == 1 {
			return values[middle]
		}
		return (values[middle-1] + values[middle]) / 2
	}
	return sample{
		wall: time.Duration(pick(func(s sample) int64 { return int64(s.wall) })),
		cpu:  time.Duration(pick(func(s sample) int64 { return int64(s.cpu) })),
		peak: pick(func(s sample) int64 { return s.peak }),
	}
}
