package diff

import (
	"slices"
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
	out := r.guardEnum(ch)
	for _, use := range ch.uses {
		alter := alterColumn(use.table, use.name)
		if use.old != nil && use.old.Default != nil && (use.leaves || !truthy(use.column.Default)) {
			r.c.mends(defectEnumRebuild, "enum "+ch.Object)
			out = append(out, alter+" DROP DEFAULT;")
		}
		out = append(out, alter+" SET DATA TYPE text;")
		if !use.leaves && truthy(use.column.Default) {
			out = append(out, alter+" SET DEFAULT "+use.column.Default.Text+"::text;")
		}
	}
	out = append(out, "DROP TYPE "+qualified(e.Ref())+";", createEnum(e))
	for _, use := range ch.uses {
		if use.leaves {
			continue
		}
		alter := alterColumn(use.table, use.name)
		_, suffix := splitArray(use.column.Type)
		typ := qualified(e.Ref()) + suffix
		if truthy(use.column.Default) {
			out = append(out, alter+" SET DEFAULT "+use.column.Default.Text+"::"+typ+";")
		}
		out = append(out, alter+" SET DATA TYPE "+typ+" USING "+quote(use.name)+"::"+typ+";")
	}
	return out
}

// guardEnum stops, in Correct mode, before anything is changed where a row has
// a value that the enum loses, and says which.
func (r compat) guardEnum(ch *Change) []string {
	if r.c.mode < Correct {
		return nil
	}
	old, new := ch.Old.(*schema.Enum), ch.New.(*schema.Enum)
	var gone []string
	for _, v := range old.Values {
		if !slices.Contains(new.Values, v) {
			gone = append(gone, sqltext.QuoteLiteral(v))
		}
	}
	if len(gone) == 0 {
		return nil
	}
	var out []string
	for _, use := range ch.uses {
		if use.old == nil || use.leaves || !r.c.known(use.old, r.c.oldEnums) {
			continue
		}
		test := quote(use.name) + "::text IN (" + strings.Join(gone, ", ") + ")"
		if _, suffix := splitArray(use.old.Type); suffix != "" {
			test = quote(use.name) + "::text[] && ARRAY[" + strings.Join(gone, ", ") + "]"
		}
		message := "rows of " + use.table.String() + " still have a value of " + use.name + " that enum " + new.Ref().String() + " loses"
		hint := "Give these rows another value first; gone are " + strings.Join(gone, ", ") + "."
		out = append(out, "DO "+dollarQuoted("BEGIN IF EXISTS (SELECT FROM "+tableName(use.table)+" WHERE "+test+") THEN RAISE EXCEPTION USING MESSAGE = "+
			sqltext.QuoteLiteral(message)+", HINT = "+sqltext.QuoteLiteral(hint)+"; END IF; END")+";")
	}
	return out
}

// dollarQuoted quotes a body with a tag that is not in it.
func dollarQuoted(body string) string {
	tag := "$skein$"
	for strings.Contains(body, tag) {
		tag = tag[:len(tag)-1] + "_$"
	}
	return tag + body + tag
}
