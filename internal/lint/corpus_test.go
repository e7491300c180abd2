package lint

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

var update = flag.Bool("update", false, "rewrite expected files, then inspect the difference")

// corpus is a file of testdata: migrations in their order. Those whose names
// begin with "landed" are there before; the others are one release, or in a
// file whose comment has the word "alone" a release each, and in one "without
// several-locks" that rule is off. A comment "-- want: code, code" stands before
// each statement that is to be found.
type corpus struct {
	name  string
	input Input
}

func corpora(t testing.TB) []corpus {
	t.Helper()
	all, err := readCorpora()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// readCorpora parses all of them at once, which takes a tenth of the time.
var readCorpora = sync.OnceValues(func() ([]corpus, error) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no corpus: %v", err)
	}
	var out []corpus
	var texts []string
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			return nil, err
		}
		c := corpus{name: strings.TrimSuffix(filepath.Base(path), ".txtar")}
		c.input.Whole, c.input.Alone = true, strings.Contains(string(archive.Comment), "alone")
		if strings.Contains(string(archive.Comment), "without several-locks") {
			c.input.Levels = map[string]finding.Severity{"several-locks": Off}
		}
		for _, f := range archive.Files {
			landed := strings.HasPrefix(f.Name, "landed")
			c.input.Files = append(c.input.Files, File{
				Name: f.Name, Tag: strings.TrimSuffix(f.Name, ".sql"), Text: string(f.Data), Landed: landed, Report: !landed,
			})
			texts = append(texts, string(f.Data))
		}
		out = append(out, c)
	}
	all, err := sqltree.ParseAll(context.Background(), texts)
	if err != nil {
		return nil, err
	}
	for i := range out {
		for j := range out[i].input.Files {
			f := &out[i].input.Files[j]
			f.Statements, all = all[0], all[1:]
			for _, s := range f.Statements {
				if s.Err != nil && out[i].name != "unread" {
					return nil, fmt.Errorf("%s, %s: %w in %s", out[i].name, f.Name, s.Err, s.Text)
				}
			}
		}
	}
	return out, nil
})

// wanted returns what each statement of a file is to have.
func wanted(f *File) map[int][]string {
	out := map[int][]string{}
	for _, piece := range sqltext.Split(f.Text) {
		for _, c := range sqltext.Comments(piece.Text) {
			if codes, ok := strings.CutPrefix(c.Text, "-- want:"); ok {
				at := statementOf(f.Text, f.Statements, piece.Offset+c.Offset)
				for code := range strings.SplitSeq(codes, ",") {
					out[at] = append(out[at], strings.TrimSpace(code))
				}
				slices.Sort(out[at])
			}
		}
	}
	return out
}

func TestCorpus(t *testing.T) {
	for _, c := range corpora(t) {
		t.Run(c.name, func(t *testing.T) {
			got := map[*File]map[int][]string{}
			for _, f := range judged(c.input) {
				if got[f.file] == nil {
					got[f.file] = map[int][]string{}
				}
				got[f.file][f.statement] = append(got[f.file][f.statement], f.Code)
			}
			for i := range c.input.Files {
				f := &c.input.Files[i]
				if !f.Report {
					continue
				}
				want := wanted(f)
				for j := range f.Statements {
					slices.Sort(got[f][j])
					if !slices.Equal(got[f][j], want[j]) {
						line, _ := diag.Position(f.Text, f.Statements[j].Offset)
						t.Errorf("%s:%d: got %q, not %q, for\n%s", f.Name, line, got[f][j], want[j], f.Statements[j].Text)
					}
				}
			}
		})
	}
}

// TestFindings compares all that is said of the corpus with a golden file.
func TestFindings(t *testing.T) {
	var b strings.Builder
	for _, c := range corpora(t) {
		for _, f := range judged(c.input) {
			fmt.Fprintf(&b, "== %s/%s:%d:%d %s %s\n%s\n%s\nhint: %s\n%s\n\n", c.name, f.File, f.Line, f.Column, f.Severity, f.Code, f.Message, f.Source, f.Hint, f.Recipe)
		}
	}
	const file = "testdata/findings.golden"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("rewrite %s with -update\n%s", file, diff)
	}
}

// TestEveryRuleIsTried holds the corpus to all rules but those about comments.
func TestEveryRuleIsTried(t *testing.T) {
	found := map[string]bool{}
	for _, c := range corpora(t) {
		for _, f := range judged(c.input) {
			found[f.Code] = true
		}
	}
	for _, code := range Codes() {
		if !found[code] && !strings.HasPrefix(code, "allow-") {
			t.Errorf("no statement of the corpus gives %s", code)
		}
	}
}
