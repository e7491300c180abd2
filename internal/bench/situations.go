package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// situation is one in which migration tools differ. Package migrate has the
// same ones as tests of Skein (matrix_test.go).
type situation struct {
	title   string
	observe func(context.Context, *trial) (judged, error)
}

// judged is what was seen in a situation.
type judged interface{ verdict() verdict }

var situations = []situation{
	{"eight start at once on an empty database", eightAtOnce},
	{"an older file arrives after a newer one was applied", olderArrives},
	{"an applied file is edited", appliedEdited},
	{"an applied file is deleted", appliedDeleted},
	{"the second statement of a file fails, and is mended", statementFails},
	{"a file that runs in no transaction fails half way, and its cause is mended", aloneFails},
	{"`CREATE INDEX CONCURRENTLY`", concurrently},
	{"somebody reads the table that an `ALTER TABLE` wants", readerHolds},
	{"`kill -9` in the middle of a migration, and run again", killed},
	{"two files have the same number", sameNumber},
	{"a value is added to an enum, and used", enumValue},
}

// plain is a file that makes a table and writes down that it did.
func plain(n int) file {
	return file{number: n, name: fmt.Sprintf("f%d", n), pieces: []string{fmt.Sprintf("CREATE TABLE t%d (id int);", n), did(n)}}
}

func did(n int) string { return fmt.Sprintf("INSERT INTO done VALUES (%d);", n) }

// applied writes the files and applies them, as what has to work before
// anything can be seen.
func (t *trial) applied(ctx context.Context, files ...file) error {
	if err := t.tool.write(t.dir, files); err != nil {
		return err
	}
	if o := t.apply(ctx); o.code != 0 {
		return fmt.Errorf("plain files could not be applied: %v", o)
	}
	return nil
}

type atOnce struct {
	started, succeeded int
	done, want, again  string // again is done after one more run
}

func eightAtOnce(ctx context.Context, t *trial) (judged, error) {
	seen := atOnce{started: 8}
	var files []file
	var want []string
	for n := 1; n <= 40; n++ {
		files, want = append(files, plain(n)), append(want, strconv.Itoa(n))
	}
	seen.want = strings.Join(want, " ")
	if err := t.tool.write(t.dir, files); err != nil {
		return nil, err
	}
	var waits []func() outcome
	for range seen.started {
		waits = append(waits, t.start(ctx))
	}
	for _, wait := range waits {
		if wait().code == 0 {
			seen.succeeded++
		}
	}
	var err error
	if seen.done, err = t.done(ctx); err == nil {
		t.apply(ctx)
		seen.again, err = t.done(ctx)
	}
	return seen, err
}

func (s atOnce) verdict() verdict {
	words := fmt.Sprintf("%d of %d succeed", s.succeeded, s.started)
	switch {
	case s.done == s.want:
		words += ", every file ran once"
	case s.again == s.want:
		words += ", every file ran once after one more run"
	default:
		words += ", and not every file ran once"
	}
	return verdict{good: s.succeeded == s.started && s.done == s.want, words: words}
}

type late struct {
	gap   bool // a folder with a gap was refused to begin with
	code  int
	named bool // the output says which file it is
	ran   bool
}

func olderArrives(ctx context.Context, t *trial) (judged, error) {
	if err := t.tool.write(t.dir, []file{plain(1), plain(2), plain(4)}); err != nil {
		return nil, err
	}
	if t.apply(ctx).code != 0 {
		return late{gap: true}, nil
	}
	if err := t.tool.write(t.dir, []file{plain(1), plain(2), plain(3), plain(4)}); err != nil {
		return nil, err
	}
	o := t.apply(ctx)
	done, err := t.done(ctx)
	return late{code: o.code, named: strings.Contains(o.text, "3_f3"), ran: done == "1 2 3 4"}, err
}

func (s late) verdict() verdict {
	switch {
	case s.gap:
		return verdict{true, "refuses a folder with a gap from the start"}
	case s.ran && s.named:
		return verdict{true, "applied, and named"}
	case s.ran:
		return verdict{true, "applied"}
	case s.code != 0 && s.named:
		return verdict{true, "refused, and named"}
	case s.code != 0:
		return verdict{true, "refused"}
	case s.named:
		return verdict{false, "named and never applied"}
	}
	return verdict{false, "skipped in silence, exit code 0"}
}

// noticed is whether a change of what is applied already was told.
type noticed struct {
	code int
	news []string // lines that were not there before the change
	done string
}

// notice lets the tool speak before and after the files are changed.
func (t *trial) notice(ctx context.Context, before, after []file) (judged, error) {
	if err := t.applied(ctx, before...); err != nil {
		return nil, err
	}
	old, _ := t.says(ctx)
	if err := t.tool.write(t.dir, after); err != nil {
		return nil, err
	}
	now, o := t.says(ctx)
	done, err := t.done(ctx)
	seen := noticed{code: o.code, done: done}
	for _, line := range now {
		if !slices.Contains(old, line) {
			seen.news = append(seen.news, line)
		}
	}
	return seen, err
}

func appliedEdited(ctx context.Context, t *trial) (judged, error) {
	edited := plain(2)
	edited.pieces = append(edited.pieces, "CREATE TABLE more (id int);", did(2))
	return t.notice(ctx, []file{plain(1), plain(2)}, []file{plain(1), edited})
}

func appliedDeleted(ctx context.Context, t *trial) (judged, error) {
	return t.notice(ctx, []file{plain(1), plain(2), plain(3)}, []file{plain(1), plain(3)})
}

func (s noticed) verdict() verdict {
	switch {
	case strings.Contains(" "+s.done+" ", " 2 2 "):
		return verdict{false, "run again"}
	case s.code != 0:
		return verdict{true, "noticed, and refused"}
	case len(s.news) > 0:
		return verdict{true, "noticed"}
	}
	return verdict{false, "not noticed"}
}

type twice struct {
	o    outcome
	done string
}

func sameNumber(ctx context.Context, t *trial) (judged, error) {
	if err := t.applied(ctx, plain(1)); err != nil {
		return nil, err
	}
	other := plain(3)
	other.number = 2
	if err := t.tool.write(t.dir, []file{plain(1), plain(2), other}); err != nil {
		return nil, err
	}
	o := t.apply(ctx)
	done, err := t.done(ctx)
	return twice{o, done}, err
}

func (s twice) verdict() verdict {
	switch {
	case s.o.panicked():
		return verdict{false, "a Go panic"}
	case s.o.code == 0 && s.done == "1 2 3":
		return verdict{true, "both are applied"}
	case s.o.code != 0 && s.done == "1":
		return verdict{true, "refused"}
	case s.o.code == 0:
		return verdict{false, "only files " + s.done + " ran, exit code 0"}
	}
	return verdict{false, "fails with files " + s.done + " applied"}
}

type used struct{ across, within bool }

func enumValue(ctx context.Context, t *trial) (judged, error) {
	kind := file{number: 1, name: "type", pieces: []string{"CREATE TYPE m AS ENUM ('x');", "CREATE TABLE t (m m);"}}
	add := file{number: 2, name: "add", pieces: []string{"ALTER TYPE m ADD VALUE 'y';"}}
	use := file{number: 3, name: "use", pieces: []string{"INSERT INTO t VALUES ('y');"}}
	both := file{number: 4, name: "both", pieces: []string{"ALTER TYPE m ADD VALUE 'z';", "INSERT INTO t VALUES ('z');"}}
	if err := t.applied(ctx, kind); err != nil {
		return nil, err
	}
	const has = "SELECT m::text FROM t WHERE m::text = '%s'"
	var seen used
	if err := t.tool.write(t.dir, []file{kind, add, use}); err != nil {
		return nil, err
	}
	t.apply(ctx)
	found, err := t.value(ctx, fmt.Sprintf(has, "y"))
	if err != nil {
		return nil, err
	}
	if seen.across = found != ""; !seen.across { // one file cannot do what two do not
		return seen, nil
	}
	if err := t.tool.write(t.dir, []file{kind, add, use, both}); err != nil {
		return nil, err
	}
	t.apply(ctx)
	found, err = t.value(ctx, fmt.Sprintf(has, "z"))
	seen.within = found != ""
	return seen, err
}

func (s used) verdict() verdict {
	switch {
	case s.across && s.within:
		return verdict{true, "works, also in one file"}
	case s.across:
		return verdict{false, "works in two files, not in one"}
	}
	return verdict{false, "does not work in one run"}
}
