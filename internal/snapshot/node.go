package snapshot

import (
	"bytes"
	"errors"
	"io"
	"sort"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// node is one JSON value of a document that keeps what JavaScript keeps: the
// order of keys, and every literal. A JavaScript object lists keys that look
// like array indexes first, in numeric order, so a parsed node does too.
type node struct {
	kind jsontext.Kind // '{' '[' '"' '0' 't' 'f' 'n'
	name string        // the key's literal with its quotes, inside an object
	text string        // the literal of a scalar, strings with their quotes
	kids []node        // members or elements
	off  int           // byte offset of the value in its file
	at   int           // byte offset of the key, or of the value where there is none
}

// parse reads a whole document. Lone surrogates in escapes are let through:
// JavaScript has such strings and JSON.stringify writes them.
func parse(data []byte) (node, error) {
	src := string(data)
	dec := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowInvalidUTF8(true))
	root, err := parseValue(dec, src)
	if err != nil {
		return node{}, err
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errAfter(dec.InputOffset())
		}
		return node{}, err
	}
	return root, nil
}

// errAfter says that a second value follows the document.
func errAfter(offset int64) error {
	return &jsontext.SyntacticError{ByteOffset: offset - 1, Err: errors.New("text after the end of the document")}
}

func parseValue(dec *jsontext.Decoder, src string) (node, error) {
	switch kind := dec.PeekKind(); kind {
	case '{', '[':
		if _, err := dec.ReadToken(); err != nil {
			return node{}, err
		}
		n := node{kind: kind, off: int(dec.InputOffset()) - 1}
		n.at = n.off
		return n, parseInside(dec, src, &n)
	default:
		value, err := dec.ReadValue()
		if err != nil {
			return node{}, err
		}
		end := int(dec.InputOffset())
		start := end - len(value)
		return node{kind: kind, text: src[start:end], off: start, at: start}, nil
	}
}

// parseInside reads the members or elements of a composite whose opening
// bracket has been read, and the closing bracket.
func parseInside(dec *jsontext.Decoder, src string, n *node) error {
	var room [8]node
	kids := room[:0]
	for dec.PeekKind() != '}' && dec.PeekKind() != ']' {
		var name node
		if n.kind == '{' {
			var err error
			if name, err = parseValue(dec, src); err != nil {
				return err
			}
		}
		kid, err := parseValue(dec, src)
		if err != nil {
			return err
		}
		if n.kind == '{' {
			kid.name, kid.at = name.text, name.off
		}
		kids = append(kids, kid)
	}
	if len(kids) > 0 {
		n.kids = append([]node(nil), kids...)
	}
	if n.kind == '{' {
		indexKeysFirst(n.kids)
	}
	_, err := dec.ReadToken()
	return err
}

// indexKeysFirst sorts members as JavaScript lists an object's own keys:
// array indexes ascending, then the others in the order they were added.
func indexKeysFirst(kids []node) {
	any := false
	for i := range kids {
		if _, ok := arrayIndex(kids[i].name); ok {
			any = true
			break
		}
	}
	if !any {
		return
	}
	sort.SliceStable(kids, func(i, j int) bool {
		a, aIs := arrayIndex(kids[i].name)
		b, bIs := arrayIndex(kids[j].name)
		if aIs && bIs {
			return a < b
		}
		return aIs && !bIs
	})
}

// arrayIndex reports whether the quoted key is what ECMAScript calls an array
// index: a canonical number below 2^32-1.
func arrayIndex(literal string) (uint64, bool) {
	if len(literal) < 3 || len(literal) > 12 || literal[1] < '0' || literal[1] > '9' {
		return 0, false
	}
	key := literal[1 : len(literal)-1]
	n, err := strconv.ParseUint(key, 10, 32)
	if err != nil || n == 1<<32-1 || strconv.FormatUint(n, 10) != key {
		return 0, false
	}
	return n, true
}

// key is the member's name without quotes and escapes.
func (n *node) key() string { return unquote(n.name) }

// str is the text of a string node.
func (n *node) str() string { return unquote(n.text) }

// get returns the member with this name, or nil.
func (n *node) get(key string) *node {
	for i := range n.kids {
		if n.kids[i].key() == key {
			return &n.kids[i]
		}
	}
	return nil
}

// set gives the named member a new value in its place, or adds it at the end.
func (n *node) set(key string, value node) {
	if old := n.get(key); old != nil {
		value.name = old.name
		*old = value
		return
	}
	n.add(key, value)
}

// add appends a member.
func (n *node) add(key string, value node) {
	value.name = quote(key)
	n.kids = append(n.kids, value)
}

func object() node { return node{kind: '{'} }
func array() node  { return node{kind: '['} }

func text(s string) node { return node{kind: '"', text: quote(s)} }

func boolean(b bool) node {
	if b {
		return node{kind: 't', text: "true"}
	}
	return node{kind: 'f', text: "false"}
}

// unquote reads a string literal. A lone surrogate, which Go strings cannot
// hold, becomes U+FFFD.
func unquote(literal string) string {
	for i := 1; i < len(literal)-1; i++ {
		if literal[i] == '\\' {
			out, _ := jsontext.AppendUnquote(nil, literal)
			return string(out)
		}
	}
	if len(literal) < 2 {
		return ""
	}
	return literal[1 : len(literal)-1]
}

// quote writes a string literal with the escapes JSON.stringify uses.
func quote(s string) string {
	out, _ := jsontext.AppendQuote(make([]byte, 0, len(s)+2), s)
	return string(out)
}
