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
		return a.interrupted(err)
	}
	e := a.told(ctx, err)
	if a.json {
		a.printJSON(errorResult{Status: "error", Error: toErrorObject(e)})
	} else {
		a.note("%s", renderError(e, a.errPaint()))
	}
	return int(e.Kind)
}

// failJSON ends a run that broke off. Where JSON is wanted, status and told are
// the fields of the result that say so, and the result is printed; otherwise err
// is handed on. A run that limits have refused has "refused" for its status.
func (a *app) failJSON(ctx context.Context, err error, result any, status *string, told **errorObject, refused bool) error {
	if !a.json || ctx.Err() != nil {
		return err
	}
	e := a.told(ctx, err)
	object := toErrorObject(e)
	if *status, *told = "error", &object; refused {
		*status = "refused"
	}
	a.printJSON(result)
	return exitCode(e.Kind)
}

func toErrorObject(e *diag.Error) errorObject {
	return errorObject{
		Kind: kindNames[e.Kind], ExitCode: int(e.Kind), Message: e.Message,
		File: e.File, Line: e.Line, Column: e.Column, Detail: e.Detail, Hint: e.Hint,
	}
}

// interrupted reports that ctx ended or that Ctrl-C was pressed at a question,
// with what err has to say about the state that things were left in.
func (a *app) interrupted(err error) int {
	e := &diag.Error{Message: "interrupted"}
	said := errors.As(err, &e)
	e = a.hidden(e)
	switch {
	case a.json:
		object := toErrorObject(e)
		object.Kind, object.ExitCode = "interrupted", exitInterrupted
		a.printJSON(errorResult{Status: "error", Error: object})
	case said:
		a.note("%s", renderError(e, a.errPaint()))
	default:
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
