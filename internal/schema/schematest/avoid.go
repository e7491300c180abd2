package schematest

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// avoided are features that pairs do without for now, with the reason.
var avoided = map[string]string{
	"index on generated column":   "the diff drops such a column first, and then the index, which went with it",
	"not null in a key":           "the diff drops the NOT NULL of a column that is in a primary key declared as a constraint",
	"generated first":             "the diff adds a generated column before the new column that it is computed from",
	"type under condition":        "PostgreSQL keeps a check or an index with casts to the type that its column had, and the diff does not make it anew",
	"row security of moved table": "the diff turns it off again where the table moves to another schema",
	"same key twice":              "PostgreSQL makes one constraint of a primary key and a UNIQUE over the same columns in CREATE TABLE, and the diff does not know",
}

// may says whether a feature is among those that are made.
func may(feature string) bool { return avoided[feature] == "" }

// forgo takes out of a pair what only the whole of it shows to be avoided.
func (p *Pair) forgo() {
	for i := range p.To.Tables {
		t := &p.To.Tables[i]
		if !may("generated first") {
			slices.SortStableFunc(t.Columns, func(a, b schema.Column) int { return computed(a) - computed(b) })
		}
		for j := range p.From.Tables {
			old := &p.From.Tables[j]
			moved := old.Name == p.Origin(t.Name) && old.Schema != p.Origin(t.Schema)
			if moved && !may("row security of moved table") {
				t.RLS, t.Policies = old.RLS, nil
				old.Policies = nil
			}
		}
	}
}

func computed(c schema.Column) int {
	if c.Generated != nil {
		return 1
	}
	return 0
}
