package snapshot

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// stringify writes a node as JSON.stringify(JSON.parse(text), null, 2) does:
// two spaces, no final newline, minimal escapes, numbers as JavaScript prints
// them.
func (n *node) stringify() []byte {
	var out []byte
	return n.append(out, 0)
}

func (n *node) append(out []byte, depth int) []byte {
	switch n.kind {
	case '{', '[':
		closing := byte('}')
		if n.kind == '[' {
			closing = ']'
		}
		out = append(out, byte(n.kind))
		for i := range n.kids {
			if i > 0 {
				out = append(out, ',')
			}
			out = newline(out, depth+1)
			if n.kind == '{' {
				out = append(out, canonicalString(n.kids[i].name)...)
				out = append(out, ':', ' ')
			}
			out = n.kids[i].append(out, depth+1)
		}
		if len(n.kids) > 0 {
			out = newline(out, depth)
		}
		return append(out, closing)
	case '"':
		return append(out, canonicalString(n.text)...)
	case '0':
		return append(out, canonicalNumber(n.text)...)
	default:
		return append(out, n.text...)
	}
}

func newline(out []byte, depth int) []byte {
	out = append(out, '\n')
	for range depth {
		out = append(out, ' ', ' ')
	}
	return out
}

// canonicalString rewrites a string literal with JSON.stringify's escapes.
func canonicalString(literal string) string {
	if !strings.Contains(literal, `\`) {
		return literal
	}
	plain, err := jsontext.AppendUnquote(nil, literal)
	if err != nil {
		return withLoneSurrogates(literal)
	}
	return quote(string(plain))
}

// withLoneSurrogates is canonicalString for a literal that escapes halves of
// surrogate pairs. JSON.stringify keeps an escape for those, in lower case.
func withLoneSurrogates(literal string) string {
	inner := literal[1 : len(literal)-1]
	out := []byte{'"'}
	from := 0
	flush := func(to int) {
		part := quote(unquote(`"` + inner[from:to] + `"`))
		out = append(out, part[1:len(part)-1]...)
	}
	for i := 0; i < len(inner); {
		if inner[i] != '\\' {
			i++
			continue
		}
		half, isEscape := codeUnit(inner[i:])
		if !isEscape || !utf16.IsSurrogate(half) {
			i += 2
			continue
		}
		if low, ok := codeUnit(inner[i+6:]); ok && utf16.DecodeRune(half, low) != utf8.RuneError {
			i += 12
			continue
		}
		flush(i)
		out = append(out, strings.ToLower(inner[i:i+6])...)
		i += 6
		from = i
	}
	flush(len(inner))
	return string(append(out, '"'))
}

// codeUnit reads the \uXXXX that text begins with.
func codeUnit(text string) (rune, bool) {
	if len(text) < 6 || text[:2] != `\u` {
		return 0, false
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(n), err == nil
}

// canonicalNumber rewrites a number literal as JavaScript prints the double it
// stands for: 1.0 is 1, and digits past 2^53 are lost as they are there.
func canonicalNumber(literal string) string {
	if len(literal) <= 15 && strings.Trim(literal, "0123456789") == "" {
		return literal
	}
	value := jsontext.Value(literal)
	if err := value.Canonicalize(); err != nil {
		return literal
	}
	return string(value)
}
