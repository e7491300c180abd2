package report

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/finding"
)

var update = flag.Bool("update", false, "rewrite testdata, then inspect the difference")

// sample is a report with something of everything, run in /repo/app.
func sample() *Report {
	lines := map[string]string{
		"drizzle/0003_drop it.sql":      `ALTER TABLE "users" DROP COLUMN "age";`,
		"drizzle/0004_grün 50%.sql":     `SELECT '😀'; UPDATE "users" SET x = 1;`,
		"drizzle/meta/_journal.json":    `      "when": 1500,`,
		"../packages/db/[id]/schema.ts": "",
	}
	statement := `ALTER TABLE "users" DROP COLUMN "age";`
	return &Report{
		Command: "skein check", Version: "v1.2.3", Scope: "5 migrations, 5 snapshots", Home: "drizzle.config.ts",
		Root: Root{Dir: "/repo", Working: "/repo/app"},
		Line: func(file string, _ int) string { return lines[file] },
		Rules: []finding.Rule{
			{Code: "drop-column", Severity: finding.Error, Title: "a column is dropped", About: "Code that runs still reads it.", Fix: "Stop reading it first.", Recipe: statement},
			{Code: "update-unbounded", Severity: finding.Warning, Title: "all rows are updated at once", About: "It holds row locks.", Fix: "Update in batches."},
			{Code: "when-order", Severity: finding.Error, Title: "an entry is not newer than the one before it", About: "It is skipped.", Fix: "Give it a later time."},
		},
		Findings: []finding.Finding{
			{Code: "no-folder", Severity: finding.Warning, Message: "there is no migrations folder"},
			{Code: "schema-ahead", Severity: finding.Error, File: "../packages/db/[id]/schema.ts", Message: "the schema has a change that no migration holds",
				Detail: "ALTER TABLE \"users\"\n\tADD COLUMN \"a|b\" text DEFAULT '::error::50%';", Hint: "run skein generate"},
			{Code: "drop-column", Severity: finding.Error, File: "drizzle/0003_drop it.sql", Line: 1, Column: 21, Migration: "0003_drop it",
				Message: `"users"."age" is dropped while code may read it`, Source: diag.Excerpt(statement, 0, 20, len(statement)),
				Hint:   "stop reading the column first, deploy that, and drop the column in a release after it, when nothing that runs knows the column any more",
				Recipe: "-- 1. deploy code that does not read it\n-- 2. then\n" + statement},
			{Code: "drop-column", Severity: finding.Error, File: "drizzle/0003_drop it.sql", Line: 7, Column: 3, Migration: "0003_drop it",
				Message: `"users"."age" is dropped while code may read it`,
				Hint:    "stop reading the column first, deploy that, and drop the column in a release after it, when nothing that runs knows the column any more",
				Recipe:  "-- 1. deploy code that does not read it\n-- 2. then\n" + statement},
			{Code: "update-unbounded", Severity: finding.Warning, File: "drizzle/0004_grün 50%.sql", Line: 1, Column: 14, Migration: "0004_grün 50%",
				Message: "all rows of \"users\" are updated, at once\n::warning::<b>*&*</b> \x1b[31mred\x00", Hint: "update in batches"},
			{Code: "when-order", Severity: finding.Error, File: "drizzle/meta/_journal.json", Line: 22, Message: "entry 0002_three is not newer than 0001_two before it", Hint: "set its when"},
			{Code: "drift", Severity: finding.Error, File: "/elsewhere/a b.sql", Message: "outside", Hint: "bring it in"},
		},
		Accepted: []finding.Accepted{{
			Finding: finding.Finding{Code: "drift-snapshot", Severity: finding.Error, File: "drizzle/0003_drop it.sql", Migration: "0003_drop it", Message: "1 object differs"},
			Reason:  "was always so",
		}},
	}
}

// long is a report as the lint of an old folder gives it: many findings of few
// kinds.
func long() *Report {
	r := sample()
	r.Findings = nil
	for i := range 120 {
		table := fmt.Sprintf("t%d", i)
		f := finding.Finding{Code: "drop-column", Severity: finding.Error, File: fmt.Sprintf("drizzle/%04d_x.sql", i/3), Line: i%3*2 + 1, Column: 1,
			Message: fmt.Sprintf("%q.\"a\" is dropped while code may read it", table), Hint: "stop reading the column first",
			Recipe: "-- later\nALTER TABLE \"" + table + "\" DROP COLUMN \"a\";"}
		if i%4 == 0 {
			f.Code, f.Severity, f.Message, f.Recipe, f.Hint = "update-unbounded", finding.Warning, "all rows of "+table+" are updated", "", "update in batches"
		}
		r.Findings = append(r.Findings, f)
	}
	return r
}

// broken is a report of a run that could not do all of its work.
func broken() *Report {
	r := sample()
	r.Findings = r.Findings[5:6]
	r.Problem = &diag.Error{Kind: diag.Usage, File: "schema.ts", Line: 2, Column: 7, Message: "unexpected end of file", Detail: "2 | export\n  |       ^", Hint: "mend it"}
	return r
}

func clean() *Report {
	r := sample()
	r.Findings = nil
	return r
}

// TestFaces compares each face with a file in testdata that shows it for
// several reports.
func TestFaces(t *testing.T) {
	text := func(o TextOptions) func(*Report) string {
		return func(r *Report) string { return Text(r, o) }
	}
	roles := func(role Role, text string) string { return fmt.Sprintf("‹%d%s›", role, text) }
	sarif := func(r *Report) string { return string(SARIF(r)) }
	junit := func(r *Report) string { return string(JUnit(r)) }
	type view struct {
		name   string
		face   func(*Report) string
		report *Report
	}
	for file, views := range map[string][]view{
		"text": {
			{"everything", text(TextOptions{}), sample()}, {"nothing", text(TextOptions{}), clean()}, {"could not do all", text(TextOptions{}), broken()},
			{"60 columns", text(TextOptions{Width: 60}), sample()}, {"full", text(TextOptions{Full: true}), sample()},
			{"roles", text(TextOptions{Paint: roles}), sample()}, {"long", text(TextOptions{}), long()},
		},
		"sarif":   {{"everything", sarif, sample()}, {"nothing", sarif, clean()}, {"could not do all", sarif, broken()}},
		"github":  {{"everything", GitHub, sample()}, {"nothing", GitHub, clean()}, {"could not do all", GitHub, broken()}},
		"summary": {{"everything", Summary, sample()}, {"nothing", Summary, clean()}, {"could not do all", Summary, broken()}, {"long", Summary, long()}},
		"junit":   {{"everything", junit, sample()}, {"nothing", junit, clean()}, {"could not do all", junit, broken()}},
	} {
		t.Run(file, func(t *testing.T) {
			var got strings.Builder
			for _, v := range views {
				fmt.Fprintf(&got, "==== %s\n%s", v.name, v.face(v.report))
			}
			path := filepath.Join("testdata", file+".golden")
			if *update {
				if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestStrict: where warnings fail, tests that stand for them do.
func TestStrict(t *testing.T) {
	r := sample()
	r.Strict = true
	if text := string(JUnit(r)); !strings.Contains(text, `failures="7" errors="0" skipped="0"`) {
		t.Error(text)
	}
}

// TestFirstLinesAreLinks: whatever a report holds, each finding has one line
// in the form that editors know, at the line's start.
func TestFirstLinesAreLinks(t *testing.T) {
	for _, r := range []*Report{sample(), long()} {
		text := "\n" + Text(r, TextOptions{Width: 60})
		for _, f := range r.Findings {
			place := position(f)
			if place != "" {
				place += ": "
			}
			if want := fmt.Sprintf("\n%s%s: ", place, f.Severity); !strings.Contains(text, want) {
				t.Errorf("%q is missing", want)
			}
		}
	}
}
