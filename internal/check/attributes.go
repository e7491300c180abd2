package check

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// endsPinned reports whether a .gitattributes file, in the migrations folder or
// above it in the repository, keeps git from changing line ends of SQL files:
// the nearest one that says anything about them decides.
// See https://git-scm.com/docs/gitattributes.
func endsPinned(dir string) bool {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	for {
		if pinned, said := pinnedBy(filepath.Join(dir, ".gitattributes")); said {
			return pinned
		}
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil || dir == filepath.Dir(dir) {
			return false
		}
		dir = filepath.Dir(dir)
	}
}

// pinnedBy reads one file; the last line that says something counts.
func pinnedBy(file string) (pinned, said bool) {
	f, err := os.Open(file)
	if err != nil {
		return false, false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) < 2 || !coversSQL(words[0]) {
			continue
		}
		for _, word := range words[1:] {
			switch {
			case slices.Contains(strings.Fields("-text binary eol=lf eol=crlf"), word):
				pinned, said = true, true
			case word == "text" || strings.HasPrefix(word, "text="):
				pinned, said = slices.Contains(words, "eol=lf") || slices.Contains(words, "eol=crlf"), true
			}
		}
	}
	return pinned, said
}

// coversSQL reports whether a pattern is one for all files, or all SQL files,
// of a folder. It is generous with folders: what is at stake is a warning.
func coversSQL(pattern string) bool {
	last := pattern[strings.LastIndexByte(pattern, '/')+1:]
	return last == "*" || last == "**" || last == "*.sql"
}
