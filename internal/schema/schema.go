// Package schema holds the model in the middle of Skein: what a PostgreSQL
// database looks like, as plain values.
//
// Everything that reads something (TypeScript files, a snapshot, a live
// catalog) makes a Schema; everything that decides something takes one or two.
// The package knows nothing of files, git or connections.
//
// Order matters. drizzle-kit's output follows the order in which objects appear
// in its snapshot, so every collection here is a slice in that order and never
// a map. Names are unique within their slice; a reader that finds a duplicate
// reports it instead of building a Schema.
package schema

// Public is the schema PostgreSQL uses when none is named. The model always
// spells it out, also where drizzle's files write "" for it.
const Public = "public"

// Schema is the whole of what one migrations folder manages.
type Schema struct {
	Schemas   []string // named schemas, never Public
	Enums     []Enum
	Sequences []Sequence
	Roles     []Role
	Tables    []Table
	Policies  []LinkedPolicy // policies on tables that are not in Tables
	Views     []View
}

// Table is an ordinary table.
type Table struct {
	Schema, Name string
	Columns      []Column
	Indexes      []Index
	ForeignKeys  []ForeignKey
	PrimaryKeys  []PrimaryKey // declared as constraints; PostgreSQL allows one
	Uniques      []Unique
	Checks       []Check
	Policies     []Policy
	// RLS is true where row level security was asked for explicitly; a table
	// with policies has it without asking.
	RLS bool
}

// Column is a column of a table or view.
type Column struct {
	Name string
	// Type is the SQL type as written, for example "numeric(7, 3)" or "text[]".
	Type string
	// TypeSchema is the schema of an enum type, "" for every other type.
	TypeSchema string
	PrimaryKey bool // PRIMARY KEY on the column itself
	NotNull    bool
	Default    *Scalar
	Generated  *Generated
	Identity   *Identity
}

// Scalar is a value that drizzle's files keep as a JSON string, number or
// boolean, and that SQL prints as Text either way.
type Scalar struct {
	Kind ScalarKind
	Text string // for Number and Boolean the JSON text, for String the string itself
}

// ScalarKind says how a Scalar is written in JSON.
type ScalarKind uint8

// The kinds of Scalar.
const (
	String ScalarKind = iota
	Number
	Boolean
)

// Generated is GENERATED ALWAYS AS (As) STORED.
type Generated struct {
	As   string
	Type string // always "stored" so far
}

// Identity is an identity column's kind and the sequence behind it.
type Identity struct {
	Type string // "always" or "byDefault"
	Name string // of the sequence
	// Schema of the sequence; "" where the file does not say.
	Schema string
	SequenceOptions
}

// SequenceOptions are the numbers of a sequence as the text SQL prints.
type SequenceOptions struct {
	Increment, Min, Max, Start, Cache string
	Cycle                             bool
}

// Index is a secondary index.
type Index struct {
	Name         string
	Columns      []IndexColumn
	Unique       bool
	Where        string // "" for none
	Concurrently bool
	Method       string // "btree", "gin", …
	With         []Option
}

// IndexColumn is one key of an index.
type IndexColumn struct {
	Expression   string // a column's name, or SQL where IsExpression
	IsExpression bool
	Asc          bool
	Nulls        string // "first", "last", or "" where the file does not say
	OpClass      string
}

// Option is one storage parameter or view option, in file order.
type Option struct {
	Name  string
	Value Scalar
}

// ForeignKey is a foreign key of the table that holds it.
type ForeignKey struct {
	Name               string
	Columns            []string
	ToSchema, ToTable  string
	ToColumns          []string
	OnDelete, OnUpdate string // lower case as written, "" where the file does not say
}

// PrimaryKey is a primary key declared as a table constraint.
type PrimaryKey struct {
	Name    string
	Columns []string
}

// Unique is a unique constraint.
type Unique struct {
	Name             string
	Columns          []string
	NullsNotDistinct bool
}

// Check is a check constraint.
type Check struct {
	Name  string
	Value string
}

// Policy is a row level security policy.
type Policy struct {
	Name      string
	As        string   // "PERMISSIVE" or "RESTRICTIVE", "" where the file does not say
	For       string   // "ALL", "SELECT", …
	To        []string // role names, sorted
	Using     *string
	WithCheck *string
}

// LinkedPolicy is a policy on a table that the schema files do not define.
type LinkedPolicy struct {
	Policy
	On     string // the table as SQL, for example "auth"."users" with its quotes
	Schema string
}

// Enum is an enumerated type.
type Enum struct {
	Schema, Name string
	Values       []string
}

// Sequence is a sequence of its own, not one behind an identity column.
type Sequence struct {
	Schema, Name string
	SequenceOptions
}

// Role is a database role that the schema files manage.
type Role struct {
	Name                          string
	CreateDB, CreateRole, Inherit bool
}

// View is a view or a materialized view.
type View struct {
	Schema, Name string
	Columns      []Column
	// Definition is the query, nil where Existing says someone else makes it.
	Definition   *string
	Existing     bool
	Materialized bool
	With         []Option
	WithNoData   *bool
	Tablespace   string // "" for the default
	Using        string // access method, "" for the default
}
