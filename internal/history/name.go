package history

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// RandomName returns a name such as "military_alice" for a migration that was
// given none.
func RandomName() string {
	return pick(adjectives) + "_" + pick(heroes)
}

func pick(words string) string {
	list := strings.Fields(words)
	return list[rand.IntN(len(list))]
}

// prefixOf returns what stands before the "_" of a tag, for a config's
// migrations.prefix ("" is "index"); now is taken in UTC.
func prefixOf(kind string, idx int, now time.Time) (string, bool) {
	switch kind {
	case "", "index":
		return fmt.Sprintf("%04d", idx), true
	case "timestamp", "supabase":
		return now.UTC().Format("20060102150405"), true
	case "unix":
		return fmt.Sprint(now.Unix()), true
	case "none":
		return "", true
	}
	return "", false
}
