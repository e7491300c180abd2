package pgserver

import (
	"errors"
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/diag"
)

// nothingFound is the error at the end of the chain: what was tried, why it
// did not serve, and what to install.
func nothingFound(o Options, tried []attempt) error {
	// A server that lacks only an extension is the nearest miss: name the
	// extension and its package rather than a PostgreSQL to install.
	for _, a := range tried {
		if a.install != nil && len(a.absent) > 0 && (o.Version == 0 || a.install.major == o.Version) {
			e := missingExtensions(a.absent, *a.install)
			e.Detail = listAttempts(tried)
			return e
		}
	}
	for _, a := range tried {
		var e *diag.Error
		if errors.As(a.err, &e) {
			whole := *e
			whole.Detail = joinLines(e.Detail, listAttempts(tried))
			return &whole
		}
	}
	wanted := "PostgreSQL"
	if o.Version != 0 {
		wanted += " " + itoa(o.Version)
	}
	if len(o.Extensions) > 0 {
		wanted += " that has " + extensionList(o.Extensions)
	}
	return &diag.Error{Kind: diag.Usage,
		Message: "no " + wanted + " to run a throwaway server with",
		Detail:  listAttempts(tried),
		Hint:    "install PostgreSQL (apt install postgresql, brew install postgresql@18) or npm, or set " + EnvURL + " to a server where skein may create databases",
	}
}

func listAttempts(tried []attempt) string {
	if len(tried) == 0 {
		return ""
	}
	lines := []string{"tried:"}
	for _, a := range tried {
		lines = append(lines, fmt.Sprintf("  %s: %s", a.what, a.reason))
	}
	return strings.Join(lines, "\n")
}

// restLines returns text without its first line.
func restLines(text string) string {
	_, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return rest
}

// joinLines joins the parts that are not empty.
func joinLines(parts ...string) string {
	var full []string
	for _, part := range parts {
		if part != "" {
			full = append(full, part)
		}
	}
	return strings.Join(full, "\n")
}
