package snapshot

import (
	"bytes"
	"unicode/utf8"
)

// Scanner scans the snapshots of one history. Each repeats most tables of the
// one before, byte for byte; what was checked once is not checked again. The
// zero Scanner is ready. It is not for concurrent use.
type Scanner struct {
	fit   fitter
	known map[string]bool // texts of tables that fit
	room  []byte
}

// standIn is a table that fits and is short.
const standIn = `{"name":"","schema":"","columns":{},"indexes":{},"foreignKeys":{},"compositePrimaryKeys":{}}`

// Scan does what the function Scan does.
func (s *Scanner) Scan(file string, data []byte) (Head, error) {
	short, fresh := s.shorten(data)
	if short == nil || !utf8.Valid(short) || s.fit.text(short, shapeOf(CurrentVersion)) != nil {
		return Scan(file, data)
	}
	h := s.fit.head(data)
	if version, err := h.version(file, data); err != nil || version != CurrentVersion {
		return Scan(file, data)
	}
	for _, table := range fresh {
		if s.fit.text(table, tableShape) == nil {
			s.known[string(table)] = true
		}
	}
	s.fit.data = nil
	return h.read(data, CurrentVersion), nil
}

// shorten returns the text with a stand-in for every known table, and the
// tables that are not known. In drizzle-kit's layout a table starts on a line
// indented by four spaces and ends with the next bracket on such a line. Where
// the layout is another, this may cut elsewhere, which does no harm: what is
// replaced is a JSON value that was checked by itself to be a table, since line
// breaks do not occur within JSON strings, and its stand-in is one too. So the
// two texts are both snapshots or both not. It is nil where nothing is found.
func (s *Scanner) shorten(data []byte) (short []byte, fresh [][]byte) {
	const opening, key, colon, closing = "\n  \"tables\": {\n", `    "`, "\": {\n", "\n    }"
	at := bytes.Index(data, []byte(opening))
	if at < 0 {
		return nil, nil
	}
	if s.known == nil {
		s.known = map[string]bool{}
	}
	at += len(opening)
	short = append(s.room[:0], data[:at]...)
	for bytes.HasPrefix(data[at:], []byte(key)) {
		name := bytes.IndexByte(data[at:], '\n') + 1
		if !bytes.HasSuffix(data[at:at+name], []byte(colon)) {
			break
		}
		start := at + name - len("{\n")
		length := bytes.Index(data[start:], []byte(closing))
		if length < 0 {
			break
		}
		stop := start + length + len(closing)
		table := data[start:stop]
		short = append(short, data[at:start]...)
		if s.known[string(table)] {
			short = append(short, standIn...)
		} else {
			short = append(short, table...)
			fresh = append(fresh, table)
		}
		rest := bytes.IndexByte(data[stop:], '\n') + 1
		short = append(short, data[stop:stop+rest]...)
		at = stop + rest
	}
	s.room = append(short, data[at:]...)
	return s.room, fresh
}
