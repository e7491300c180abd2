package lint

import (
	"fmt"
	"slices"

	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// nameBytes is the longest name that PostgreSQL keeps.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
const nameBytes = 63

// names is about names that PostgreSQL cuts. The parser has cut them already,
// as the server does, so the text is asked how they were meant.
func (l *linter) names(node sqltree.Node) {
	if len(l.now.Text) <= nameBytes {
		return
	}
	var made []string
	for _, id := range sqltext.Identifiers(l.now.Text) {
		if len(id.Name) <= nameBytes {
			continue
		}
		if made == nil {
			made = append(created(node), "")
		}
		if cut := effect.CutName(id.Name); slices.Contains(made, cut) {
			l.say("name-too-long", problem{
				at:      l.now.Offset + id.Offset,
				message: fmt.Sprintf("the name %s has %d bytes, and PostgreSQL cuts it to %s", id.Name, len(id.Name), cut),
				hint:    "give it a name of at most 63 bytes in schema.ts: two names that are cut to the same are an error",
			})
		}
	}
}

// created are the names that a statement gives.
func created(node sqltree.Node) []string {
	var out []string
	column := func(c *sqltree.ColumnDef) {
		out = append(out, c.Name)
		for _, k := range c.Constraints {
			out = append(out, k.Name)
		}
	}
	switch n := node.(type) {
	case *sqltree.CreateTable:
		out = append(out, n.Name.Name)
		for i := range n.Columns {
			column(&n.Columns[i])
		}
		for _, k := range n.Constraints {
			out = append(out, k.Name)
		}
	case *sqltree.AlterTable:
		for _, a := range n.Actions {
			if a.Column != nil {
				column(a.Column)
			}
			if a.Constraint != nil && a.Kind == sqltree.AddConstraint {
				out = append(out, a.Constraint.Name)
			}
		}
	case *sqltree.CreateIndex:
		out = append(out, n.Name)
	case *sqltree.CreateEnum:
		out = append(out, n.Name.Name)
	case *sqltree.CreateView:
		out = append(out, n.Name.Name)
	case *sqltree.CreateSequence:
		out = append(out, n.Name.Name)
	case *sqltree.CreateSchema:
		out = append(out, n.Name)
	case *sqltree.Rename:
		out = append(out, n.New)
	}
	return out
}
