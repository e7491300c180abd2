package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// report prints the table, and with verbose every mismatch.
func report(out io.Writer, all []*tally, s settings) {
	columns := []string{"project", "migrations"}
	if s.kit != "" {
		columns = append(columns, "as drizzle-kit")
	}
	shown := slices.DeleteFunc(slices.Clone(verdicts), func(v verdict) bool {
		return v == mended && s.kit == ""
	})
	for _, v := range shown {
		columns = append(columns, string(v))
	}
	if s.schemas {
		columns = append(columns, "schema read at", "= snapshot", "= but layout", "= but order", "different", "not read")
	}
	row(out, columns)
	row(out, slices.Repeat([]string{"---"}, len(columns)))
	for _, t := range all {
		row(out, t.cells(s, shown))
		if t.single.count != t.all.count {
			row(out, (&tally{name: t.name + ", alone in their commit", all: t.single}).cells(s, shown))
		}
	}
	for _, t := range all {
		t.notes(out, s)
	}
}

func (t *tally) cells(s settings, shown []verdict) []string {
	cells := []string{t.name, fmt.Sprint(t.all.count)}
	if s.kit != "" {
		cells = append(cells, fmt.Sprint(t.all.asKit))
	}
	for _, v := range shown {
		cells = append(cells, fmt.Sprint(t.all.files[v]))
	}
	switch {
	case !s.schemas:
	case t.states == nil:
		cells = append(cells, slices.Repeat([]string{""}, 6)...)
	default:
		read := 0
		for _, n := range t.states {
			read += n
		}
		cells = append(cells, fmt.Sprint(read-t.states[unreadable]))
		for _, state := range []state{sameBytes, sameSchema, sameOrder, otherState, unreadable} {
			cells = append(cells, fmt.Sprint(t.states[state]))
		}
	}
	return cells
}

func row(out io.Writer, cells []string) {
	fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | "))
}

// notes explains one repository's numbers.
func (t *tally) notes(out io.Writer, s settings) {
	fmt.Fprintf(out, "\n### %s\n\nFolders: %s.", t.name, strings.Join(t.folders, ", "))
	for _, reason := range slices.Sorted(maps.Keys(t.skipped)) {
		fmt.Fprintf(out, " Not compared, %s: %d.", reason, t.skipped[reason])
	}
	if s.kit != "" {
		fmt.Fprintf(out, " drizzle-kit itself gives the committed file %d times, Skein %d times.", t.kitFiles, t.all.files[equal])
	}
	fmt.Fprintln(out)
	if !s.verbose {
		return
	}
	fmt.Fprintln(out)
	for _, v := range verdicts {
		for _, c := range t.cases {
			if c.verdict == v {
				fmt.Fprintf(out, "- %s (%.9s) %s: %s\n", c.tag, c.commit, c.verdict, c.reason)
			}
		}
	}
	for _, r := range t.readings {
		fmt.Fprintf(out, "- schema at %.9s (%s) %s: %s\n", r.commit, r.tag, r.state, r.reason)
	}
}
