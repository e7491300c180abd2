package snapshot

// shape says what a JSON value must look like. The shapes of snapshots follow
// drizzle-kit's public type PgSchema: it validates every snapshot it reads
// against that, calls a file that does not fit malformed, and goes on with a
// copy whose keys stand in the order of the declaration.
type shape struct {
	kind   shapeKind
	elem   *shape // of array and record
	fields []field
	// strict objects refuse keys that are not declared; the others drop them.
	strict bool
	oneOf  []string // the strings allowed; nil for all
}

type shapeKind uint8

const (
	ofAny shapeKind = iota
	ofString
	ofNumber
	ofBoolean
	ofArray
	ofRecord // an object with any keys
	ofObject // an object with declared keys
)

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
	aString  = &shape{kind: ofString}
	aNumber  = &shape{kind: ofNumber}
	aBoolean = &shape{kind: ofBoolean}
	anything = &shape{kind: ofAny}
)

func oneOf(values ...string) *shape { return &shape{kind: ofString, oneOf: values} }
func arrayOf(elem *shape) *shape    { return &shape{kind: ofArray, elem: elem} }
func recordOf(elem *shape) *shape   { return &shape{kind: ofRecord, elem: elem} }

func strict(fields ...field) *shape {
	return &shape{kind: ofObject, fields: fields, strict: true}
}

func loose(fields ...field) *shape { return &shape{kind: ofObject, fields: fields} }

func need(name string, s *shape) field { return field{name: name, shape: s} }
func may(name string, s *shape) field  { return field{name: name, shape: s, optional: true} }

func byDefault(name string, s *shape, missing node) field {
	return field{name: name, shape: s, optional: true, missing: missing}
}

// ordered returns a copy of n as drizzle-kit sees it after validation: declared
// keys in declared order, absent keys with a default filled in, undeclared
// ones dropped. n must fit.
func (s *shape) ordered(n node) node {
	out := n
	switch s.kind {
	case ofArray, ofRecord:
		out.kids = make([]node, len(n.kids))
		for i := range n.kids {
			out.kids[i] = s.elem.ordered(n.kids[i])
		}
	case ofObject:
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
