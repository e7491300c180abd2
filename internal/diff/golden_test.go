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
	data, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, s := range strings.Split(string(data), "\n=== ")[1:] {
		name, text, _ := strings.Cut(s, "\n")
		sections[name] = strings.TrimSuffix(text, "\n")
	}
	seen := map[string]bool{}
	for _, gc := range goldenCases {
		for mode, suffix := range []string{"", " (mended)"} {
			r, err := ComputeIn(Mode(mode), gc.from, gc.to, gc.resolver())
			if err != nil {
				t.Errorf("%s: %v", gc.name, err)
				continue
			}
			for _, ch := range r.Changes {
				seen[ch.Kind] = true
			}
			got := sqltext.Join(r.Statements(), true)
			want, ok := sections[gc.name+suffix]
			if !ok {
				want = sections[gc.name]
			}
			if got != want {
				t.Errorf("%s%s: got\n%s\nwant\n%s", gc.name, suffix, got, want)
			}
		}
	}
	for kind := range writers {
		if !seen[kind] {
			t.Errorf("no case has a change of kind %s", kind)
		}
	}
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
		"stands there, and drizzle-kit's follows under \"drizzle-kit\". \"mended\" is the text of that mode where it differs.\n")
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
		texts := make([]string, 2)
		var notes []string
		for mode := range texts {
			r, err := ComputeIn(Mode(mode), gc.from, gc.to, gc.resolver())
			if err != nil {
				t.Fatal(err)
			}
			texts[mode] = sqltext.Join(r.Statements(), true)
			if mode == 0 {
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
		if texts[1] != texts[0] {
			section(" (mended)", texts[1])
		}
	}
	if err := os.WriteFile(goldenFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
