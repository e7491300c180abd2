package diag

import "testing"

func TestNearest(t *testing.T) {
	words := []string{"upstream", "check", "generated"}
	for name, want := range map[string]string{
		"upstram": "upstream", "chekc": "check", "generate": "generated", "chk": "check", "database": "", "": "",
	} {
		if got := Nearest(name, words); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
