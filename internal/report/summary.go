package report

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/finding"
)

const (
	// summaryRows bounds the findings of a summary: GitHub takes 1 MiB a step,
	// and nobody reads that.
	summaryRows = 50
	// summaryText bounds a message in it, in characters.
	summaryText = 300
)

// Summary is the report in Markdown, for a page such as GitHub's job summary.
func Summary(r *Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n", markdown(r.Command))
	if e := r.Problem; e != nil {
		fmt.Fprintf(&b, "**Not everything could be looked at:** %s\n\n", markdown(cut(oneLine(e.Position()+" "+e.Message))))
	}
	if len(r.Findings) == 0 {
		if r.Problem == nil {
			b.WriteString(markdown(r.verdict()) + "\n")
		}
		return b.String()
	}
	fmt.Fprintf(&b, "**%s**\n\n| rule | errors | warnings | what is wrong |\n|---|---:|---:|---|\n", markdown(r.verdict()))
	for _, t := range r.tallies() {
		fmt.Fprintf(&b, "| [%s](%s#%s) | %s | %s | %s |\n", markdown(t.rule.Code), RulesPage, t.rule.Code,
			number(t.errors), number(t.warnings), markdown(t.rule.Title))
	}
	b.WriteString("\n| | place | finding |\n|---|---|---|\n")
	shown := worstFirst(r.Findings)
	for _, f := range shown[:min(len(shown), summaryRows)] {
		at := f
		at.File, _ = r.Root.slash(f.File)
		fmt.Fprintf(&b, "| %s | %s | %s `%s` |\n", f.Severity, markdown(oneLine(position(at))), markdown(cut(oneLine(f.Message))), f.Code)
	}
	if more := len(shown) - summaryRows; more > 0 {
		fmt.Fprintf(&b, "\nand %s\n", count(more, "more finding"))
	}
	return b.String()
}

// worstFirst are the errors and then the warnings.
func worstFirst(findings []finding.Finding) []finding.Finding {
	var errors, rest []finding.Finding
	for _, f := range findings {
		if f.Severity == finding.Error {
			errors = append(errors, f)
		} else {
			rest = append(rest, f)
		}
	}
	return append(errors, rest...)
}

func cut(text string) string {
	if runes := []rune(text); len(runes) > summaryText {
		return string(runes[:summaryText-1]) + "…"
	}
	return text
}

// markdown writes text of one line so that it stands in a table as it is:
// GitHub takes a backslash before any punctuation mark.
func markdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r':
			r = ' '
		case strings.ContainsRune("\\`*_{}[]<>()#+-!|~&@$", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// fenced is a block of code; its fence is longer than any in the code.
func fenced(language, code string) string {
	fence := "```"
	for strings.Contains(code, fence) {
		fence += "`"
	}
	return fence + language + "\n" + strings.TrimRight(code, "\n") + "\n" + fence
}
