package schematest

import (
	"reflect"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/schema"
)

// Equal seeds make equal pairs, or no failure could be looked at again.
func TestSameSeedSamePair(t *testing.T) {
	for seed := range uint64(200) {
		if a, b := New(seed, "r").Pair(), New(seed, "r").Pair(); !reflect.DeepEqual(a, b) {
			t.Fatalf("seed %d makes two pairs", seed)
		}
	}
}

// Everything that can be edited is edited, and everything the model holds is
// made, in a few hundred pairs.
func TestPairsCoverTheModel(t *testing.T) {
	missing := map[string]bool{}
	for _, e := range edits {
		missing[e.name] = true
	}
	filled := map[string]bool{}
	for seed := range uint64(600) {
		p := New(seed, "r").Pair()
		for _, name := range p.Edits {
			delete(missing, name)
		}
		fields(reflect.ValueOf(*p.To), filled)
	}
	for name := range missing {
		t.Errorf("nothing was edited by %q", name)
	}
	everything := map[string]bool{}
	types(reflect.TypeFor[schema.Schema](), everything)
	for field := range everything {
		if !filled[field] && !unfilled[field] {
			t.Errorf("no schema has %s", field)
		}
	}
}

// unfilled are fields that no schema made here has, with the reason.
var unfilled = map[string]bool{
	"View.Existing": true, // someone else's: nothing is made of it
}

// fields collects the fields that have a value somewhere.
func fields(v reflect.Value, into map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fields(v.Elem(), into)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fields(v.Index(i), into)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				into[v.Type().Name()+"."+v.Type().Field(i).Name] = true
				fields(v.Field(i), into)
			}
		}
	}
}

// types collects all fields there are.
func types(t reflect.Type, into map[string]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		types(t.Elem(), into)
	case reflect.Struct:
		for i := range t.NumField() {
			into[t.Name()+"."+t.Field(i).Name] = true
			types(t.Field(i).Type, into)
		}
	}
}

// A rename reaches everything that mentions the old name, and nothing else.
func TestReplace(t *testing.T) {
	query := `select "a""b", "a" from "t"`
	s := &schema.Schema{
		Tables: []schema.Table{{Name: "t", Columns: []schema.Column{{Name: `a"b`, Type: "e[3]"}, {Name: "a"}}}},
		Views:  []schema.View{{Name: "v", Definition: &query}},
	}
	replace(s, `a"b`, "c")
	replace(s, "e", "f")
	if got := s.Tables[0].Columns; got[0].Name != "c" || got[0].Type != "f[3]" || got[1].Name != "a" || query != `select "c", "a" from "t"` {
		t.Errorf("got %+v and %s", got, query)
	}
}

// Shrink keeps what the failure is about, and little else.
func TestShrink(t *testing.T) {
	shrunk := 0
	for seed := range uint64(300) {
		p := New(seed, "r").Pair()
		fails := func(p *Pair) bool { // a table with row security turned on that has a column with a default
			for i := range p.To.Tables {
				t := &p.To.Tables[i]
				for _, c := range t.Columns {
					if c.Default != nil && t.RLS {
						return true
					}
				}
			}
			return false
		}
		if !fails(p) {
			continue
		}
		shrunk++
		keep := p.Clone()
		small := Shrink(p, 5000, fails)
		if !reflect.DeepEqual(p, keep) {
			t.Fatalf("seed %d: the pair itself was changed", seed)
		}
		if !fails(small) || len(small.To.Tables) != 1 || len(small.To.Tables[0].Columns) != 1 || len(small.From.Enums)+len(small.To.Views)+len(small.To.Roles) > 0 {
			t.Errorf("seed %d: shrunk to %+v", seed, small.To)
		}
	}
	if shrunk == 0 {
		t.Error("nothing to shrink")
	}
}

func TestRows(t *testing.T) {
	s := &schema.Schema{
		Enums: []schema.Enum{{Schema: "public", Name: "e", Values: []string{"it's"}}},
		Tables: []schema.Table{{Schema: "public", Name: "t", Columns: []schema.Column{
			{Name: "id", Type: "serial"}, {Name: "kind", Type: "e", TypeSchema: "public", NotNull: true}, {Name: "n", Type: "integer", NotNull: true},
		}}},
	}
	if got, want := strings.Join(Rows(s, 1), ";"), `insert into "public"."t" ("kind", "n") values ('it''s', 1)`; got != want {
		t.Errorf("got %s", got)
	}
}
