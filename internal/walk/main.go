// Command walk replays the histories of real projects: clones of repositories
// that keep a drizzle migrations folder.
//
//	go run ./internal/walk REPOSITORY…
//	go run ./internal/walk -kit NODE_MODULES/drizzle-kit -schemas -v REPOSITORY…
//	go run ./internal/walk -collisions -schemas -merge 1000 -replay 1000 -v REPOSITORY…
//	go run ./internal/walk -collisions -adjacent -replay 50 -v REPOSITORY…
//
// It exists because recorded cases show what somebody thought of, and histories
// what people did. For every migration that a commit added it takes the snapshot
// before and the one after, answers questions about renames from the committed
// SQL, and compares what Skein generates with what was committed: equal, or
// which of the ways in which people depart from generated SQL it is. With -kit
// the real drizzle-kit is asked the same. With -schemas the project is laid out
// in a temporary folder as it was at that commit, its schema files are read, and
// the result is compared with the snapshot committed there, byte for byte. With
// -collisions resolve is asked instead about every merge, and every branch, whose
// two sides both added migrations, and compared with what people made of it: their
// snapshot, what they committed next, with -schemas their schema files.
//
// With -replay, what resolve makes of them is run on a throwaway PostgreSQL, and
// told apart is what a side by itself is to blame for: many histories differ
// from their own snapshots, and some do not run on an empty database at all. Then
// the branch's migrations are run behind the state that upstream's snapshot says.
// With -merge, git joins the two sides in a work tree that has the migrations and
// the files of -generated alone, resolve finishes it under the rules of check, and
// the commit is held against the plan. What makes those files there is a stand-in
// for the project's command; a file that the clone lacks has a stand-in content.
// With -adjacent, two migrations that landed one after the other are taken for made
// on two branches: what has to come out is then known.
//
// With -findings the folder is checked at every commit instead, and what a
// commit brought is printed.
//
// A repository is read through git alone and never changed; it may be bare.
// What is printed is Markdown: one table, then each mismatch with its reason.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// settings are the command's flags.
type settings struct {
	kit, script string // the installed drizzle-kit, and what puts questions to it
	schemas     bool
	findings    bool
	only        string
	env         []string
	verbose     bool
	planned     bool
	adjacent    bool
	merges      int
	generated   []string
	proofs      int
	at          string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "walk:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	var s settings
	flags := flag.NewFlagSet("walk", flag.ContinueOnError)
	flags.SetOutput(log)
	flags.StringVar(&s.kit, "kit", "", "`folder` of an installed drizzle-kit 0.31, to compare with")
	flags.StringVar(&s.script, "kit-script", "internal/diff/testdata/oracle.js", "the `file` that asks drizzle-kit")
	flags.BoolVar(&s.schemas, "schemas", false, "also read the schema files at each commit; with -collisions, at each merge whose snapshot is another than ours")
	flags.BoolVar(&s.findings, "findings", false, "print what skein check finds at each commit and not at the one before; nothing else is done")
	flags.StringVar(&s.only, "folder", "", "walk only migrations folders whose path contains this `text`")
	flags.BoolVar(&s.planned, "collisions", false, "instead, plan what resolve does wherever two lines of the history both added migrations")
	flags.BoolVar(&s.adjacent, "adjacent", false, "with -collisions, take two migrations that landed one after the other for made on two branches instead, which tells what has to come out")
	flags.IntVar(&s.merges, "merge", 0, "with -collisions, have git join the two sides in a work tree, as people did, and resolve finish it, for up to this `number` of each folder's, evenly spread")
	flags.Func("generated", "with -merge, the `path` of a file that a command makes, or of a folder of them with /** behind it; may be repeated", func(v string) error {
		s.generated = append(s.generated, v)
		return nil
	})
	flags.IntVar(&s.proofs, "replay", 0, "with -collisions, run what resolve makes on a throwaway PostgreSQL, for up to this `number` of each folder's, evenly spread")
	flags.StringVar(&s.at, "at", "", "with -collisions, only those of which the merge or the branch's commit begins with this `hash`")
	flags.BoolVar(&s.verbose, "v", false, "list every mismatch")
	flags.Func("env", "`NAME=VALUE` that config files see; may be repeated", func(v string) error {
		s.env = append(s.env, v)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("name at least one repository")
	}
	w := &walker{settings: s, log: log}
	if s.planned {
		var all []*survey
		for _, dir := range flags.Args() {
			found, err := w.collisions(ctx, dir)
			if err != nil {
				return fmt.Errorf("%s: %w", dir, err)
			}
			all = append(all, found...)
		}
		reportCollisions(out, all, s.verbose)
		return nil
	}
	if s.kit != "" {
		var err error
		if w.kit, err = startKit(s.script, s.kit); err != nil {
			return err
		}
		defer w.kit.stop()
	}
	if s.findings {
		for _, dir := range flags.Args() {
			if err := w.findingsOf(ctx, dir, out); err != nil {
				return fmt.Errorf("%s: %w", dir, err)
			}
		}
		return nil
	}
	var all []*tally
	for _, dir := range flags.Args() {
		t, err := w.repository(ctx, dir)
		if err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		all = append(all, t)
	}
	report(out, all, s)
	return nil
}

// projectName is what the table calls a repository: its folder, or the folder
// around a bare repository that has no name of its own.
func projectName(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		abs = dir
	}
	name := filepath.Base(abs)
	if name == "repo" || name == ".git" {
		name = filepath.Base(filepath.Dir(abs))
	}
	return strings.ReplaceAll(strings.TrimSuffix(name, ".git"), "+", "/")
}
