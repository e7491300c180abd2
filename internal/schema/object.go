package schema

// Kind is what an object is, as people call it.
type Kind string

// The kinds of objects.
const (
	KindSchema     Kind = "schema"
	KindEnum       Kind = "enum"
	KindSequence   Kind = "sequence"
	KindRole       Kind = "role"
	KindTable      Kind = "table"
	KindColumn     Kind = "column"
	KindIndex      Kind = "index"
	KindForeignKey Kind = "foreign key"
	KindPrimaryKey Kind = "primary key"
	KindUnique     Kind = "unique constraint"
	KindCheck      Kind = "check"
	KindPolicy     Kind = "policy"
	KindView       Kind = "view"
)

// Object names an object of a schema.
type Object struct {
	Kind Kind
	// In is the table of what is part of one, else no more than the schema of
	// what lives in one.
	In   Ref
	Name string
}

// String is the object as people write it, for example "column users.email".
func (o Object) String() string { return string(o.Kind) + " " + o.Path() }

// Path is String without the kind.
func (o Object) Path() string {
	if o.Part() {
		return o.In.String() + "." + o.Name
	}
	return o.Ref().String()
}

// Part reports whether the object is part of a table.
func (o Object) Part() bool { return o.In.Name != "" }

// Table returns the table that the object is part of.
func (o Object) Table() Object { return o.In.Object(KindTable) }

// Ref is the name of what is part of no table.
func (o Object) Ref() Ref { return Ref{o.In.Schema, o.Name} }

// Object returns what lives in a schema under the name.
func (r Ref) Object(kind Kind) Object { return Object{kind, Ref{Schema: r.Schema}, r.Name} }

// Column returns a column of the table of the name.
func (r Ref) Column(name string) Object { return Object{KindColumn, r, name} }

// Held is an object with what a schema holds of it.
type Held struct {
	Object
	Value any // a pointer into the schema, such as *Table; *string for a schema
}

// NameOf names what a value of the model is. table is the one that it is part of.
func NameOf(table Ref, value any) Object {
	switch v := value.(type) {
	case *string:
		return Object{Kind: KindSchema, Name: *v}
	case *Enum:
		return v.Ref().Object(KindEnum)
	case *Sequence:
		return v.Ref().Object(KindSequence)
	case *Role:
		return Object{Kind: KindRole, Name: v.Name}
	case *Table:
		return v.Ref().Object(KindTable)
	case *Column:
		return table.Column(v.Name)
	case *Index:
		return Object{KindIndex, table, v.Name}
	case *ForeignKey:
		return Object{KindForeignKey, table, v.Name}
	case *PrimaryKey:
		return Object{KindPrimaryKey, table, v.Name}
	case *Unique:
		return Object{KindUnique, table, v.Name}
	case *Check:
		return Object{KindCheck, table, v.Name}
	case *Policy:
		return Object{KindPolicy, table, v.Name}
	case *LinkedPolicy: // its table is none of the schema's
		return Object{Kind: KindPolicy, Name: v.Name + " on " + v.On}
	case *View:
		return v.Ref().Object(KindView)
	}
	panic("schema: not a part of the model")
}

// Objects lists all that a schema holds, each table before its parts.
func (s *Schema) Objects() []Held {
	var out []Held
	out = held(out, Ref{}, s.Schemas)
	out = held(out, Ref{}, s.Enums)
	out = held(out, Ref{}, s.Sequences)
	out = held(out, Ref{}, s.Roles)
	for i := range s.Tables {
		t := &s.Tables[i]
		out = append(out, Held{NameOf(Ref{}, t), t})
		out = held(out, t.Ref(), t.Columns)
		out = held(out, t.Ref(), t.Indexes)
		out = held(out, t.Ref(), t.ForeignKeys)
		out = held(out, t.Ref(), t.PrimaryKeys)
		out = held(out, t.Ref(), t.Uniques)
		out = held(out, t.Ref(), t.Checks)
		out = held(out, t.Ref(), t.Policies)
	}
	out = held(out, Ref{}, s.Policies)
	return held(out, Ref{}, s.Views)
}

func held[T any](out []Held, table Ref, items []T) []Held {
	for i := range items {
		out = append(out, Held{NameOf(table, &items[i]), &items[i]})
	}
	return out
}
