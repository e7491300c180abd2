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
		r.annotate(&b, string(f.Severity), f.Code, f.File, f.Line, f.Column, plain(f))
	}
	if e := r.Problem; e != nil {
		r.annotate(&b, "error", r.Command, e.File, e.Line, e.Column, problemText(e))
	}
	if len(r.Findings) > 0 || r.Problem == nil {
		b.WriteString(r.verdict() + "\n")
	}
	return b.String()
}

// plain is a finding's text where it is shown beside its source.
func plain(f finding.Finding) string {
	parts := []string{f.Message}
	for _, more := range []string{f.Detail, f.Hint, f.Recipe} {
		if more != "" {
			parts = append(parts, strings.TrimRight(more, "\n"))
		}
	}
	return strings.Join(parts, "\n")
}

func (r *Report) annotate(b *strings.Builder, command, title, file string, line, column int, message string) {
	var properties []string
	add := func(name, value string) {
		properties = append(properties, name+"="+escapeProperty(value))
	}
	if name, _ := r.Root.slash(file); name != "" {
		add("file", name)
	}
	if line > 0 {
		add("line", fmt.Sprint(line))
	}
	if line > 0 && column > 0 {
		add("col", fmt.Sprint(column))
	}
	add("title", title)
	fmt.Fprintf(b, "::%s %s::%s\n", command, strings.Join(properties, ","), escapeData(message))
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
