package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/skein-db/skein/internal/diag"
)

// The reasons why a file cannot be read, for errors.Is on an error of Decode
// or DecodeJournal.
var (
	ErrSyntax    = errors.New("not a JSON text") // cut off, not UTF-8, a byte order mark
	ErrConflict  = errors.New("git conflict markers")
	ErrVersion   = errors.New("unknown version")
	ErrDialect   = errors.New("another dialect")
	ErrMalformed = errors.New("unexpected keys or values") // what drizzle-kit calls malformed
)

// because gives an error its reason, and the hint that goes with it.
func because(reason error, err *diag.Error) *diag.Error {
	err.Err = reason
	switch reason {
	case ErrVersion:
		err.Hint = "if a newer drizzle-kit wrote the file, use a newer skein too"
	case ErrDialect:
		err.Hint = "skein works on PostgreSQL histories only; does the config name the right folder?"
	}
	return err
}

// fitFile checks a file against a shape and gives every way in which it can be
// unreadable a message of its own. what is "snapshot" or "journal".
func (f *fitter) fitFile(file, what string, data []byte, s *shape) error {
	if !utf8.Valid(data) {
		return because(ErrSyntax, at(file, data, invalidUTF8(data), "the %s is not UTF-8 text", what))
	}
	if len(data) > math.MaxInt32 {
		return because(ErrSyntax, at(file, nil, 0, "the %s is larger than 2 GB", what))
	}
	err := f.text(data, s)
	if err == nil {
		return nil
	}
	// A text that is whole but does not fit cannot be one of the damaged ones.
	if damage := unreadable(file, what, data); damage != nil {
		return damage
	}
	if m, ok := err.(*misfit); ok {
		return malformed(file, what, data, m)
	}
	return syntaxError(file, what, data, err)
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
		return because(ErrSyntax, at(file, data, 0, "the %s file is empty", what))
	}
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		err := at(file, data, 0, "the %s starts with a byte order mark, which drizzle-kit cannot read", what)
		err.Hint = "save the file as UTF-8 without a byte order mark"
		return because(ErrSyntax, err)
	}
	if offset := conflictMarker(data); offset >= 0 {
		err := at(file, data, offset, "the %s has git conflict markers; the merge that wrote it is not resolved", what)
		err.Hint = "take the file as the other branch has it, then generate this branch's migration again"
		return because(ErrConflict, err)
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
	offset := 0
	for line := range bytes.Lines(data) {
		if ConflictMarker(string(line)) != "" {
			return offset
		}
		offset += len(line)
	}
	return -1
}

// ConflictMarker returns what git wrote at the start of this line of a file it
// could not merge, "" for any other line: "<<<<<<<", "|||||||", "=======" or
// ">>>>>>>". The one in the middle stands alone, the others have a label.
func ConflictMarker(line string) string {
	const width = 7
	line = strings.TrimRight(line, "\r\n")
	if len(line) < width || strings.Trim(line[:width], line[:1]) != "" {
		return ""
	}
	rest := line[width:]
	switch line[0] {
	case '<', '>', '|':
		if rest == "" || rest[0] == ' ' {
			return line[:width]
		}
	case '=':
		if rest == "" {
			return line[:width]
		}
	}
	return ""
}

func syntaxError(file, what string, data []byte, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return because(ErrSyntax, at(file, data, len(data), "the %s ends in the middle: it is cut off", what))
	}
	reason, offset := err.Error(), len(data)
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return because(ErrSyntax, at(file, data, int(syntax.ByteOffset), "the %s has the key %q twice in one object",
				what, syntax.JSONPointer.LastToken()))
		}
		offset = int(syntax.ByteOffset)
		if syntax.Err != nil {
			reason = syntax.Err.Error()
		}
	}
	return because(ErrSyntax, at(file, data, offset, "the %s is not valid JSON: %s", what, strings.TrimPrefix(reason, "jsontext: ")))
}

// malformed is drizzle-kit's word for a snapshot whose keys or values are not
// the declared ones.
func malformed(file, what string, data []byte, m *misfit) error {
	return because(ErrMalformed, at(file, data, m.off, "the %s is malformed: %v", what, m))
}

// version reads and checks the version and dialect of a snapshot. A text
// without them gets the current version, whose shape asks for them.
func (h *head) version(file string, data []byte) (int, error) {
	if h.values[headVersion] == "" {
		return CurrentVersion, nil
	}
	version, known := map[string]int{`"5"`: 5, `"6"`: 6, `"7"`: 7}[h.values[headVersion]]
	if !known {
		return 0, because(ErrVersion, at(file, data, h.offsets[headVersion], "snapshot version %s is not known here: 5, 6 and 7 are", h.values[headVersion]))
	}
	want := "postgresql"
	if version == 5 {
		want = "pg"
	}
	if d := h.values[headDialect]; d != "" && h.text(headDialect) != want {
		return 0, because(ErrDialect, at(file, data, h.offsets[headDialect], "the snapshot's dialect is %s, not %q", d, want))
	}
	return version, nil
}
