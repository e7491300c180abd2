package interop

import (
	"strings"
	"testing"
)

// TestSkeinAcceptsTheExample is on a history that drizzle-kit wrote, with no
// packages installed.
func TestSkeinAcceptsTheExample(t *testing.T) {
	p := newProject(t, "")
	if r := p.skein("generate"); !strings.Contains(r.out+r.err, "othing to migrate") {
		t.Errorf("skein generate: %v", r)
	}
	p.skein("check")
}
