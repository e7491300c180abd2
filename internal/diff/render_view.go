package diff

import (
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

var viewWriters = map[string]writer{
	CreateView: createView,
	DropView: func(r compat, ch *Change) []string {
		v := ch.Old.(*schema.View)
		if new, ok := ch.New.(*schema.View); ok && r.c.mode < Compat {
			v = new // drizzle-kit looks at what is to come
		}
		return one("DROP %sVIEW %s;", materialized(v), qualified(ch.was))
	},
	MoveView: func(r compat, ch *Change) []string {
		v := ch.New.(*schema.View)
		return one("ALTER %sVIEW %s SET SCHEMA %s;", materialized(v), qualified(ch.was), quote(v.Schema))
	},
	RenameView: func(r compat, ch *Change) []string {
		v := ch.New.(*schema.View)
		return one("ALTER %sVIEW %s RENAME TO %s;", materialized(v), qualified(ch.was), quote(v.Name))
	},
	SetViewOptions: func(r compat, ch *Change) []string {
		return one("%s SET (%s);", alterView(ch), viewOptions(ch.options))
	},
	ResetViewOptions: func(r compat, ch *Change) []string {
		names := make([]string, len(ch.options))
		for i, o := range ch.options {
			names[i] = snakeCase(o.Name)
		}
		return one("%s RESET (%s);", alterView(ch), strings.Join(names, ", "))
	},
	SetViewTablespace: func(r compat, ch *Change) []string {
		return one("ALTER MATERIALIZED VIEW %s SET TABLESPACE %s;", qualified(ch.New.(*schema.View).Ref()), or(ch.New.(*schema.View).Tablespace, "pg_default"))
	},
	SetViewMethod: func(r compat, ch *Change) []string {
		return one("ALTER MATERIALIZED VIEW %s SET ACCESS METHOD %s;", qualified(ch.New.(*schema.View).Ref()), quote(or(ch.New.(*schema.View).Using, "heap")))
	},
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func materialized(v *schema.View) string { return pick(v.Materialized, "MATERIALIZED ", "") }

func alterView(ch *Change) string {
	v := ch.New.(*schema.View)
	return "ALTER " + materialized(v) + "VIEW " + qualified(v.Ref())
}

func createView(r compat, ch *Change) []string {
	v := ch.New.(*schema.View)
	if v.Definition == nil {
		r.c.mends(defectViewUndefined, "view "+ch.Object)
		return nil
	}
	text := "CREATE " + materialized(v) + "VIEW " + qualified(v.Ref())
	if v.Using != "" {
		text += " USING " + quote(v.Using)
	}
	if len(v.With) > 0 {
		text += " WITH (" + viewOptions(v.With) + ")"
	}
	if v.Tablespace != "" {
		text += " TABLESPACE " + v.Tablespace
	}
	text += " AS (" + r.expr("view "+ch.Object, *v.Definition) + ")"
	if v.WithNoData != nil && *v.WithNoData {
		text += " WITH NO DATA"
	}
	return []string{text + ";"}
}

func viewOptions(options []schema.Option) string {
	out := make([]string, len(options))
	for i, o := range options {
		out[i] = snakeCase(o.Name) + " = " + o.Value.Text
	}
	return strings.Join(out, ", ")
}

// snakeCase turns drizzle's name of an option into PostgreSQL's.
func snakeCase(name string) string {
	var b strings.Builder
	for _, ch := range name {
		if 'A' <= ch && ch <= 'Z' {
			b.WriteByte('_')
			ch += 'a' - 'A'
		}
		b.WriteRune(ch)
	}
	return b.String()
}
