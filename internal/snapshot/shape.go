package snapshot

import (
	"fmt"
	"slices"
	"strings"
)

// shape says what a JSON value must look like. The shapes of snapshots follow
// drizzle-kit's public type PgSchema: it validates every snapshot it reads
// against that, calls a file that does not fit malformed, and goes on with a
// copy whose keys stand in the order of the declaration.
type shape struct {
	kind   string // "string", "number", "boolean", "any", "array", "record", "object"
	elem   *shape // of array and record
	fields []field
	// strict objects refuse keys that are not declared; the others drop them.
	strict bool
	oneOf  []string // the strings allowed; nil for all
}

// field is a declared key of an object.
type field struct {
	name     string
	shape    *shape
	optional bool
	// missing is what drizzle-kit takes where the key is absent; its zero
	// value means that it takes nothing.
	missing node
}

var (
	aString  = &shape{kind: "string"}
	aNumber  = &shape{kind: "number"}
	aBoolean = &shape{kind: "boolean"}
	anything = &shape{kind: "any"}
)

func oneOf(values ...string) *shape { return &shape{kind: "string", oneOf: values} }
func arrayOf(elem *shape) *shape    { return &shape{kind: "array", elem: elem} }
func recordOf(elem *shape) *shape   { return &shape{kind: "record", elem: elem} }

func strict(fields ...field) *shape {
	return &shape{kind: "object", fields: fields, strict: true}
}

func loose(fields ...field) *shape { return &shape{kind: "object", fields: fields} }

func need(name string, s *shape) field { return field{name: name, shape: s} }
func may(name string, s *shape) field  { return field{name: name, shape: s, optional: true} }

func byDefault(name string, s *shape, missing node) field {
	return field{name: name, shape: s, optional: true, missing: missing}
}

// misfit is the first place where a document does not fit its shape.
type misfit struct {
	off     int
	path    string
	message string
}

// fit checks n against s and returns nil, or what is wrong.
func (s *shape) fit(n *node) *misfit {
	switch s.kind {
	case "any":
		return nil
	case "array":
		if n.kind != '[' {
			return s.wrongType(n)
		}
		for i := range n.kids {
			if m := s.elem.fit(&n.kids[i]); m != nil {
				return m.under(fmt.Sprintf("[%d]", i))
			}
		}
	case "record":
		if n.kind != '{' {
			return s.wrongType(n)
		}
		for i := range n.kids {
			if m := s.elem.fit(&n.kids[i]); m != nil {
				return m.under(n.kids[i].key())
			}
		}
	case "object":
		if n.kind != '{' {
			return s.wrongType(n)
		}
		return s.fitFields(n)
	default:
		if jsonType(n) != s.kind {
			return s.wrongType(n)
		}
		if s.oneOf != nil && !slices.Contains(s.oneOf, n.str()) {
			return &misfit{off: int(n.off), message: fmt.Sprintf("%s is not one of %s", n.snippet(), strings.Join(s.oneOf, ", "))}
		}
	}
	return nil
}

func (s *shape) fitFields(n *node) *misfit {
	var seen uint64
	hint := 0 // files keep one order of keys, so the next field is the likely one
	for i := range n.kids {
		kid := &n.kids[i]
		f := s.fieldAt(kid, hint)
		if f < 0 {
			if s.strict {
				return &misfit{off: int(kid.at), message: fmt.Sprintf("%s is a key no snapshot has there", kid.name)}
			}
			continue
		}
		hint = f + 1
		seen |= 1 << f
		if m := s.fields[f].shape.fit(kid); m != nil {
			return m.under(s.fields[f].name)
		}
	}
	for i := range s.fields {
		if !s.fields[i].optional && seen&(1<<i) == 0 {
			return &misfit{off: int(n.off), message: fmt.Sprintf("%q is missing", s.fields[i].name)}
		}
	}
	return nil
}

// fieldAt finds the field a member belongs to, trying the one at hint first.
func (s *shape) fieldAt(kid *node, hint int) int {
	if hint < len(s.fields) && isKey(kid.name, s.fields[hint].name) {
		return hint
	}
	for i := range s.fields {
		if isKey(kid.name, s.fields[i].name) {
			return i
		}
	}
	key := kid.key()
	for i := range s.fields {
		if s.fields[i].name == key {
			return i
		}
	}
	return -1
}

// isKey reports whether the literal is the quoted name, written without escapes.
func isKey(literal, name string) bool {
	return len(literal) == len(name)+2 && literal[1:len(literal)-1] == name
}

func (s *shape) wrongType(n *node) *misfit {
	want := map[string]string{
		"string": "a string", "number": "a number", "boolean": "true or false",
		"array": "an array", "record": "an object", "object": "an object",
	}[s.kind]
	return &misfit{off: int(n.off), message: fmt.Sprintf("%s where %s belongs", describe(n), want)}
}

func jsonType(n *node) string {
	switch n.kind {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case '0':
		return "number"
	case 't', 'f':
		return "boolean"
	default:
		return "null"
	}
}

func describe(n *node) string {
	switch jsonType(n) {
	case "object":
		return "an object"
	case "array":
		return "an array"
	case "string":
		return "a string"
	case "number":
		return "a number"
	default:
		return n.text
	}
}

// under puts a step in front of the misfit's path.
func (m *misfit) under(step string) *misfit {
	switch {
	case m.path == "":
		m.path = step
	case strings.HasPrefix(m.path, "["):
		m.path = step + m.path
	default:
		m.path = step + "." + m.path
	}
	return m
}

// ordered returns a copy of n as drizzle-kit sees it after validation: declared
// keys in declared order, absent keys with a default filled in, undeclared
// ones dropped. n must fit.
func (s *shape) ordered(n node) node {
	out := n
	switch s.kind {
	case "array", "record":
		out.kids = make([]node, len(n.kids))
		for i := range n.kids {
			out.kids[i] = s.elem.ordered(n.kids[i])
		}
	case "object":
		out.kids = make([]node, 0, len(n.kids))
		for _, f := range s.fields {
			value := f.missing
			if has := n.get(f.name); has != nil {
				value = f.shape.ordered(*has)
			} else if value.kind == 0 {
				continue
			}
			out.add(f.name, value)
		}
	}
	return out
}
