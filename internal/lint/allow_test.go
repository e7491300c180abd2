package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/sqltree"
)

// lintText judges one migration about which nothing is known.
func lintText(t testing.TB, text string) Result {
	t.Helper()
	statements, err := sqltree.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return Run(Input{Files: []File{{Name: "a.sql", Text: text, Statements: statements, Report: true}}})
}

func TestAllow(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string // findings, and "allowed: code: reason"
	}{
		{"before", "-- skein:allow drop-table reason=unused since 2.4\nDROP TABLE a;", []string{"allowed: drop-table: unused since 2.4"}},
		{"lines between", "-- skein:allow drop-table reason=x\n\n-- more words\nDROP TABLE a;", []string{"allowed: drop-table: x"}},
		{"behind", "DROP TABLE a; -- skein:allow drop-table reason=x\nDROP TABLE b;", []string{"2 drop-table", "allowed: drop-table: x"}},
		{"behind a breakpoint", "DROP TABLE a;--> statement-breakpoint -- skein:allow drop-table reason=x\nDROP TABLE b;", []string{"2 drop-table", "allowed: drop-table: x"}},
		{"within", "ALTER TABLE a\n\tDROP COLUMN b, -- skein:allow drop-column reason=x\n\tDROP COLUMN c;", []string{"allowed: drop-column: x", "allowed: drop-column: x"}},
		{"block comment", "/* skein:allow drop-table reason=x */ DROP TABLE a;", []string{"allowed: drop-table: x"}},
		{"several codes", "-- skein:allow drop-table, cascade reason=both are wanted\nDROP TABLE a CASCADE;", []string{"allowed: drop-table: both are wanted", "allowed: cascade: both are wanted"}},
		{"several comments", "-- skein:allow drop-table reason=x\n-- skein:allow cascade reason=y\nDROP TABLE a CASCADE;", []string{"allowed: drop-table: x", "allowed: cascade: y"}},
		{"one of two", "-- skein:allow drop-table reason=x\nDROP TABLE a CASCADE;", []string{"2 cascade", "allowed: drop-table: x"}},
		{"next statement only", "-- skein:allow drop-table reason=x\nDROP TABLE a;\nDROP TABLE b;", []string{"3 drop-table", "allowed: drop-table: x"}},
		{"no reason", "-- skein:allow drop-table\nDROP TABLE a;", []string{"1 allow-without-reason", "allowed: drop-table: "}},
		{"empty reason", "-- skein:allow drop-table reason=\nDROP TABLE a;", []string{"1 allow-without-reason", "allowed: drop-table: "}},
		{"no code", "-- skein:allow reason=x\nDROP TABLE a;", []string{"1 allow-unknown", "2 drop-table"}},
		{"unknown code", "-- skein:allow drop-tabel reason=x\nDROP TABLE a;", []string{"1 allow-unknown did you mean drop-table?", "2 drop-table"}},
		{"unused", "-- skein:allow drop-column reason=x\nDROP TABLE a;", []string{"1 allow-unused", "2 drop-table"}},
		{"behind the last", "DROP TABLE a;\n-- skein:allow drop-table reason=x", []string{"1 drop-table", "2 allow-unused"}},
		{"in a string", "SELECT '-- skein:allow drop-table reason=x';\nDROP TABLE a;", []string{"2 drop-table"}},
		{"in a body", "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ -- skein:allow drop-table reason=x\n$$;\nDROP TABLE a;", []string{"3 drop-table"}},
		{"a block is one statement", "-- skein:allow drop-table reason=x\nDO $$ BEGIN DROP TABLE a; DROP TABLE b; END $$;", []string{"allowed: drop-table: x", "allowed: drop-table: x"}},
		{"another word", "-- skein:allowed drop-table reason=x\nDROP TABLE a;", []string{"2 drop-table"}},
		{"the other linter's", "--\n-- drizzle-migration-linter: allow-breaking\n-- drizzle-migration-linter: reason=it is fine\nDROP TABLE a CASCADE;\nDROP TABLE b;",
			[]string{"4 cascade", "allowed: drop-table: it is fine", "allowed: drop-table: it is fine"}},
		{"the other linter's, anywhere", "DROP TABLE a;\n-- DRIZZLE-migration-linter:allow-breaking\n-- drizzle-migration-linter: reason = x", []string{"allowed: drop-table: x"}},
		{"the other linter's without reason", "-- drizzle-migration-linter: allow-breaking\nDROP TABLE a;", []string{"1 allow-without-reason", "allowed: drop-table: "}},
		{"the other linter's, unused", "-- drizzle-migration-linter: allow-breaking\n-- drizzle-migration-linter: reason=new\nCREATE TABLE a (b text UNIQUE);", []string{"1 allow-unused"}},
		{"the other linter's in a string", "SELECT '\n-- drizzle-migration-linter: allow-breaking\n';DROP TABLE a;", []string{"3 drop-table"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := lintText(t, c.text)
			var got []string
			for _, f := range r.Findings {
				line := fmt.Sprint(f.Line, " ", f.Code)
				if strings.HasPrefix(f.Hint, "did you mean") {
					line += " " + f.Hint
				}
				got = append(got, line)
			}
			for _, a := range r.Allowed {
				got = append(got, "allowed: "+a.Code+": "+a.Reason)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLevels(t *testing.T) {
	text := "-- skein:allow cascade reason=x\nDROP TABLE a;"
	statements, err := sqltree.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	in := Input{Files: []File{{Text: text, Statements: statements, Report: true}}, Levels: map[string]finding.Severity{"drop-table": finding.Warning, "cascade": Off}}
	got := Run(in).Findings
	if len(got) != 1 || got[0].Code != "drop-table" || got[0].Severity != finding.Warning {
		t.Errorf("%+v", got)
	}
}

// FuzzRun looks for text that is judged with a panic, at a place outside of the
// file, or other than the time before.
func FuzzRun(f *testing.F) {
	for _, c := range corpora(f) {
		for _, file := range c.input.Files {
			f.Add(file.Text)
		}
	}
	f.Add("-- skein:allow drop-table reason=x\nDROP TABLE a;-- skein:allow")
	f.Fuzz(func(t *testing.T, text string) {
		r := lintText(t, text)
		for _, found := range r.Findings {
			if found.Line < 1 || found.Line > strings.Count(text, "\n")+1 || !known(found.Code) {
				t.Errorf("%s at line %d", found.Code, found.Line)
			}
		}
		if again := lintText(t, text); !slices.Equal(again.Findings, r.Findings) {
			t.Error("another answer the second time")
		}
	})
}

// FuzzAllowances looks for comments that are read with a panic, or counted
// where there is none.
func FuzzAllowances(f *testing.F) {
	f.Add("-- skein:allow a, b reason=c\nSELECT 1; /* skein:allow\n\n*/")
	f.Add("SELECT '-- skein:allow a'--> statement-breakpoint -- skein:allow b reason = d")
	f.Add("-- drizzle-migration-linter: allow-breaking\r\n-- drizzle-migration-linter: reason=")
	f.Fuzz(func(t *testing.T, text string) {
		for _, a := range allowances(text, nil) {
			words := text[a.offset : a.offset+a.length]
			if !strings.HasPrefix(words, "skein:allow") && !strings.HasPrefix(strings.ToLower(words), "drizzle-migration-linter:") {
				t.Errorf("a comment at %q", words)
			}
		}
	})
}
