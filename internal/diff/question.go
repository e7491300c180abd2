package diff

import (
	"errors"

	"github.com/skein-db/skein/internal/schema"
)

// Kind is a kind of object that can be renamed, spelled as in an answers file.
type Kind string

// The kinds, in the order in which drizzle-kit asks about them.
const (
	KindSchema       Kind = "schema"
	KindEnum         Kind = "enum"
	KindSequence     Kind = "sequence"
	KindRole         Kind = "role"
	KindTable        Kind = "table"
	KindColumn       Kind = "column"
	KindPolicy       Kind = "table_policy"
	KindLinkedPolicy Kind = "ind_policy" // a policy on a table outside the schema files
	KindView         Kind = "view"
)

// Question asks whether Created is new or one of Candidates under a new name.
type Question struct {
	Kind Kind
	// Table is the table of a column or policy, under its new name; nil for
	// every other kind.
	Table *schema.Ref
	// OldTable is the same table under its old name.
	OldTable *schema.Ref
	// Created is the object that only the new side has. Ref.Schema is empty for
	// schemas, roles, columns and policies.
	Created schema.Ref
	// Candidates are the objects that only the old side has and that no
	// earlier answer took. There is always at least one.
	Candidates []schema.Ref
}

// Answer answers a Question: From was renamed or moved, or (Rename false)
// Created is new.
type Answer struct {
	Rename bool
	From   schema.Ref
}

// Resolver answers questions. Any error but ErrNoAnswer ends Compute.
type Resolver interface {
	Resolve(q Question) (Answer, error)
}

// ErrNoAnswer is what a Resolver returns for a question it knows nothing about.
var ErrNoAnswer = errors.New("no answer")

// ResolverFunc is a function as a Resolver.
type ResolverFunc func(q Question) (Answer, error)

// Resolve calls f.
func (f ResolverFunc) Resolve(q Question) (Answer, error) { return f(q) }

// CreateAll answers that everything is new.
var CreateAll Resolver = ResolverFunc(func(Question) (Answer, error) { return Answer{}, nil })
