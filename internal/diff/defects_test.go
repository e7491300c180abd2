package diff

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

const defectsFile = "testdata/defects.txt"

// A defectCase shows one defect of drizzle-kit's. Its text for the case is in
// defects.txt; run_test.go runs it and ours.
type defectCase struct {
	name          string
	defect        *Defect
	from, to      *schema.Schema
	setup, rows   string
	answers       []int
	kit           string
	query, result string
}

func (d defectCase) resolver() Resolver {
	return goldenCase{answers: d.answers}.resolver()
}

// TestDefectTexts holds that every defect has a case and that Compat or
// Correct say so, and that Exact writes what drizzle-kit writes wherever it
// does so in the recorded texts.
func TestDefectTexts(t *testing.T) {
	if *update {
		writeDefects(t)
	}
	texts := readSections(t, defectsFile)
	shown := map[*Defect]bool{}
	for _, d := range defectCases {
		shown[d.defect] = true
		r, err := ComputeIn(Exact, d.from, d.to, d.resolver())
		if err != nil {
			t.Errorf("%s: %v", d.name, err)
			continue
		}
		if text := sqltext.Join(r.Statements(), true); text != texts[d.name] && len(mendedNotes(r.Notes)) == 0 {
			t.Errorf("%s: got\n%s\nwant\n%s", d.name, text, texts[d.name])
		}
		r, err = ComputeIn(max(Compat, d.defect.Mended), d.from, d.to, d.resolver())
		if err != nil {
			t.Errorf("%s: %v", d.name, err)
			continue
		}
		if !slices.Contains(mendedNotes(r.Notes), d.defect.Name) {
			t.Errorf("%s: no note of %s in %q", d.name, d.defect.Name, r.Notes)
		}
	}
	for _, d := range Defects {
		if !shown[d] {
			t.Errorf("no case shows %s", d.Name)
		}
	}
}

func writeDefects(t *testing.T) {
	o := startOracle(t)
	var b strings.Builder
	b.WriteString("What drizzle-kit 0.31.11 writes for the cases of defects_cases_test.go, or how it crashes.\n")
	for _, d := range defectCases {
		answers := d.answers
		if len(answers) == 0 {
			answers = []int{0}
		}
		v := o.ask(t, d.from, d.to, answers)
		text := sqltext.Join(v.SQL, true)
		if v.Error != "" {
			text = "crashes: " + strings.SplitN(v.Error, "\n", 2)[0]
		}
		fmt.Fprintf(&b, "\n=== %s\n%s\n", d.name, text)
	}
	if err := os.WriteFile(defectsFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
