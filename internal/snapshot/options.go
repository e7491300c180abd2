package snapshot

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// inDeclaredOrder sorts the options of views as drizzle-kit's validation does,
// which is the order in which its SQL lists them.
func inDeclaredOrder(s *schema.Schema) {
	for i := range s.Views {
		slices.SortStableFunc(s.Views[i].With, func(a, b schema.Option) int {
			return optionRank(a.Name) - optionRank(b.Name)
		})
	}
}

func optionRank(name string) int {
	for i, f := range viewOptionsShape.fields {
		if f.name == name {
			return i
		}
	}
	return len(viewOptionsShape.fields)
}
