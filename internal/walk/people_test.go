package main

import (
	"testing"

	"github.com/skein-db/skein/internal/resolve"
	"github.com/skein-db/skein/internal/schema"
)

// TestWeigh holds that what people left is told apart by whose version of each
// object it has.
func TestWeigh(t *testing.T) {
	users := func(columns ...string) *schema.Schema {
		table := schema.Table{Schema: schema.Public, Name: "users"}
		for i := 0; i < len(columns); i += 2 {
			table.Columns = append(table.Columns, schema.Column{Name: columns[i], Type: columns[i+1]})
		}
		return &schema.Schema{Tables: []schema.Table{table}}
	}
	c := &collided{
		schemas: [3]*schema.Schema{
			users("id", "integer", "name", "text"),
			users("id", "bigint", "name", "text", "bio", "text"),
			users("id", "bigint", "name", "text", "age", "integer"),
		},
		plan: &resolve.Plan{Schema: users("id", "bigint", "name", "text", "bio", "text", "age", "integer")},
	}
	for _, one := range []struct {
		name   string
		theirs *schema.Schema
		known  map[string]bool
		want   opinion
	}{
		{"the same in another order", users("id", "bigint", "age", "integer", "name", "text", "bio", "text"), nil, agree},
		{"upstream's", c.schemas[1], nil, withoutMine},
		{"the branch's", c.schemas[2], nil, withoutYou},
		{"neither's", users("id", "bigint", "name", "text"), nil, withoutBoth},
		{"the base", c.schemas[0], nil, withoutBoth},
		{"and more", users("id", "bigint", "name", "text", "bio", "text", "age", "integer", "cv", "text"), nil, addedMore},
		{"and more, which was there before", users("id", "bigint", "name", "text", "bio", "text", "age", "integer", "cv", "text"),
			map[string]bool{"column users.cv": true}, agree},
		{"another join", users("id", "uuid", "name", "text", "bio", "text", "age", "integer"), nil, ownJoin},
	} {
		p := &people{}
		if got := p.weigh(c, "theirs", one.theirs, one.known); got != one.want {
			t.Errorf("%s: %s, want %s: %v", one.name, got, one.want, p.evidence)
		}
	}
}
