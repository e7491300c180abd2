package radius

import (
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// title says in a few words what a statement is: its command and what it is
// about.
func title(s *sqltree.Statement) string {
	var name sqltree.Name
	command := ""
	switch n := s.Node.(type) {
	case *sqltree.CreateTable:
		command, name = "CREATE TABLE", n.Name
	case *sqltree.AlterTable:
		command, name = "ALTER "+strings.ToUpper(string(n.Kind)), n.Name
	case *sqltree.CreateIndex:
		command, name = "CREATE INDEX", sqltree.Name{Name: n.Name}
	case *sqltree.Drop:
		command = "DROP " + strings.ToUpper(string(n.Kind))
		if len(n.Names) > 0 {
			name = n.Names[0]
		}
	case *sqltree.Rename:
		command, name = "RENAME "+strings.ToUpper(string(n.Kind)), sqltree.Name{Name: n.Old}
	case *sqltree.CreateEnum:
		command, name = "CREATE TYPE", n.Name
	case *sqltree.AlterEnum:
		command, name = "ALTER TYPE", n.Name
	case *sqltree.CreateView:
		command, name = "CREATE VIEW", n.Name
	case *sqltree.Insert:
		command, name = "INSERT INTO", n.Table
	case *sqltree.Update:
		command, name = "UPDATE", n.Table
	case *sqltree.Delete:
		command, name = "DELETE FROM", n.Table
	default:
		return strings.Join(sqltext.Keywords(s.Text, 2), " ")
	}
	return strings.TrimSpace(command + " " + short(name))
}
