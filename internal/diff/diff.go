// Package diff turns two schemas into the changes that lead from one to the
// other, and the changes into SQL.
//
// It decides and renders what drizzle-kit 0.31 decides and renders, in the same
// order and with the same bytes, so that a team sees no difference in a
// generated migration. The two halves are apart: deciding fills Changes with the
// old and new objects, rendering turns each into statements. Where drizzle-kit
// crashes or its text is no SQL nobody can rely on it: there the text is what
// was meant. What will fail, or loses something, Compat replaces; what
// drizzle-kit leaves out only Correct puts in; Exact does neither and is there
// to be compared with the real one. Result.Notes tells of each (defects.go has
// the list).
//
// The package touches neither disk nor database. What only a person can know
// (is this column new, or that one renamed?) it asks a Resolver.
package diff

import (
	"github.com/skein-db/skein/internal/schema"
)

// Change is one decided difference. Changes are ordered as their statements are.
type Change struct {
	// Kind is drizzle-kit's name for the statement, for example "create_table"
	// or "alter_table_alter_column_set_default".
	Kind string
	// Object names what is changed as people write it, without the schema
	// where that is public, for example "users.email".
	Object string
	// Table is the table concerned, under the name it has when the statement
	// runs; zero where no table is.
	Table schema.Ref
	// Old and New are the object before and after, nil where there is none:
	// *schema.Table, *schema.Column, *schema.Index, *schema.ForeignKey,
	// *schema.PrimaryKey, *schema.Unique, *schema.Check, *schema.Policy,
	// *schema.LinkedPolicy, *schema.Enum, *schema.Sequence, *schema.Role,
	// *schema.View, or a string for a schema. They must not be changed.
	Old, New any
	// SQL is the statements, in order.
	SQL []string

	// What rendering needs beside the objects.
	was             schema.Ref    // the name that Old has when the statement runs
	table, oldTable *schema.Table // of a column
	value           enumValue
	uses            []enumUse
	options         []schema.Option
	asText          bool // the column is a text when its type is changed
}

// Result is what Compute found.
type Result struct {
	Changes []Change
	// Notes are lines for a person: what drizzle-kit gets wrong here, and
	// whether the SQL does better.
	Notes []string
}

// Empty reports whether there is nothing to do.
func (r *Result) Empty() bool { return len(r.Changes) == 0 }

// Statements returns the SQL of all changes in order, no statement twice. As
// drizzle-kit writes them, a statement may end in a newline, and the one that
// alters a composite key has a breakpoint within.
func (r *Result) Statements() []string {
	var out []string
	for _, c := range r.Changes {
		out = append(out, c.SQL...)
	}
	return out
}
