package diff

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/schema"
)

// renamable has something to ask about of every kind.
func renamable() (from, to *schema.Schema) {
	return build(namespace("s1"), enum("e1", "a"), sequence("q1"), role("r1"), view("v1", "select 1"), linked("l1", `"auth"."u"`),
			table("users", column("name", "text"), policy("p1"), column("id", "integer")), table("keep", column("a", "text"))),
		build(namespace("s2"), enum("e2", "a"), sequence("q2"), role("r2"), view("v2", "select 1"), linked("l2", `"auth"."u"`),
			table("people", column("full_name", "text"), policy("p2"), column("id", "integer")), table("keep", column("b", "text"), column("c", "text")))
}

func compute(t *testing.T, from, to *schema.Schema, ask Resolver) []string {
	t.Helper()
	r, err := Compute(from, to, ask)
	if err != nil {
		t.Fatal(err)
	}
	return r.Statements()
}

func mustParse(t *testing.T, flags ...string) *Renames {
	t.Helper()
	r, err := ParseRenames(flags)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestUnansweredHasAllQuestionsInOrder(t *testing.T) {
	from, to := renamable()
	_, err := Compute(from, to, mustParse(t, "users=people"))
	var open *Unanswered
	if !errors.As(err, &open) {
		t.Fatal(err)
	}
	var kinds []string
	for _, q := range open.Questions {
		kinds = append(kinds, string(q.Kind))
	}
	want := "schema enum sequence role column column column table_policy ind_policy view"
	if got := strings.Join(kinds, " "); got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
	var d *diag.Error
	if !errors.As(err, &d) || d.Kind != diag.Usage {
		t.Fatalf("no usage error in %T", err)
	}
	for _, line := range []string{
		"  is column people.full_name new, or was it called name?",
		"    --rename 'public.users.name=public.people.full_name'",
		"    --rename '=public.people.full_name'   it is new",
		"    --rename 'schema:s1=s2'",
		"    --rename 'policy:public.users.p1=public.people.p2'",
		"    --rename 'policy:l1=l2'",
		"    --rename 'view:public.v1=public.v2'",
	} {
		if !slices.Contains(strings.Split(err.Error(), "\n"), line) {
			t.Errorf("the error does not have the line %q:\n%v", line, err)
		}
	}
}

// Passing the flags that the error lists, until nothing is open, answers
// everything: with the first candidate, and with "new".
func TestListedFlagsAnswer(t *testing.T) {
	from, to := renamable()
	for _, rename := range []bool{true, false} {
		var flags []string
		taken := map[string]bool{}
		for range 5 {
			r, err := Compute(from, to, mustParse(t, flags...))
			if err == nil {
				text := strings.Join(r.Statements(), "\n")
				if strings.Contains(text, "RENAME") != rename || strings.Contains(text, "DROP TABLE") == rename {
					t.Errorf("with %q:\n%s", flags, text)
				}
				break
			}
			var open *Unanswered
			if !errors.As(err, &open) || len(open.Unmatched) > 0 {
				t.Fatal(err)
			}
			for _, q := range open.Questions {
				flag := q.CreateFlag()
				if old, _, _ := strings.Cut(q.Flags()[0], "="); rename && !taken[old] {
					flag, taken[old] = q.Flags()[0], true
				}
				flags = append(flags, flag)
			}
		}
	}
}

func TestRenameFlags(t *testing.T) {
	users := func(columns ...tablePart) part { return table("users", columns...) }
	name, fullName, bio := column("name", "text"), column("full_name", "text"), column("bio", "text")
	for _, c := range []struct {
		what     string
		from, to *schema.Schema
		flags    []string
		want     string // the first statement, or a part of the error
	}{
		{"column", build(users(name)), build(users(fullName)), []string{"public.users.name=public.users.full_name"}, `RENAME COLUMN "name" TO "full_name"`},
		{"without public", build(users(name)), build(users(fullName)), []string{"users.name=users.full_name"}, `RENAME COLUMN "name" TO "full_name"`},
		{"with a kind", build(users(name)), build(users(fullName)), []string{"column:users.name=users.full_name"}, `RENAME COLUMN "name" TO "full_name"`},
		{"the other one is new", build(users(name)), build(users(bio, fullName)), []string{"users.name=users.full_name"}, `RENAME COLUMN "name" TO "full_name"`},
		{"in a renamed table by its old name", build(users(name)), build(table("people", fullName)), []string{"users=people", "users.name=people.full_name"}, `RENAME TO "people"`},
		{"in a renamed table by its new name", build(users(name)), build(table("people", fullName)), []string{"users=people", "people.name=people.full_name"}, `RENAME TO "people"`},
		{"table of a schema", build(table("auth.a")), build(table("auth.b")), []string{"auth.a=auth.b"}, `ALTER TABLE "auth"."a" RENAME TO "b"`},
		{"table moves", build(table("a")), build(table("auth.a")), []string{"a=auth.a"}, `SET SCHEMA "auth"`},
		{"names with dots", build(table("a.b", column("c", "text")), table("x")), build(table("a.b", column("d", "text")), table("x")), []string{`"a"."b".c="a"."b".d`}, `RENAME COLUMN "c" TO "d"`},
		{"quoted dot", build(table("public.a.b")), build(table("public.c=d")), []string{`"a.b"="c=d"`}, `RENAME TO "c=d"`},
		{"new", build(table("a")), build(table("b")), []string{"=b"}, `CREATE TABLE "b"`},
		{"two kinds", build(table("a"), role("a")), build(table("b"), role("b")), []string{"a=b"}, "fits a role and a table"},
		{"two kinds told apart", build(table("a"), role("a")), build(table("b"), role("b")), []string{"table:a=b", "role:=b"}, `DROP ROLE "a"`},
		{"nothing of the name", build(users(name)), build(users(fullName)), []string{"users.nam=users.full_name"}, "answers no question"},
		{"the wrong way round", build(users(name)), build(users(fullName)), []string{"users.full_name=users.name"}, "old names go left"},
		{"no question at all", build(users(name)), build(users(name)), []string{"users.name=users.full_name"}, "did not change its name"},
	} {
		r, err := Compute(c.from, c.to, mustParse(t, c.flags...))
		got := ""
		if err != nil {
			got = err.Error()
			if strings.Contains(c.want, "old names") { // the hint is there when only the flag is wrong
				_, err = Compute(c.from, c.to, Chain(mustParse(t, c.flags...), CreateAll))
				got = err.Error()
			}
		} else {
			got = strings.Join(r.Statements(), "\n")
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %q is not in\n%s", c.what, c.want, got)
		}
	}
}

func TestParseRenamesRefuses(t *testing.T) {
	for _, flag := range []string{"", "a", "a=", "=", "a=b=c", "a..b=c", `"a=b`, `"a"x=b`, "a.b.c.d=e", "thing:a=b", "a=.b"} {
		if _, err := ParseRenames([]string{flag}); err == nil {
			t.Errorf("%q was taken", flag)
		} else if d := (*diag.Error)(nil); !errors.As(err, &d) {
			t.Errorf("%q: %T", flag, err)
		}
	}
}

func TestAnswers(t *testing.T) {
	from, to := renamable()
	answers, err := ReadAnswers("a.json", []byte(`[
		{"kind": "schema", "created": {"schema": null, "name": "s2"}, "choice": "rename", "from": {"schema": null, "name": "s1"}, "index": 1},
		{"kind": "enum", "created": {"schema": "public", "name": "e2"}, "choice": "rename", "index": 1},
		{"kind": "sequence", "created": {"name": "q2"}, "choice": "create"},
		{"kind": "role", "created": {"name": "r2"}, "choice": "create"},
		{"kind": "table", "created": {"schema": "", "name": "people"}, "choice": "rename", "from": {"schema": "", "name": "users"}},
		{"kind": "column", "table": {"schema": "", "name": "people"}, "created": {"name": "full_name"}, "choice": "rename", "from": {"name": "name"}},
		{"kind": "column", "table": {"name": "keep"}, "created": {"name": "b"}, "choice": "create"},
		{"kind": "column", "table": {"name": "keep"}, "created": {"name": "c"}, "choice": "rename", "from": {"name": "a"}},
		{"kind": "policy", "table": {"name": "people"}, "created": {"name": "p2"}, "choice": "rename", "from": {"name": "p1"}},
		{"kind": "ind_policy", "created": {"name": "l2"}, "choice": "rename", "from": {"name": "l1"}},
		{"kind": "view", "created": {"name": "v2"}, "choice": "rename", "from": {"name": "v1"}},
		{"kind": "view", "created": {"name": "never asked"}, "choice": "create"}
	]`))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(compute(t, from, to, answers), "\n")
	for _, want := range []string{
		`ALTER SCHEMA "s1" RENAME TO "s2"`, `ALTER TYPE "public"."e1" RENAME TO "e2"`, `CREATE SEQUENCE "public"."q2"`, `CREATE ROLE "r2"`,
		`ALTER TABLE "users" RENAME TO "people"`, `RENAME COLUMN "name" TO "full_name"`, `RENAME COLUMN "a" TO "c"`,
		`ALTER POLICY "p1" ON "people" RENAME TO "p2"`, `ALTER POLICY "l1" ON "auth"."u" RENAME TO "l2"`, `ALTER VIEW "public"."v1" RENAME TO "v2"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
}

func TestReadAnswersRefuses(t *testing.T) {
	for data, want := range map[string]string{
		"":                        "a.json:1:1: answers are not a well formed JSON array",
		"{}":                      "a.json:1:1: answers are not a JSON array",
		"[\n {\"kind\": \"x\"}]":  `a.json:2:2: answer of unknown kind "x"`,
		"[{\"kind\": \"table\",]": "a.json:1:",
		`[{"kind": "table", "created": {"name": "a"}, "choice": "maybe"}]`:                    `choice is "maybe"`,
		`[{"kind": "table", "created": {"name": "a"}, "choice": "rename"}]`:                   "without the old name",
		`[{"kind": "column", "created": {"name": "a"}, "choice": "create"}]`:                  `without its "table"`,
		`[{"kind": "table", "choice": "create"}]`:                                             "without the name",
		`[{"kind": "table", "created": {"name": "a"}, "choice": "create"}] more`:              "",
		`[{"kind": "table", "created": {"name": "a"}, "choice": "create"}`:                    "well formed",
		"[\n{\"kind\": \"table\", \"created\": {\"name\": 5}, \"choice\": \"create\"}]":       "a.json:2:",
		`[{"kind": "table", "created": {"name": "a"}, "choice": "create"}, {"kind": "enum"}]`: "without the name",
	} {
		_, err := ReadAnswers("a.json", []byte(data))
		if want == "" {
			want = "well formed"
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", data, err, want)
		}
	}
}

func TestWrongAnswerIsAnError(t *testing.T) {
	answers, err := ReadAnswers("a.json", []byte("[\n{\"kind\": \"table\", \"created\": {\"name\": \"b\"}, \"choice\": \"rename\", \"from\": {\"name\": \"z\"}}]"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = Compute(build(table("a")), build(table("b")), answers)
	if err == nil || !strings.HasPrefix(err.Error(), "a.json:2: table b was not renamed from that") {
		t.Error(err)
	}
	bad := ResolverFunc(func(Question) (Answer, error) { return Answer{true, schema.Ref{Schema: "public", Name: "z"}}, nil })
	if _, err = Compute(build(table("a")), build(table("b")), bad); err == nil || !strings.Contains(err.Error(), "table b cannot have been renamed from z") {
		t.Error(err)
	}
	broken := errors.New("interrupted")
	stop := ResolverFunc(func(Question) (Answer, error) { return Answer{}, broken })
	if _, err = Compute(build(table("a")), build(table("b")), stop); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestJSON(t *testing.T) {
	from, to := build(table("users", column("name", "text"))), build(table("users", column("full_name", "text")))
	r, err := Compute(from, to, mustParse(t, "users.name=users.full_name"))
	if err != nil {
		t.Fatal(err)
	}
	checkJSON(t, r, `{"changes":[{"kind":"alter_table_rename_column","object":"users.name","table":{"schema":"public","name":"users"},`+
		`"statements":["ALTER TABLE \"users\" RENAME COLUMN \"name\" TO \"full_name\";"]}],`+
		`"statements":["ALTER TABLE \"users\" RENAME COLUMN \"name\" TO \"full_name\";"],"notes":[]}`)
	_, err = Compute(from, to, nil)
	checkJSON(t, err, `{"questions":[{"kind":"column","table":{"schema":"public","name":"users"},"created":{"schema":"","name":"full_name"},`+
		`"candidates":[{"schema":"","name":"name"}],"question":"is column users.full_name new, or was it called name?",`+
		`"rename":["public.users.name=public.users.full_name"],"create":"=public.users.full_name"}],"unmatched":[]}`)
	empty, err := Compute(from, from, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkJSON(t, empty, `{"changes":[],"statements":[],"notes":[]}`)
}

func checkJSON(t *testing.T, v any, want string) {
	t.Helper()
	got, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
