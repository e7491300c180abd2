package main

import (
	"context"
	"fmt"
	"strings"
)

type failing struct {
	told        bool // PostgreSQL's message is in the output
	before, now string
	again       outcome
}

func statementFails(ctx context.Context, t *trial) (judged, error) {
	broken := plain(2)
	broken.pieces = append(broken.pieces, "SELECT 1/0;")
	if err := t.tool.write(t.dir, []file{plain(1), broken, plain(3)}); err != nil {
		return nil, err
	}
	o := t.apply(ctx)
	seen := failing{told: strings.Contains(o.text, "division by zero")}
	var err error
	if seen.before, err = t.done(ctx); err != nil {
		return nil, err
	}
	if err := t.tool.write(t.dir, []file{plain(1), plain(2), plain(3)}); err != nil {
		return nil, err
	}
	seen.again = t.apply(ctx)
	seen.now, err = t.done(ctx)
	return seen, err
}

func (s failing) verdict() verdict {
	var words []string
	switch s.before {
	case "1":
		words = append(words, "the file is undone")
	case "":
		words = append(words, "the whole run is undone")
	default:
		words = append(words, "files "+s.before+" stay")
	}
	if !s.told {
		words = append(words, "PostgreSQL's error is not printed")
	}
	on := s.again.code == 0 && s.now == "1 2 3"
	if on {
		words = append(words, "the next run goes on")
	} else {
		words = append(words, "the next run does not go on")
	}
	return verdict{good: s.told && on, words: strings.Join(words, ", ")}
}

type outsideFails struct {
	directive string
	began     bool // the first statement was done by the first run
	again     outcome
	done      string
	indexes   string
}

func aloneFails(ctx context.Context, t *trial) (judged, error) {
	table := file{number: 1, name: "table", pieces: []string{"CREATE TABLE t (id int);", "INSERT INTO t VALUES (1), (1);", did(1)}}
	alone := file{number: 2, name: "alone", alone: true, pieces: []string{
		"CREATE INDEX CONCURRENTLY one ON t (id);", "CREATE UNIQUE INDEX CONCURRENTLY two ON t (id);", did(2)}}
	if err := t.tool.write(t.dir, []file{table, alone}); err != nil {
		return nil, err
	}
	if o := t.apply(ctx); o.code == 0 {
		return nil, fmt.Errorf("a statement that fails did not fail: %v", o)
	}
	seen := outsideFails{directive: t.tool.directive}
	const list = "SELECT string_agg(c.relname || CASE WHEN i.indisvalid THEN '' ELSE ' (invalid)' END, ', ' ORDER BY c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname IN ('one', 'two')"
	first, err := t.value(ctx, list)
	if err != nil {
		return nil, err
	}
	seen.began = first != ""
	// The table may have been undone with the rest.
	if err := t.exec(ctx, "DO $$ BEGIN IF to_regclass('t') IS NOT NULL THEN DELETE FROM t WHERE ctid = '(0,1)'; END IF; END $$"); err != nil {
		return nil, err
	}
	seen.again = t.apply(ctx)
	if seen.done, err = t.done(ctx); err == nil {
		seen.indexes, err = t.value(ctx, list)
	}
	return seen, err
}

func (s outsideFails) verdict() verdict {
	switch {
	case s.again.code == 0 && s.done == "1 2" && s.indexes == "one, two":
		return verdict{true, "the next run resumes at the statement" + written(s.directive)}
	case s.again.code == 0:
		return verdict{false, "the next run says that all is well, and it is not: indexes " + s.indexes}
	case s.began:
		return verdict{false, "stuck: the next run fails as well" + written(s.directive)}
	}
	return verdict{false, "cannot run such a file"}
}

// written says what had to be written for it.
func written(directive string) string {
	if directive == "" {
		return ""
	}
	return " (with `" + directive + "`)"
}

type built struct {
	directive, valid string
	last             outcome
}

func concurrently(ctx context.Context, t *trial) (judged, error) {
	table := file{number: 1, name: "table", pieces: []string{"CREATE TABLE t (id int);"}}
	index := file{number: 2, name: "index", alone: true, pieces: []string{"CREATE INDEX CONCURRENTLY i ON t (id);"}}
	if err := t.tool.write(t.dir, []file{table, index}); err != nil {
		return nil, err
	}
	seen := built{last: t.apply(ctx), directive: t.tool.directive}
	if t.tool.several {
		seen.directive = ""
	}
	var err error
	seen.valid, err = t.value(ctx, "SELECT indisvalid::text FROM pg_index WHERE indexrelid = to_regclass('i')")
	return seen, err
}

func (s built) verdict() verdict {
	if s.last.code == 0 && s.valid == "true" {
		return verdict{true, "works" + written(s.directive)}
	}
	return verdict{false, "does not work"}
}
