package cli

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/standing"
)

// editedText says of each edited entry what was changed, and what to do.
func editedText(r *standing.Status, p paint) string {
	var b strings.Builder
	for _, e := range r.Entries {
		if e.Diff == "" {
			continue
		}
		fmt.Fprintf(&b, "\n%s since it was applied (git show %.12s has the text that was):\n", e.File, e.Blob)
		for line := range strings.Lines(e.Diff) {
			line = strings.TrimRight(line, "\r\n")
			switch {
			case strings.HasPrefix(line, "-"):
				line = p.red(line)
			case strings.HasPrefix(line, "+"):
				line = p.green(line)
			default:
				line = p.faint(line)
			}
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	if r.Counts.Edited > 0 {
		b.WriteString("\nWhat was edited is not run again: put the old text back, and what is wanted now into a new migration.\n")
	}
	return b.String()
}
