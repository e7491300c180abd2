package cli

import (
	"strings"

	"github.com/skein-db/skein/internal/diff"
)

// changeList is one line per change: + for what appears, - for what goes,
// ~ for what stays and differs.
func changeList(changes []diff.Change, p paint) string {
	var b strings.Builder
	for _, c := range changes {
		line := c.Summary()
		switch {
		case len(c.SQL) == 0:
			continue // another change's statement does it
		case strings.Contains(c.Kind, "alter_column"), strings.Contains(c.Kind, "alter_view"):
			line = p.yellow("~ " + line)
		case strings.HasPrefix(line, "drop "):
			line = p.red("- " + line)
		case strings.HasPrefix(line, "create "), strings.HasPrefix(line, "add "):
			line = p.green("+ " + line)
		default:
			line = p.yellow("~ " + line)
		}
		b.WriteString("  " + line + "\n")
	}
	return b.String()
}

// effectList says what changes will do to data, and under each line the safer
// way.
func effectList(effects []diff.Effect, p paint) string {
	var b strings.Builder
	for _, e := range effects {
		b.WriteString("data: " + p.bold(e.Object) + ": " + e.Message + "\n")
		b.WriteString("      " + p.faint("safer: "+e.Safer) + "\n")
	}
	return b.String()
}
