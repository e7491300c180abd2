package sqltree

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestStatements shows what is read of each kind of statement. The golden file
// has the statement, its value, and what it uses.
func TestStatements(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "statements.sql"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, s := range found {
		if s.Text != string(text[s.Offset:s.End()]) {
			t.Errorf("the statement stands elsewhere: %s", s.Text)
		}
		describe(&b, s, "")
	}
	golden := filepath.Join("testdata", "statements.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("run with -update and read the difference:\n%s", diff)
	}
}

func describe(b *strings.Builder, s Statement, indent string) {
	first, _, more := strings.Cut(s.Text, "\n")
	if more {
		first += " …"
	}
	fmt.Fprintf(b, "%s%s\n%s  %s %s\n", indent, first, indent, strings.TrimPrefix(fmt.Sprintf("%T", s.Node), "*sqltree."), said(s.Node))
	if uses := said(s.Uses); uses != "{}" {
		fmt.Fprintf(b, "%s  uses %s\n", indent, uses)
	}
	for flag, on := range map[string]bool{"opaque": s.Opaque, "guarded": s.Guarded, "commits": s.Commits} {
		if on {
			fmt.Fprintf(b, "%s  %s\n", indent, flag)
		}
	}
	if s.Err != nil {
		fmt.Fprintf(b, "%s  %s at %d\n", indent, s.Err.Message, s.Err.Offset-s.Offset)
	}
	for _, inner := range s.Body {
		describe(b, inner, indent+"  ")
	}
}

// said prints a value as JSON without what is zero or a place.
func said(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	var plain any
	if err := json.Unmarshal(data, &plain); err != nil {
		return err.Error()
	}
	out, err := json.Marshal(spare(plain))
	if err != nil {
		return err.Error()
	}
	return string(out)
}

func spare(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			inner = spare(inner)
			v[key] = inner
			m, isMap := inner.(map[string]any)
			if key == "Offset" || inner == nil || inner == "" || inner == false || inner == 0.0 || isMap && len(m) == 0 {
				delete(v, key)
			}
		}
	case []any:
		for i := range v {
			v[i] = spare(v[i])
		}
	}
	return v
}
