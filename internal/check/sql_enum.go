package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/sqltree"
)

// enumValuesCommitted finds values that are added to an enum and used in the
// same transaction, which PostgreSQL refuses. Since version 17 it allows that
// where the enum itself is new in the transaction. https://www.postgresql.org/docs/current/sql-altertype.html#id-1.9.3.42.7
func enumValuesCommitted(m *migrationSQL) []finding.Finding {
	e := &enumWatch{m: m, columns: map[thing]sqltree.Name{}}
	e.begin()
	m.each(func(_ int, s *sqltree.Statement) { e.statement(s) })
	return e.out
}

type enumWatch struct {
	m     *migrationSQL
	fresh map[sqltree.Name]bool // enums that the transaction created
	added []addedValue
	// columns are those that the file shows to be of an enum.
	columns map[thing]sqltree.Name
	out     []finding.Finding
}

type addedValue struct {
	enum  sqltree.Name
	value string
	at    int
	fresh bool // the enum is of the same transaction
}

func (e *enumWatch) begin() {
	e.fresh, e.added = map[sqltree.Name]bool{}, nil
}

func (e *enumWatch) statement(s *sqltree.Statement) {
	switch n := s.Node.(type) {
	case *sqltree.Transaction:
		if n.Kind == "commit" {
			e.begin()
		}
		return
	case *sqltree.CreateEnum:
		e.fresh[n.Name.In()] = true
		return
	case *sqltree.AlterEnum:
		if n.Old == "" {
			e.added = append(e.added, addedValue{n.Name.In(), n.New, s.Offset, e.fresh[n.Name.In()]})
		}
		return
	case *sqltree.Rename:
		e.rename(n)
		return
	case *sqltree.CreateTable:
		for _, c := range n.Columns {
			e.columns[thing{"column", n.Name.In(), c.Name}] = c.Type.In()
		}
	case *sqltree.AlterTable:
		for _, a := range n.Actions {
			switch {
			case a.Kind == sqltree.AddColumn && a.Column != nil:
				e.columns[thing{"column", n.Name.In(), a.Name}] = a.Column.Type.In()
			case a.Kind == sqltree.SetType:
				e.columns[thing{"column", n.Name.In(), a.Name}] = a.Type.In()
			}
		}
	}
	if len(e.added) > 0 {
		e.uses(s)
	}
}

func (e *enumWatch) rename(n *sqltree.Rename) {
	if n.Kind != sqltree.Type {
		return
	}
	from, to := n.Table.In(), sqltree.Name{Schema: n.Table.In().Schema, Name: n.New}
	if e.fresh[from] {
		delete(e.fresh, from)
		e.fresh[to] = true
	}
	for i := range e.added {
		if e.added[i].enum == from {
			e.added[i].enum = to
		}
	}
	for column, enum := range e.columns {
		if enum == from {
			e.columns[column] = to
		}
	}
}

// uses finds the values that were added among the statement's literals.
func (e *enumWatch) uses(s *sqltree.Statement) {
	for _, l := range s.Uses.Literals {
		i := slices.IndexFunc(e.added, func(v addedValue) bool { return v.value == l.Text })
		if i < 0 {
			continue
		}
		value := e.added[i]
		severity, ok := e.meant(s, l, value)
		if !ok {
			continue
		}
		at := l.Offset
		if at < s.Offset || at >= s.End() {
			at = s.Offset
		}
		line := lineOf(e.m.text, value.at)
		message := fmt.Sprintf("value '%s' of enum %s is used in the transaction that adds it (line %d); PostgreSQL refuses that", value.value, value.enum, line)
		switch {
		case severity == finding.Error && value.fresh:
			severity, message = finding.Warning, strings.Replace(message, "PostgreSQL refuses", "PostgreSQL before 17 refuses", 1)
		case severity == finding.Warning:
			message = fmt.Sprintf("value '%s' is added to enum %s by line %d, and cannot be used in the same transaction; this looks like a use of it", value.value, value.enum, line)
		}
		e.out = append(e.out, e.m.at(s.Offset, at, s.End(), finding.Finding{
			Code: "enum-value-uncommitted", Severity: severity, Message: message,
			Hint: "move the use into a migration of its own, and deploy this one first: drizzle's migrator runs all that is pending in one transaction",
		}))
		return // once for a statement
	}
}

// meant reports whether a literal is the enum's value: surely where it is cast
// to the enum or the default of a column of it, likely where it has no type in
// a statement that names no column of another type.
func (e *enumWatch) meant(s *sqltree.Statement, l sqltree.Literal, v addedValue) (finding.Severity, bool) {
	if l.Cast.Name.Name != "" {
		return finding.Error, l.Cast.Same(v.enum)
	}
	switch n := s.Node.(type) {
	case *sqltree.CreateTable:
		for _, c := range n.Columns {
			if c.Default != nil && c.Default.Literal == l.Text && len(c.Default.Uses.Literals) == 1 && c.Default.Uses.Literals[0].Offset == l.Offset {
				return finding.Error, c.Type.Same(v.enum)
			}
		}
		return e.tableUse(s, n.Name, v)
	case *sqltree.AlterTable:
		for _, a := range n.Actions {
			switch {
			case a.Kind == sqltree.AddColumn && a.Column != nil && holds(a.Column.Default, l):
				return finding.Error, a.Column.Type.Same(v.enum)
			case a.Kind == sqltree.SetDefault && holds(a.Default, l):
				return e.columnUse(thing{"column", n.Name.In(), a.Name}, v)
			}
		}
		return e.tableUse(s, n.Name, v)
	case *sqltree.Update:
		return e.tableUse(s, n.Table, v)
	case *sqltree.Insert:
		return e.tableUse(s, n.Table, v)
	case *sqltree.Delete:
		return e.tableUse(s, n.Table, v)
	case *sqltree.CreateIndex:
		return e.tableUse(s, n.Table, v)
	case *sqltree.Select, *sqltree.CreateView, *sqltree.CreatePolicy:
		return finding.Warning, len(s.Uses.Columns) > 0
	}
	return "", false
}

func holds(e *sqltree.Expr, l sqltree.Literal) bool {
	return e != nil && slices.ContainsFunc(e.Uses.Literals, func(o sqltree.Literal) bool { return o.Offset == l.Offset })
}

// columnUse judges a value for a column.
func (e *enumWatch) columnUse(column thing, v addedValue) (finding.Severity, bool) {
	enum, known := e.columns[column]
	if !known {
		return finding.Warning, true
	}
	return finding.Error, enum == v.enum
}

// tableUse judges a value that stands somewhere in a statement about a table:
// by the only column that it mentions, where it is one.
func (e *enumWatch) tableUse(s *sqltree.Statement, table sqltree.Name, v addedValue) (finding.Severity, bool) {
	known, ofEnum := 0, 0
	for _, c := range s.Uses.Columns {
		if enum, ok := e.columns[thing{"column", table.In(), c.Name}]; ok {
			known++
			if enum == v.enum {
				ofEnum++
			}
		}
	}
	switch {
	case known == 0 || known < len(s.Uses.Columns):
		return finding.Warning, true
	case ofEnum == known:
		return finding.Error, true
	}
	return finding.Warning, ofEnum > 0
}
