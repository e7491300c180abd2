package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/report"
)

// faceFlags say how a command that looks for findings shows them, and which
// findings make it fail.
type faceFlags struct {
	format  string
	outputs []string
	failOn  string
	full    bool
}

// faces are the forms that findings can be shown in.
var faces = []string{"text", "json", "sarif", "github", "junit"}

func (f *faceFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var(newChoice(&f.format, faces...), "format", "what standard output is for")
	flags.StringArrayVar(&f.outputs, "output", nil,
		"write the report into a `file` too, as its ending says (.sarif, .json, .xml for junit, .txt) or as written in front of it: sarif:PATH; repeatable")
	flags.Var(newChoice(&f.failOn, "error", "warning", "never"), "fail-on", "the least severity that makes the exit code 1")
	flags.BoolVar(&f.full, "full", false, "repeat hints and recipes that were shown before, also in long reports")
}

// outputFile is a file that a report goes to.
type outputFile struct{ face, path string }

// files reads --output. Commands call it before they begin, so that a long
// run does not end at a typing error.
func (f *faceFlags) files() ([]outputFile, error) {
	var out []outputFile
	for _, given := range f.outputs {
		file := outputFile{path: given}
		if face, path, ok := strings.Cut(given, ":"); ok && slices.Contains(faces, face) {
			file = outputFile{face, path}
		} else {
			file.face = faceOfEnding[strings.ToLower(filepath.Ext(given))]
		}
		switch {
		case file.face == "":
			return nil, usage("write the form in front of it, such as --output sarif:"+diag.ShellQuote(given), "--output %s: its ending does not say what to write", given)
		case file.path == "" || file.path == "-":
			return nil, usage("--format says what goes to standard output", "--output %s names no file", given)
		}
		out = append(out, file)
	}
	return out, nil
}

var faceOfEnding = map[string]string{".sarif": "sarif", ".json": "json", ".xml": "junit", ".txt": "text"}

// fails reports whether findings make the exit code 1.
func (f *faceFlags) fails(findings []finding.Finding) bool {
	errors, warnings := report.Count(findings)
	return f.failOn != "never" && errors > 0 || f.failOn == "warning" && warnings > 0
}

// show writes the report to the files that were asked for and to standard
// output; object is its JSON. What r has of the environment is filled in here.
// The error it returns is r.Problem, or the exit code alone where the JSON
// object says it already.
func (a *app) show(f *faceFlags, r *report.Report, object any) error {
	files, err := f.files()
	if err != nil {
		return err
	}
	r.Version, r.Rules, r.Strict, r.Line = buildVersion().Version, rules(), f.failOn == "warning", lineReader{}.line
	if r.Root, err = repository(a.environ); err != nil {
		return err
	}
	for _, file := range files {
		if err := writeWhole(file.path, a.face(file.face, f, r, object, report.TextOptions{})); err != nil {
			return &diag.Error{Kind: diag.Usage, File: file.path, Message: "the report cannot be written: " + reason(err),
				Hint: "name a file in a folder that exists and that you may write to", Err: err}
		}
	}
	onScreen := report.TextOptions{Paint: a.outPaint().role, Width: a.outWidth()}
	a.print("%s", a.face(f.format, f, r, object, onScreen))
	if f.format == "github" {
		if err := a.jobSummary(r); err != nil {
			return err
		}
	}
	switch {
	case r.Problem == nil:
		return nil
	case a.json:
		return exitCode(r.Problem.Kind)
	}
	return r.Problem
}

// face is the report in one of the forms.
func (a *app) face(name string, f *faceFlags, r *report.Report, object any, text report.TextOptions) []byte {
	switch name {
	case "json":
		return jsonBytes(object)
	case "sarif":
		return report.SARIF(r)
	case "github":
		return []byte(report.GitHub(r))
	case "junit":
		return report.JUnit(r)
	}
	text.Full = f.full
	return []byte(report.Text(r, text))
}

// role colours a piece of a report.
func (p paint) role(role report.Role, text string) string {
	switch role {
	case report.Place:
		return p.bold(text)
	case report.Severe:
		return p.red(text)
	case report.Mild:
		return p.yellow(text)
	case report.Word:
		return p.cyan(text)
	case report.Code, report.Quiet:
		return p.faint(text)
	}
	return text
}

// jobSummary appends to the page that GitHub Actions shows of a job, where
// there is one.
func (a *app) jobSummary(r *report.Report) error {
	path := lastValue(a.environ, "GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = file.WriteString(report.Summary(r) + "\n")
		err = orFirst(err, file.Close())
	}
	if err != nil {
		return &diag.Error{Kind: diag.Usage, File: path, Message: "the job summary cannot be written: " + reason(err),
			Hint: "GITHUB_STEP_SUMMARY names this file; unset it to do without", Err: err}
	}
	return nil
}
