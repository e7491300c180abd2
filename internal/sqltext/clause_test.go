package sqltext

import (
	"reflect"
	"testing"
)

func TestClause(t *testing.T) {
	for _, c := range []struct {
		text  string
		stops []string
		want  string
	}{
		{"CONSTRAINT a CHECK (x IN (1, 2)) , DROP COLUMN b;", nil, "CONSTRAINT a CHECK (x IN (1, 2))"},
		{"text DEFAULT 'a, b; NOT' NOT NULL", []string{"DEFAULT"}, "text"},
		{"NULL NOT NULL", []string{"NULL", "NOT"}, "NULL"},
		{"gen_random_uuid() -- of pgcrypto\n NOT NULL", []string{"NOT"}, "gen_random_uuid()"},
		{"a) b", nil, "a"},
		{"", nil, ""},
	} {
		if got := Clause(c.text, c.stops...); got != c.want {
			t.Errorf("Clause(%q, %q) = %q, not %q", c.text, c.stops, got, c.want)
		}
	}
}

func TestClauses(t *testing.T) {
	got := Clauses("a = lower(x, 'y'), \"b\" = 2 WHERE c", "WHERE", "FROM")
	if want := []string{"a = lower(x, 'y')", `"b" = 2`}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestAfter(t *testing.T) {
	for text, want := range map[string]string{
		`UPDATE "set" SET a = 1`:  "a = 1",
		"x (SET b) /* SET */ set": "",
		"x":                       "",
	} {
		if got := After(text, "SET"); got != want {
			t.Errorf("After(%q) = %q, not %q", text, got, want)
		}
	}
}

func TestComments(t *testing.T) {
	got := Comments("-- a\nSELECT '-- b', $$ -- c $$ /* d /* e */ */; -- f")
	want := []Comment{{"-- a", 0}, {"/* d /* e */ */", 31}, {"-- f", 48}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}
