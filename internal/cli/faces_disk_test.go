package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// TestWriteWhole: a file is replaced, a link keeps pointing, and what is no
// file is not made one.
func TestWriteWhole(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "report"), filepath.Join(dir, "link")
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	for _, step := range []struct{ path, content string }{{file, "one\n"}, {link, "two\n"}} {
		if err := writeWhole(step.path, []byte(step.content)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != step.content {
			t.Errorf("%s: %q, %v", step.path, got, err)
		}
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if err := writeWhole(os.DevNull, []byte("x")); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("%s was replaced", os.DevNull)
	}
	if err := writeWhole(dir, []byte("x")); err == nil {
		t.Error("a folder was written to")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".skein-*")); len(left) > 0 {
		t.Errorf("left over: %q", left)
	}
}
