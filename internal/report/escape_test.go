package report

import (
	"encoding/xml"
	"io"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/finding"
)

func TestPaths(t *testing.T) {
	root := Root{Dir: "/repo", Working: "/repo/app"}
	for _, c := range []struct {
		file, slash, uri string
		inside           bool
	}{
		{"drizzle/a.sql", "app/drizzle/a.sql", "app/drizzle/a.sql", true},
		{"./drizzle/../a.sql", "app/a.sql", "app/a.sql", true},
		{"../db/a.sql", "db/a.sql", "db/a.sql", true},
		{"/repo/a.sql", "a.sql", "a.sql", true},
		{"a b#c?d%.sql", "app/a b#c?d%.sql", "app/a%20b%23c%3Fd%25.sql", true},
		{"grün/😀.sql", "app/grün/😀.sql", "app/gr%C3%BCn/%F0%9F%98%80.sql", true},
		{"../a:b.sql", "a:b.sql", "./a:b.sql", true},
		{"../[id].ts", "[id].ts", "%5Bid%5D.ts", true},
		{"../..a/x", "..a/x", "..a/x", true},
		{"../../a.sql", "../../a.sql", "file:///a.sql", false},
		{"/a b.sql", "/a b.sql", "file:///a%20b.sql", false},
	} {
		name, inside := root.slash(c.file)
		if name != c.slash || inside != c.inside {
			t.Errorf("%s: got %s, %v", c.file, name, inside)
		}
		got := (&Report{Root: root}).locations(c.file, 0, 0)[0].Physical.Artifact
		if got.URI != c.uri || (got.URIBaseID != "") != c.inside {
			t.Errorf("%s: URI %+v, want %s", c.file, got, c.uri)
		}
	}
}

func TestEscapes(t *testing.T) {
	for _, c := range []struct{ text, data, property string }{
		{"a, b: c", "a, b: c", "a%2C b%3A c"},
		{"100%\r\nx", "100%25%0D%0Ax", "100%25%0D%0Ax"},
		{"%0A", "%250A", "%250A"},
		{"::error::x", "::error::x", "%3A%3Aerror%3A%3Ax"},
		{"grün", "grün", "grün"},
	} {
		if got := escapeData(c.text); got != c.data {
			t.Errorf("%q: data %q", c.text, got)
		}
		if got := escapeProperty(c.text); got != c.property {
			t.Errorf("%q: property %q", c.text, got)
		}
	}
	for text, want := range map[string]string{
		"a|b": `a\|b`, "<b>": `\<b\>`, "*x* _y_": `\*x\* \_y\_`, "a\nb": "a b", "[a](b)": `\[a\]\(b\)`, "@you #1": `\@you \#1`,
	} {
		if got := markdown(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := fenced("sql", "```"); got != "````sql\n```\n````" {
		t.Errorf("%q", got)
	}
	if got := printable("a\x1b[31m\u202eb\tc\n\u0085"); got != "a[31mb\tc\n" {
		t.Errorf("%q", got)
	}
}

func TestUTF16Columns(t *testing.T) {
	r := &Report{Line: func(string, int) string { return "\uFEFFä😀😀x" }}
	for column, want := range map[int]int{0: 0, 1: 1, 2: 2, 3: 4, 4: 6, 5: 7, 9: 11} {
		if got := r.utf16Column("f", 1, column); got != want {
			t.Errorf("column %d: got %d, want %d", column, got, want)
		}
	}
	if got := (&Report{}).utf16Column("f", 1, 4); got != 4 {
		t.Errorf("without the line: %d", got)
	}
}

// TestFingerprints: those of two runs agree when lines were put in above, and
// differ when it is another statement.
func TestFingerprints(t *testing.T) {
	prints := func(text string, lines ...int) []string {
		r := &Report{Line: func(_ string, line int) string { return strings.Split(text, "\n")[line-1] }}
		p := fingerprints{report: r, seen: map[string]int{}}
		var out []string
		for _, line := range lines {
			out = append(out, p.of(finding.Finding{Code: "drop-table", File: "a.sql", Line: line}))
		}
		return out
	}
	before := prints("DROP TABLE a;\nDROP TABLE b;\nDROP TABLE a;", 1, 2, 3)
	after := prints("-- note\n\nDROP  TABLE a;\nDROP TABLE b;\nDROP TABLE a;", 3, 4, 5)
	for i := range before {
		if before[i] != after[i] {
			t.Errorf("finding %d: %s became %s", i, before[i], after[i])
		}
	}
	if before[0] == before[1] || before[0] == before[2] {
		t.Errorf("two findings have one fingerprint: %q", before)
	}
}

// FuzzEscapes puts any text everywhere and looks whether each face still has
// the form that its reader needs.
func FuzzEscapes(f *testing.F) {
	for _, seed := range []string{"a b", "50%,:\r\n::error::", "]]>\x00<&\uFFFE", "```|\\*", "\xff\xfe", "../[x]:y", "\u202e\x1b[0m"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		one := finding.Finding{Code: "x", Severity: finding.Error, File: text, Line: 1, Column: 2, Migration: text, Message: text, Source: text, Detail: text, Hint: text, Recipe: text}
		r := &Report{Command: "skein check", Scope: "1 file", Root: Root{Dir: "/r", Working: "/r/w"}, Findings: []finding.Finding{one, one}, Line: func(string, int) string { return text }}

		command := strings.Split(GitHub(r), "\n")
		if len(command) != 4 || !strings.HasPrefix(command[0], "::error ") || !strings.Contains(command[0], "title=x::") {
			t.Errorf("workflow commands: %q", command)
		}
		if got := unescapeCommand(escapeProperty(text)); got != text {
			t.Errorf("property: %q came back as %q", text, got)
		}
		wellFormed(t, JUnit(r))
		if name := filepath.ToSlash(text); strings.Trim(name, "/.") != "" {
			parsed, err := url.Parse(uri(name))
			if err != nil || path.Clean(parsed.Path) != path.Clean(name) {
				t.Errorf("%q is %q as a URI: %v", name, uri(name), err)
			}
		}
		if strings.ContainsAny(markdown(text), "\r\n") {
			t.Errorf("markdown of %q is more than a line", text)
		}
		if strings.ContainsAny(Text(r, TextOptions{}), "\x00\x1b\r") {
			t.Errorf("text of %q moves the cursor", text)
		}
	})
}

func unescapeCommand(text string) string {
	return strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(text)
}

func wellFormed(t *testing.T, document []byte) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(string(document)))
	for {
		_, err := decoder.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("not well formed: %v\n%s", err, document)
		}
	}
}
