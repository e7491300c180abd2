package catalog

import (
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/schema"
)

// TableFilter returns the function for Options.Tables that drizzle's
// tablesFilter stands for: patterns over the bare name, of which one has to
// fit. "!pattern" fits every name that pattern does not, and forbids the
// others. Without patterns it returns nil, which reads everything.
func TableFilter(patterns []string) (func(schema.Ref) bool, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	for _, p := range patterns {
		if !doublestar.ValidatePattern(strings.TrimPrefix(p, "!")) {
			return nil, &diag.Error{Kind: diag.Usage, Message: "tablesFilter holds a pattern that cannot be read: " + p,
				Hint: "close every [ and { of the pattern"}
		}
	}
	return func(r schema.Ref) bool {
		any := false
		for _, p := range patterns {
			pattern, negated := strings.CutPrefix(p, "!")
			fits, _ := doublestar.Match(pattern, r.Name) // patterns were checked above
			if negated && fits {
				return false
			}
			any = any || fits != negated
		}
		return any
	}, nil
}
