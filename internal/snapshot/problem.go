package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/skein-db/skein/internal/diag"
)

// parseFile parses a file's document and gives every way in which it can be
// unreadable a message of its own. what is "snapshot" or "journal".
func parseFile(file, what string, data []byte) (node, error) {
	if err := unreadable(file, what, data); err != nil {
		return node{}, err
	}
	doc, err := parse(data)
	if err != nil {
		return node{}, syntaxError(file, what, data, err)
	}
	if doc.kind != '{' {
		return node{}, at(file, data, doc.off, "the %s is %s where an object belongs", what, describe(&doc))
	}
	return doc, nil
}

// at is an error at a byte offset of a file.
func at(file string, data []byte, offset int, format string, args ...any) *diag.Error {
	line, column := diag.LineColumn(data, offset)
	return &diag.Error{
		Kind: diag.Usage, File: file, Line: line, Column: column,
		Message: fmt.Sprintf(format, args...),
		Hint:    "restore the file from version control, or undo the edit that broke it",
	}
}

// unreadable tells the damage that is better named than shown as a JSON error.
func unreadable(file, what string, data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return at(file, data, 0, "the %s file is empty", what)
	}
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		err := at(file, data, 0, "the %s starts with a byte order mark, which drizzle-kit cannot read", what)
		err.Hint = "save the file as UTF-8 without a byte order mark"
		return err
	}
	if !utf8.Valid(data) {
		return at(file, data, invalidUTF8(data), "the %s is not UTF-8 text", what)
	}
	if offset := conflictMarker(data); offset >= 0 {
		err := at(file, data, offset, "the %s has git conflict markers", what)
		err.Hint = "take one side's file whole (git checkout --ours or --theirs) and generate the other side's migration again"
		return err
	}
	return nil
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}

// conflictMarker returns the offset of the first line that git writes into a
// file it could not merge, or -1. JSON has no line that starts like that.
func conflictMarker(data []byte) int {
	for _, marker := range []string{"<<<<<<< ", ">>>>>>> ", "||||||| "} {
		if bytes.HasPrefix(data, []byte(marker)) {
			return 0
		}
		if i := bytes.Index(data, []byte("\n"+marker)); i >= 0 {
			return i + 1
		}
	}
	return -1
}

func syntaxError(file, what string, data []byte, err error) error {
	var syntax *jsontext.SyntacticError
	offset := len(data)
	if errors.As(err, &syntax) {
		offset = int(syntax.ByteOffset)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return at(file, data, len(data), "the %s ends in the middle: it is cut off", what)
	}
	reason := err.Error()
	if syntax != nil && syntax.Err != nil {
		reason = syntax.Err.Error()
	}
	return at(file, data, offset, "the %s is not valid JSON: %s", what, strings.TrimPrefix(reason, "jsontext: "))
}

// malformed is drizzle-kit's word for a snapshot whose keys or values are not
// the declared ones.
func malformed(file string, data []byte, m *misfit) error {
	where := ""
	if m.path != "" {
		where = " in " + m.path
	}
	return at(file, data, m.off, "the snapshot is malformed: %s%s", m.message, where)
}

// versionOf reads and checks the version and dialect.
func versionOf(file string, data []byte, doc *node) (int, error) {
	v := doc.get("version")
	if v == nil {
		return 0, at(file, data, doc.off, "the snapshot does not say its version")
	}
	versions := map[string]int{"5": 5, "6": 6, "7": 7}
	version, known := versions[v.str()]
	if v.kind != '"' || !known {
		err := at(file, data, v.off, "snapshot version %s is not known here: 5, 6 and 7 are", v.text)
		err.Hint = "if a newer drizzle-kit wrote it, use a newer skein too"
		return 0, err
	}
	want := "postgresql"
	if version == 5 {
		want = "pg"
	}
	if d := doc.get("dialect"); d != nil && (d.kind != '"' || d.str() != want) {
		err := at(file, data, d.off, "the snapshot's dialect is %s, not %q", d.text, want)
		err.Hint = "skein works on PostgreSQL histories only; does the config name the right folder?"
		return 0, err
	}
	return version, nil
}
