package check

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// TestHistories prints what is found in real folders (SKEIN_HISTORIES, a list
// as PATH is), for a person to judge.
func TestHistories(t *testing.T) {
	for _, dir := range filepath.SplitList(os.Getenv("SKEIN_HISTORIES")) {
		findings, err := Run(context.Background(), Input{Dir: dir})
		if err != nil {
			t.Error(err)
		}
		t.Logf("%s: %d findings", dir, len(findings))
		for _, f := range findings {
			t.Logf("%s %s %s:%d %s", f.Severity, f.Code, filepath.Base(f.File), f.Line, f.Message)
		}
	}
}

func BenchmarkHistories(b *testing.B) {
	dirs := filepath.SplitList(os.Getenv("SKEIN_HISTORIES"))
	if len(dirs) == 0 {
		b.Skip("SKEIN_HISTORIES names no migrations folders")
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Run(context.Background(), Input{Dir: dirs[0]}); err != nil {
			b.Fatal(err)
		}
	}
}
