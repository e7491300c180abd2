package diff

import (
	"errors"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/diag"
)

var sixty = strings.Repeat("x", 60)

func TestObjectName(t *testing.T) {
	for _, c := range []struct{ table, column, label, want string }{
		{"t", "", "pkey", "t_pkey"},
		{"t", "c", "seq", "t_c_seq"},
		{sixty, "", "pkey", strings.Repeat("x", 58) + "_pkey"},
		{sixty, "c", "seq", strings.Repeat("x", 57) + "_c_seq"},
		{sixty, sixty, "seq", strings.Repeat("x", 29) + "_" + strings.Repeat("x", 29) + "_seq"},
		{strings.Repeat("ü", 40), "", "pkey", strings.Repeat("ü", 29) + "_pkey"},
		{"x" + strings.Repeat("ü", 40), "", "pkey", "x" + strings.Repeat("ü", 28) + "_pkey"},
	} {
		if got := objectName(c.table, c.column, c.label); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.table, c.column, got, c.want)
		}
	}
}

// Correct writes long names as PostgreSQL cuts them; Compat leaves that to it.
func TestLongNames(t *testing.T) {
	long := sixty + "üüü"
	to := build(table(long, column(long, "text", def("'"+long+"'"))))
	for mode, want := range map[Mode]string{Compat: long, Correct: sixty + "ü"} {
		r, err := ComputeIn(mode, build(), to, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := "CREATE TABLE \"" + want + "\" (\n\t\"" + want + "\" text DEFAULT '" + long + "'\n);\n"
		if got := r.Statements()[0]; got != want {
			t.Errorf("mode %d: %s, want %s", mode, got, want)
		}
	}
}

func TestLongNamesThatMeet(t *testing.T) {
	a, b := sixty+"abcd", sixty+"abce"
	meets := build(table("t", column("x", "text"), index(a, on("x")), index(b, on("x"))))
	_, err := Compute(build(), meets, nil)
	var d *diag.Error
	if !errors.As(err, &d) || !strings.Contains(d.Message, a+" and "+b+" in relations of schema public are the same") {
		t.Errorf("%v", err)
	}
	if _, err := Compute(meets, meets, nil); err != nil {
		t.Errorf("what is there already: %v", err)
	}
	if _, err := Compute(build(), build(table("t", check(a, "true")), table("u", check(a, "true"))), nil); err != nil {
		t.Errorf("constraints of two tables: %v", err)
	}
}

func TestNeedsParentheses(t *testing.T) {
	for expr, want := range map[string]bool{
		"lower(a)": false, "(a || b)": false, `"a"`: false, "lower(a) text_pattern_ops": false, "f('a - b')": false,
		"a || b": true, "a->>'x'": true, "a::text": true, `"a-b"`: false, "(a)+(b)": true,
	} {
		if got := needsParentheses(expr); got != want {
			t.Errorf("%s: %v", expr, got)
		}
	}
}

func TestQueryUses(t *testing.T) {
	for query, want := range map[string]bool{
		`select "a" from "t"`:                               true,
		`select "t"."a" from "t"`:                           true,
		`select x.a from t x`:                               true,
		`select * from t`:                                   true,
		`select count(*) from t`:                            false,
		`select "u"."a" from "t", "u"`:                      false,
		`select 'a' from t -- a`:                            false,
		`select a from u`:                                   false,
		`select "b" * 2 from t`:                             false,
		`select A from T`:                                   true,
		`select "u".* from "u" join "t" on "t"."b" = "u".b`: false,
	} {
		if got := queryUses(words(query), "t", "a", func(name string) bool { return name == "u" }); got != want {
			t.Errorf("%s: %v", query, got)
		}
	}
}
