package diff

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// renderer turns a decided change into statements. compat is the one there is;
// it may add notes about text that departs from drizzle-kit's.
type renderer interface {
	render(ch *Change) []string
}

// compat writes drizzle-kit 0.31's text.
type compat struct{ c *computer }

var _ renderer = compat{}

// render dispatches on the kind.
func (r compat) render(ch *Change) []string {
	write, ok := writers[ch.Kind]
	if !ok {
		panic("diff: no text for a change of kind " + ch.Kind)
	}
	return write(r, ch)
}

type writer = func(compat, *Change) []string

var writers map[string]writer

// The writers call render's helpers, which a composite literal at package level
// would make a cycle.
func init() {
	writers = map[string]writer{}
	for _, group := range []map[string]writer{
		schemaWriters, enumWriters, sequenceWriters, roleWriters, tableWriters, columnWriters,
		partWriters, viewWriters, policyWriters,
	} {
		for kind, w := range group {
			writers[kind] = w
		}
	}
}

var (
	quote   = sqltext.QuoteIdent
	literal = sqltext.QuoteLiteral
)

// qualified writes a name with its schema, public included.
func qualified(r schema.Ref) string { return quote(r.Schema) + "." + quote(r.Name) }

// tableName writes the name of a table: without its schema where that is
// public.
func tableName(r schema.Ref) string {
	if r.Schema == "" || r.Schema == schema.Public {
		return quote(r.Name)
	}
	return qualified(r)
}

func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = quote(n)
	}
	return strings.Join(quoted, ",")
}

func one(format string, args ...any) []string { return []string{fmt.Sprintf(format, args...)} }

// expr writes an expression that something follows. One that ends in a line
// comment would swallow that.
func (r compat) expr(object, sql string) string {
	if !strings.Contains(sql, "--") || len(sqltext.Statements(sql+";x")) == len(sqltext.Statements(sql+"\n;x")) {
		return sql
	}
	r.c.mends(defectLineComment, object)
	return sql + "\n"
}

var schemaWriters = map[string]writer{
	CreateSchema: func(r compat, ch *Change) []string { return one("CREATE SCHEMA %s;\n", quote(ch.New.(string))) },
	RenameSchema: func(r compat, ch *Change) []string {
		return one("ALTER SCHEMA %s RENAME TO %s;\n", quote(ch.Old.(string)), quote(ch.New.(string)))
	},
	DropSchema: func(r compat, ch *Change) []string { return one("DROP SCHEMA %s;\n", quote(ch.Old.(string))) },
}

var sequenceWriters = map[string]writer{
	CreateSequence: func(r compat, ch *Change) []string {
		s := ch.New.(*schema.Sequence)
		return one("CREATE SEQUENCE %s%s;", qualified(s.Ref()), sequenceOptions(s.SequenceOptions))
	},
	AlterSequence: func(r compat, ch *Change) []string {
		s := ch.New.(*schema.Sequence)
		text := "ALTER SEQUENCE " + qualified(s.Ref()) + sequenceOptions(s.SequenceOptions)
		if r.c.mode == Exact {
			return []string{text + ";"}
		}
		old := ch.Old.(*schema.Sequence)
		if old.Cycle && !s.Cycle && r.c.mends(defectSequenceCycle, "sequence "+ch.Object) {
			text += " NO CYCLE"
		}
		before, restart := within(qualified(s.Ref()), old.SequenceOptions, s.SequenceOptions)
		if before+restart == "" {
			return []string{text + ";"}
		}
		r.c.mends(defectSequenceBounds, "sequence "+ch.Object)
		if before != "" {
			return []string{before, text + ";"}
		}
		return []string{text + restart + ";"}
	},
	MoveSequence: func(r compat, ch *Change) []string {
		return one("ALTER SEQUENCE %s SET SCHEMA %s;", qualified(ch.was), quote(ch.New.(*schema.Sequence).Schema))
	},
	RenameSequence: func(r compat, ch *Change) []string {
		return one("ALTER SEQUENCE %s RENAME TO %s;", qualified(ch.was), quote(ch.New.(*schema.Sequence).Name))
	},
	DropSequence: func(r compat, ch *Change) []string { return one("DROP SEQUENCE %s;", qualified(ch.was)) },
}

// sequenceOptions writes the options of a sequence with a space in front. An
// option that the file does not have is left out.
func sequenceOptions(o schema.SequenceOptions) string {
	var b strings.Builder
	for _, opt := range []struct{ key, value string }{
		{"INCREMENT BY", o.Increment}, {"MINVALUE", o.Min}, {"MAXVALUE", o.Max}, {"START WITH", o.Start}, {"CACHE", o.Cache},
	} {
		if opt.value != "" {
			b.WriteString(" " + opt.key + " " + opt.value)
		}
	}
	if o.Cycle {
		b.WriteString(" CYCLE")
	}
	return b.String()
}

var roleWriters = map[string]writer{
	CreateRole: func(r compat, ch *Change) []string {
		role := ch.New.(*schema.Role)
		with := ""
		if role.CreateDB || role.CreateRole || !role.Inherit {
			with = " WITH" + pick(role.CreateDB, " CREATEDB", "") + pick(role.CreateRole, " CREATEROLE", "") + pick(role.Inherit, "", " NOINHERIT")
		}
		return one("CREATE ROLE %s%s;", quote(role.Name), with)
	},
	DropRole: func(r compat, ch *Change) []string { return one("DROP ROLE %s;", quote(ch.Old.(*schema.Role).Name)) },
	RenameRole: func(r compat, ch *Change) []string {
		return one("ALTER ROLE %s RENAME TO %s;", quote(ch.Old.(*schema.Role).Name), quote(ch.New.(*schema.Role).Name))
	},
	AlterRole: func(r compat, ch *Change) []string {
		role := ch.New.(*schema.Role)
		return one("ALTER ROLE %s WITH %s %s %s;", quote(role.Name), pick(role.CreateDB, "CREATEDB", "NOCREATEDB"),
			pick(role.CreateRole, "CREATEROLE", "NOCREATEROLE"), pick(role.Inherit, "INHERIT", "NOINHERIT"))
	},
}

func parseInt(text string) (int64, error) { return strconv.ParseInt(text, 10, 64) }

func pick(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}
