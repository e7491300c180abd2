package studio

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAPIPage compares docs/studio-api.md with the program.
func TestAPIPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/studio-api.md")
	if err != nil {
		t.Fatal(err)
	}
	var page, program []string
	for _, m := range regexp.MustCompile("(?m)^### `([^`]+)`$").FindAllStringSubmatch(string(text), -1) {
		page = append(page, m[1])
	}
	for _, e := range (&Server{}).endpoints() {
		program = append(program, e.pattern)
	}
	slices.Sort(page)
	slices.Sort(program)
	if d := cmp.Diff(program, page); d != "" {
		t.Errorf("docs/studio-api.md (+) and the program (-): %s", d)
	}
}
