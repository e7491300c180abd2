package sqltext

import (
	"strings"
	"testing"
)

func FuzzSplit(f *testing.F) {
	f.Add("CREATE TABLE a ();\n--> statement-breakpoint\nSELECT 1;")
	f.Add("\uFEFFa\r\n--> statement-breakpoint--> statement-breakpoint")
	f.Fuzz(func(t *testing.T, file string) {
		var texts []string
		for _, p := range Split(file) {
			if file[p.Offset:p.Offset+len(p.Text)] != p.Text {
				t.Fatalf("piece %q is not at %d", p.Text, p.Offset)
			}
			if want := 1 + strings.Count(file[:p.Offset], "\n"); p.Line != want {
				t.Fatalf("piece %q is on line %d, not %d", p.Text, want, p.Line)
			}
			texts = append(texts, p.Text)
		}
		if strings.Join(texts, Breakpoint) != file {
			t.Fatal("the pieces are not the file")
		}
	})
}

func FuzzStatements(f *testing.F) {
	f.Add("SELECT 'a;'; -- b\nSELECT E'\\';'\n';';")
	f.Add("CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN 1 THEN 2 END; END; /* /* */ ; */ $a$;$a$")
	f.Add("(((;)))\";\"$1;$ä$;U&'\\")
	f.Fuzz(func(t *testing.T, text string) {
		after := 0
		for _, s := range Statements(text) {
			gap(t, text[after:s.Offset], after)
			if after = s.Offset + len(s.Text); s.Text == "" || text[s.Offset:after] != s.Text {
				t.Fatalf("statement %q is not at %d", s.Text, s.Offset)
			}
			Keywords(s.Text, 3)
		}
		gap(t, text[after:], after)
	})
}

// gap fails when code stands between two statements. A byte order mark is
// white space only at the start of the whole.
func gap(t *testing.T, text string, at int) {
	t.Helper()
	for first := FirstCode(text); first < len(text); first = FirstCode(text) {
		if text[first] != ';' || at > 0 && strings.HasPrefix(text, byteOrderMark) {
			t.Fatalf("code between statements at %d: %q", at+first, text)
		}
		text, at = text[first+1:], at+first+1
	}
}

func FuzzBreakpoints(f *testing.F) {
	f.Add("SELECT '--> statement-breakpoint';\n--> statement-breakpoint(\n--> statement-breakpoint\n)")
	f.Add("/* --> statement-breakpoint */ $a$ --> statement-breakpoint --> statement-breakpoint $a$")
	f.Add("-- a --> statement-breakpoint b\n-->statement-breakpoint")
	f.Fuzz(func(t *testing.T, file string) {
		after, count := 0, 0
		for _, b := range MisplacedBreakpoints(file) {
			if b.Offset < after || !strings.HasPrefix(file[b.Offset:], Breakpoint) || b.Within == "" || b.Count < 1 {
				t.Fatalf("%+v after %d", b, after)
			}
			after, count = b.Offset+len(Breakpoint), count+b.Count
		}
		if count > strings.Count(file, Breakpoint) {
			t.Fatalf("%d breakpoints are misplaced", count)
		}
		for _, at := range MisspelledBreakpoints(file) {
			if !strings.HasPrefix(file[at:], "--") || strings.HasPrefix(file[at:], Breakpoint) {
				t.Fatalf("no comment at %d", at)
			}
		}
	})
}
