package diff

import (
	"slices"
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
	var apart []string
	for i := range t.Uniques {
		u := &t.Uniques[i]
		if keyAgain(t, i) && r.c.mends(defectSameKey, "table "+t.Ref().String()) {
			apart = append(apart, addConstraint(t.Ref(), u.Name, uniqueBody(u)))
			continue
		}
		constraint(u.Name, uniqueBody(u))
	}
	for _, k := range t.Checks {
		constraint(k.Name, "CHECK ("+r.expr("check "+t.Ref().String()+"."+k.Name, k.Value)+")")
	}
	b.WriteString("\n);\n")
	out := append([]string{b.String()}, apart...)
	if secured(t) {
		out = append(out, enableRowSecurity(t.Ref()))
	}
	return out
}

// keyAgain says whether the table's i-th unique constraint has the columns of
// its primary key, or of an earlier one. In one CREATE TABLE PostgreSQL makes
// only one of them (transformIndexConstraints in its sources).
func keyAgain(t *schema.Table, i int) bool {
	u := &t.Uniques[i]
	if len(t.PrimaryKeys) > 0 && slices.Equal(t.PrimaryKeys[0].Columns, u.Columns) && !u.NullsNotDistinct {
		return true
	}
	if len(u.Columns) == 1 && !u.NullsNotDistinct {
		if col := t.Column(u.Columns[0]); col != nil && col.PrimaryKey {
			return true
		}
	}
	return slices.ContainsFunc(t.Uniques[:i], func(o schema.Unique) bool {
		return slices.Equal(o.Columns, u.Columns) && o.NullsNotDistinct == u.NullsNotDistinct
	})
}

func uniqueBody(u *schema.Unique) string {
	return "UNIQUE" + pick(u.NullsNotDistinct, " NULLS NOT DISTINCT", "") + "(" + quoteAll(u.Columns) + ")"
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
		return []string{addConstraint(ch.Table, k.Name, "CHECK ("+r.expr("check "+ch.Object, k.Value)+")")}
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
	CreateIndex: createIndex,
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
	body := "FOREIGN KEY (" + quoteAll(f.Columns) + ") REFERENCES " + qualified(f.To()) + "(" + quoteAll(f.ToColumns) + ")"
	if f.OnDelete != "" {
		body += " ON DELETE " + f.OnDelete
	}
	if f.OnUpdate != "" {
		body += " ON UPDATE " + f.OnUpdate
	}
	return []string{addConstraint(ch.Table, f.Name, body)}
}

func createIndex(r compat, ch *Change) []string {
	x := ch.New.(*schema.Index)
	keys := make([]string, len(x.Columns))
	for i, k := range x.Columns {
		keys[i] = r.indexKey(ch.Object, x.Method, k)
	}
	text := "CREATE " + pick(x.Unique, "UNIQUE ", "") + "INDEX" + pick(x.Concurrently, " CONCURRENTLY", "") + " " + quote(x.Name) +
		" ON " + tableName(ch.Table) + " USING " + x.Method + " (" + strings.Join(keys, ",") + ")"
	if len(x.With) > 0 {
		with := make([]string, len(x.With))
		for i, o := range x.With {
			with[i] = o.Name + "=" + o.Value.Text
		}
		text += " WITH (" + strings.Join(with, ",") + ")"
	}
	if x.Where != "" {
		text += " WHERE " + r.expr("index "+ch.Object, x.Where)
	}
	return []string{text + ";"}
}

// indexKey writes one key of an index. With an operator class, drizzle-kit
// leaves the order out.
func (r compat) indexKey(object, method string, k schema.IndexColumn) string {
	text := quote(k.Expression)
	if k.IsExpression {
		text = r.expr("index "+object, k.Expression)
		if r.c.mode > Exact && needsParentheses(text) {
			r.c.mends(defectIndexExpression, "index "+object)
			text = "(" + text + ")"
		}
	}
	if k.OpClass != "" {
		text += " " + k.OpClass
		ordered := method == "btree" && (!k.Asc || k.Nulls == "first")
		if !ordered || !r.c.mends(defectIndexOrder, "index "+object) {
			return text
		}
	}
	if k.Nulls == "" {
		r.c.mends(defectNullsUndefined, "index "+object)
		return text + pick(k.Asc, "", " DESC")
	}
	if k.Asc && k.Nulls == "last" {
		return text
	}
	return text + pick(k.Asc, "", " DESC") + " NULLS " + strings.ToUpper(k.Nulls)
}
