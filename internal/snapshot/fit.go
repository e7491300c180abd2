package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// fitter checks texts against shapes, token by token, without keeping them: a
// history has hundreds of snapshots, of which only the last one is worked with.
type fitter struct {
	dec  *jsontext.Decoder
	data []byte
}

// decoderOptions let lone surrogates in escapes through: JavaScript has such
// strings, and JSON.stringify writes them.
var decoderOptions = jsontext.AllowInvalidUTF8(true)

// start begins a text.
func (f *fitter) start(data []byte) {
	f.data = data
	if f.dec == nil {
		f.dec = jsontext.NewDecoder(bytes.NewBuffer(data), decoderOptions)
	} else {
		f.dec.Reset(bytes.NewBuffer(data), decoderOptions)
	}
}

// misfit is the first place where a text does not fit its shape.
type misfit struct {
	off     int
	path    string // such as tables.public.users.columns
	message string
}

func (m *misfit) Error() string {
	if m.path == "" {
		return m.message
	}
	return m.message + " in " + m.path
}

// text checks a whole text. The error is a *misfit, or one of the decoder.
func (f *fitter) text(data []byte, s *shape) error {
	f.start(data)
	if err := f.value(s); err != nil {
		return err
	}
	return end(f.dec)
}

// end returns an error where a second value follows.
func end(dec *jsontext.Decoder) error {
	_, err := dec.ReadToken()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		err = &jsontext.SyntacticError{ByteOffset: dec.InputOffset() - 1, Err: errors.New("text after the end of the document")}
	}
	return err
}

func (f *fitter) value(s *shape) error {
	switch s.kind {
	case ofAny:
		return f.dec.SkipValue()
	case ofArray:
		return f.array(s)
	case ofRecord, ofObject:
		return f.object(s)
	}
	value, err := f.dec.ReadValue()
	if err != nil {
		return err
	}
	if !s.takes(value.Kind()) {
		return f.wrongType(value, s)
	}
	if s.oneOf != nil && !slices.Contains(s.oneOf, unquote(string(value))) {
		return f.misfit(value, fmt.Sprintf("%s is not one of %s", snippet(value), strings.Join(s.oneOf, ", ")))
	}
	return nil
}

// open reads the bracket that an array or object begins with.
func (f *fitter) open(s *shape) error {
	if kind := f.dec.PeekKind(); kind != 0 && !s.takes(kind) {
		value, err := f.dec.ReadValue()
		if err != nil {
			return err
		}
		return f.wrongType(value, s)
	}
	_, err := f.dec.ReadToken()
	return err
}

// takes reports whether a value of this kind can fit.
func (s *shape) takes(kind jsontext.Kind) bool {
	switch kind {
	case '"':
		return s.kind == ofString
	case '0':
		return s.kind == ofNumber
	case 't', 'f':
		return s.kind == ofBoolean
	case '[':
		return s.kind == ofArray
	case '{':
		return s.kind == ofRecord || s.kind == ofObject
	}
	return false
}

func (f *fitter) array(s *shape) error {
	if err := f.open(s); err != nil {
		return err
	}
	for f.dec.PeekKind() != ']' {
		if err := f.value(s.elem); err != nil {
			return err
		}
	}
	_, err := f.dec.ReadToken()
	return err
}

func (f *fitter) object(s *shape) error {
	if err := f.open(s); err != nil {
		return err
	}
	start := int(f.dec.InputOffset()) - 1
	var seen uint64
	next := 0 // files keep one order of keys, so this field is the likely one
	for f.dec.PeekKind() != '}' {
		name, err := f.dec.ReadValue()
		if err != nil {
			return err
		}
		elem := s.elem
		if s.kind == ofObject {
			i := s.field(name, next)
			if i < 0 {
				if s.strict {
					message := fmt.Sprintf("%s is a key no snapshot has there", snippet(name))
					return &misfit{off: int(f.dec.InputOffset()) - len(name), path: dotted(f.dec.StackPointer().Parent()), message: message}
				}
				if err := f.dec.SkipValue(); err != nil {
					return err
				}
				continue
			}
			next = i + 1
			seen |= 1 << i
			elem = s.fields[i].shape
		}
		if err := f.value(elem); err != nil {
			return err
		}
	}
	if _, err := f.dec.ReadToken(); err != nil {
		return err
	}
	for i := range s.fields {
		if !s.fields[i].optional && seen&(1<<i) == 0 {
			return &misfit{off: start, path: dotted(f.dec.StackPointer()), message: fmt.Sprintf("%q is missing", s.fields[i].name)}
		}
	}
	return nil
}

// field finds the field of a key, given with its quotes, trying likely first.
func (s *shape) field(name []byte, likely int) int {
	if likely < len(s.fields) && string(name[1:len(name)-1]) == s.fields[likely].name {
		return likely
	}
	key := unquote(string(name))
	for i := range s.fields {
		if s.fields[i].name == key {
			return i
		}
	}
	return -1
}

// wrongType says that the value, which was read last, is of a wrong type.
func (f *fitter) wrongType(value jsontext.Value, s *shape) error {
	want := [...]string{
		ofString: "a string", ofNumber: "a number", ofBoolean: "true or false",
		ofArray: "an array", ofRecord: "an object", ofObject: "an object",
	}[s.kind]
	return f.misfit(value, fmt.Sprintf("%s where %s belongs", describe(value.Kind()), want))
}

// misfit is about the value that was read last.
func (f *fitter) misfit(value jsontext.Value, message string) error {
	return &misfit{off: int(f.dec.InputOffset()) - len(value), path: dotted(f.dec.StackPointer()), message: message}
}

// dotted writes a path as people do. Numbers are places in a list, but for the
// few names that are numbers too.
func dotted(p jsontext.Pointer) string {
	var b strings.Builder
	for token := range p.Tokens() {
		switch {
		case token != "" && strings.Trim(token, "0123456789") == "":
			b.WriteString("[" + token + "]")
		case b.Len() > 0:
			b.WriteString("." + token)
		default:
			b.WriteString(token)
		}
	}
	return b.String()
}

func describe(kind jsontext.Kind) string {
	switch kind {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 't', 'f':
		return "a boolean"
	default:
		return "null"
	}
}

// snippet is a value as messages show it.
func snippet(value []byte) string {
	switch {
	case len(value) > 0 && (value[0] == '{' || value[0] == '['):
		return describe(jsontext.Kind(value[0]))
	case len(value) > 60:
		return strings.ToValidUTF8(string(value[:60]), "") + "…"
	}
	return string(value)
}
