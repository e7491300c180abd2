package resolve

import (
	"fmt"
	"strings"
	"time"

	"github.com/skein-db/skein/internal/snapshot"
)

// renumbered returns the entry that a local migration has behind before, the
// last entry so far. Its name stays, and its time where that is newer.
func renumbered(e snapshot.Entry, before *snapshot.Entry) snapshot.Entry {
	if before == nil {
		return e
	}
	e.Idx = before.Idx + 1
	// drizzle's migrator skips what is not newer than what a database has.
	e.When = max(e.When, before.When+1)
	prefix, name, found := strings.Cut(e.Tag, "_")
	if !found {
		return e
	}
	e.Tag = nextPrefix(prefix, before, e) + "_" + name
	return e
}

// nextPrefix keeps the form that the tag's prefix has: a number as it is padded,
// or a time, which is moved on only where it would sort before the one ahead.
func nextPrefix(prefix string, before *snapshot.Entry, e snapshot.Entry) string {
	last, _, _ := strings.Cut(before.Tag, "_")
	switch {
	case prefix == "": // the prefix "none"
		return prefix
	case len(prefix) == 14 && digits(prefix): // "timestamp" and "supabase"
		if at, err := time.Parse(timePrefix, last); err == nil && prefix <= last {
			return at.Add(time.Second).Format(timePrefix)
		}
		return prefix
	case len(prefix) == 10 && digits(prefix): // "unix", in seconds
		if digits(last) && len(last) == 10 && prefix <= last {
			var n int64
			_, _ = fmt.Sscan(last, &n) // digits alone
			return fmt.Sprint(n + 1)
		}
		return prefix
	case digits(prefix):
		return fmt.Sprintf("%0*d", len(prefix), e.Idx)
	}
	return prefix
}

const timePrefix = "20060102150405"

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
