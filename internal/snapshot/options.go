package snapshot

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// Declared returns a copy of a Schema as drizzle-kit sees it once it has been
// in a snapshot: with the options of views in declared order. That is what to
// compare; the Schema as it was written is what New makes a file of.
func Declared(s *schema.Schema) *schema.Schema {
	out := s.Clone()
	inDeclaredOrder(out)
	return out
}

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
