package diff

import (
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// Summary says in words what a change is: "add column users.email".
func (ch Change) Summary() string {
	words := plainWords.Replace(ch.Kind) + " " + ch.Object
	if strings.HasPrefix(ch.Kind, "rename_") || ch.Kind == RenameColumn {
		words += " → " + nameOf(ch.New)
	}
	return words
}

// plainWords turns drizzle-kit's names of statements into words of PostgreSQL.
var plainWords = strings.NewReplacer(
	AddEnumValue, "add value to enum",
	RecreateEnum, "make enum anew",
	CreateReference, "add foreign key",
	DropReference, "drop foreign key",
	"alter_table_alter_column_", "",
	"alter_table_", "",
	"type_enum", "enum",
	"composite_pk", "primary key",
	"delete_", "drop ",
	"notnull", "not null",
	"_ind_", " ",
	"_pk", " primary key",
	"_", " ",
)

// nameOf returns the name of an object of a Change.
func nameOf(object any) string {
	switch o := object.(type) {
	case *schema.Table:
		return o.Name
	case *schema.Column:
		return o.Name
	case *schema.Enum:
		return o.Name
	case *schema.Sequence:
		return o.Name
	case *schema.Role:
		return o.Name
	case *schema.Policy:
		return o.Name
	case *schema.LinkedPolicy:
		return o.Name
	case *schema.View:
		return o.Name
	case string: // a schema
		return o
	}
	return ""
}
