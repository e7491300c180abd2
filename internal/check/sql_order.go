package check

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/sqltree"
)

// thing is what statements create, take away and use: a table or view, a
// type, a schema, or a column of a table.
type thing struct {
	kind   string // "table", "type", "schema", "function", "column"
	name   sqltree.Name
	column string
}

func (t thing) String() string {
	if t.kind == "column" {
		return fmt.Sprintf("column %q of table %s", t.column, t.name)
	}
	return fmt.Sprintf("%s %s", t.kind, t.name)
}

// change is that a statement makes a thing, or takes it away.
type change struct {
	thing thing
	made  bool
	// maybe says that it may be there already, or not be there: IF EXISTS, IF
	// NOT EXISTS, OR REPLACE, or a guard around the statement.
	maybe bool
}

// createdBeforeUse finds statements that use what only a later one creates, or
// what an earlier one has taken away.
func createdBeforeUse(m *migrationSQL) []finding.Finding {
	var statements []*sqltree.Statement
	inBlock := map[*sqltree.Statement]bool{}
	m.each(func(i int, s *sqltree.Statement) {
		statements = append(statements, s)
		inBlock[s] = s != &m.statements[i]
	})
	changes := make([][]change, len(statements))
	for i, s := range statements {
		changes[i] = changesOf(s)
	}
	var out []finding.Finding
	for i, s := range statements {
		if s.Guarded {
			continue
		}
		told := map[thing]bool{}
		for _, u := range usesOf(s, changes, inBlock[s]) {
			if told[u.thing] || slices.ContainsFunc(changes[i], func(c change) bool { return c.thing == u.thing && c.made }) {
				continue
			}
			told[u.thing] = true
			found, ok := judge(u.thing, i, changes, statements)
			if ok {
				at := u.offset
				if at < s.Offset || at >= s.End() {
					at = s.Offset
				}
				line := lineOf(m.text, found.of)
				found.Message = fmt.Sprintf(found.Message, line)
				out = append(out, m.at(s.Offset, at, s.End(), found.Finding))
			}
		}
	}
	return out
}

// judged is a finding about a statement, and the place of the other one.
type judged struct {
	finding.Finding
	of int
}

// judge says whether a thing is there where the i-th statement uses it: by the
// last change before, or else by the first one after.
func judge(t thing, i int, changes [][]change, statements []*sqltree.Statement) (judged, bool) {
	for j := i - 1; j >= 0; j-- {
		for _, c := range slices.Backward(changes[j]) {
			switch {
			case c.thing != t:
			case c.made || c.maybe:
				return judged{}, false
			default:
				return judged{finding.Finding{
					Code: "used-after-dropped", Severity: finding.Error,
					Message: t.String() + " is used here, but line %d of the file takes it away",
					Hint:    "move this statement in front of that one",
				}, statements[j].Offset}, true
			}
		}
	}
	for j := i + 1; j < len(statements); j++ {
		for _, c := range changes[j] {
			switch {
			case c.thing != t:
			case !c.made || c.maybe: // so it is there before
				return judged{}, false
			default:
				return judged{finding.Finding{
					Code: "used-before-created", Severity: finding.Error,
					Message: t.String() + " is used here, but only line %d of the file creates it",
					Hint:    "move this statement behind that one",
				}, statements[j].Offset}, true
			}
		}
	}
	return judged{}, false
}

// changesOf is what a statement makes and takes away.
func changesOf(s *sqltree.Statement) []change {
	var out []change
	add := func(kind string, name sqltree.Name, column string, made, maybe bool) {
		out = append(out, change{thing{kind, name.In(), column}, made, maybe || s.Guarded})
	}
	switch n := s.Node.(type) {
	case *sqltree.CreateTable:
		add("table", n.Name, "", true, n.IfNotExists || n.Temporary)
	case *sqltree.CreateView:
		add("table", n.Name, "", true, n.Replace)
	case *sqltree.Select:
		if n.Into.Name != "" {
			add("table", n.Into, "", true, false)
		}
	case *sqltree.CreateEnum:
		add("type", n.Name, "", true, false)
	case *sqltree.CreateDomain:
		add("type", n.Name, "", true, false)
	case *sqltree.CreateFunction:
		// Others of the name with other arguments may be there.
		add("function", n.Name, "", true, n.Replace)
	case *sqltree.CreateSchema:
		add("schema", sqltree.Name{Schema: n.Name, Name: n.Name}, "", true, n.IfNotExists)
	case *sqltree.AlterTable:
		for _, a := range n.Actions {
			switch a.Kind {
			case sqltree.AddColumn:
				add("column", n.Name, a.Name, true, a.IfExists || n.IfExists)
			case sqltree.DropColumn:
				add("column", n.Name, a.Name, false, a.IfExists || n.IfExists)
			}
		}
	case *sqltree.Drop:
		for _, name := range n.Names {
			switch n.Kind {
			case sqltree.Table, sqltree.View, sqltree.MaterializedView:
				add("table", name, "", false, n.IfExists)
			case sqltree.Type, sqltree.Domain:
				add("type", name, "", false, n.IfExists)
			}
		}
	case *sqltree.Rename:
		switch n.Kind {
		case sqltree.Column:
			add("column", n.Table, n.Old, false, false)
			add("column", n.Table, n.New, true, false)
		case sqltree.Table, sqltree.View, sqltree.MaterializedView:
			add("table", n.Table, "", false, false)
			add("table", sqltree.Name{Schema: n.Table.In().Schema, Name: n.New}, "", true, false)
		case sqltree.Type:
			add("type", n.Table, "", false, false)
			add("type", sqltree.Name{Schema: n.Table.In().Schema, Name: n.New}, "", true, false)
		}
	case *sqltree.SetSchema:
		switch n.Kind {
		case sqltree.Table, sqltree.View, sqltree.MaterializedView:
			add("table", n.Name, "", false, false)
			add("table", sqltree.Name{Schema: n.New, Name: n.Name.Name}, "", true, false)
		case sqltree.Type:
			add("type", n.Name, "", false, false)
			add("type", sqltree.Name{Schema: n.New, Name: n.Name.Name}, "", true, false)
		}
	}
	return out
}

// use is a mention of a thing.
type use struct {
	thing  thing
	offset int
}

// usesOf is what a statement mentions, of the things that any statement of the
// file makes or takes away.
func usesOf(s *sqltree.Statement, changes [][]change, inBlock bool) []use {
	if _, dropping := s.Node.(*sqltree.Drop); dropping {
		return nil
	}
	if a, ok := s.Node.(*sqltree.AlterTable); ok && a.IfExists {
		return nil
	}
	var out []use
	made := s.Node // what it creates is no use
	for _, t := range s.Uses.Tables {
		if !creates(made, t.Name) {
			out = append(out, use{thing{"table", t.Name.In(), ""}, t.Offset})
		}
		if t.Name.Schema != "" {
			out = append(out, use{thing{"schema", sqltree.Name{Schema: t.Name.Schema, Name: t.Name.Schema}, ""}, t.Offset})
		}
	}
	for _, t := range s.Uses.Types {
		out = append(out, use{thing{"type", t.Name.In(), ""}, t.Offset})
	}
	for _, f := range s.Uses.Functions {
		out = append(out, use{thing{"function", f.Name.In(), ""}, f.Offset})
	}
	for _, list := range changes {
		for _, c := range list {
			if c.thing.kind == "column" {
				out = append(out, columnUses(s, c.thing, inBlock)...)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b use) int { return cmp.Compare(a.offset, b.offset) })
	return out
}

func creates(node sqltree.Node, name sqltree.Name) bool {
	switch n := node.(type) {
	case *sqltree.CreateTable:
		return n.Name.Same(name)
	case *sqltree.CreateView:
		return n.Name.Same(name)
	case *sqltree.Select:
		return n.Into.Name != "" && n.Into.Same(name)
	}
	return false
}

// columnUses are the mentions of a column in a statement about rows, as far as
// it is sure that it is this table's: in a block a name alone may be that of a
// variable.
func columnUses(s *sqltree.Statement, t thing, inBlock bool) []use {
	var names []string // that the table goes by in the statement
	var written bool
	switch n := s.Node.(type) {
	case *sqltree.Insert:
		written = n.Table.Same(t.name)
	case *sqltree.Update:
		written = n.Table.Same(t.name)
	case *sqltree.Delete, *sqltree.Select, *sqltree.CreateView:
	case *sqltree.CreateTable:
		if !n.AsQuery {
			return nil
		}
	case *sqltree.CreateIndex:
		return indexUses(s, n, t)
	default:
		return nil
	}
	only := !inBlock
	for _, table := range s.Uses.Tables {
		if !table.Name.Same(t.name) {
			only = only && creates(s.Node, table.Name)
			continue
		}
		name := table.Alias
		if name == "" {
			name = table.Name.Name
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil
	}
	var out []use
	for _, c := range s.Uses.Columns {
		if c.Name != t.column {
			continue
		}
		switch {
		case c.Target && !written:
		case c.Target, slices.Contains(names, c.Qualifier), c.Qualifier == "excluded" && written,
			c.Qualifier == "" && only && !otherwiseNamed(s.Text, t.column):
			out = append(out, use{t, c.Offset})
		}
	}
	return out
}

// indexUses: the keys of an index are written by name.
func indexUses(s *sqltree.Statement, n *sqltree.CreateIndex, t thing) []use {
	if n.Table.Same(t.name) && slices.ContainsFunc(n.Keys, func(k sqltree.IndexKey) bool { return k.Column == t.column }) {
		return []use{{t, s.Offset}}
	}
	return nil
}

// otherwiseNamed reports whether the name may be one that the statement gives
// to something itself, as an alias or in a list of columns behind one. It only
// ever withholds a finding.
func otherwiseNamed(text, name string) bool {
	word := `"?` + regexp.QuoteMeta(name) + `"?`
	return regexp.MustCompile(`(?i)\bas\s+` + word + `(?:\W|$)|\bas\s+"?\w+"?\s*\([^)]*\b` + word + `|\bwith\b[^(]*\([^)]*\b` + word).MatchString(text)
}
