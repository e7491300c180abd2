package drizzle

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// unreadable is the error for a file that is there but cannot be read.
func unreadable(file string, err error) *diag.Error {
	e := &diag.Error{Kind: diag.Usage, File: file, Err: err, Message: "cannot read the file: " + reason(err)}
	if errors.Is(err, fs.ErrPermission) {
		e.Hint = "give the user who runs skein the right to read it"
	} else {
		e.Hint = "check that the file is there and whole"
	}
	return e
}

// reason is an error of the operating system without the path in it.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

func invalidYAML(file string, err error) *diag.Error {
	return &diag.Error{Kind: diag.Usage, File: file, Err: err, Message: "this is not valid YAML: " + err.Error(), Hint: "mend the file"}
}

// newSyntaxError takes apart "hujson: line 2, column 7: invalid literal: x".
func newSyntaxError(text string) *syntaxError {
	e := &syntaxError{reason: strings.TrimPrefix(text, "hujson: ")}
	place, reason, ok := strings.Cut(e.reason, ": ")
	if !ok {
		return e
	}
	if _, err := fmt.Sscanf(place, "line %d, column %d", &e.line, &e.column); err != nil {
		return &syntaxError{reason: e.reason}
	}
	e.reason = reason
	return e
}
