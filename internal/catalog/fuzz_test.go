package catalog

import (
	"strings"
	"testing"
)

// FuzzSpellDefault feeds texts to what reads PostgreSQL's defaults: it must
// cope with anything, and what has no literal in it stays as it is.
func FuzzSpellDefault(f *testing.F) {
	for _, seed := range []string{
		"'x'::text", "'it''s'::text", "now()", "'-1'::integer", "1.50", "'{a,\"b c\"}'::text[]", "'{{1,2},{3}}'::text[]", "'{t,x}'::boolean[]", "'{}'::text[]",
		"'{\"a\":1}'::jsonb", "'", "''", "'{", "'{'::text[]", "'{{}}'::text[]", "'[1:2]={1,2}'::text[]", "(1 + 1)", "'{NULL}'::text[]",
	} {
		f.Add(seed)
	}
	types := []columnType{
		{schema: "pg_catalog", name: "text", full: "text", plain: "text"},
		{schema: "pg_catalog", name: "text", full: "text", plain: "text", dims: 2},
		{schema: "pg_catalog", name: "bool", full: "boolean", plain: "boolean", dims: 1},
		{schema: "pg_catalog", name: "int4", full: "integer", plain: "integer"},
		{schema: "pg_catalog", name: "float8", full: "double precision", plain: "double precision"},
		{schema: "pg_catalog", name: "jsonb", full: "jsonb", plain: "jsonb"},
	}
	f.Fuzz(func(t *testing.T, expr string) {
		for _, typ := range types {
			got := spellDefault(expr, typ)
			if got.Text != expr && !strings.HasPrefix(expr, "'") && !jsonNumber.MatchString(expr) {
				t.Errorf("%s became %s", expr, got.Text)
			}
		}
		if inner := unwrap(expr); !strings.Contains(expr, inner) {
			t.Errorf("unwrapping %q gave %q", expr, inner)
		}
		splitName(expr)
	})
}
