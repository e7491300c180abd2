package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

const issuesURL = "https://github.com/skein-db/skein/issues"

// errorResult is the JSON object of a command that failed.
type errorResult struct {
	Status string      `json:"status"` // "error"
	Error  errorObject `json:"error"`
}

type errorObject struct {
	Kind     string `json:"kind"`
	ExitCode int    `json:"exitCode"`
	Message  string `json:"message"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Detail   string `json:"detail,omitempty"`
	Hint     string `json:"hint,omitempty"`
}

// kindNames spells diag.Kind in JSON.
var kindNames = map[diag.Kind]string{
	diag.Refused: "refused", diag.Usage: "usage", diag.Database: "database", diag.Bug: "bug",
}

// fail reports err to the user and returns the exit code.
func (a *app) fail(ctx context.Context, err error) int {
	var reported exitCode
	if errors.As(err, &reported) {
		return int(reported)
	}
	if errors.Is(err, errInterrupted) || ctx.Err() != nil && !isPanic(err) {
		return a.interrupted()
	}
	e := asDiag(err)
	if a.json {
		a.printJSON(errorResult{Status: "error", Error: errorObject{
			Kind: kindNames[e.Kind], ExitCode: int(e.Kind), Message: e.Message,
			File: e.File, Line: e.Line, Column: e.Column, Detail: e.Detail, Hint: e.Hint,
		}})
	} else {
		a.note("%s", renderError(e, a.errPaint()))
	}
	return int(e.Kind)
}

func (a *app) interrupted() int {
	if a.json {
		a.printJSON(errorResult{Status: "error", Error: errorObject{
			Kind: "interrupted", ExitCode: exitInterrupted, Message: "interrupted",
		}})
	} else {
		a.note("skein: interrupted\n")
	}
	return exitInterrupted
}

// renderError is an error as text: one line, the detail indented, the hint.
func renderError(e *diag.Error, p paint) string {
	var b strings.Builder
	b.WriteString(p.red("skein: error:") + " ")
	if pos := e.Position(); pos != "" {
		b.WriteString(p.bold(pos) + ": ")
	}
	b.WriteString(e.Message + "\n")
	if e.Detail != "" {
		b.WriteString(indent(e.Detail, "  "))
	}
	if e.Hint != "" {
		b.WriteString(p.cyan("hint:") + " " + strings.ReplaceAll(e.Hint, "\n", "\n      ") + "\n")
	}
	return b.String()
}

// indent puts prefix before every line of text that is not empty and ends the
// text with a new line.
func indent(text, prefix string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		if line != "\n" {
			b.WriteString(prefix)
		}
		b.WriteString(line)
	}
	return b.String()
}

func isPanic(err error) bool {
	var b *bug
	return errors.As(err, &b)
}

// asDiag returns the error in the shape that users see. Anything that is not
// in that shape yet should have been: it counts as a bug.
func asDiag(err error) *diag.Error {
	var e *diag.Error
	if errors.As(err, &e) {
		return e
	}
	out := &diag.Error{
		Kind: diag.Bug, Message: fmt.Sprintf("this is a bug in skein: %v", err),
		Hint: "please report it at " + issuesURL + " with the command, this text and the output of `skein version`",
	}
	var b *bug
	if errors.As(err, &b) {
		out.Detail = string(b.stack)
	}
	return out
}

// usage makes an error of wrong flags, arguments or configuration.
func usage(hint, format string, args ...any) *diag.Error {
	return &diag.Error{Kind: diag.Usage, Message: fmt.Sprintf(format, args...), Hint: hint}
}
