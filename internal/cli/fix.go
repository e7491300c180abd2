package cli

import (
	"context"
	"fmt"

	"github.com/skein-db/skein/internal/check"
	"github.com/skein-db/skein/internal/diag"
)

// fixFolder does what check --fix does, and tells people: on standard output
// where that is for them, else beside it. JSON has the list, which is never nil.
func (a *app) fixFolder(ctx context.Context, in check.Input, format string) ([]check.Fixed, error) {
	done := a.working("mending %s", in.Dir)
	fixed, err := check.Fix(ctx, in)
	done()
	for _, f := range fixed {
		switch format {
		case "json":
		case "text":
			a.print("%s\n", fixedText(f, a.outPaint()))
		default:
			a.note("%s\n", fixedText(f, a.errPaint()))
		}
	}
	return append([]check.Fixed{}, fixed...), err
}

func fixedText(f check.Fixed, p paint) string {
	place := (&diag.Error{File: f.File, Line: f.Line}).Position()
	return fmt.Sprintf("%s: %s: %s %s", p.bold(place), p.green("fixed"), f.Message, p.faint("["+f.Code+"]"))
}
