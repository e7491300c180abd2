package cli

import (
	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diff"
)

// sqlMode is the flag that says how far SQL may depart from drizzle-kit's.
type sqlMode struct{ word string }

func (m *sqlMode) add(cmd *cobra.Command) {
	cmd.Flags().Var(newChoice(&m.word, "compat", "correct"), "sql",
		"compat: drizzle-kit's bytes, except for what cannot run or loses data; correct: always the correct form, also of what drizzle-kit leaves out")
}

func (m *sqlMode) mode() diff.Mode {
	if m.word == "correct" {
		return diff.Correct
	}
	return diff.Compat
}
