package diff

import (
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

var tableWriters = map[string]writer{
	CreateTable: createTable,
	DropTable: func(r compat, ch *Change) []string {
		var out []string
		for _, p := range ch.Old.(*schema.Table).Policies {
			out = append(out, dropPolicy(p.Name, tableName(ch.Table)))
		}
		return append(out, "DROP TABLE "+tableName(ch.Table)+" CASCADE;")
	},
	MoveTable: func(r compat, ch *Change) []string {
		return one("ALTER TABLE %s SET SCHEMA %s;\n", qualified(ch.was), quote(ch.New.(*schema.Table).Schema))
	},
	RenameTable: func(r compat, ch *Change) []string {
		return one("ALTER TABLE %s RENAME TO %s;", tableName(ch.was), quote(ch.New.(*schema.Table).Name))
	},
	EnableRLS: func(r compat, ch *Change) []string { return []string{enableRowSecurity(ch.Table)} },
	DisableRLS: func(r compat, ch *Change) []string {
		return one("ALTER TABLE %s DISABLE ROW LEVEL SECURITY;", tableName(ch.Table))
	},
}

func enableRowSecurity(table schema.Ref) string {
	return "ALTER TABLE " + tableName(table) + " ENABLE ROW LEVEL SECURITY;"
}

func createTable(r compat, ch *Change) []string {
	t := ch.New.(*schema.Table)
	lines := make([]string, 0, len(t.Columns))
	for i := range t.Columns {
		lines = append(lines, "\t"+r.column(t, &t.Columns[i], true))
	}
	var b strings.Builder
	b.WriteString("CREATE TABLE " + tableName(t.Ref()) + " (\n" + strings.Join(lines, ",\n"))
	constraint := func(name, body string) { b.WriteString(",\n\tCONSTRAINT " + quote(name) + " " + body) }
	if len(t.PrimaryKeys) > 0 { // PostgreSQL allows one
		constraint(t.PrimaryKeys[0].Name, "PRIMARY KEY("+quoteAll(t.PrimaryKeys[0].Columns)+")")
	}
	for i := range t.Uniques {
		constraint(t.Uniques[i].Name, uniqueBody(&t.Uniques[i]))
	}
	for _, k := range t.Checks {
		constraint(k.Name, "CHECK ("+k.Value+")")
	}
	b.WriteString("\n);\n")
	out := []string{b.String()}
	if secured(t) {
		out = append(out, enableRowSecurity(t.Ref()))
	}
	return out
}

func uniqueBody(u *schema.Unique) string {
	return "UNIQUE" + flag(u.NullsNotDistinct, " NULLS NOT DISTINCT", "") + "(" + quoteAll(u.Columns) + ")"
}

var partWriters = map[string]writer{
	CreateUnique: func(r compat, ch *Change) []string {
		u := ch.New.(*schema.Unique)
		return []string{addConstraint(ch.Table, u.Name, uniqueBody(u))}
	},
	DropUnique: func(r compat, ch *Change) []string {
		return []string{dropConstraint(ch.Table, ch.Old.(*schema.Unique).Name)}
	},
	CreateCheck: func(r compat, ch *Change) []string {
		k := ch.New.(*schema.Check)
		return []string{addConstraint(ch.Table, k.Name, "CHECK ("+k.Value+")")}
	},
	DropCheck: func(r compat, ch *Change) []string {
		return []string{dropConstraint(ch.Table, ch.Old.(*schema.Check).Name)}
	},
	CreateCompositeKey: func(r compat, ch *Change) []string {
		return []string{addKey(ch.Table, ch.New.(*schema.PrimaryKey))}
	},
	DropCompositeKey: func(r compat, ch *Change) []string {
		return []string{dropConstraint(ch.Table, ch.Old.(*schema.PrimaryKey).Name)}
	},
	// drizzle-kit writes both into one statement, with a breakpoint between.
	AlterCompositeKey: func(r compat, ch *Change) []string {
		return one("%s\n--> statement-breakpoint\n%s", dropConstraint(ch.Table, ch.Old.(*schema.PrimaryKey).Name), addKey(ch.Table, ch.New.(*schema.PrimaryKey)))
	},
	CreateReference: createReference,
	DropReference: func(r compat, ch *Change) []string {
		return []string{dropConstraint(ch.Table, ch.Old.(*schema.ForeignKey).Name) + "\n"}
	},
	CreateIndex: func(r compat, ch *Change) []string { return []string{createIndex(ch.Table, ch.New.(*schema.Index))} },
	DropIndex: func(r compat, ch *Change) []string {
		return one("DROP INDEX %s;", tableName(schema.Ref{Schema: ch.Table.Schema, Name: ch.Old.(*schema.Index).Name}))
	},
}

func addConstraint(table schema.Ref, name, body string) string {
	return "ALTER TABLE " + tableName(table) + " ADD CONSTRAINT " + quote(name) + " " + body + ";"
}

func dropConstraint(table schema.Ref, name string) string {
	return "ALTER TABLE " + tableName(table) + " DROP CONSTRAINT " + quote(name) + ";"
}

func addKey(table schema.Ref, k *schema.PrimaryKey) string {
	return addConstraint(table, k.Name, "PRIMARY KEY("+quoteAll(k.Columns)+")")
}

func createReference(r compat, ch *Change) []string {
	f := ch.New.(*schema.ForeignKey)
	body := "FOREIGN KEY (" + quoteAll(f.Columns) + ") REFERENCES " + qualified(target(f)) + "(" + quoteAll(f.ToColumns) + ")"
	if f.OnDelete != "" {
		body += " ON DELETE " + f.OnDelete
	}
	if f.OnUpdate != "" {
		body += " ON UPDATE " + f.OnUpdate
	}
	return []string{addConstraint(ch.Table, f.Name, body)}
}

func createIndex(table schema.Ref, x *schema.Index) string {
	keys := make([]string, len(x.Columns))
	for i, k := range x.Columns {
		keys[i] = indexKey(k)
	}
	text := "CREATE " + flag(x.Unique, "UNIQUE ", "") + "INDEX" + flag(x.Concurrently, " CONCURRENTLY", "") + " " + quote(x.Name) +
		" ON " + tableName(table) + " USING " + x.Method + " (" + strings.Join(keys, ",") + ")"
	if len(x.With) > 0 {
		with := make([]string, len(x.With))
		for i, o := range x.With {
			with[i] = o.Name + "=" + o.Value.Text
		}
		text += " WITH (" + strings.Join(with, ",") + ")"
	}
	if x.Where != "" {
		text += " WHERE " + x.Where
	}
	return text + ";"
}

// indexKey writes one key of an index. With an operator class, drizzle-kit
// leaves the order out.
func indexKey(k schema.IndexColumn) string {
	text := k.Expression
	if !k.IsExpression {
		text = quote(text)
	}
	switch {
	case k.OpClass != "":
		return text + " " + k.OpClass
	case k.Asc && k.Nulls != "first":
		return text
	case k.Asc:
		return text + " NULLS FIRST"
	case k.Nulls == "":
		return text + " DESC"
	}
	return text + " DESC NULLS " + strings.ToUpper(k.Nulls)
}
