package schema

import "reflect"

// Ref names an object that lives in a schema.
type Ref struct{ Schema, Name string }

// Ref returns the table's name with its schema.
func (t *Table) Ref() Ref { return Ref{t.Schema, t.Name} }

// Ref returns the enum's name with its schema.
func (e *Enum) Ref() Ref { return Ref{e.Schema, e.Name} }

// Ref returns the sequence's name with its schema.
func (s *Sequence) Ref() Ref { return Ref{s.Schema, s.Name} }

// Ref returns the view's name with its schema.
func (v *View) Ref() Ref { return Ref{v.Schema, v.Name} }

// String is the reference as people write it: the schema is left out when it
// is Public.
func (r Ref) String() string {
	if r.Schema == "" || r.Schema == Public {
		return r.Name
	}
	return r.Schema + "." + r.Name
}

// Table returns the named table, or nil. The pointer is into s.
func (s *Schema) Table(r Ref) *Table {
	for i := range s.Tables {
		if s.Tables[i].Ref() == r {
			return &s.Tables[i]
		}
	}
	return nil
}

// Column returns the named column, or nil. The pointer is into t.
func (t *Table) Column(name string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

// Equal reports whether two schemas say the same, order included. A nil slice
// equals an empty one.
func Equal(a, b *Schema) bool {
	ca, cb := a.Clone(), b.Clone()
	return reflect.DeepEqual(ca, cb)
}

// Clone returns a deep copy in which every empty slice is nil.
func (s *Schema) Clone() *Schema {
	c := clone(reflect.ValueOf(*s)).Interface().(Schema)
	return &c
}

// clone copies plain data: structs, slices, pointers and scalars, which is all
// the model is made of.
func clone(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Struct:
		out := reflect.New(v.Type()).Elem()
		for i := range v.NumField() {
			out.Field(i).Set(clone(v.Field(i)))
		}
		return out
	case reflect.Slice:
		if v.Len() == 0 {
			return reflect.Zero(v.Type())
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(clone(v.Index(i)))
		}
		return out
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(clone(v.Elem()))
		return out
	default:
		return v
	}
}
