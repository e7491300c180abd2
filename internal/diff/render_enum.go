package diff

import (
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

var enumWriters = map[string]writer{
	CreateEnum: func(r compat, ch *Change) []string { return []string{createEnum(ch.New.(*schema.Enum))} },
	DropEnum:   func(r compat, ch *Change) []string { return one("DROP TYPE %s;", qualified(ch.was)) },
	MoveEnum: func(r compat, ch *Change) []string {
		return one("ALTER TYPE %s SET SCHEMA %s;", qualified(ch.was), quote(ch.New.(*schema.Enum).Schema))
	},
	RenameEnum: func(r compat, ch *Change) []string {
		return one("ALTER TYPE %s RENAME TO %s;", qualified(ch.was), quote(ch.New.(*schema.Enum).Name))
	},
	AddEnumValue: func(r compat, ch *Change) []string {
		before := ""
		if ch.value.before != "" {
			before = " BEFORE " + sqltext.QuoteLiteral(ch.value.before)
		}
		return one("ALTER TYPE %s ADD VALUE %s%s;", qualified(ch.New.(*schema.Enum).Ref()), sqltext.QuoteLiteral(ch.value.value), before)
	},
	RecreateEnum: recreateEnum,
}

func createEnum(e *schema.Enum) string {
	values := make([]string, len(e.Values))
	for i, v := range e.Values {
		values[i] = sqltext.QuoteLiteral(v)
	}
	return "CREATE TYPE " + qualified(e.Ref()) + " AS ENUM(" + strings.Join(values, ", ") + ");"
}

// recreateEnum makes an enum anew, with the columns that use it as text in the
// meantime.
func recreateEnum(r compat, ch *Change) []string {
	e := ch.New.(*schema.Enum)
	var out []string
	for _, use := range ch.uses {
		alter := alterColumn(use.table.Ref(), use.column.Name)
		out = append(out, alter+" SET DATA TYPE text;")
		if truthy(use.column.Default) {
			out = append(out, alter+" SET DEFAULT "+use.column.Default.Text+"::text;")
		}
	}
	out = append(out, "DROP TYPE "+qualified(e.Ref())+";", createEnum(e))
	for _, use := range ch.uses {
		alter := alterColumn(use.table.Ref(), use.column.Name)
		_, suffix := splitArray(use.column.Type)
		typ := qualified(e.Ref()) + suffix
		if truthy(use.column.Default) {
			out = append(out, alter+" SET DEFAULT "+use.column.Default.Text+"::"+typ+";")
		}
		out = append(out, alter+" SET DATA TYPE "+typ+" USING "+quote(use.column.Name)+"::"+typ+";")
	}
	return out
}
