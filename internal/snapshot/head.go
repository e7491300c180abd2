package snapshot

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skein-db/skein/internal/diag"
)

// Head is what a history needs to know of a snapshot to follow the chain.
type Head struct {
	ID, PrevID string
	Version    int // as found in the file
	// IDLine and PrevIDLine are the lines of the two ids, from 1.
	IDLine, PrevIDLine int
}

// head is what stands in the top-level strings of a text, found without
// reading the rest where they come first, as they mostly do.
type head struct {
	values  [4]string // literals with their quotes, "" where absent
	offsets [4]int
}

const (
	headID = iota
	headPrevID
	headVersion
	headDialect
)

var headKeys = [4]string{"id", "prevId", "version", "dialect"}

// head reads the head of a text. What is wrong with the text is for the fitter
// to tell; where that keeps the head from being read, it is incomplete.
func (f *fitter) head(data []byte) head {
	var h head
	f.start(data)
	if f.dec.PeekKind() != '{' {
		return h
	}
	if _, err := f.dec.ReadToken(); err != nil {
		return h
	}
	for found := 0; found < len(headKeys) && f.dec.PeekKind() == '"'; {
		name, err := f.dec.ReadValue()
		if err != nil {
			return h
		}
		at := -1
		for i, key := range headKeys {
			if unquote(string(name)) == key {
				at = i
			}
		}
		if at < 0 {
			err = f.dec.SkipValue()
		} else {
			var value jsontext.Value
			value, err = f.dec.ReadValue()
			h.values[at], h.offsets[at] = snippetOrString(value), int(f.dec.InputOffset())-len(value)
			found++
		}
		if err != nil {
			return h
		}
	}
	return h
}

// snippetOrString keeps strings whole, and of other values what messages show.
func snippetOrString(value jsontext.Value) string {
	if value.Kind() == '"' {
		return string(value)
	}
	return snippet(value)
}

// read makes a Head of it.
func (h *head) read(data []byte, version int) Head {
	return Head{
		ID: h.text(headID), PrevID: h.text(headPrevID), Version: version,
		IDLine: h.line(headID, data), PrevIDLine: h.line(headPrevID, data),
	}
}

// line returns the line of the i-th value in data, the text that was read.
func (h *head) line(i int, data []byte) int {
	line, _ := diag.LineColumn(data, h.offsets[i])
	return line
}

// text returns the i-th value without its quotes.
func (h *head) text(i int) string {
	if v := h.values[i]; len(v) > 0 && v[0] == '"' {
		return unquote(v)
	}
	return ""
}

// IDs returns a snapshot's own id and its parent's, "" for what cannot be
// found. Nothing else of the text is looked at.
func IDs(data []byte) (id, prevID string) {
	f := fitters.Get().(*fitter)
	defer fitters.Put(f)
	h := f.head(data)
	f.data = nil
	return h.text(headID), h.text(headPrevID)
}
