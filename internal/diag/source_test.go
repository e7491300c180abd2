package diag

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("abcdefghi ", 30)
	for _, c := range []struct{ name, marked, want string }{ // ‹ starts the statement, ^ is the place, › ends it
		{"one line", "‹SELECT ^x;›", "1 | SELECT x;\n  |        ^"},
		{"of several lines the last ones", "‹a\nb\nc\nd\ne\n  ^f\ng;›", "3 | c\n4 | d\n5 | e\n6 |   f\n  |   ^"},
		{"as a whole", "x;\n‹^a\nb\nc\nd\ne;›", "2 | a\n  | ^\n3 | b\n4 | c\n5 | d"},
		{"tabs and wide letters", "‹\tä\t^x;›", "1 | \tä\tx;\n  | \t \t^"},
		{"carriage returns and byte order mark", "\uFEFF‹a\r\n  ^b;›\r\n", "1 | a\n2 |   b;\n  |   ^"},
		{"byte order mark and caret in line 1", "\uFEFF‹a ^b;›", "1 | a b;\n  |   ^"},
		{"at the end", "‹SELECT (1^›", "1 | SELECT (1\n  |          ^"},
		{"a long line", "‹" + long + "^x " + long + "›",
			"1 | …" + long[len(long)-60:] + "x " + long[:38] + "…\n  | " + strings.Repeat(" ", 61) + "^"},
		{"line numbers of two digits", strings.Repeat("\n", 8) + "‹a\n^b›", " 9 | a\n10 | b\n   | ^"},
	} {
		start, text := cutMark(c.marked, "‹")
		at, text := cutMark(text, "^")
		end, text := cutMark(text, "›")
		if diff := cmp.Diff(c.want, Excerpt(text, start, at, end)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func cutMark(text, mark string) (int, string) {
	at := strings.Index(text, mark)
	return at, text[:at] + text[at+len(mark):]
}

func FuzzExcerpt(f *testing.F) {
	f.Add("a\r\nb", 1, 2, 3)
	f.Fuzz(func(t *testing.T, file string, start, at, end int) {
		size := len(file)
		at = max(0, min(at, size))
		Excerpt(file, max(0, min(start, at)), at, max(at, min(end, size)))
	})
}
