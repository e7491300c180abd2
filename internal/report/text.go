package report

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/skein-db/skein/internal/finding"
)

// Role says what a piece of text is, for whoever colours it.
type Role int

// The roles that text has.
const (
	Place Role = iota
	Severe
	Mild
	Code
	Word // "hint:"
	Quiet
)

// TextOptions say how text is set.
type TextOptions struct {
	// Paint colours text; nil leaves it alone.
	Paint func(role Role, text string) string
	// Width is the columns there are; 0 where nobody knows.
	Width int
	// Full repeats hints and recipes that were shown before.
	Full bool
}

const (
	// usualWidth is how wide sentences run where there is no terminal.
	usualWidth = 100
	// shortReport is up to how many findings each shows its recipe. Beyond that
	// the first of each code does: the others differ in names only, and a person
	// reads past them.
	shortReport = 20
	// untabled is up to how many findings need no table under them.
	untabled = 5
)

// Text is the report for people. The first line of each finding has the form
// that editors and terminals make links of; what belongs to it is indented.
func Text(r *Report, o TextOptions) string {
	if o.Paint == nil {
		o.Paint = func(_ Role, text string) string { return text }
	}
	if o.Width <= 0 || o.Width > usualWidth {
		o.Width = usualWidth
	}
	w := &textWriter{TextOptions: o, report: r, seen: map[string]bool{}}
	for i, group := range byFile(r.Findings) {
		if i > 0 {
			w.WriteByte('\n')
		}
		w.heading(group)
		apart := false
		for _, f := range group {
			if apart {
				w.WriteByte('\n')
			}
			apart = w.finding(f)
		}
	}
	w.closing()
	return w.String()
}

type textWriter struct {
	strings.Builder
	TextOptions
	report *Report
	seen   map[string]bool // what was shown and need not be repeated
	hidden int             // recipes that were left out
}

// heading tells files with many findings apart.
func (w *textWriter) heading(group []finding.Finding) {
	if len(group) < 2 || group[0].File == "" {
		return
	}
	errors, warnings := Count(group)
	var counts []string
	if errors > 0 {
		counts = append(counts, count(errors, "error"))
	}
	if warnings > 0 {
		counts = append(counts, count(warnings, "warning"))
	}
	fmt.Fprintf(w, "%s  %s\n", w.Paint(Place, printable(group[0].File)), w.Paint(Quiet, strings.Join(counts, ", ")))
}

// finding writes one and reports whether it took more than its first line.
func (w *textWriter) finding(f finding.Finding) (more bool) {
	if place := position(f); place != "" {
		w.WriteString(w.Paint(Place, oneLine(place)) + ": ")
	}
	fmt.Fprintf(w, "%s: %s %s\n", w.severity(f.Severity), oneLine(f.Message), w.Paint(Code, "["+f.Code+"]"))
	first := w.Len()
	if f.Source != "" {
		w.block("  ", f.Source)
	}
	if f.Detail != "" {
		w.block("  ", f.Detail)
	}
	if f.Hint != "" && w.first("hint "+f.Code+f.Hint) {
		w.sentence("hint:", f.Hint)
	}
	switch {
	case f.Recipe == "" || !w.first("recipe "+f.Recipe):
	case len(w.report.Findings) <= shortReport || w.first("recipe of "+f.Code):
		w.WriteString("  " + w.Paint(Word, "the safe way:") + "\n")
		w.block("    ", f.Recipe)
	default:
		w.hidden++
	}
	return w.Len() > first
}

// first reports whether something is to be shown: the first time, or always
// in a full report.
func (w *textWriter) first(what string) bool {
	before := w.seen[what]
	w.seen[what] = true
	return w.Full || !before
}

func (w *textWriter) severity(s finding.Severity) string {
	if s == finding.Warning {
		return w.Paint(Mild, string(s))
	}
	return w.Paint(Severe, string(s))
}

// block writes lines as they are, since they are to be copied.
func (w *textWriter) block(prefix, text string) {
	for line := range strings.Lines(printable(strings.TrimRight(text, "\n")) + "\n") {
		if line != "\n" {
			w.WriteString(prefix)
		}
		w.WriteString(line)
	}
}

// sentence writes prose after a word, its lines under each other.
func (w *textWriter) sentence(word, text string) {
	indent := strings.Repeat(" ", 3+len(word))
	lines := wrap(printable(text), max(w.Width-len(indent), 20))
	fmt.Fprintf(w, "  %s %s\n", w.Paint(Word, word), strings.Join(lines, "\n"+indent))
}

func (w *textWriter) closing() {
	defer w.remarks()
	if len(w.report.Findings) == 0 {
		if w.report.Problem == nil {
			w.WriteString(w.report.verdict() + "\n")
		}
		return
	}
	w.WriteByte('\n')
	if len(w.report.Findings) > untabled {
		w.table()
		w.WriteByte('\n')
	}
	w.WriteString(w.report.verdict() + "\n")
	if w.hidden > 0 {
		fmt.Fprintf(w, "%s like those above %s left out; --full shows all\n",
			count(w.hidden, "recipe"), map[bool]string{true: "is", false: "are"}[w.hidden == 1])
	}
	if len(w.report.Findings) > untabled {
		w.WriteString("`skein explain CODE` says why a rule matters and what the safe way is\n")
	}
}

func (w *textWriter) remarks() {
	for _, remark := range w.report.Remarks {
		w.WriteString(w.Paint(Quiet, oneLine(remark)) + "\n")
	}
}

// table is how many findings each code has.
func (w *textWriter) table() {
	tallies := w.report.tallies()
	width := len("code")
	for _, t := range tallies {
		width = max(width, len(t.rule.Code))
	}
	w.WriteString(w.Paint(Quiet, fmt.Sprintf("  %-*s  errors  warnings", width, "code")) + "\n")
	for _, t := range tallies {
		line := fmt.Sprintf("  %-*s  %6s  %8s", width, t.rule.Code, number(t.errors), number(t.warnings))
		if room := w.Width - len(line) - 2; t.rule.Title != "" && room >= len(t.rule.Title) {
			line += "  " + w.Paint(Quiet, t.rule.Title)
		}
		w.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// number is a count in a table; none is nothing to look at.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// wrap breaks text into lines of at most width characters, at spaces.
func wrap(text string, width int) []string {
	lines, used := []string{""}, 0
	for _, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case used == 0:
			lines[len(lines)-1], used = word, n
		case used+1+n <= width:
			lines[len(lines)-1] += " " + word
			used += 1 + n
		default:
			lines, used = append(lines, word), n
		}
	}
	return lines
}

// oneLine keeps a finding's first line one line.
func oneLine(text string) string { return strings.Join(strings.Fields(printable(text)), " ") }

// printable takes out what a terminal would obey: names and SQL come from
// files that somebody else may have written.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return -1
		}
		return r
	}, text)
}
