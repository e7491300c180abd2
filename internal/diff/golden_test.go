package diff

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

var update = flag.Bool("update", false, "write testdata/golden.txt anew from the drizzle-kit that SKEIN_DRIZZLE_KIT names")

const goldenFile = "testdata/golden.txt"

// goldenModes in the order of Mode. A section that is not there is equal to the
// one before.
var goldenModes = []struct {
	Mode
	suffix string
}{{Exact, ""}, {Compat, " (compat)"}, {Correct, " (correct)"}}

// A goldenCase has its texts in golden.txt: what drizzle-kit writes, and where
// a defect is mended what is written here.
type goldenCase struct {
	name     string
	from, to *schema.Schema
	answers  []int // as in an oracle's trial; none: everything is new
}

// TestGolden compares with recorded texts of the real drizzle-kit.
func TestGolden(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	sections := readSections(t, goldenFile)
	seen := map[string]bool{}
	for _, gc := range goldenCases {
		for _, mode := range goldenModes {
			r, err := ComputeIn(mode.Mode, gc.from, gc.to, gc.resolver())
			if err != nil {
				t.Errorf("%s: %v", gc.name, err)
				continue
			}
			for _, ch := range r.Changes {
				seen[ch.Kind] = true
			}
			got := sqltext.Join(r.Statements(), true)
			want := sections[gc.name]
			for _, m := range goldenModes[:mode.Mode+2] {
				if text, ok := sections[gc.name+m.suffix]; ok {
					want = text
				}
			}
			if got != want {
				t.Errorf("%s%s: got\n%s\nwant\n%s", gc.name, mode.suffix, got, want)
			}
		}
	}
	for kind := range writers {
		if !seen[kind] {
			t.Errorf("no case has a change of kind %s", kind)
		}
	}
}

// readSections reads a file of texts, each below a line "=== NAME".
func readSections(t *testing.T, file string) map[string]string {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, s := range strings.Split(string(data), "\n=== ")[1:] {
		name, text, _ := strings.Cut(s, "\n")
		sections[name] = strings.TrimSuffix(text, "\n")
	}
	return sections
}

func (gc goldenCase) resolver() Resolver {
	if len(gc.answers) == 0 {
		return CreateAll
	}
	return &numbered{answers: gc.answers}
}

// writeGolden records drizzle-kit's texts, and ours where they differ.
func writeGolden(t *testing.T) {
	o := startOracle(t)
	var b strings.Builder
	b.WriteString("What drizzle-kit 0.31.11 writes for the cases of golden_test.go. Where Skein departs, its own text\n" +
		"stands there, and drizzle-kit's follows under \"drizzle-kit\". \"compat\" and \"correct\" are the texts of these\n" +
		"modes where they differ from the one before.\n")
	for _, gc := range goldenCases {
		answers := gc.answers
		if len(answers) == 0 {
			answers = []int{0}
		}
		v := o.ask(t, gc.from, gc.to, answers)
		kit := sqltext.Join(v.SQL, true)
		if v.Error != "" {
			kit = strings.SplitN(v.Error, "\n", 2)[0]
		}
		texts := make([]string, len(goldenModes))
		var notes []string
		for i, mode := range goldenModes {
			r, err := ComputeIn(mode.Mode, gc.from, gc.to, gc.resolver())
			if err != nil {
				t.Fatal(err)
			}
			texts[i] = sqltext.Join(r.Statements(), true)
			if i == 0 {
				notes = mendedNotes(r.Notes)
			}
		}
		section := func(suffix, text string) { fmt.Fprintf(&b, "\n=== %s%s\n%s\n", gc.name, suffix, text) }
		section("", texts[0])
		if texts[0] != kit {
			if len(notes) == 0 {
				t.Errorf("%s departs without a note", gc.name)
			}
			section(" (drizzle-kit)", kit)
		}
		for i := range texts[1:] {
			if texts[i+1] != texts[i] {
				section(goldenModes[i+1].suffix, texts[i+1])
			}
		}
	}
	if err := os.WriteFile(goldenFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
