package commute

import (
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

func enum(o *object) []string { return o.Value.(*schema.Enum).Values }

// added returns what a list has got, or false where it also lost something or
// is in another order, which takes a new type instead of ADD VALUE.
func added(from, to []string) (values []string, ok bool) {
	i := 0
	for _, v := range to {
		if i < len(from) && from[i] == v {
			i++
		} else {
			values = append(values, v)
		}
	}
	return values, i == len(from)
}

// enums says how two changes of one enum stand to each other.
func enums(base, a, b []string) (Relation, string) {
	if slices.Equal(a, b) {
		return Same, ""
	}
	newA, addsA := added(base, a)
	newB, addsB := added(base, b)
	if !addsA || !addsB {
		return Conflict, "a side that removes or reorders values makes the type anew, without the other's"
	}
	first, second := addInto(a, b, newB), addInto(b, a, newA)
	if !slices.Equal(first, second) {
		return Noted, "the order of the values depends on which side comes first: " + join(first) + " or " + join(second)
	}
	if twice := slices.DeleteFunc(slices.Clone(newA), func(v string) bool { return !slices.Contains(newB, v) }); len(twice) > 0 {
		return Same, ""
	}
	return Independent, ""
}

// addInto adds values as ADD VALUE … BEFORE does: in front of what follows them
// in the list they come from, else at the end.
func addInto(list, from, values []string) []string {
	out := slices.Clone(list)
	for _, v := range values {
		if slices.Contains(out, v) {
			continue
		}
		at := len(out)
		for _, next := range from[slices.Index(from, v)+1:] {
			if i := slices.Index(out, next); i >= 0 {
				at = i
				break
			}
		}
		out = slices.Insert(out, at, v)
	}
	return out
}

// enumChange describes what becomes of the values.
func enumChange(before, after []string) string {
	var gone []string
	for _, v := range before {
		if !slices.Contains(after, v) {
			gone = append(gone, v)
		}
	}
	values, adds := added(before, after)
	switch {
	case adds:
		return "adds " + strings.Join(values, ", ")
	case len(gone) > 0:
		return "removes " + strings.Join(gone, ", ")
	}
	return "reorders the values"
}

// rebuilt reports whether a change makes an enum anew, which columns that the
// other side has given the type would not survive.
func rebuilt(c *change) bool {
	if c.Kind != schema.KindEnum || c.created() || c.dropped() {
		return false
	}
	_, adds := added(enum(c.before), enum(c.after))
	return !adds
}
