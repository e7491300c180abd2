package skein_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// brought is all that a program gets with this package beside the standard
// library: a new line is a decision.
var brought = []string{
	"github.com/go-json-experiment/json",
	"github.com/gofrs/flock",
	"github.com/jackc/pgpassfile",
	"github.com/jackc/pgservicefile",
	"github.com/jackc/pgx/v5",
	"github.com/jackc/puddle/v2",
	"github.com/skein-db/skein",
	"golang.org/x/sync",
	"golang.org/x/sys",
	"golang.org/x/text",
}

func TestWhatThePackageBrings(t *testing.T) {
	got := modules(t, ".")
	if !slices.Equal(got, brought) {
		t.Errorf("the package brings\n%s\nand not\n%s", strings.Join(got, "\n"), strings.Join(brought, "\n"))
	}
}

// TestWhatSpansBring: of OpenTelemetry the API alone.
func TestWhatSpansBring(t *testing.T) {
	for _, m := range modules(t, "./skeinotel") {
		known := slices.Contains(brought, m) || strings.HasPrefix(m, "github.com/cespare/xxhash") || m == "go.opentelemetry.io/otel" || m == "go.opentelemetry.io/otel/trace"
		if !known {
			t.Errorf("skeinotel brings %s", m)
		}
	}
}

func modules(t *testing.T, pkg string) []string {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", pkg).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := strings.Fields(string(out))
	slices.Sort(all)
	return slices.Compact(all)
}
