package cli

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/skein-db/skein/internal/report"
)

// repository finds the root that hosts of a repository count paths from: the
// nearest folder with a .git, else GitHub's workspace, else the working
// directory.
func repository(environ []string) (report.Root, error) {
	working, err := os.Getwd()
	if err != nil {
		return report.Root{}, err
	}
	if real, err := filepath.EvalSymlinks(working); err == nil {
		working = real
	}
	for dir := working; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return report.Root{Dir: dir, Working: working}, nil
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if dir := lastValue(environ, "GITHUB_WORKSPACE"); dir != "" {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			dir = real
		}
		if rel, err := filepath.Rel(dir, working); err == nil && filepath.IsLocal(rel) {
			return report.Root{Dir: dir, Working: working}, nil
		}
	}
	return report.Root{Dir: working, Working: working}, nil
}

// lineReader reads each file once.
type lineReader map[string][]string

func (r lineReader) line(file string, line int) string {
	lines, read := r[file]
	if !read {
		if text, err := os.ReadFile(file); err == nil {
			lines = strings.Split(string(text), "\n")
		}
		r[file] = lines
	}
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimSuffix(lines[line-1], "\r")
}

// writeWhole puts content in place of a file at once: a reader sees the old
// one or the new one. What is no plain file, such as a pipe, is written to.
func writeWhole(path string, content []byte) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, content, 0o644)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".skein-*")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	err = orFirst(err, file.Chmod(0o644))
	err = orFirst(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return err
	}
	return nil
}

func orFirst(first, second error) error {
	if first != nil {
		return first
	}
	return second
}
