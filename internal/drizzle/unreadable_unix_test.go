//go:build unix

package drizzle

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/nobody"
)

func TestUnreadable(t *testing.T) {
	if nobody.Again(t) {
		return
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "schema.ts"), table1)
	if err := os.Chmod(filepath.Join(dir, "schema.ts"), 0); err != nil {
		t.Fatal(err)
	}
	_, err := Load(context.Background(), LoadOptions{Dir: dir, Files: []string{"schema.ts"}})
	if err == nil || !strings.Contains(err.Error(), "schema.ts: cannot read the file: permission denied") {
		t.Fatalf("got %v", err)
	}
}
