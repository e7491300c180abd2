package cli

import (
	"strings"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/schema"
)

// plainWords turns drizzle-kit's names of statements into words of PostgreSQL.
var plainWords = strings.NewReplacer(
	diff.AddEnumValue, "add value to enum",
	diff.RecreateEnum, "make enum anew",
	diff.CreateReference, "add foreign key",
	diff.DropReference, "drop foreign key",
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

// changeList is one line per change: + for what appears, - for what goes,
// ~ for what stays and differs.
func changeList(changes []diff.Change, p paint) string {
	var b strings.Builder
	for _, c := range changes {
		line := plainWords.Replace(c.Kind) + " " + c.Object
		if strings.HasPrefix(c.Kind, "rename_") || c.Kind == diff.RenameColumn {
			line += " → " + nameOf(c.New)
		}
		switch {
		case len(c.SQL) == 0:
			continue // another change's statement does it
		case strings.Contains(c.Kind, "alter_column"), strings.Contains(c.Kind, "alter_view"):
			line = p.yellow("~ " + line)
		case strings.HasPrefix(line, "drop "):
			line = p.red("- " + line)
		case strings.HasPrefix(line, "create "), strings.HasPrefix(line, "add "):
			line = p.green("+ " + line)
		default:
			line = p.yellow("~ " + line)
		}
		b.WriteString("  " + line + "\n")
	}
	return b.String()
}

// effectList says what changes will do to data, and under each line the safer
// way.
func effectList(effects []diff.Effect, p paint) string {
	var b strings.Builder
	for _, e := range effects {
		b.WriteString("data: " + p.bold(e.Object) + ": " + e.Message + "\n")
		b.WriteString("      " + p.faint("safer: "+e.Safer) + "\n")
	}
	return b.String()
}
