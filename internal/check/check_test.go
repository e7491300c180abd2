package check_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/check"
	"github.com/skein-db/skein/internal/check/checktest"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/filefacts"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/schema"
)

func TestBrokenFolders(t *testing.T) {
	names := map[string]bool{}
	for _, c := range checktest.Cases() {
		if names[c.Name] {
			t.Errorf("two cases are called %q", c.Name)
		}
		names[c.Name] = true
		t.Run(c.Name, func(t *testing.T) {
			f := checktest.Broken(t, c)
			got := findings(f, f.Input())
			for i, line := range got {
				if i >= len(c.Want) || !strings.HasPrefix(line, c.Want[i]) {
					t.Errorf("got %q, want %q", line, append(c.Want, make([]string, i+1)...)[i])
				}
			}
			if len(got) < len(c.Want) {
				t.Errorf("not found: %q", c.Want[len(got):])
			}
			in, cache := f.Input(), t.TempDir()
			for _, run := range []string{"first", "second"} {
				in.Known = filefacts.Open(cache, f.Dir)
				if diff := cmp.Diff(got, findings(f, in)); diff != "" {
					t.Errorf("the %s run with a memory says other things:\n%s", run, diff)
				}
			}
		})
	}
}

// findings runs all rules and returns what they say, one line each.
func findings(f *checktest.Folder, in check.Input) []string {
	f.Helper()
	report, err := check.Examine(context.Background(), in)
	f.Must(err)
	var out []string
	errorsFound := 0
	for _, found := range report.Findings {
		if found.Severity == finding.Error {
			errorsFound++
		}
		if found.Hint == "" || strings.Contains(found.Message, f.Dir) {
			f.Errorf("a finding wants a hint, and paths in File alone: %+v", found)
		}
		if !slices.ContainsFunc(check.Rules, func(r finding.Rule) bool { return r.Code == found.Code }) {
			f.Errorf("Rules say nothing about the code %q", found.Code)
		}
		out = append(out, f.Line(found))
	}
	if report.Errors != errorsFound || report.Errors+report.Warnings != len(report.Findings) {
		f.Errorf("counts: %+v", report)
	}
	return out
}

func TestNoFolder(t *testing.T) {
	if got := findings(checktest.Sound(t), check.Input{Dir: filepath.Join(t.TempDir(), "none")}); got != nil {
		t.Error(got)
	}
}

func TestSchemaAgainstLastSnapshot(t *testing.T) {
	f := checktest.Sound(t)
	if got := findings(f, check.Input{Dir: f.Dir, Desired: checktest.Users("id", "name"), SchemaFile: "schema.ts"}); got != nil {
		t.Error(got)
	}
	for _, c := range []struct {
		columns       []string
		message, body string
	}{
		{[]string{"id", "name", "age"}, "the schema has a change that no migration holds", `ALTER TABLE "users" ADD COLUMN "age" integer;`},
		{[]string{"number", "name", "age"}, "the schema has changes that no migration holds: 3 statements", "ALTER TABLE \"users\" ADD COLUMN \"number\" integer;\n" +
			"ALTER TABLE \"users\" ADD COLUMN \"age\" integer;\nALTER TABLE \"users\" DROP COLUMN \"id\";"},
	} {
		found, err := check.Run(context.Background(), check.Input{Dir: f.Dir, Desired: checktest.Users(c.columns...), SchemaFile: "schema.ts"})
		f.Must(err)
		want := []finding.Finding{{Code: "schema-ahead", Severity: finding.Error, File: "schema.ts", Message: c.message, Detail: c.body, Hint: "run skein generate"}}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Error(diff)
		}
	}
	// A new project: everything is missing, and quoted up to a bound.
	many := &schema.Schema{}
	for i := range 50 {
		many.Tables = append(many.Tables, schema.Table{Schema: schema.Public, Name: fmt.Sprint("t", i), Columns: checktest.Users("id").Tables[0].Columns})
	}
	found, err := check.Run(context.Background(), check.Input{Dir: f.Path("none"), Desired: many, SchemaFile: "schema.ts"})
	f.Must(err)
	if len(found) != 1 || !strings.HasSuffix(found[0].Detail, ");\n-- and 10 more") {
		t.Errorf("%+v", found)
	}
	// A last snapshot that cannot be read is told once.
	f.Write(checktest.Third, "")
	if got := findings(f, check.Input{Dir: f.Dir, Desired: checktest.Users("id", "age"), SchemaFile: "schema.ts"}); len(got) != 1 || !strings.Contains(got[0], "snapshot-unreadable") {
		t.Error(got)
	}
}

func TestFolderThatCannotBeRead(t *testing.T) {
	f := checktest.Sound(t)
	f.Write("file", "")
	_, err := check.Run(context.Background(), check.Input{Dir: f.Path("file")})
	var d *diag.Error
	if !errors.As(err, &d) || d.Hint == "" {
		t.Errorf("%v", err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := check.Run(ctx, check.Input{Dir: checktest.Sound(t).Dir}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
