package pgserver

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/extension"
)

// MissingExtension is the error for an extension that the server does not
// have; callers use it when a migration's CREATE EXTENSION fails.
func (s *Server) MissingExtension(name string) *diag.Error {
	return missingExtensions([]string{name}, install{major: s.major, version: s.version, source: s.source, packager: s.packager})
}

func missingExtensions(names []string, i install) *diag.Error {
	var commands []string
	for _, name := range names {
		if hint := extension.InstallHint(name, i.major, i.packager); !slices.Contains(commands, hint) {
			commands = append(commands, hint)
		}
	}
	return &diag.Error{Kind: diag.Usage,
		Message: fmt.Sprintf("%s not installed for PostgreSQL %s (%s)", extensionsAre(names), i.version, i.source),
		Hint:    strings.Join(commands, "; ") + "; or set " + EnvURL + " to a server that has it"}
}

// extensionList names extensions within a sentence: "extension vector".
func extensionList(names []string) string {
	if len(names) == 1 {
		return "the extension " + names[0]
	}
	return "the extensions " + strings.Join(names, ", ")
}

func extensionsAre(names []string) string {
	if len(names) == 1 {
		return extensionList(names) + " is"
	}
	return extensionList(names) + " are"
}

// verifyExtensions asks the running server, which has the last word about
// where it looks for extensions.
func (s *Server) verifyExtensions(ctx context.Context, wanted []string, packager string) error {
	s.packager = packager
	if len(wanted) == 0 {
		return nil
	}
	rows, err := s.admin.Query(ctx, "SELECT name FROM pg_available_extensions")
	if err != nil {
		return s.explain("listing extensions", err)
	}
	have, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return s.explain("listing extensions", err)
	}
	var absent []string
	for _, name := range wanted {
		if !slices.Contains(have, name) {
			absent = append(absent, name)
		}
	}
	if len(absent) > 0 {
		return missingExtensions(absent, install{major: s.major, version: s.version, source: s.source, packager: packager})
	}
	return nil
}
