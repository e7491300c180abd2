package interop

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/check/checktest"
	"github.com/skein-db/skein/internal/finding"
)

// checked is what both programs made of one broken folder.
type checked struct {
	name  string
	codes []string // Skein's
	kit   checktest.Kit
	said  string // drizzle-kit's words
}

// TestCheckBesideDrizzleKit runs both checks on every broken folder, counts how
// many each finds, and holds the table of cases to what drizzle-kit does. With
// -v it prints all of them. A plain run takes every ninth; SKEIN_FOLDERS=all
// takes all.
func TestCheckBesideDrizzleKit(t *testing.T) {
	modules := nodeModules(t)
	var mu sync.Mutex
	var all []checked
	t.Run("folders", func(t *testing.T) {
		for i, c := range checktest.Cases() {
			// drizzle-kit takes seconds for each, and the gate has minutes.
			if os.Getenv("SKEIN_FOLDERS") != "all" && i%9 != 0 {
				continue
			}
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				got := checkBoth(t, c, modules)
				if got.kit != c.Kit {
					t.Errorf("drizzle-kit check: %q, the case says %q\n%s", got.kit, c.Kit, got.said)
				}
				mu.Lock()
				defer mu.Unlock()
				all = append(all, got)
			})
		}
	})
	broken, skein, stops, warns := 0, 0, 0, 0
	slices.SortFunc(all, func(a, b checked) int { return strings.Compare(a.name, b.name) })
	for _, c := range all {
		t.Logf("%-58s skein: %-42s drizzle-kit: %-6s %s", c.name, strings.Join(c.codes, ", "), c.kit, c.said)
		if len(c.codes) == 0 {
			continue
		}
		broken, skein = broken+1, skein+1
		switch c.kit {
		case checktest.KitStops:
			stops++
		case checktest.KitWarns:
			warns++
		}
	}
	t.Logf("%d broken folders: Skein finds %d, drizzle-kit check stops at %d and warns of %d; %d sound ones", broken, skein, stops, warns, len(all)-broken)
}

// checkBoth runs both programs on the folder of a case. Skein has to find what
// the case says, and nothing else.
func checkBoth(t *testing.T, c checktest.Case, modules string) checked {
	f := checktest.Broken(t, c)
	p := &project{t: t, dir: f.Project}
	f.Must(os.Symlink(modules, p.path("node_modules")))
	got := checked{name: c.Name}

	args := []string{"check", "--dialect=postgresql", "--out=drizzle", "--format=json", "--no-cache", "--replay=off"}
	if c.Schema != "" {
		args = append(args, "--schema=schema.ts")
	}
	r := p.run(nil, skeinBinary(t), args...)
	var report struct{ Findings []finding.Finding }
	if err := json.Unmarshal([]byte(r.out), &report); err != nil || r.code > 1 {
		t.Fatalf("skein check: %v %v", err, r)
	}
	failed := 0
	for _, found := range report.Findings {
		got.codes = append(got.codes, found.Code)
		if found.Severity == finding.Error {
			failed = 1
		}
	}
	var want []string
	for _, line := range c.Want {
		want = append(want, strings.Fields(line)[1])
	}
	if diff := cmp.Diff(want, got.codes); diff != "" || r.code != failed {
		t.Errorf("skein check: %s\n%v", diff, r)
	}

	r = p.run(nil, "node", p.path("node_modules/drizzle-kit/bin.cjs"), "check", "--dialect=postgresql", "--out=drizzle")
	got.said = firstLine(r.err + r.out)
	switch {
	case r.code != 0 || !strings.Contains(r.out, "Everything's fine"):
		got.kit = checktest.KitStops
	case strings.Contains(r.out+r.err, "Warning"):
		got.kit = checktest.KitWarns
	}
	return got
}

// firstLine is the first line of a text that says something, not too long.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			return fmt.Sprintf("%.100s", line)
		}
	}
	return ""
}
