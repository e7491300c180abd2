package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// report prints the table, and below it who is not in it and why.
func (b *bench) report(w io.Writer, heading string) error {
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s\n\n", heading, strings.Join(b.facts, " "))
	out.WriteString("Each × says how many times what the first line of a task takes. Floors do the unavoidable part of the work and nothing else.\n\n")
	out.WriteString("| task | who | time | × | CPU time | × | peak memory | × |\n|---|---|--:|--:|--:|--:|--:|--:|\n")
	var absent []string
	for _, t := range b.done {
		var base *sample
		title := t.name
		for _, c := range t.contestants {
			if c.missing != "" {
				absent = append(absent, fmt.Sprintf("- %s: %s: %s", t.name, c.name, c.missing))
				continue
			}
			m := c.median()
			if base == nil {
				base = &m
			}
			name := c.name
			if c.floor {
				name = "*floor:* " + name
			}
			fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", title, name,
				milliseconds(m.wall), ratio(int64(m.wall), int64(base.wall)),
				milliseconds(m.cpu), ratio(int64(m.cpu), int64(base.cpu)),
				megabytes(m.peak), ratio(m.peak, base.peak))
			title = ""
		}
	}
	for _, section := range b.sections {
		out.WriteString("\n" + section)
	}
	if len(absent) > 0 {
		out.WriteString("\nNot measured:\n\n" + strings.Join(absent, "\n") + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func milliseconds(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	ms := float64(d) / float64(time.Millisecond)
	if ms < 10 {
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}

func megabytes(bytes int64) string {
	if bytes == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f MB", float64(bytes)/1e6)
}

func ratio(value, base int64) string {
	switch {
	case value == 0 || base == 0:
		return "–"
	case value == base:
		return "1"
	}
	r := float64(value) / float64(base)
	if r < 10 {
		return fmt.Sprintf("%.2f", r)
	}
	return fmt.Sprintf("%.1f", r)
}
