package diag

import "testing"

func TestErrorText(t *testing.T) {
	for _, c := range []struct {
		err  Error
		want string
	}{
		{Error{Message: "no config"}, "no config"},
		{Error{File: "a.sql", Message: "bad"}, "a.sql: bad"},
		{Error{File: "a.sql", Line: 3, Message: "bad"}, "a.sql:3: bad"},
		{Error{File: "a.sql", Line: 3, Column: 7, Message: "bad", Detail: "  ^", Hint: "mend it"}, "a.sql:3:7: bad\n  ^\nhint: mend it"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestLineColumn(t *testing.T) {
	text := []byte("eins\nzwölf\n")
	for _, c := range []struct{ offset, line, column int }{
		{0, 1, 1}, {4, 1, 5}, {5, 2, 1}, {9, 2, 4}, {99, 3, 1}, {-1, 1, 1},
	} {
		if line, column := LineColumn(text, c.offset); line != c.line || column != c.column {
			t.Errorf("offset %d: got %d:%d, want %d:%d", c.offset, line, column, c.line, c.column)
		}
	}
}
