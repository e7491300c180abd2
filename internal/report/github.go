package report

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/finding"
)

// GitHub is the report as workflow commands, which GitHub Actions shows as
// annotations in the pull request, and the verdict for whoever reads the log:
// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
func GitHub(r *Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		r.annotate(&b, f.Code, f)
	}
	if r.Problem != nil {
		r.annotate(&b, r.Command, asFinding(r.Problem))
	}
	if len(r.Findings) > 0 || r.Problem == nil {
		b.WriteString(r.verdict() + "\n")
	}
	return b.String()
}

func (r *Report) annotate(b *strings.Builder, title string, f finding.Finding) {
	var properties []string
	add := func(name, value string) {
		properties = append(properties, name+"="+escapeProperty(value))
	}
	if name, _ := r.Root.slash(f.File); name != "" {
		add("file", name)
	}
	if f.Line > 0 {
		add("line", fmt.Sprint(f.Line))
	}
	if f.Line > 0 && f.Column > 0 {
		add("col", fmt.Sprint(f.Column))
	}
	add("title", title)
	message := paragraphs("\n", oneLine(f.Message), f.Detail, f.Hint, f.Recipe)
	fmt.Fprintf(b, "::%s %s::%s\n", f.Severity, strings.Join(properties, ","), escapeData(message))
}

// escapeData writes the text after a workflow command. What a runner would
// take for the end of the line is escaped.
func escapeData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// escapeProperty writes the value of one of a command's properties.
func escapeProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}
