package diff

import (
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/schema"
)

// A generated column that already stands behind what it is computed from keeps
// drizzle-kit's place, whatever else is added behind it.
func TestGeneratedColumnMovesOnlyBehindItsSource(t *testing.T) {
	plain := func(name string) schema.Column { return schema.Column{Name: name, Type: "text"} }
	slug := schema.Column{Name: "slug", Type: "text", Generated: &schema.Generated{As: `lower("name")`, Type: "stored"}}
	withColumns := func(columns ...schema.Column) *schema.Schema {
		return &schema.Schema{Tables: []schema.Table{{Schema: schema.Public, Name: "t", Columns: append([]schema.Column{plain("id")}, columns...)}}}
	}
	for _, c := range []struct {
		name string
		to   *schema.Schema
		want string
	}{
		{"in order", withColumns(plain("name"), slug, plain("subject")), "name slug subject"},
		{"too early", withColumns(slug, plain("name"), plain("subject")), "name subject slug"},
	} {
		r, err := Compute(withColumns(), c.to, CreateAll)
		if err != nil {
			t.Fatal(err)
		}
		var added []string
		for _, s := range r.Statements() {
			added = append(added, strings.Split(s, `"`)[3])
		}
		if got := strings.Join(added, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if noted := len(r.Notes) > 0; noted != (c.name == "too early") {
			t.Errorf("%s: notes %v", c.name, r.Notes)
		}
	}
}
