package internal

import (
	"os/exec"
	"strings"
	"testing"
)

// floors says how high each package stands. A package imports only packages
// on lower floors; docs/design.md has the same table for people.
var floors = map[string]int{
	"internal/diag":         1,
	"internal/finding":      1,
	"internal/guard":        1,
	"internal/nobody":       1,
	"internal/secret":       1,
	"internal/session":      1,
	"internal/filefacts":    1,
	"internal/extension":    1,
	"internal/schema":       1,
	"internal/sqltext":      1,
	"internal/diff":         2,
	"internal/merge":        2,
	"internal/snapshot":     2,
	"internal/pgserver":     2,
	"internal/sqltree":      2,
	"internal/gitrepo":      2,
	"internal/config":       2,
	"internal/effect":       3,
	"internal/kube":         2,
	"internal/address":      3,
	"internal/history":      3,
	"internal/drizzle":      3,
	"internal/catalog":      3,
	"internal/commute":      3,
	"internal/inspect":      3,
	"internal/resolve":      3,
	"internal/undo":         3,
	"internal/githooks":     3,
	"internal/migrate":      4,
	"internal/radius":       4,
	"":                      5, // package skein, the library
	"skeinotel":             6,
	"examples/service":      9,
	"internal/replay":       5,
	"internal/standing":     5,
	"internal/check":        6,
	"internal/lint":         4,
	"internal/report":       6,
	"internal/settle":       7,
	"internal/adopt":        6,
	"internal/reverse":      7,
	"internal/cli":          8,
	"cmd/skein":             9,
	"internal/drizzle/js":   2,
	"internal/studio":       7,
	"examples/shop":         1,
	"internal/studio/page":  1,
	"internal/studio/pool":  2,
	"internal/studio/rows":  3,
	"internal/studio/edit":  4,
	"internal/studio/past":  5,
	"internal/studio/query": 4,
	// Test packages stand where what they import is below them.
	"internal/pgserver/pgtest":     3,
	"internal/kube/kubetest":       3,
	"internal/address/addresstest": 3,
	"internal/schema/schematest":   2,
	"internal/gitrepo/gittest":     3,
	"internal/check/checktest":     7,
}

// base is what every floor may import, the first one included: an error's
// shape is part of every value above it.
var base = map[string]bool{"internal/diag": true}

const module = "github.com/skein-db/skein"

// within returns a package's path in the module, "" for its root.
func within(path string) (string, bool) {
	rest, ours := strings.CutPrefix(path, module)
	return strings.TrimPrefix(rest, "/"), ours && (rest == "" || rest[0] == '/')
}

func TestLowerFloorsNeverImportHigherOnes(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		fields := strings.Fields(line)
		pkg, _ := within(fields[0])
		if pkg == "internal" || strings.HasPrefix(pkg, "internal/interop") || strings.HasPrefix(pkg, "internal/bench") || pkg == "internal/walk" {
			continue // tests and measurements over the whole program
		}
		floor, known := floors[pkg]
		if !known {
			t.Errorf("%s has no floor: give it one here and in docs/design.md", pkg)
			continue
		}
		for _, imported := range fields[1:] {
			name, ours := within(imported)
			if ours && !base[name] && floors[name] >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d)", pkg, floor, name, floors[name])
			}
		}
	}
}
