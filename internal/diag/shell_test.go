package diag

import "testing"

func TestShellQuote(t *testing.T) {
	for word, want := range map[string]string{
		"": "''", "a.b=c": "a.b=c", "two words": "'two words'", "it's": `'it'\''s'`, `"q"`: `'"q"'`, "$x": "'$x'",
	} {
		if got := ShellQuote(word); got != want {
			t.Errorf("%q: got %s, want %s", word, got, want)
		}
	}
}
