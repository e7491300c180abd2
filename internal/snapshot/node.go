package snapshot

import (
	"bytes"
	"sort"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// node is one JSON value of a document that keeps what JavaScript keeps: the
// order of keys, and every literal. A JavaScript object lists keys that look
// like array indexes first, in numeric order, so a parsed node does too.
type node struct {
	name string        // the key's literal with its quotes, inside an object
	text string        // the literal of a scalar, strings with their quotes
	kids []node        // members or elements
	off  int32         // byte offset of the value in its file
	at   int32         // byte offset of the key, or of the value where there is none
	kind jsontext.Kind // '{' '[' '"' '0' 't' 'f' 'n'
}

// parser reads a document. Nodes are cut from slabs, since a snapshot has
// thousands of small lists.
type parser struct {
	dec   *jsontext.Decoder
	src   string
	stack []node // kids of the composites that are open
	slab  []node
}

// parse reads a whole document of less than 2 GB.
func parse(data []byte) (node, error) {
	p := parser{dec: jsontext.NewDecoder(bytes.NewBuffer(data), decoderOptions), src: string(data)}
	if err := p.push(); err != nil {
		return node{}, err
	}
	return p.stack[0], end(p.dec)
}

// push reads a value onto the stack.
func (p *parser) push() error {
	kind := p.dec.PeekKind()
	if kind != '{' && kind != '[' {
		text, start, err := p.scalar()
		p.stack = append(p.stack, node{text: text, off: start, at: start, kind: kind})
		return err
	}
	if _, err := p.dec.ReadToken(); err != nil {
		return err
	}
	self := len(p.stack)
	off := int32(p.dec.InputOffset()) - 1
	p.stack = append(p.stack, node{off: off, at: off, kind: kind})
	numeric := false
	for {
		if next := p.dec.PeekKind(); next == '}' || next == ']' {
			break
		}
		if kind == '[' {
			if err := p.push(); err != nil {
				return err
			}
			continue
		}
		name, start, err := p.scalar()
		if err != nil {
			return err
		}
		kid := len(p.stack)
		if err := p.push(); err != nil {
			return err
		}
		p.stack[kid].name, p.stack[kid].at = name, start
		numeric = numeric || len(name) > 2 && name[1] >= '0' && name[1] <= '9'
	}
	kids := p.keep(p.stack[self+1:])
	p.stack = p.stack[:self+1]
	p.stack[self].kids = kids
	if numeric {
		indexKeysFirst(kids)
	}
	_, err := p.dec.ReadToken()
	return err
}

func (p *parser) scalar() (text string, start int32, err error) {
	value, err := p.dec.ReadValue()
	if err != nil {
		return "", 0, err
	}
	end := int(p.dec.InputOffset())
	return p.src[end-len(value) : end], int32(end - len(value)), nil
}

// slabSize is the number of nodes of a slab: a table of average size has that
// many.
const slabSize = 512

// keep copies kids to a place of their own.
func (p *parser) keep(kids []node) []node {
	n := len(kids)
	if n == 0 {
		return nil
	}
	if len(p.slab)+n > cap(p.slab) {
		p.slab = make([]node, 0, max(n, slabSize))
	}
	from := len(p.slab)
	p.slab = append(p.slab, kids...)
	return p.slab[from : from+n : from+n]
}

// indexKeysFirst sorts members as JavaScript lists an object's own keys:
// array indexes ascending, then the others in the order they were added.
func indexKeysFirst(kids []node) {
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
