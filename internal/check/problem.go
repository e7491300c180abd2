package check

import (
	"errors"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/snapshot"
)

// unreadable makes a finding of why a journal or snapshot ("journal",
// "snapshot") cannot be read.
func unreadable(what, file string, err error) finding.Finding {
	code := what + "-unreadable"
	for reason, ending := range map[error]string{
		snapshot.ErrVersion: "-version", snapshot.ErrDialect: "-dialect", snapshot.ErrMalformed: "-malformed",
	} {
		if errors.Is(err, reason) {
			code = what + ending
		}
	}
	if errors.Is(err, snapshot.ErrConflict) {
		code = conflictMarkers
	}
	return fromError(code, file, err)
}

// fromError makes a finding of an error, with the error's place if it has one.
func fromError(code, file string, err error) finding.Finding {
	out := finding.Finding{Code: code, Severity: finding.Error, File: file, Message: err.Error()}
	var d *diag.Error
	if errors.As(err, &d) {
		out.Message, out.Detail, out.Hint, out.Line = d.Message, d.Detail, d.Hint, d.Line
		if d.File != "" {
			out.File = d.File
		}
	}
	return out
}

// conflictMarkers is the code for them in any file.
const conflictMarkers = "conflict-markers"
