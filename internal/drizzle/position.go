package drizzle

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/skein-db/skein/internal/diag"
)

// frame is a position in the bundle, zero-based.
type frame struct{ line, column int }

var framePattern = regexp.MustCompile(`\(?<eval>:(\d+):(\d+)\)?\s*$`)

// frames reads the positions in the program from a stack trace, innermost
// first.
func frames(stack string) []frame {
	var out []frame
	for line := range strings.Lines(stack) {
		m := framePattern.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		l, _ := strconv.Atoi(m[1])
		c, _ := strconv.Atoi(m[2])
		out = append(out, frame{l - 1 - programLines, c - 1})
	}
	return out
}

// place is a position in one of the project's files, one-based.
type place struct {
	file         string // absolute
	line, column int
}

// locate returns the innermost of the positions that is in a file of the
// project's own.
func (b *bundler) locate(m *sourceMap, positions []frame) (place, bool) {
	for _, p := range positions {
		source, line, column, ok := m.find(p.line, p.column)
		if !ok {
			continue
		}
		path := filepath.Join(b.dir, filepath.FromSlash(source))
		if !b.inputs[path] {
			continue
		}
		if line == 0 {
			if data, err := b.disk.read(path); err == nil {
				column = max(0, column-utf16Len(preamble(path, string(data))))
			}
		}
		return place{path, line + 1, column + 1}, true
	}
	return place{}, false
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// at returns a usage error at a place, with the source line and a caret.
func (b *bundler) at(p place, message, hint string) *diag.Error {
	e := &diag.Error{Kind: diag.Usage, File: b.show(p.file), Line: p.line, Column: p.column, Message: message, Hint: hint}
	if data, err := b.disk.read(p.file); err == nil {
		e.Detail = excerpt(data, p.line, p.column)
	}
	return e
}

// excerpt returns a line of a file with a caret under a column, both one-based.
func excerpt(data []byte, line, column int) string {
	text := string(data)
	for range line - 1 {
		_, rest, ok := strings.Cut(text, "\n")
		if !ok {
			return ""
		}
		text = rest
	}
	text, _, _ = strings.Cut(text, "\n")
	runes := []rune(strings.TrimSuffix(text, "\r"))
	column = max(1, min(column, len(runes)+1))
	const around = 60 // characters shown before the caret of a very long line
	start := 0
	if column > 2*around {
		start = column - around
	}
	end := min(len(runes), start+4*around)
	pad := make([]rune, 0, column)
	for _, r := range runes[start : column-1] {
		if r != '\t' {
			r = ' '
		}
		pad = append(pad, r)
	}
	number := strconv.Itoa(line)
	return number + " | " + string(runes[start:end]) + "\n" + strings.Repeat(" ", len(number)) + " | " + string(pad) + "^"
}

// buildError turns what esbuild says first into an error with its place.
func (b *bundler) buildError(messages []api.Message) *diag.Error {
	m := messages[0]
	text := strings.ToLower(m.Text[:1]) + strings.TrimSuffix(m.Text[1:], ".")
	loc := m.Location
	if loc == nil {
		return &diag.Error{Kind: diag.Usage, Message: text, Hint: "mend the file that the message is about"}
	}
	hint := "mend the file at this place"
	if strings.HasPrefix(m.Text, "No matching export in ") {
		hint = "export it there, or take it out of the import"
	}
	if loc.Namespace != fileSpace && loc.Namespace != "" {
		return &diag.Error{Kind: diag.Usage, Message: text, Hint: hint}
	}
	path := filepath.Join(b.dir, filepath.FromSlash(loc.File))
	column := loc.Column
	if data, err := b.disk.read(path); err == nil && loc.Line == 1 {
		column = max(0, column-len(preamble(path, string(data))))
	}
	if column <= len(loc.LineText) {
		column = utf8.RuneCountInString(loc.LineText[:column])
	}
	return b.at(place{path, loc.Line, column + 1}, text, hint)
}
