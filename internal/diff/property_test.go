package diff

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/schema"
)

const randomPairs = 2000

func randomPair(i int) (from, to *schema.Schema, answers []int) {
	g := gen{rand.New(rand.NewPCG(7, uint64(i))), i%2 == 1}
	from = g.schema()
	return from, g.mutate(from, 1+g.IntN(8)), []int{g.IntN(97), g.IntN(97), g.IntN(97)}
}

func TestNothingToDoForTheSame(t *testing.T) {
	for i := range randomPairs {
		from, _, _ := randomPair(i)
		for _, mode := range []Mode{Exact, Compat, Correct} {
			r, err := ComputeIn(mode, from, from.Clone(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if !r.Empty() || len(r.Notes) > 0 {
				t.Fatalf("pair %d: %q %q", i, r.Statements(), r.Notes)
			}
		}
	}
}

// Equal input gives equal output, statements appear once, and neither side is
// changed.
func TestComputeIsStable(t *testing.T) {
	for i := range randomPairs {
		from, to, answers := randomPair(i)
		keepFrom, keepTo := from.Clone(), to.Clone()
		for _, mode := range []Mode{Exact, Compat, Correct} {
			first, err := ComputeIn(mode, from, to, &numbered{answers: answers})
			if err != nil {
				t.Fatal(err)
			}
			second, err := ComputeIn(mode, from.Clone(), to.Clone(), &numbered{answers: answers})
			if err != nil {
				t.Fatal(err)
			}
			statements := first.Statements()
			if !slices.Equal(statements, second.Statements()) || !slices.Equal(first.Notes, second.Notes) {
				t.Fatalf("pair %d: two results", i)
			}
			slices.Sort(statements)
			if n := len(statements); len(slices.Compact(statements)) != n {
				t.Fatalf("pair %d: a statement twice", i)
			}
		}
		if !schema.Equal(from, keepFrom) || !schema.Equal(to, keepTo) {
			t.Fatalf("pair %d: an argument was changed", i)
		}
	}
}

// A change says what it is about.
func TestChangesAreFilledIn(t *testing.T) {
	for i := range randomPairs {
		from, to, answers := randomPair(i)
		r, err := Compute(from, to, &numbered{answers: answers})
		if err != nil {
			t.Fatal(err)
		}
		for _, ch := range r.Changes {
			if ch.Object == "" || len(ch.SQL) == 0 || ch.Old == nil && ch.New == nil {
				t.Fatalf("pair %d: %+v", i, ch)
			}
			for _, s := range ch.SQL {
				if strings.Contains(s, "undefined") || strings.Contains(s, "UNDEFINED") || strings.Contains(s, "%!") {
					t.Fatalf("pair %d: %s", i, s)
				}
			}
		}
	}
}

// Open questions are found in one go, whatever is answered in between.
func TestUnansweredIsAnError(t *testing.T) {
	asked := 0
	for i := range randomPairs {
		from, to, _ := randomPair(i)
		_, err := Compute(from, to, nil)
		var open *Unanswered
		if err != nil && !errors.As(err, &open) {
			t.Fatal(err)
		}
		if open == nil {
			continue
		}
		asked++
		var flags []string
		for _, q := range open.Questions {
			flags = append(flags, q.CreateFlag())
			if len(q.Flags()) != len(q.Candidates) || len(q.Candidates) == 0 {
				t.Fatalf("pair %d: %+v", i, q)
			}
		}
		created, err := Compute(from, to, CreateAll)
		if err != nil {
			t.Fatal(err)
		}
		renames, err := ParseRenames(flags)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Compute(from, to, renames)
		if err != nil {
			t.Fatalf("pair %d: %v", i, err)
		}
		if !slices.Equal(r.Statements(), created.Statements()) {
			t.Fatalf("pair %d: other statements", i)
		}
	}
	if asked == 0 {
		t.Error("no pair asked anything")
	}
}

// Names and texts of any kind never make a panic.
func FuzzNames(f *testing.F) {
	f.Add("users", `na"me`, "a > ';'", "it's")
	f.Add("a.b", "x=y", "1 -- one", `'{"a":"it's"}'::jsonb`)
	f.Add("", "[]", "", "'")
	f.Add("e[3][", "]", "$$", "\x00\xff")
	f.Fuzz(func(t *testing.T, name, other, expression, value string) {
		from := build(enum("e", value), table("public."+name, column(name, other, def(value)), index(name, on(name)), policy("p", using(expression))))
		to := build(enum("e", value, other), enum("public."+other, value),
			table("public."+other, column(other, name, inSchema(other), def(value), generated(expression)), column(name+"x", name),
				check(name, expression), unique(other, name), index(name, schema.IndexColumn{Expression: expression, IsExpression: true}), policy(other, using(expression), to(value))),
			view("public."+other, expression))
		for _, mode := range []Mode{Exact, Compat, Correct} {
			_, err := ComputeIn(mode, from, to, nil)
			var open *Unanswered
			if err == nil || !errors.As(err, &open) {
				continue
			}
			_ = err.Error()
			for _, q := range open.Questions {
				r, err := ParseRenames(append(q.Flags(), q.CreateFlag()))
				if err != nil {
					if strings.Contains(err.Error(), "well formed") && name != "" && other != "" {
						t.Fatal(err)
					}
					continue
				}
				if _, err := r.Resolve(q); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func FuzzParseRenames(f *testing.F) {
	for _, s := range []string{"a=b", `public."a.b".c=x`, "=a", "table:a=b", `"`, "a:b:c=d", "a.b.c.d=e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, flag string) {
		r, err := ParseRenames([]string{flag})
		if err != nil {
			if d := (*diag.Error)(nil); !errors.As(err, &d) {
				t.Fatalf("%T", err)
			}
			return
		}
		_, _ = Compute(build(table("a")), build(table("b")), r)
	})
}

func FuzzReadAnswers(f *testing.F) {
	f.Add(`[{"kind": "table", "created": {"name": "b"}, "choice": "rename", "from": {"name": "a"}}]`)
	f.Add(`[{"kind": "table", "created": {"name": "b"}, "choice": "rename", "index": 9}]`)
	f.Add("[")
	f.Fuzz(func(t *testing.T, data string) {
		answers, err := ReadAnswers("answers.json", []byte(data))
		if err != nil {
			if d := (*diag.Error)(nil); !errors.As(err, &d) {
				t.Fatalf("%T", err)
			}
			return
		}
		_, _ = Compute(build(table("a")), build(table("b")), answers)
	})
}

// large makes n tables of eight columns with an index, a foreign key and a
// unique constraint each.
func large(n int) *schema.Schema {
	parts := []part{enum("mood", "ok", "sad")}
	for i := range n {
		parts = append(parts, table(fmt.Sprintf("table_%d", i),
			column("id", "integer", primaryKey), column("name", "text", notNull), column("email", "text"), column("mood", "mood", inSchema("public"), def("'ok'")),
			column("created_at", "timestamp", notNull, def("now()")), column("parent", "integer"), column("data", "jsonb"), column("n", "numeric(7, 2)"),
			index(fmt.Sprintf("i_%d", i), on("name"), on("email")), foreignKey(fmt.Sprintf("f_%d", i), "parent", fmt.Sprintf("table_%d", i/2), "id"), unique(fmt.Sprintf("u_%d", i), "email")))
	}
	return build(parts...)
}

// changed is large with 50 changes spread over it.
func changed(n int) *schema.Schema {
	s := large(n)
	for i := range 50 {
		t := &s.Tables[i*n/50]
		switch i % 5 {
		case 0:
			t.Columns = append(t.Columns, schema.Column{Name: "added", Type: "text"})
		case 1:
			t.Columns[1].Type = "varchar(80)"
		case 2:
			t.Indexes[0].Unique = true
		case 3:
			t.Columns = t.Columns[:7]
		case 4:
			t.ForeignKeys[0].OnDelete = "cascade"
		}
	}
	return s
}

func BenchmarkCompute(b *testing.B) {
	for _, n := range []int{100, 1000, 5000} {
		from := large(n)
		for name, to := range map[string]*schema.Schema{"same": large(n), "50changes": changed(n), "fromEmpty": nil} {
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
				b.ReportAllocs()
				left, right := from, to
				if to == nil {
					left, right = &schema.Schema{}, from
				}
				for b.Loop() {
					if _, err := Compute(left, right, nil); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
