package drizzle

import "testing"

func TestParseJSONCTakesWhatTypeScriptTakes(t *testing.T) {
	for _, text := range []string{
		"", "{}", "{ // a comment\n}", `{ "a": [1, 2,], }`, "{}\n// }", "/* before */ {}", "{}\r\n// }\r\n",
	} {
		if _, err := parseJSONC([]byte(text)); err != nil {
			t.Errorf("%q is refused: %s", text, err.reason)
		}
	}
	for _, text := range []string{"{", "{} {}", "{ a: 1 }", "/* open"} {
		if _, err := parseJSONC([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
