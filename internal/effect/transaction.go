package effect

import (
	"strings"

	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// outside names the statement where it cannot run inside a transaction block,
// nor together with others in one query.
func (r *reckoner) outside(s *sqltree.Statement) string {
	switch n := s.Node.(type) {
	case *sqltree.CreateIndex:
		if n.Concurrently { // https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
			return "CREATE INDEX CONCURRENTLY"
		}
	case *sqltree.Drop:
		if n.Concurrently { // https://www.postgresql.org/docs/current/sql-dropindex.html
			return "DROP INDEX CONCURRENTLY"
		}
	case *sqltree.AlterTable:
		for _, a := range n.Actions {
			if a.Kind == sqltree.DetachPartition && a.Concurrently { // https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION
				return "DETACH PARTITION CONCURRENTLY"
			}
		}
	case *sqltree.Maintenance:
		return r.maintenanceOutside(n)
	case *sqltree.Do:
		if s.Commits { // https://www.postgresql.org/docs/current/plpgsql-transactions.html
			return "DO with COMMIT or ROLLBACK in it"
		}
	case *sqltree.Other:
		return otherOutside(s, n)
	}
	return ""
}

func (r *reckoner) maintenanceOutside(n *sqltree.Maintenance) string {
	partitioned := len(n.Names) == 1 && r.st.partitionedAt(n)
	switch n.Kind {
	case "vacuum": // https://www.postgresql.org/docs/current/sql-vacuum.html
		return "VACUUM"
	case "cluster": // https://www.postgresql.org/docs/current/sql-cluster.html
		switch {
		case len(n.Names) == 0:
			return "CLUSTER of all tables"
		case partitioned:
			return "CLUSTER of a partitioned table"
		}
	case "reindex": // https://www.postgresql.org/docs/current/sql-reindex.html
		switch {
		case n.Concurrently:
			return "REINDEX CONCURRENTLY"
		case n.Object != sqltree.Index && n.Object != sqltree.Table:
			return "REINDEX " + strings.ToUpper(string(n.Object))
		case partitioned:
			return "REINDEX of a partitioned table or index"
		}
	}
	return ""
}

func (st *State) partitionedAt(n *sqltree.Maintenance) bool {
	name := n.Names[0]
	if n.Object == sqltree.Index {
		name, _ = st.IndexTable(name)
	}
	t := st.Table(name)
	return t != nil && t.Partitioned
}

// The statements that never run inside a transaction block, by PostgreSQL's
// name for them.
var neverInside = map[string]string{
	"AlterSystemStmt":      "ALTER SYSTEM",      // https://www.postgresql.org/docs/current/sql-altersystem.html
	"CreatedbStmt":         "CREATE DATABASE",   // https://www.postgresql.org/docs/current/sql-createdatabase.html
	"DropdbStmt":           "DROP DATABASE",     // https://www.postgresql.org/docs/current/sql-dropdatabase.html
	"CreateTableSpaceStmt": "CREATE TABLESPACE", // https://www.postgresql.org/docs/current/sql-createtablespace.html
	"DropTableSpaceStmt":   "DROP TABLESPACE",   // https://www.postgresql.org/docs/current/sql-droptablespace.html
}

// otherOutside knows the statements without a type of their own, some of them
// by their words.
func otherOutside(s *sqltree.Statement, n *sqltree.Other) string {
	if name, ok := neverInside[n.Kind]; ok {
		return name
	}
	switch n.Kind {
	case "CreateSubscriptionStmt": // unless WITH (create_slot = false), https://www.postgresql.org/docs/current/sql-createsubscription.html
		if !switchedOff(s.Text, "create_slot") && !switchedOff(s.Text, "connect") {
			return "CREATE SUBSCRIPTION that makes a slot"
		}
	case "DropSubscriptionStmt": // unless it has no slot, https://www.postgresql.org/docs/current/sql-dropsubscription.html
		return "DROP SUBSCRIPTION with a slot"
	case "DiscardStmt":
		if words := sqltext.Keywords(s.Text, 2); len(words) == 2 && words[1] == "ALL" { // https://www.postgresql.org/docs/current/sql-discard.html
			return "DISCARD ALL"
		}
	case "AlterDatabaseStmt":
		if strings.Contains(strings.ToUpper(s.Text), "TABLESPACE") { // https://www.postgresql.org/docs/current/sql-alterdatabase.html
			return "ALTER DATABASE SET TABLESPACE"
		}
	}
	return ""
}

// switchedOff reports whether an option has a value that means false.
func switchedOff(text, option string) bool {
	_, after, found := strings.Cut(strings.ToLower(text), option)
	if !found {
		return false
	}
	value := strings.Trim(strings.TrimSpace(after), "= '")
	return strings.HasPrefix(value, "false") || strings.HasPrefix(value, "off") || strings.HasPrefix(value, "0")
}
