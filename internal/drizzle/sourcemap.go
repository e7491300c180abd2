package drizzle

import (
	"encoding/json"
	"sort"
	"strings"
)

// sourceMap translates positions in a bundle to positions in the files it was
// made of: https://tc39.es/ecma426/. Lines and columns are zero-based here, as
// in the format; columns count UTF-16 code units.
type sourceMap struct {
	sources []string
	lines   [][]segment
}

// segment says that the text from column on comes from a place in a source.
type segment struct{ column, source, line, sourceColumn int }

// parseSourceMap reads a source map. What is wrong with it is left out: a
// message without a place is better than none.
func parseSourceMap(data []byte) *sourceMap {
	var doc struct {
		Sources  []string `json:"sources"`
		Mappings string   `json:"mappings"`
	}
	if json.Unmarshal(data, &doc) != nil {
		return &sourceMap{}
	}
	m := &sourceMap{sources: doc.Sources}
	var source, line, sourceColumn int
	for _, text := range strings.Split(doc.Mappings, ";") {
		var segments []segment
		column := 0
		for _, part := range strings.Split(text, ",") {
			numbers, ok := decodeVLQ(part)
			if !ok || len(numbers) < 4 {
				continue
			}
			column += numbers[0]
			source += numbers[1]
			line += numbers[2]
			sourceColumn += numbers[3]
			if source >= 0 && source < len(m.sources) && line >= 0 && sourceColumn >= 0 {
				segments = append(segments, segment{column, source, line, sourceColumn})
			}
		}
		m.lines = append(m.lines, segments)
	}
	return m
}

// find returns the place that a position in the bundle comes from.
func (m *sourceMap) find(line, column int) (source string, sourceLine, sourceColumn int, ok bool) {
	if line < 0 || line >= len(m.lines) {
		return "", 0, 0, false
	}
	segments := m.lines[line]
	i := sort.Search(len(segments), func(i int) bool { return segments[i].column > column }) - 1
	if i < 0 {
		return "", 0, 0, false
	}
	s := segments[i]
	return m.sources[s.source], s.line, s.sourceColumn, true
}

const vlqDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// decodeVLQ reads a run of base64 variable length quantities.
func decodeVLQ(text string) (numbers []int, ok bool) {
	const more, most = 32, 60 // bits of a digit; shift beyond which no number goes
	value, shift := 0, 0
	for i := range len(text) {
		digit := strings.IndexByte(vlqDigits, text[i])
		if digit < 0 || shift > most {
			return nil, false
		}
		value |= digit &^ more << shift
		shift += 5
		if digit&more != 0 {
			continue
		}
		if value&1 != 0 {
			numbers = append(numbers, -(value >> 1))
		} else {
			numbers = append(numbers, value>>1)
		}
		value, shift = 0, 0
	}
	return numbers, shift == 0
}
