package lint

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// quoted returns a name as SQL, without the schema where that is public.
func quoted(n sqltree.Name) string {
	if n.In().Schema == "public" {
		return sqltext.QuoteIdent(n.Name)
	}
	return sqltext.QuoteIdent(n.Schema) + "." + sqltext.QuoteIdent(n.Name)
}

// beside returns the quoted name of another object in a table's schema.
func beside(table sqltree.Name, name string) string {
	return quoted(sqltree.Name{Schema: table.Schema, Name: name})
}

// shown returns a name as messages have it: without quotes, and without the
// schema where that is public.
func shown(n sqltree.Name) string {
	if n.In().Schema == "public" {
		return n.Name
	}
	return n.String()
}

// words is fmt.Sprintf with names as shown has them.
func words(format string, args ...any) string {
	for i, arg := range args {
		if name, ok := arg.(sqltree.Name); ok {
			args[i] = shown(name)
		}
	}
	return fmt.Sprintf(format, args...)
}

func quotedList(names []string) string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = sqltext.QuoteIdent(name)
	}
	return strings.Join(out, ", ")
}

// typeSQL returns a type as SQL; serial types are the integers they are.
func typeSQL(t sqltree.TypeName) string {
	switch t.Name.Name {
	case "serial", "serial4":
		t.Name.Name = "integer"
	case "bigserial", "serial8":
		t.Name.Name = "bigint"
	case "smallserial", "serial2":
		t.Name.Name = "smallint"
	}
	s := t.Name.Name
	if t.Schema != "" || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_ ") != "" {
		s = quoted(t.Name)
	}
	mods := t.Mods
	if t.Name.Name == "interval" {
		mods = nil // the grammar's numbers for its fields are no SQL
	}
	if len(mods) > 0 {
		words := make([]string, len(mods))
		for i, m := range mods {
			words[i] = fmt.Sprint(m)
		}
		s += "(" + strings.Join(words, ", ") + ")"
	}
	return s + strings.Repeat("[]", t.Array)
}

// example returns a value that a column of the type can be filled with, or ""
// where no type says one. It is for a person to put the right one in its place.
func example(t sqltree.TypeName) string {
	switch name := t.Name.Name; {
	case t.Array > 0:
		return "'{}'"
	case t.Schema != "":
		return ""
	case name == "text" || name == "varchar" || name == "char":
		return "''"
	case name == "integer" || name == "bigint" || name == "smallint" || name == "numeric" || name == "real" || name == "double precision":
		return "0"
	case name == "boolean":
		return "false"
	case name == "uuid":
		return "gen_random_uuid()"
	case name == "timestamptz" || name == "timestamp" || name == "date":
		return "now()"
	case name == "json" || name == "jsonb":
		return "'{}'"
	}
	return ""
}

// step is a part of a recipe: when it is done, and the SQL.
type step struct {
	when string
	sql  []string
}

func do(when string, sql ...string) step { return step{when, sql} }

// recipe numbers the steps. Steps without a time are left out.
func recipe(steps ...step) string {
	var b strings.Builder
	n := 0
	for _, s := range steps {
		if s.when == "" {
			continue
		}
		n++
		fmt.Fprintf(&b, "-- %d. %s\n", n, s.when)
		for _, line := range s.sql {
			b.WriteString(strings.TrimSuffix(line, ";") + ";\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// The times of steps that many recipes share. drizzle's own migrator runs all
// pending migrations in one transaction, so what is to be another transaction
// has to be another deploy.
const (
	thisMigration = "this migration"
	nextDeploy    = "the next migration, in a later deploy"
	beforeDeploy  = "before the deploy, by hand (psql): CONCURRENTLY refuses to run in a transaction"
	afterDeploy   = "after the deploy, by hand or in a job, again and again until no row is changed"
	laterRelease  = "a later release, when no running version of the code uses it"
)

// batchRows is how many rows a step of a recipe changes at once.
const batchRows = 5000

// batch returns an UPDATE of some of the rows that a condition holds for.
func batch(table sqltree.Name, set, where string) string {
	t := quoted(table)
	return fmt.Sprintf("UPDATE %s SET %s\n  WHERE ctid = ANY (ARRAY(SELECT ctid FROM %s WHERE %s LIMIT %d))", t, set, t, where, batchRows)
}

// allowing returns SQL with the comment that allows it.
func allowing(code, reason, sql string) string {
	return "-- skein:allow " + code + " reason=" + reason + "\n" + sql
}

// alter returns an ALTER TABLE.
func alter(table sqltree.Name, action string) string {
	return "ALTER TABLE " + quoted(table) + " " + action
}

// from returns the current statement's text from an offset in the file on.
func (l *linter) from(offset int) string {
	at := offset - l.now.Offset
	if at < 0 || at > len(l.now.Text) {
		return ""
	}
	return l.now.Text[at:]
}

// text returns the current statement without the semicolon.
func (l *linter) text() string { return strings.TrimRight(l.now.Text, "; \t\r\n") }
