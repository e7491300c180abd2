// Command bench measures Skein against the programs it stands beside, on this
// machine and in one run, and prints one Markdown table of times, memory and
// ratios.
//
//	go run ./internal/bench
//	go run ./internal/bench -project DIR -rounds 9
//	go run ./internal/bench -matrix -load > docs/comparison.md
//	go run ./internal/bench -studio -rows 10000000
//
// It exists because a claim about speed is worth what it takes to check it.
// Everything is measured while it runs: no figure is kept in the source. Each
// task is given to all who can do it in turns, so that a busy moment of the
// machine hits all alike, and the medians are compared. Nobody's word is taken
// for it either: what a program printed has to show that it did the work. Who
// could not be had or failed is listed with the reason.
//
// The contestants are whole processes, measured with what the kernel counts
// for them (wait4): elapsed time, user and system time, the largest resident
// set. Time that a PostgreSQL server spends is in the elapsed time only.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if child := os.Getenv(childVariable); child != "" {
		exit(runChild(ctx, child, os.Args[1:]))
	}
	exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func exit(err error) {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		os.Exit(0)
	}
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(1)
}

// settings are the command's flags.
type settings struct {
	project string
	rounds  int
	only    string
	skein   string
	setup   string
	env     list
	offline bool
	matrix  bool
	load    bool
	studio  bool
	pgweb   string
	rows    int
	hold    time.Duration
}

// list is a flag that may be repeated.
type list []string

func (l *list) String() string     { return strings.Join(*l, ", ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func parse(args []string, stderr io.Writer) (*settings, error) {
	s := &settings{}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.project, "project", "", "`folder` of a project with a drizzle.config file (default: examples/shop); it is copied, never changed")
	flags.IntVar(&s.rounds, "rounds", 5, "how often each measurement is made; medians are printed")
	flags.StringVar(&s.only, "only", "", "measure only tasks whose name contains this `word`")
	flags.StringVar(&s.skein, "skein", "", "`path` of a skein to measure (default: one built from this source)")
	flags.StringVar(&s.setup, "setup", "", "shell `command` run once in the copied project before anything that needs its node_modules, instead of linking the packages that come with internal/interop")
	flags.Var(&s.env, "env", "`NAME=value` for what runs in the project; may be repeated")
	flags.BoolVar(&s.offline, "offline", false, "fetch nothing")
	flags.BoolVar(&s.matrix, "matrix", false, "put the tools into the situations in which they differ, instead of measuring; prints a page")
	flags.BoolVar(&s.load, "load", false, "have clients use a table while the tools change it, instead of measuring; prints a page")
	flags.BoolVar(&s.studio, "studio", false, "measure the studio and nothing else")
	flags.StringVar(&s.pgweb, "pgweb", "", "`path` of a pgweb to measure the studio beside (default: one built by go install)")
	flags.IntVar(&s.rows, "rows", 500_000, "`number` of rows of the table that the studio shows, or with -load of that one")
	flags.DurationVar(&s.hold, "hold", 20*time.Second, "with -load: how `long` somebody's transaction has read the table and stays open")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if s.rounds < 1 {
		return nil, errors.New("-rounds must be at least 1")
	}
	return s, nil
}

// run measures everything and prints the report.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := parse(args, stderr)
	if err != nil {
		return err
	}
	b, err := newBench(ctx, s, stderr)
	if err != nil {
		return err
	}
	defer b.close()
	if s.matrix || s.load {
		return b.comparison(ctx, stdout)
	}
	groups := []func(context.Context) ([]*task, error){
		b.projectTasks, b.meetingTasks, b.proofTasks, b.migrationTasks, b.diffTasks, b.catalogTasks, b.planTasks, b.studioTasks,
	}
	if s.studio {
		groups = groups[len(groups)-1:]
	}
	for _, group := range groups {
		tasks, err := group(ctx)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			if !strings.Contains(t.name, s.only) {
				continue
			}
			if err := b.measure(ctx, t); err != nil {
				return err
			}
			b.done = append(b.done, t)
		}
	}
	if b.gallery != nil {
		if err := b.browse(ctx); err != nil {
			return err
		}
	}
	return b.report(stdout, fmt.Sprintf("%s/%s, %d CPUs, medians of %d rounds.", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), s.rounds))
}
