package drizzle

import (
	"bytes"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/skein-db/skein/internal/diag"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// sources returns the schema files that patterns name, absolute and with links
// followed, in the order in which drizzle-kit reads them, which decides the
// order of tables: patterns in turn, what a pattern matches in the order of
// JavaScript's localeCompare, the files of a folder by the bytes of their
// names, each file once. empty lists the patterns that match nothing.
func sources(d *disk, dir string, patterns []string) (files, empty []string, err error) {
	for _, pattern := range patterns {
		matches, err := expand(d, dir, pattern)
		if err != nil {
			return nil, nil, err
		}
		before := len(files)
		for _, match := range matches {
			if !d.isDir(match) {
				files = append(files, match)
				continue
			}
			names := make([]string, 0)
			for name := range d.list(match) {
				names = append(names, name)
			}
			slices.Sort(names)
			for _, name := range names {
				// Emacs locks a file it edits with a link of this form.
				if p := filepath.Join(match, name); d.isFile(p) && !strings.HasPrefix(name, ".#") {
					files = append(files, p)
				}
			}
		}
		if len(files) == before {
			empty = append(empty, pattern)
		}
	}
	var out []string
	for _, file := range files {
		if real := d.real(file); isSchemaFile(real) && !slices.Contains(out, real) {
			out = append(out, real)
		}
	}
	return out, empty, nil
}

// isSchemaFile reports whether a file can hold tables, by its name.
func isSchemaFile(path string) bool { return isCode(path) && filepath.Ext(path) != ".json" }

// expand returns the files and folders that a pattern matches, sorted.
func expand(d *disk, dir, pattern string) ([]string, error) {
	full := filepath.ToSlash(pattern)
	if !path.IsAbs(full) && filepath.VolumeName(pattern) == "" {
		full = path.Join(filepath.ToSlash(dir), full)
	}
	if exact := filepath.FromSlash(path.Clean(full)); d.isFile(exact) || d.isDir(exact) {
		return []string{exact}, nil
	}
	take, leave, err := withoutExtglob(full)
	if err != nil {
		return nil, err
	}
	take = path.Clean(take)
	base, rest := doublestar.SplitPattern(take)
	options := []doublestar.GlobOption{doublestar.WithNoHidden()}
	if strings.Contains(rest, "**") {
		options = append(options, doublestar.WithNoFollow())
	}
	fsys := globFS{disk: d, root: filepath.FromSlash(base), packages: strings.Contains(rest, "node_modules")}
	found, err := doublestar.Glob(fsys, rest, options...)
	if err != nil {
		return nil, badPattern(pattern, "it is not a pattern")
	}
	var out []string
	for _, name := range found {
		full := path.Join(base, name)
		if leave != "" {
			if out, _ := doublestar.Match(leave, full); out {
				continue
			}
		}
		out = append(out, full)
	}
	order := collate.New(language.English)
	slices.SortStableFunc(out, order.CompareString)
	for i := range out {
		out[i] = filepath.FromSlash(out[i])
	}
	return out, nil
}

func badPattern(pattern, why string) *diag.Error {
	return &diag.Error{Kind: diag.Usage, Message: fmt.Sprintf("the schema path %q cannot be used: %s", pattern, why),
		Hint: "*, **, ?, [a-z], {a,b}, @(a|b), ?(a) and !(a) are understood"}
}

// withoutExtglob writes bash's extended patterns, which node-glob knows and
// doublestar does not, as plain ones: @(a|b) is {a,b}, ?(a) is {,a}, and !(a)
// is * less what leave matches.
func withoutExtglob(pattern string) (take, leave string, err error) {
	var taken, left strings.Builder
	negated := false
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		if i+1 >= len(pattern) || pattern[i+1] != '(' || !strings.ContainsRune("@?!+*", rune(c)) {
			taken.WriteByte(c)
			left.WriteByte(c)
			continue
		}
		end := strings.IndexByte(pattern[i:], ')')
		if end < 0 {
			return "", "", badPattern(pattern, "a parenthesis is not closed")
		}
		inside := pattern[i+2 : i+end]
		if strings.ContainsAny(inside, "(/{}") {
			return "", "", badPattern(pattern, "patterns within parentheses cannot hold others")
		}
		alternatives := "{" + strings.ReplaceAll(inside, "|", ",") + "}"
		switch c {
		case '@':
			taken.WriteString(alternatives)
			left.WriteString(alternatives)
		case '?':
			taken.WriteString("{," + alternatives[1:])
			left.WriteString("{," + alternatives[1:])
		case '!':
			if negated {
				return "", "", badPattern(pattern, "it holds more than one !(…)")
			}
			negated = true
			taken.WriteString("*")
			left.WriteString(alternatives)
		default:
			return "", "", badPattern(pattern, "+(…) and *(…) are not understood")
		}
		i += end
	}
	if negated {
		leave = path.Clean(left.String())
	}
	return taken.String(), leave, nil
}

// exportsNothing reports whether a file has no export of any kind, so that it
// can be left out without being evaluated. Tests beside schema files are the
// usual case: they import what only a test runner can provide.
func exportsNothing(data []byte) bool { return !bytes.Contains(data, []byte("export")) }
